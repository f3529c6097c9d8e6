// depthwise_conv_2d: each input channel has filters of its own; filter [1, KH, KW, C * multiplier].
//
// Arithmetic and limits as conv_2d's (conv_2d.cc). The multiplier is what the shapes say; the
// attribute of the file must agree.
// Source: tflite-micro, kernels/internal/reference/depthwiseconv_float.h and
// integer_ops/depthwise_conv.h.
#include <algorithm>

#include "ops/arithmetic.h"
#include "ops/op.h"
#include "ops/window.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  if (n.inputs() < 2 || n.inputs() > 3 || !n.has_input(0) || !n.has_input(1) || n.outputs() != 1)
    return fail(ErrorKind::input, "needs input, filter, perhaps a bias, and one output");
  const Shape &in = n.input(0).shape, &filter = n.input(1).shape;
  if (in.rank() != 4) return fail(ErrorKind::input, "input has rank {}, need 4", in.rank());
  if (filter.rank() != 4)
    return fail(ErrorKind::input, "filter has rank {}, need 4", filter.rank());
  if (filter[0] != 1)
    return fail(ErrorKind::input, "filter {} begins with {}, need 1", text(filter), filter[0]);
  if (in[0] < 1) return fail(ErrorKind::input, "the input is empty");
  if (in[3] < 1 || filter[3] < 1 || filter[3] % in[3] != 0)
    return fail(ErrorKind::input, "{} input channels but the filter has {}", in[3], filter[3]);
  const int64_t multiplier = n.attrs().integer("depth_multiplier", 0);
  if (multiplier != 0 && multiplier != filter[3] / in[3])
    return fail(ErrorKind::input, "depth multiplier {} but the shapes give {}", multiplier,
                filter[3] / in[3]);
  TRY_STATUS(check_accumulation(n, filter[3], 3));
  const Window window = TRY(window_of(n, filter[1], filter[2]));
  return std::vector<Shape>{{{in[0], window.h.out, window.w.out, filter[3]}}};
}

Allowed allowed(const NodeView& n) {
  const Arithmetic arithmetic = arithmetic_of(n);
  return {n.input(1).shape[3], ChannelOrder::innermost, product_of(arithmetic), arithmetic};
}

std::string unsupported(const NodeView& n) {
  if (allowed(n).arithmetic == Arithmetic::s16_s32) return "s32 bias with s16 input; need s64";
  return unsupported_arithmetic(n, allowed(n));
}

Window window(const NodeView& n) { return *window_of(n, n.input(1).shape[1], n.input(1).shape[2]); }

/// Model: the direct loop nest, an input and a weight read for each tap, one bias per output.
Work work(const NodeView& n) {
  const Shape& filter = n.input(1).shape;
  const int64_t outputs = n.output().shape.elements();
  const int64_t taps = int64_t{filter[1]} * filter[2];
  const int64_t element_bytes = bits(n.input(0).dtype) / 8;
  return {.macs = outputs * taps,
          .ops = outputs,
          .read_bytes = saturating_product(outputs, 2 * taps * element_bytes + 4),
          .write_bytes = n.output().bytes()};
}

/// Each output is finish(channel, sum of products); taps on padding are left out.
template <class X, class W, class Y, class Sum, class Finish>
void convolve(const NodeView& n, std::span<const X> x, std::span<const W> w, std::span<Y> y,
              Sum x_zero, Sum w_zero, const Finish& finish) {
  const Shape &in = n.input(0).shape, &filter = n.input(1).shape, &out = n.output().shape;
  const Window slide = window(n);
  const int64_t multiplier = filter[3] / in[3];
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
              const int64_t pixel = ((b * in[1] + iy) * in[2] + ix) * in[3] + oc / multiplier;
              const int64_t tap = (int64_t{ky} * filter[2] + kx) * filter[3] + oc;
              sum += (static_cast<Sum>(x[static_cast<size_t>(pixel)]) - x_zero) *
                     (static_cast<Sum>(w[static_cast<size_t>(tap)]) - w_zero);
            }
          y[at++] = finish(static_cast<size_t>(oc), sum);
        }
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  accumulate(n, buffers, allowed(n), static_cast<size_t>(n.input(0).shape[0]),
             [&n](const auto&... arguments) { convolve(n, arguments...); });
}

/// How a DSP kernel cuts its work into planes of one channel.
struct Plane {
  int64_t band = 0;   ///< output rows at a time
  int64_t pitch = 0;  ///< int16 elements of a row
  int64_t scratch_bytes = 0;
};

/// As many rows as half a kilobyte holds, or a 32nd of what input and output take: gathering costs
/// little more in bands, and this layer may set the arena's peak.
Plane plane_of(const NodeView& n, const Window& at, bool is_3x3) {
  const int64_t even_taps = (int64_t{at.w.filter} + 1) / 2 * 2;
  const int64_t budget = std::max<int64_t>(512, (n.input(0).bytes() + n.output().bytes()) / 32);
  Plane plane;
  plane.pitch = is_3x3 ? (int64_t{at.w.out} + 1) / 2 * 2 * at.w.stride + 2
                       : (int64_t{at.w.out} - 1) * at.w.stride + even_taps;
  const int64_t filter_bytes = is_3x3 ? 0 : 2 * int64_t{at.h.filter} * even_taps;
  const int64_t rows = std::max<int64_t>((budget - filter_bytes) / (2 * plane.pitch), 0);
  const int64_t most = std::clamp<int64_t>((rows - at.h.filter) / at.h.stride + 1, 1, at.h.out);
  const int64_t bands = (at.h.out + most - 1) / most;
  plane.band = (at.h.out + bands - 1) / bands;
  plane.scratch_bytes =
      (filter_bytes + 2 * plane.pitch * ((plane.band - 1) * at.h.stride + at.h.filter) + 3) / 4 * 4;
  return plane;
}

/// [taps][C] -> [C][taps].
std::vector<int8_t> by_channel(std::span<const int8_t> weights, size_t channels) {
  const size_t taps = weights.size() / channels;
  std::vector<int8_t> packed(weights.size());
  for (size_t i = 0; i < weights.size(); ++i)
    packed[i % channels * taps + i / channels] = weights[i];
  return packed;
}

/// Planes pay unless a single row is much of the image: then the arena would grow for nothing.
bool suits_planes(const NodeView& n, const Window& at, const Plane& plane) {
  return at.h.dilation == 1 && at.w.dilation == 1 &&
         plane.scratch_bytes <=
             std::max<int64_t>(1024, (n.input(0).bytes() + n.output().bytes()) / 4);
}

std::vector<Param> image_params(const NodeView& n) {
  const Shape &in = n.input(0).shape, &out = n.output().shape;
  return {{"batches", in[0]}, {"in_h", in[1]},   {"in_w", in[2]},
          {"in_c", in[3]},    {"out_h", out[1]}, {"out_w", out[2]}};
}

/// The DSP kernel, or an empty call if none is exact or worth its scratch.
KernelCall lower_dsp(const NodeView& n) {
  const Window at = window(n);
  const Shape& filter = n.input(1).shape;
  const int64_t multiplier = filter[3] / n.input(0).shape[3];
  const bool is_3x3 = multiplier == 1 && filter[1] == 3 && filter[2] == 3;
  const Plane plane = plane_of(n, at, is_3x3);
  const auto form = dsp_form(n, filter[3], ChannelOrder::innermost, ScaleProduct::in_double);
  KernelCall call;
  if (!form || !suits_planes(n, at, plane)) return call;
  call.kernel = is_3x3 ? "depthwise_conv_2d_3x3_s8_dsp" : "depthwise_conv_2d_s8_dsp";
  call.params = image_params(n);
  if (!is_3x3)
    call.params.insert(call.params.end(),
                       {{"multiplier", multiplier}, {"k_h", filter[1]}, {"k_w", filter[2]}});
  call.params.insert(call.params.end(), {{"stride_h", at.h.stride},
                                         {"stride_w", at.w.stride},
                                         {"pad_h", at.h.pad},
                                         {"pad_w", at.w.pad},
                                         {"band", plane.band},
                                         {"pitch", plane.pitch},
                                         {"in_zp", form->rescale.input_zero_point}});
  append_s8_dsp_params(*form, by_channel(form->weights, static_cast<size_t>(filter[3])), filter[3],
                       call);
  call.inputs = {0};
  call.takes_scratch = true;
  call.scratch_bytes = plane.scratch_bytes;
  return call;
}

KernelCall lower(const NodeView& n, const LowerOptions& options) {
  const bool is_s8 = n.input(0).dtype == Dtype::s8;
  if (is_s8 && options.isa.dsp)
    if (KernelCall call = lower_dsp(n); !call.kernel.empty()) return call;
  const Window at = window(n);
  const Shape& filter = n.input(1).shape;
  KernelCall call;
  call.kernel = "depthwise_conv_2d";
  call.inputs = {0};
  call.params = image_params(n);
  call.params.insert(call.params.end(), {{"multiplier", filter[3] / n.input(0).shape[3]},
                                         {"k_h", filter[1]},
                                         {"k_w", filter[2]},
                                         {"stride_h", at.h.stride},
                                         {"stride_w", at.w.stride},
                                         {"dilation_h", at.h.dilation},
                                         {"dilation_w", at.w.dilation},
                                         {"pad_h", at.h.pad},
                                         {"pad_w", at.w.pad}});
  if (!is_s8) {
    append_arithmetic(n, allowed(n), n.input(0).shape.elements() / n.input(0).shape[0], call);
    return call;
  }
  call.kernel = "depthwise_conv_2d_s8";
  const Rescale rescale = rescale_of(n, filter[3], ScaleProduct::in_double);
  call.params.push_back({"in_zp", rescale.input_zero_point});
  append_s8_params(n, rescale, fold_bias(n, filter[3], ChannelOrder::innermost), call);
  return call;
}

}  // namespace

extern const OpDef depthwise_conv_2d_op = {
    .name = "depthwise_conv_2d",
    .summary = "2-D convolution of each channel by itself, with any channel multiplier",
    .types = kArithmeticTypes,
    .tflite = {.name = "DEPTHWISE_CONV_2D",
               .opcode = 4,
               .options = 2,
               .max_version = 7,
               .fields = {{"padding", 0, TfliteField::padding},
                          {"stride_w", 1, TfliteField::int32},
                          {"stride_h", 2, TfliteField::int32},
                          {"depth_multiplier", 3, TfliteField::int32},
                          {"activation", 4, TfliteField::activation},
                          {"dilation_w", 5, TfliteField::int32, 1},
                          {"dilation_h", 6, TfliteField::int32, 1}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
