// transpose_conv: each input pixel adds its filter, scaled, to the output; filter [O, KH, KW, I].
//
// TFLite's inputs are the output's shape, the filter, the image, perhaps a bias. Written as a
// gather: an output sums the taps whose input pixel exists, which needs no buffer of sums and gives
// integers' bytes and floats' order of TFLite's scatter. Padding is that of the convolution that
// goes the other way. Not handled: hybrid, as in TFLM; an output shape that is computed at run time
// and disagrees with the file's.
// Source: tflite-micro, kernels/transpose_conv.cc, kernels/internal/reference/transpose_conv.h and
// integer_ops/transpose_conv.h.
#include <algorithm>
#include <optional>

#include "ir/node_alone.h"
#include "ops/arithmetic.h"
#include "ops/elementwise.h"
#include "ops/op.h"
#include "ops/strided_copy.h"
#include "ops/window.h"

namespace assay {
namespace {

/// A bias of int16, which only this operator has, as those of 64 bits that others have.
struct WideBias {
  std::vector<int64_t> values;
  std::optional<Graph> graph;  ///< of the node alone

  explicit WideBias(const NodeView& n) {
    if (!n.has_input(3) || n.input(3).dtype != Dtype::s16 || !n.input(3).is_constant) return;
    const auto narrow = n.input(3).values<int16_t>();
    values.assign(narrow.begin(), narrow.end());
    Result<Graph> alone = node_alone(n.node, [&](TensorId id) {
      Tensor tensor = n.graph.tensor(id);
      if (id != n.node.inputs[3]) return tensor;
      tensor.dtype = Dtype::s64;
      tensor.data = std::as_bytes(std::span(values));
      return tensor;
    });
    if (alone) graph = *std::move(alone);
  }
  WideBias(const WideBias&) = delete;
  WideBias& operator=(const WideBias&) = delete;
};

/// The node with its inputs in a convolution's order: image, filter, bias.
struct AsConvolution {
  WideBias wide;
  Node node;
  NodeView view;

  explicit AsConvolution(const NodeView& n)
      : wide(n),
        node(wide.graph ? wide.graph->nodes()[0] : n.node),
        view{wide.graph ? *wide.graph : n.graph, node} {
    const std::vector<TensorId> ids = node.inputs;
    node.inputs = {ids[2], ids[1]};
    if (n.has_input(3)) node.inputs.push_back(ids[3]);
  }
  AsConvolution(const AsConvolution&) = delete;
  AsConvolution& operator=(const AsConvolution&) = delete;
};

Result<Shape> wanted_shape(const NodeView& n) {
  if (!n.input(0).is_constant) return n.output().shape;
  const std::vector<int64_t> extents = TRY(constant_integers(n, 0, "output shape"));
  Shape shape;
  for (const int64_t extent : extents) {
    if (extent < 1 || extent > 1 << 24)
      return fail(ErrorKind::input, "the output shape has an extent of {}", extent);
    shape.dims.push_back(static_cast<int32_t>(extent));
  }
  return shape;
}

Result<Window> window_on(const NodeView& n, const Shape& out) {
  const Shape& filter = n.input(1).shape;
  const std::string padding = n.attrs().word("padding", "");
  Window window;
  window.h = TRY(window_axis(padding, out[1], filter[1], n.attrs().integer("stride_h", 1), 1));
  window.w = TRY(window_axis(padding, out[2], filter[2], n.attrs().integer("stride_w", 1), 1));
  return window;
}

Window window(const NodeView& n) { return *window_on(n, n.output().shape); }

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 3, 4));
  const Shape &filter = n.input(1).shape, &in = n.input(2).shape;
  if (in.rank() != 4) return fail(ErrorKind::input, "input has rank {}, need 4", in.rank());
  if (filter.rank() != 4)
    return fail(ErrorKind::input, "filter has rank {}, need 4", filter.rank());
  if (in.elements() < 1 || filter.elements() < 1)
    return fail(ErrorKind::input, "the input or the filter is empty");
  if (filter[3] != in[3])
    return fail(ErrorKind::input, "{} input channels but the filter has {}", in[3], filter[3]);
  const Shape out = TRY(wanted_shape(n));
  if (out.rank() != 4 || out[0] != in[0] || out[3] != filter[0])
    return fail(ErrorKind::input, "output shape {} but {} images of {} channels", text(out), in[0],
                filter[0]);
  TRY_STATUS(check_accumulation(AsConvolution(n).view, filter[0], 0));
  TRY_STATUS(window_on(n, out));
  return std::vector{out};
}

Allowed allowed(const NodeView& convolution) {
  const Arithmetic arithmetic = arithmetic_of(convolution);
  return {convolution.input(1).shape[0], ChannelOrder::outermost, product_of(arithmetic),
          arithmetic};
}

std::string unsupported(const NodeView& n) {
  const AsConvolution as(n);
  const Allowed with = allowed(as.view);
  if (with.arithmetic == Arithmetic::hybrid) return "f32 input with s8 weights; dequantise them";
  if (with.arithmetic == Arithmetic::s16_s32) return "s32 bias with s16 input; need s64";
  return unsupported_arithmetic(as.view, with);
}

/// Model: each input element meets each weight of its channel once, but at the borders.
Work work(const NodeView& n) {
  const Shape &filter = n.input(1).shape, &in = n.input(2).shape;
  const int64_t macs =
      saturating_product(int64_t{in[0]} * in[1] * in[2], n.input(1).shape.elements());
  const int64_t element_bytes = std::max(bits(n.input(2).dtype) / 8, 1);
  return {.macs = macs,
          .ops = n.output().shape.elements(),
          .read_bytes = saturating_product(macs, 2 * element_bytes) + 4 * int64_t{filter[0]},
          .write_bytes = n.output().bytes()};
}

/// The input rows (columns) [first, last] that reach output `o`; the tap of i is o + pad - i *
/// stride.
struct Reach {
  int32_t first, last;
};
Reach reach(const WindowAxis& axis, int32_t in, int32_t o) {
  const int32_t at = o + axis.pad;
  return {at < axis.filter ? 0 : (at - axis.filter) / axis.stride + 1,
          std::min(at / axis.stride, in - 1)};
}

template <class X, class W, class Y, class Sum, class Finish>
void gather(const NodeView& n, std::span<const X> x, std::span<const W> w, std::span<Y> y,
            Sum x_zero, Sum w_zero, const Finish& finish) {
  const Shape &in = n.input(2).shape, &filter = n.input(1).shape, &out = n.output().shape;
  const Window slide = window(n);
  size_t at = 0;
  for (int64_t b = 0; b < out[0]; ++b)
    for (int32_t oy = 0; oy < out[1]; ++oy)
      for (int32_t ox = 0; ox < out[2]; ++ox)
        for (int64_t oc = 0; oc < out[3]; ++oc) {
          Sum sum = 0;
          const Reach rows = reach(slide.h, in[1], oy), columns = reach(slide.w, in[2], ox);
          for (int64_t iy = rows.first; iy <= rows.last; ++iy)
            for (int64_t ix = columns.first; ix <= columns.last; ++ix) {
              const int64_t ky = oy + slide.h.pad - iy * slide.h.stride;
              const int64_t kx = ox + slide.w.pad - ix * slide.w.stride;
              const int64_t pixel = ((b * in[1] + iy) * in[2] + ix) * in[3];
              const int64_t tap = ((oc * filter[1] + ky) * filter[2] + kx) * in[3];
              for (int64_t i = 0; i < in[3]; ++i)
                sum += (static_cast<Sum>(x[static_cast<size_t>(pixel + i)]) - x_zero) *
                       (static_cast<Sum>(w[static_cast<size_t>(tap + i)]) - w_zero);
            }
          y[at++] = finish(static_cast<size_t>(oc), sum);
        }
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const AsConvolution as(n);
  const Buffers moved{{buffers.inputs[2], buffers.inputs[1]}, buffers.outputs};
  accumulate(as.view, moved, allowed(as.view), 1,
             [&n](const auto&... arguments) { gather(n, arguments...); });
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const AsConvolution as(n);
  const Shape &in = n.input(2).shape, &filter = n.input(1).shape, &out = n.output().shape;
  const Window at = window(n);
  KernelCall call;
  call.kernel = "transpose_conv";
  call.inputs = {2};
  call.params = {{"batches", in[0]},        {"in_h", in[1]},           {"in_w", in[2]},
                 {"in_c", in[3]},           {"out_h", out[1]},         {"out_w", out[2]},
                 {"out_c", out[3]},         {"k_h", filter[1]},        {"k_w", filter[2]},
                 {"stride_h", at.h.stride}, {"stride_w", at.w.stride}, {"pad_h", at.h.pad},
                 {"pad_w", at.w.pad}};
  append_arithmetic(as.view, allowed(as.view), in.elements() / in[0], call);
  if (as.wide.graph)  // it ends with this function
    for (Constant& constant : call.constants)
      if (constant.name == "bias") constant.owned = {constant.view.begin(), constant.view.end()};
  return call;
}

}  // namespace

extern const OpDef transpose_conv_op = {
    .name = "transpose_conv",
    .summary = "transposed 2-D convolution with strides and a fused activation",
    .types = "s8 s8*s4 s16*s8 u8 f32",
    .tflite = {.name = "TRANSPOSE_CONV",
               .opcode = 67,
               .options = 49,
               .max_version = 5,
               .fields = {{"padding", 0, TfliteField::padding},
                          {"stride_w", 1, TfliteField::int32},
                          {"stride_h", 2, TfliteField::int32},
                          {"activation", 3, TfliteField::activation}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
