// What average_pool_2d and max_pool_2d share: a window that slides over an NHWC image, channel by
// channel, with a fused activation.
#pragma once

#include <algorithm>
#include <string>

#include "ops/elementwise.h"
#include "ops/requantise.h"
#include "ops/window.h"

namespace assay {

inline Result<Window> pool_window(const NodeView& node) {
  return window_of(node, node.attrs().integer("filter_height", 0),
                   node.attrs().integer("filter_width", 0));
}

inline std::string pool_activation(const NodeView& node) {
  return node.attrs().word("activation", "none");
}

inline Result<std::vector<Shape>> infer_pool(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  const Shape& in = node.input(0).shape;
  if (in.rank() != 4) return fail(ErrorKind::input, "input has rank {}, needs 4", in.rank());
  if (in[0] < 1 || in[3] < 1) return fail(ErrorKind::input, "the input is empty");
  const Window window = TRY(pool_window(node));
  return std::vector{Shape{{in[0], window.h.out, window.w.out, in[3]}}};
}

inline std::string unsupported_pool(const NodeView& node) {
  const Dtype dtype = node.input(0).dtype;
  const bool is_known =
      dtype == Dtype::s8 || dtype == Dtype::s16 || dtype == Dtype::u8 || dtype == Dtype::f32;
  if (!is_known || node.output().dtype != dtype)
    return unsupported_types(dtype, node.output().dtype, "s8, s16, u8 and f32");
  if (std::string why = not_quantised_per_tensor(node.input(0), "input"); !why.empty()) return why;
  if (std::string why = not_quantised_per_tensor(node.output(), "output"); !why.empty()) return why;
  if (!is_fused_activation(pool_activation(node)))
    return "fused " + pool_activation(node) + " is not supported";
  // With more taps an int32 sum could overflow.
  const Window window = pool_window(node).value();
  const int64_t most = dtype == Dtype::s16 ? (1 << 16) - 1 : 1 << 23;
  if (int64_t{window.h.filter} * window.w.filter > most) return "window is too large";
  return {};
}

inline Work pool_work(const NodeView& node) {
  const Window window = pool_window(node).value();
  const Tensor& out = node.output();
  const int64_t taps = int64_t{window.h.filter} * window.w.filter;
  return {.ops = saturating_product(out.shape.elements(), taps),
          .read_bytes = saturating_product(out.bytes(), taps),
          .write_bytes = out.bytes()};
}

/// Calls visit(output element, first input element, rows, columns) for each window, clipped to the
/// image; input elements of a row are `channels` apart.
template <class Visit>
void for_each_window(const NodeView& node, Visit visit) {
  const Shape& in = node.input(0).shape;
  const Window window = pool_window(node).value();
  size_t at = 0;
  for (int32_t n = 0; n < in[0]; ++n)
    for (int32_t y = 0; y < window.h.out; ++y)
      for (int32_t x = 0; x < window.w.out; ++x) {
        const int32_t top = std::max(window.h.begin(y), 0);
        const int32_t left = std::max(window.w.begin(x), 0);
        const int32_t bottom = std::min(window.h.begin(y) + window.h.filter, in[1]);
        const int32_t right = std::min(window.w.begin(x) + window.w.filter, in[2]);
        for (int32_t c = 0; c < in[3]; ++c)
          visit(at++, ((int64_t{n} * in[1] + top) * in[2] + left) * in[3] + c, bottom - top,
                right - left);
      }
}

/// What the fused activation lets pass of integers.
inline Clamp pool_clamp(const NodeView& node) {
  const Tensor& out = node.output();
  return activation_clamp(pool_activation(node), out.dtype, out.quant.scale[0],
                          out.quant.zero_point[0]);
}

/// The parameters of all these kernels.
inline KernelCall lower_pool(const NodeView& node, const std::string& kernel) {
  const Shape& in = node.input(0).shape;
  const Window window = pool_window(node).value();
  KernelCall call;
  call.kernel = fmt::format("{}_{}", kernel, name(node.input(0).dtype));
  call.params = {{"batches", int64_t{in[0]}},
                 {"channels", int64_t{in[3]}},
                 {"in_h", int64_t{in[1]}},
                 {"in_w", int64_t{in[2]}},
                 {"filter_h", int64_t{window.h.filter}},
                 {"filter_w", int64_t{window.w.filter}},
                 {"stride_h", int64_t{window.h.stride}},
                 {"stride_w", int64_t{window.w.stride}},
                 {"pad_h", int64_t{window.h.pad}},
                 {"pad_w", int64_t{window.w.pad}},
                 {"out_h", int64_t{window.h.out}},
                 {"out_w", int64_t{window.w.out}}};
  call.inputs = {0};
  if (node.input(0).dtype != Dtype::f32) {
    const Clamp clamp = pool_clamp(node);
    call.params.push_back({"min", int64_t{clamp.min}});
    call.params.push_back({"max", int64_t{clamp.max}});
  } else {
    const FloatClamp clamp = activation_clamp(pool_activation(node));
    call.params.push_back({"min", clamp.min});
    call.params.push_back({"max", clamp.max});
  }
  return call;
}

}  // namespace assay
