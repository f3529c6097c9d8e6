// ONNX's sliding windows as ours: strides, dilations and paddings of a one- or two-dimensional
// image.
#pragma once

#include "import/onnx_lowering.h"

namespace assay {

struct OnnxWindow {
  std::vector<int64_t> filter, stride, dilation;  ///< by axis of the image: height, width
  std::vector<int64_t> before, after;             ///< padding
};

/// The window of a node whose input is [N, C, L] or [N, C, H, W]. A line becomes an image of height
/// 1. `filter` is by axis of the file.
Result<OnnxWindow> onnx_window(const OnnxNode& node, const Shape& image,
                               std::vector<int64_t> filter);

/// Attributes of conv_2d and the pools: padding in a word where TFLite has one for it.
Attrs window_attrs(const OnnxWindow& window, const Shape& image);

/// [N, C, L] or [N, C, H, W] as a tensor [N, H, W, C].
Result<TensorId> image_tensor(OnnxLowering& low, OnnxValue& value, bool as_stored = false);

/// The value of a tensor [N, H, W, C] that the file has as [N, C, ...] of that rank.
Result<OnnxValue> image_value(OnnxLowering& low, TensorId tensor, int rank);

}  // namespace assay
