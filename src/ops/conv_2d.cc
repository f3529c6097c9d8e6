// conv_2d: NHWC input, filter [O, KH, KW, I], bias, fused activation; strides, dilation, groups.
//
// Int8 as in TFLite: symmetric weights with one scale or one per output channel, rescaling with two
// roundings. Float adds the products in the order of TFLite's reference, so its results are the
// same bits on every machine that does not contract multiply and add. Other types: arithmetic.h.
// Not handled: weights that are not constant.
// Source: tflite-micro, kernels/internal/reference/conv.h and integer_ops/conv.h.
#include <algorithm>

#include "ops/arithmetic.h"
#include "ops/op.h"
#include "ops/window.h"

namespace assay {
namespace {

int64_t groups(const NodeView& n) { return n.input(0).shape[3] / n.input(1).shape[3]; }

Result<std::vector<Shape>> infer(const NodeView& n) {
  if (n.inputs() < 2 || n.inputs() > 3 || !n.has_input(0) || !n.has_input(1) || n.outputs() != 1)
    return fail(ErrorKind::input, "needs input, filter, perhaps a bias, and one output");
  const Shape &in = n.input(0).shape, &filter = n.input(1).shape;
  if (in.rank() != 4) return fail(ErrorKind::input, "input has rank {}, need 4", in.rank());
  if (filter.rank() != 4)
    return fail(ErrorKind::input, "filter has rank {}, need 4", filter.rank());
  if (in[0] < 1) return fail(ErrorKind::input, "the input is empty");
  if (filter[0] < 1) return fail(ErrorKind::input, "the filter has no output channels");
  if (filter[3] < 1 || in[3] < 1 || in[3] % filter[3] != 0)
    return fail(ErrorKind::input, "{} input channels but the filter has {}", in[3], filter[3]);
  if (filter[0] % groups(n) != 0)
    return fail(ErrorKind::input, "{} output channels cannot be split into {} groups", filter[0],
                groups(n));
  TRY_STATUS(check_accumulation(n, filter[0], 0));
  const Window window = TRY(window_of(n, filter[1], filter[2]));
  return std::vector<Shape>{{{in[0], window.h.out, window.w.out, filter[0]}}};
}

Allowed allowed(const NodeView& n) {
  const Arithmetic arithmetic = arithmetic_of(n);
  return {n.input(1).shape[0], ChannelOrder::outermost, product_of(arithmetic), arithmetic};
}

std::string unsupported(const NodeView& n) { return unsupported_arithmetic(n, allowed(n)); }

Window window(const NodeView& n) { return *window_of(n, n.input(1).shape[1], n.input(1).shape[2]); }

/// Model: the direct loop nest, an input and a weight read for each tap, one bias per output.
Work work(const NodeView& n) {
  const Shape& filter = n.input(1).shape;
  const int64_t outputs = n.output().shape.elements();
  const int64_t taps = int64_t{filter[1]} * filter[2] * filter[3];
  const int64_t element_bytes = bits(n.input(0).dtype) / 8;
  return {.macs = outputs * taps,
          .ops = outputs,
          .read_bytes = saturating_product(outputs, 2 * taps * element_bytes + 4),
          .write_bytes = n.output().bytes()};
}

/// Each output is finish(channel, sum of products); taps on padding are left out.
struct Convolution {
  const NodeView& n;

  template <class X, class W, class Y, class Sum, class Finish>
  void operator()(std::span<const X> x, std::span<const W> w, std::span<Y> y, Sum x_zero,
                  Sum w_zero, const Finish& finish) const;
};

template <class X, class W, class Y, class Sum, class Finish>
void Convolution::operator()(std::span<const X> x, std::span<const W> w, std::span<Y> y, Sum x_zero,
                             Sum w_zero, const Finish& finish) const {
  const Shape &in = n.input(0).shape, &filter = n.input(1).shape, &out = n.output().shape;
  const Window slide = window(n);
  const int64_t depth = filter[3], per_group = filter[0] / groups(n);
  size_t at = 0;
  for (int64_t b = 0; at < y.size(); ++b)
    for (int32_t oy = 0; oy < out[1]; ++oy)
      for (int32_t ox = 0; ox < out[2]; ++ox)
        for (int64_t oc = 0; oc < out[3]; ++oc) {
          Sum sum = 0;
          for (int32_t ky = 0; ky < filter[1]; ++ky)
            for (int32_t kx = 0; kx < filter[2]; ++kx) {
              const int64_t iy = slide.h.begin(oy) + int64_t{ky} * slide.h.dilation;
              const int64_t ix = slide.w.begin(ox) + int64_t{kx} * slide.w.dilation;
              if (iy < 0 || iy >= in[1] || ix < 0 || ix >= in[2]) continue;
              const int64_t pixel =
                  ((b * in[1] + iy) * in[2] + ix) * in[3] + oc / per_group * depth;
              const int64_t tap = ((oc * filter[1] + ky) * filter[2] + kx) * depth;
              for (int64_t i = 0; i < depth; ++i)
                sum += (static_cast<Sum>(x[static_cast<size_t>(pixel + i)]) - x_zero) *
                       (static_cast<Sum>(w[static_cast<size_t>(tap + i)]) - w_zero);
            }
          y[at++] = finish(static_cast<size_t>(oc), sum);
        }
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  accumulate(n, buffers, allowed(n), static_cast<size_t>(n.input(0).shape[0]), Convolution{n});
}

std::vector<Param> shape_params(const NodeView& n) {
  const Shape &in = n.input(0).shape, &filter = n.input(1).shape, &out = n.output().shape;
  return {{"batches", in[0]}, {"in_h", in[1]},    {"in_w", in[2]},
          {"in_c", in[3]},    {"out_h", out[1]},  {"out_w", out[2]},
          {"out_c", out[3]},  {"k_h", filter[1]}, {"k_w", filter[2]}};
}

void append_window(const NodeView& n, KernelCall& call) {
  const Window at = window(n);
  call.params.insert(call.params.end(), {{"stride_h", at.h.stride},
                                         {"stride_w", at.w.stride},
                                         {"dilation_h", at.h.dilation},
                                         {"dilation_w", at.w.dilation},
                                         {"pad_h", at.h.pad},
                                         {"pad_w", at.w.pad}});
}

/// [O][taps] -> [O / 2][taps / 4][2][4], filled with zeros.
std::vector<int8_t> pairs_of_channels(std::span<const int8_t> weights, size_t channels) {
  const size_t taps = weights.size() / channels, groups = (taps + 3) / 4;
  std::vector<int8_t> packed((channels + 1) / 2 * groups * 8);
  for (size_t c = 0; c < channels; ++c)
    for (size_t tap = 0; tap < taps; ++tap)
      packed[((c / 2 * groups + tap / 4) * 2 + c % 2) * 4 + tap % 4] = weights[c * taps + tap];
  return packed;
}

/// Whether the only window is the whole image: then the convolution is a fully_connected.
bool is_one_window(const NodeView& n) {
  const Window at = window(n);
  const Shape& in = n.input(0).shape;
  return groups(n) == 1 && at.h.out == 1 && at.w.out == 1 && at.h.filter == in[1] &&
         at.w.filter == in[2] && !at.padded() && at.h.dilation == 1 && at.w.dilation == 1;
}

int64_t dsp_scratch_bytes(const NodeView& n) {
  const Shape& filter = n.input(1).shape;
  const int64_t quads = (int64_t{filter[1]} * filter[2] * filter[3] + 3) / 4;
  return quads * (filter[3] % 4 == 0 ? 16 : 20);
}

/// Windows in scratch pay unless they are larger than the images they come from.
bool suits_columns(const NodeView& n) {
  constexpr int64_t kAlwaysFine = 4096;
  return groups(n) == 1 &&
         dsp_scratch_bytes(n) <= std::max(kAlwaysFine, n.input(0).bytes() + n.output().bytes());
}

void lower_dsp(const NodeView& n, const DspForm& form, KernelCall& call) {
  const auto channels = static_cast<size_t>(n.input(1).shape[0]);
  call.kernel = "conv_2d_s8_dsp";
  append_window(n, call);
  call.params.push_back({"in_zp", form.rescale.input_zero_point});
  append_s8_dsp_params(form, pairs_of_channels(form.weights, channels),
                       static_cast<int64_t>((channels + 1) / 2 * 2), call);
  call.takes_scratch = true;
  call.scratch_bytes = dsp_scratch_bytes(n);
}

KernelCall lower(const NodeView& n, const LowerOptions& options) {
  const int64_t channels = n.input(1).shape[0];
  const bool is_s8 = n.input(0).dtype == Dtype::s8;
  if (is_s8 && is_one_window(n))
    return lower_rows_s8(n, {n.input(0).shape[0], n.input(1).shape.elements() / channels, channels},
                         ScaleProduct::in_double, options);
  KernelCall call;
  call.params = shape_params(n);
  call.inputs = {0};
  if (is_s8 && options.isa.dsp && suits_columns(n))
    if (const auto form = dsp_form(n, channels, ChannelOrder::outermost, ScaleProduct::in_double)) {
      lower_dsp(n, *form, call);
      return call;
    }
  const bool takes_s16_dsp =
      allowed(n).arithmetic == Arithmetic::s16 && options.isa.dsp && suits_columns(n);
  if (!takes_s16_dsp) call.params.push_back({"k_c", n.input(1).shape[3]});
  append_window(n, call);
  if (!is_s8) {
    call.kernel = "conv_2d";
    append_arithmetic(n, allowed(n), n.input(0).shape.elements() / n.input(0).shape[0], call);
    if (takes_s16_dsp) take_s16_dsp(channels, call);
    return call;
  }
  const Rescale rescale = rescale_of(n, channels, ScaleProduct::in_double);
  call.kernel = "conv_2d_s8";
  call.params.push_back({"in_zp", rescale.input_zero_point});
  append_s8_params(n, rescale, fold_bias(n, channels, ChannelOrder::outermost), call);
  return call;
}

}  // namespace

extern const OpDef conv_2d_op = {
    .name = "conv_2d",
    .summary = "2-D convolution with strides, dilation, groups and a fused activation",
    .types = kArithmeticTypes,
    .tflite = {.name = "CONV_2D",
               .opcode = 3,
               .options = 1,
               .max_version = 8,
               .fields = {{"padding", 0, TfliteField::padding},
                          {"stride_w", 1, TfliteField::int32},
                          {"stride_h", 2, TfliteField::int32},
                          {"activation", 3, TfliteField::activation},
                          {"dilation_w", 4, TfliteField::int32, 1},
                          {"dilation_h", 5, TfliteField::int32, 1}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
