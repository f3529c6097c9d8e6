// Sliding windows: output extents and padding, in 64 bits, so that hostile strides and dilations
// end as errors and everything that fits in int32 afterwards needs no further check.
// Source: tflite-micro, kernels/padding.h (ComputeOutSize, ComputePaddingWithOffset); explicit
// padding: https://onnx.ai/onnx/operators/onnx__Conv.html.
#include "ops/window.h"

#include <algorithm>
#include <limits>

namespace assay {
namespace {

constexpr int64_t kLimit = std::numeric_limits<int32_t>::max() / 2;

bool reaches_padding(const WindowAxis& axis) {
  const int64_t last =
      int64_t{axis.out - 1} * axis.stride - axis.pad + int64_t{axis.filter - 1} * axis.dilation;
  return axis.pad > 0 || last >= axis.in;
}

Status check_window(int64_t in, int64_t filter, int64_t stride, int64_t dilation) {
  if (in < 1) return fail(ErrorKind::input, "the input is empty");
  if (filter < 1) return fail(ErrorKind::input, "filter extent {} is not positive", filter);
  if (stride < 1) return fail(ErrorKind::input, "stride {} is not positive", stride);
  if (dilation < 1) return fail(ErrorKind::input, "dilation {} is not positive", dilation);
  if (std::max({in, filter, stride, dilation}) > kLimit || (filter - 1) * dilation >= kLimit)
    return fail(ErrorKind::input, "a window of {} taps, dilation {}, stride {} is too large",
                filter, dilation, stride);
  return {};
}

/// Padding as the file says it, `pads` before and after. A window that would see nothing but
/// padding is refused: no kernel has one.
Result<WindowAxis> explicit_axis(const WindowAxis& axis, int64_t before, int64_t after) {
  const int64_t reach = int64_t{axis.filter - 1} * axis.dilation + 1;
  if (before < 0 || after < 0 || before > kLimit || after > kLimit)
    return fail(ErrorKind::input, "padding {} and {}", before, after);
  const int64_t room = int64_t{axis.in} + before + after - reach;
  if (room < 0)
    return fail(ErrorKind::input, "a window of {} does not fit in {} with padding {} and {}", reach,
                axis.in, before, after);
  WindowAxis made = axis;
  made.out = static_cast<int32_t>(room / axis.stride + 1);
  made.pad = static_cast<int32_t>(before);
  if (before >= reach || int64_t{made.out - 1} * axis.stride - before >= axis.in)
    return fail(ErrorKind::input, "padding {} and {} is wider than the window of {}", before, after,
                reach);
  return made;
}

}  // namespace

bool Window::padded() const { return reaches_padding(h) || reaches_padding(w); }

Result<WindowAxis> window_axis(std::string_view padding, int64_t in, int64_t filter, int64_t stride,
                               int64_t dilation) {
  TRY_STATUS(check_window(in, filter, stride, dilation));
  if (padding != "same" && padding != "valid")
    return fail(ErrorKind::input, "padding '{}' is neither same nor valid", padding);
  const int64_t reach = (filter - 1) * dilation + 1;
  const int64_t room = padding == "same" ? in : in - reach + 1;
  if (room < 1)
    return fail(ErrorKind::input, "a window of {} does not fit in {} without padding", reach, in);
  const int64_t out = (room + stride - 1) / stride;
  const int64_t pad = std::max<int64_t>((out - 1) * stride + reach - in, 0) / 2;
  return WindowAxis{.in = static_cast<int32_t>(in),
                    .filter = static_cast<int32_t>(filter),
                    .stride = static_cast<int32_t>(stride),
                    .dilation = static_cast<int32_t>(dilation),
                    .out = static_cast<int32_t>(out),
                    .pad = static_cast<int32_t>(pad)};
}

/// "pads": top, left, bottom, right.
static Result<Window> explicit_window(const NodeView& node, int64_t filter_h, int64_t filter_w) {
  const Attrs& attrs = node.attrs();
  const std::vector<int64_t> pads = attrs.integers("pads");
  if (pads.size() != 4) return fail(ErrorKind::input, "{} paddings, need 4", pads.size());
  Window window;
  const int64_t filters[] = {filter_h, filter_w};
  const char* const strides[] = {"stride_h", "stride_w"};
  const char* const dilations[] = {"dilation_h", "dilation_w"};
  for (size_t i = 0; i < 2; ++i) {
    const int64_t in = node.input(0).shape.dims[i + 1];
    const int64_t stride = attrs.integer(strides[i], 1), dilation = attrs.integer(dilations[i], 1);
    TRY_STATUS(check_window(in, filters[i], stride, dilation));
    (i == 0 ? window.h : window.w) = TRY(explicit_axis({.in = static_cast<int32_t>(in),
                                                        .filter = static_cast<int32_t>(filters[i]),
                                                        .stride = static_cast<int32_t>(stride),
                                                        .dilation = static_cast<int32_t>(dilation)},
                                                       pads[i], pads[i + 2]));
  }
  return window;
}

Result<Window> window_of(const NodeView& node, int64_t filter_h, int64_t filter_w) {
  const Attrs& attrs = node.attrs();
  const Shape& in = node.input(0).shape;
  const std::string padding = attrs.word("padding", "same");
  Window window;
  if (padding == "explicit") return explicit_window(node, filter_h, filter_w);
  window.h = TRY(assay::in(window_axis(padding, in[1], filter_h, attrs.integer("stride_h", 1),
                                       attrs.integer("dilation_h", 1)),
                           "height"));
  window.w = TRY(assay::in(window_axis(padding, in[2], filter_w, attrs.integer("stride_w", 1),
                                       attrs.integer("dilation_w", 1)),
                           "width"));
  return window;
}

}  // namespace assay
