// fully_connected: rows of the input times weights [O, I], bias, fused activation.
//
// Int8 with one weight scale or one per output. Here TFLM and LiteRT's reference differ: TFLM
// rescales in fixed point with two roundings, LiteRT multiplies in double and rounds once
// (Semantics::litert). TFLM also multiplies the scales of input and weights in float when there is
// one of each, unlike in a convolution. Other types: arithmetic.h. Not handled: weights that are
// not constant, shuffled weights.
// Source: tflite-micro, kernels/internal/reference/fully_connected.h,
// integer_ops/fully_connected.h, micro/kernels/fully_connected_common.cc.
#include <algorithm>
#include <cmath>

#include "ops/arithmetic.h"
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

Allowed allowed(const NodeView& n) {
  return {units(n), ChannelOrder::outermost, scale_product(n), arithmetic_of(n)};
}

std::string unsupported(const NodeView& n) {
  if (n.attrs().integer("weights_format", 0) != 0) return "shuffled weights";
  return unsupported_arithmetic(n, allowed(n));
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
template <class X, class W, class Y, class Sum, class Finish>
void multiply_rows(const NodeView& n, std::span<const X> x, std::span<const W> w, std::span<Y> y,
                   Sum x_zero, Sum w_zero, const Finish& finish) {
  const auto length = static_cast<size_t>(depth(n)), count = static_cast<size_t>(units(n));
  for (size_t at = 0; at < y.size(); ++at) {
    const std::span<const X> row = x.subspan(at / count * length, length);
    const std::span<const W> unit = w.subspan(at % count * length, length);
    Sum sum = 0;
    for (size_t i = 0; i < length; ++i)
      sum += (static_cast<Sum>(row[i]) - x_zero) * (static_cast<Sum>(unit[i]) - w_zero);
    y[at] = finish(at % count, sum);
  }
}

/// Ends a sum as LiteRT's reference does: in double, rounded once.
template <class T, class Bias>
struct FinishInDouble {
  const NodeView& n;
  Rescale rescale = rescale_of(n, units(n), scale_product(n));

  T operator()(size_t unit, int64_t sum) const {
    const Quantisation& weights = n.input(1).quant;
    const double factor = static_cast<double>(n.input(0).quant.scale[0]) *
                          static_cast<double>(weights.scale[weights.per_channel() ? unit : 0]) /
                          static_cast<double>(n.output().quant.scale[0]);
    const int64_t bias = n.has_input(2) ? n.input(2).values<Bias>()[unit] : 0;
    const double q =
        std::round(static_cast<double>(sum + bias) * factor) + rescale.output_zero_point;
    return static_cast<T>(std::clamp<double>(q, rescale.clamp.min, rescale.clamp.max));
  }
};

void reference(const NodeView& n, const Buffers& b, Semantics semantics) {
  const Allowed with = allowed(n);
  const WeightsS8 weights = weights_s8(n.input(1));
  if (semantics == Semantics::litert && with.arithmetic == Arithmetic::s8)
    return multiply_rows(n, b.in<int8_t>(0), weights.values(), b.out<int8_t>(),
                         n.input(0).quant.zero_point[0], 0, FinishInDouble<int8_t, int32_t>{n});
  if (semantics == Semantics::litert && with.arithmetic == Arithmetic::s16)
    return multiply_rows(n, b.in<int16_t>(0), weights.values(), b.out<int16_t>(), int64_t{0},
                         int64_t{0}, FinishInDouble<int16_t, int64_t>{n});
  accumulate(n, b, with, static_cast<size_t>(rows(n)),
             [&n](const auto&... arguments) { multiply_rows(n, arguments...); });
}

/// As a convolution of one tap, each row a pixel.
KernelCall lower_s16_dsp(const NodeView& n) {
  KernelCall call;
  call.kernel = "conv_2d";
  call.inputs = {0};
  call.params = {{"batches", int64_t{1}}, {"in_h", rows(n)},  {"in_w", int64_t{1}},
                 {"in_c", depth(n)},      {"out_h", rows(n)}, {"out_w", int64_t{1}},
                 {"out_c", units(n)}};
  for (const char* name : {"k_h", "k_w", "stride_h", "stride_w", "dilation_h", "dilation_w"})
    call.params.push_back({name, int64_t{1}});
  call.params.insert(call.params.end(), {{"pad_h", int64_t{0}}, {"pad_w", int64_t{0}}});
  append_arithmetic(n, allowed(n), depth(n), call);
  take_s16_dsp(units(n), call);
  return call;
}

KernelCall lower(const NodeView& n, const LowerOptions& options) {
  if (n.input(0).dtype == Dtype::s8)
    return lower_rows_s8(n, {rows(n), depth(n), units(n)}, scale_product(n), options);
  if (allowed(n).arithmetic == Arithmetic::s16 && options.isa.dsp) return lower_s16_dsp(n);
  KernelCall call;
  call.kernel = "fully_connected";
  call.params = {{"rows", rows(n)}, {"depth", depth(n)}, {"units", units(n)}};
  call.inputs = {0};
  append_arithmetic(n, allowed(n), depth(n), call);
  return call;
}

}  // namespace

extern const OpDef fully_connected_op = {
    .name = "fully_connected",
    .summary = "rows times a weight matrix, with a fused activation",
    .types = kArithmeticTypes,
    .tflite = {.name = "FULLY_CONNECTED",
               .opcode = 9,
               .options = 8,
               .max_version = 13,
               .fields = {{"activation", 0, TfliteField::activation},
                          {"weights_format", 1, TfliteField::int8},
                          {"keep_num_dims", 2, TfliteField::boolean},
                          {"asymmetric_quantize_inputs", 3, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
