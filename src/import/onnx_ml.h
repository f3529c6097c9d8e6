// What the operators of ONNX-ML (domain ai.onnx.ml) share: rows of features, classes, scores.
#pragma once

#include <string>
#include <vector>

#include "import/onnx_steps.h"

namespace assay {

/// Input 0 as f32 [rows, features], whatever numbers it is of; a vector is one row.
Result<TensorId> ml_features(OnnxLowering& low, const OnnxNode& node);

/// What the classes are called; texts are replaced by their numbers, with a note.
Result<std::vector<int64_t>> ml_labels(OnnxLowering& low, const OnnxNode& node);

/// Output 0, the class of each row: of the largest of scores [rows, classes], or of a condition
/// [rows, 1], which is true for class 1. Nothing if nobody asks for it.
Status define_largest(OnnxLowering& low, const OnnxNode& node, TensorId scores,
                      const std::vector<int64_t>& labels);
Status define_decided(OnnxLowering& low, const OnnxNode& node, TensorId is_second,
                      const std::vector<int64_t>& labels);

/// Scores [rows, n] through the node's post_transform; unsupported: SOFTMAX_ZERO, PROBIT.
Result<TensorId> post_transformed(OnnxLowering& low, const OnnxNode& node, TensorId scores);

/// One score s a row [rows, 1] as those of two classes, as ONNX Runtime does: logistic of -s and s
/// if that is the transform, else 1 - s or -s, and s.
Result<TensorId> of_two_classes(OnnxLowering& low, const OnnxNode& node, TensorId score,
                                bool is_share);

}  // namespace assay
