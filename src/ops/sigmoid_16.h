// logistic and tanh of int16, which TFLite interpolates in one table.
//
// Source: tflite-micro, kernels/logistic_common.cc, tanh.cc,
// reference/integer_ops/logistic.h, tanh.h.
#pragma once

#include "ops/elementwise.h"

namespace assay {

/// unsupported: zero points 0, an output scale of 2^-15, an input scale that TFLite can bring to
/// its table.
std::string unsupported_sigmoid_16(const NodeView& node);
KernelCall lower_sigmoid_16(const NodeView& node, bool is_tanh);
void sigmoid_16_reference(const NodeView& node, const Buffers& buffers, bool is_tanh);

}  // namespace assay
