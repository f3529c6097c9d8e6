// fully_connected: rows of the input times weights [O, I], bias, fused activation.
//
// Int8 with one weight scale or one per output. Here TFLM and LiteRT's reference differ: TFLM
// rescales in fixed point with two roundings, LiteRT multiplies in double and rounds once
// (Semantics::litert). TFLM also multiplies the scales of input and weights in float when there is
// one of each, unlike in a convolution. Not handled: weights that are not constant, shuffled
// weights, int4, int16, hybrid.
// Source: tflite-micro, kernels/internal/reference/fully_connected.h,
// integer_ops/fully_connected.h, micro/kernels/fully_connected_common.cc.
#include <algorithm>
#include <cmath>

#include "ops/accumulate.h"
#include "ops/op.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  if (n.inputs() < 2 || n.inputs() > 3 || !n.has_input(0) || !n.has_input(1) || n.outputs() != 1)
    return fail(ErrorKind::input, "needs input, weights, perhaps a bias, and one output");
  const Shape &in = n.input(0).shape, &weights = n.input(1).shape;
  if (weights.rank() != 2)
    return fail(ErrorKind::input, "weights have rank {}, need 2", weights.rank());
  const int32_t units = weights[0], depth = weights[1];
  if (units < 1 || depth < 1) return fail(ErrorKind::input, "weights {} are empty", text(weights));
  if (in.elements() < 1 || in.elements() % depth != 0)
    return fail(ErrorKind::input, "input {} cannot be split into rows of {}", text(in), depth);
  TRY_STATUS(check_accumulation(n, units, 0));
  if (n.attrs().integer("keep_num_dims", 0) == 0)
    return std::vector<Shape>{{{static_cast<int32_t>(in.elements() / depth), units}}};
  if (in.rank() < 1 || in[in.rank() - 1] != depth)
    return fail(ErrorKind::input, "input {} does not end with the {} of the weights", text(in),
                depth);
  Shape out = in;
  out.dims.back() = units;
  return std::vector<Shape>{out};
}

int64_t units(const NodeView& n) { return n.input(1).shape[0]; }
int64_t depth(const NodeView& n) { return n.input(1).shape[1]; }
int64_t rows(const NodeView& n) { return n.input(0).shape.elements() / depth(n); }

ScaleProduct scale_product(const NodeView& n) {
  return n.input(1).quant.per_channel() ? ScaleProduct::in_double : ScaleProduct::in_float;
}

std::string unsupported(const NodeView& n) {
  if (n.attrs().integer("weights_format", 0) != 0) return "shuffled weights";
  return unsupported_accumulation(n, units(n), ChannelOrder::outermost, scale_product(n));
}

/// Model: the direct loop nest, an input and a weight read for each product, one bias per output.
Work work(const NodeView& n) {
  const int64_t outputs = n.output().shape.elements();
  const int64_t element_bytes = bits(n.input(0).dtype) / 8;
  return {.macs = outputs * depth(n),
          .ops = outputs,
          .read_bytes = saturating_product(outputs, 2 * depth(n) * element_bytes + 4),
          .write_bytes = n.output().bytes()};
}

/// Each output is finish(unit, sum of products).
template <class T, class Sum, class Finish>
void multiply_rows(const NodeView& n, const Buffers& buffers, Sum zero_point,
                   const Finish& finish) {
  const auto length = static_cast<size_t>(depth(n)), count = static_cast<size_t>(units(n));
  const std::span<T> y = buffers.out<T>();
  for (size_t row = 0; row < static_cast<size_t>(rows(n)); ++row) {
    const std::span<const T> x = buffers.in<T>(0).subspan(row * length, length);
    for (size_t unit = 0; unit < count; ++unit) {
      const std::span<const T> w = buffers.in<T>(1).subspan(unit * length, length);
      Sum sum = 0;
      for (size_t i = 0; i < length; ++i)
        sum += (static_cast<Sum>(x[i]) - zero_point) * static_cast<Sum>(w[i]);
      y[row * count + unit] = finish(unit, sum);
    }
  }
}

/// Ends a sum as LiteRT's reference does: in double, rounded once.
struct FinishInDouble {
  const NodeView& n;
  FinishS8 fixed;

  int8_t operator()(size_t unit, int32_t sum) const {
    const Quantisation& weights = n.input(1).quant;
    const double factor = static_cast<double>(n.input(0).quant.scale[0]) *
                          static_cast<double>(weights.scale[weights.per_channel() ? unit : 0]) /
                          static_cast<double>(n.output().quant.scale[0]);
    const double total = sum + (fixed.bias.empty() ? 0 : fixed.bias[unit]);
    const double q = std::round(total * factor) + fixed.rescale.output_zero_point;
    return static_cast<int8_t>(
        std::clamp<double>(q, fixed.rescale.clamp.min, fixed.rescale.clamp.max));
  }
};

void reference(const NodeView& n, const Buffers& buffers, Semantics semantics) {
  if (n.input(0).dtype == Dtype::f32)
    return multiply_rows<float, float>(n, buffers, 0.0F, finish_f32(n));
  const FinishS8 finish = finish_s8(n, units(n), scale_product(n));
  const int32_t zero_point = finish.rescale.input_zero_point;
  if (semantics == Semantics::litert)
    multiply_rows<int8_t, int32_t>(n, buffers, zero_point, FinishInDouble{n, finish});
  else
    multiply_rows<int8_t, int32_t>(n, buffers, zero_point, finish);
}

KernelCall lower(const NodeView& n, const LowerOptions& options) {
  if (n.input(0).dtype == Dtype::s8)
    return lower_rows_s8(n, {rows(n), depth(n), units(n)}, scale_product(n), options);
  KernelCall call;
  call.kernel = "fully_connected_f32";
  call.params = {{"rows", rows(n)}, {"depth", depth(n)}, {"units", units(n)}};
  call.inputs = {0};
  append_f32_params(n, call);
  return call;
}

}  // namespace

const OpDef fully_connected_op = {
    .name = "fully_connected",
    .summary = "rows times a weight matrix, with a fused activation",
    .types = "s8 f32",
    .tflite = {.name = "FULLY_CONNECTED",
               .opcode = 9,
               .options = 8,
               .max_version = 13,
               .fields = {{"activation", 0, TfliteField::activation},
                          {"weights_format", 1, TfliteField::int8},
                          {"keep_num_dims", 2, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
