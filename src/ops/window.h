// A window that slides over an image: where it starts and how often it fits. Convolutions and
// pools share it.
#pragma once

#include <cstdint>
#include <string_view>

#include "ir/graph.h"
#include "util/result.h"

namespace assay {

/// One axis of a sliding window. Output o reads the input at o * stride - pad + k * dilation for
/// k in [0, filter); what lies outside [0, in) is padding.
struct WindowAxis {
  int32_t in = 0;      ///< extent of the input
  int32_t filter = 0;  ///< taps
  int32_t stride = 1;
  int32_t dilation = 1;
  int32_t out = 0;  ///< extent of the output
  int32_t pad = 0;  ///< before the first element; what follows the last is implied

  /// Where the window of output `o` begins; negative on padding.
  int32_t begin(int32_t o) const { return o * stride - pad; }
  bool operator==(const WindowAxis&) const = default;
};

struct Window {
  WindowAxis h, w;
  bool operator==(const Window&) const = default;
  /// Whether any tap can fall on padding.
  bool padded() const;
};

/// Output extent and padding of one axis as TensorFlow computes them: "same" gives
/// ceil(in / stride) outputs and splits the padding, the odd one after; "valid" pads nothing.
/// Errors (input): extents, stride or dilation not positive, an unknown word, no output at all,
/// numbers beyond int32.
/// Source: tflite-micro, kernels/padding.h.
Result<WindowAxis> window_axis(std::string_view padding, int64_t in, int64_t filter, int64_t stride,
                               int64_t dilation);

/// The window of a node whose input 0 is an image NHWC (the caller has checked rank 4), from its
/// attributes "padding" ("same", "valid", or "explicit" with "pads": top, left, bottom, right),
/// "stride_h", "stride_w" and, where the operator has them, "dilation_h", "dilation_w".
Result<Window> window_of(const NodeView& node, int64_t filter_h, int64_t filter_w);

}  // namespace assay
