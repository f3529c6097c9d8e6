// The types of multiply-accumulate nodes beyond s8 and f32.
//
// The idea: references are one loop nest each, over types; kernels are one header each
// (kernels/*_any.h), over types. Here is what differs between types: what is checked, how a sum
// ends, which parameters its kernel takes. int16 activations have int8 weights and no zero points;
// with a bias of int64 sums have 64 bits and one rounding, else 32 bits, which wrap as they do in
// TFLM. uint8 is TFLite's legacy form, whose weights have a zero point. Hybrid nodes keep float
// activations and quantise each image as it comes: TFLM refuses them, LiteRT runs them.
// Source: tflite-micro, kernels/internal/reference/integer_ops/conv.h and
// kernels/internal/common.cc; tensorflow, lite/kernels/conv.cc and
// internal/reference/portable_tensor_utils.cc.
#include "ops/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay {
namespace {

std::string_view name(Arithmetic arithmetic) {
  constexpr std::string_view kNames[] = {"", "f32", "s8", "s16", "s16_s32", "u8", "f32_s8"};
  return kNames[static_cast<size_t>(arithmetic)];
}

std::string wrong_types(const NodeView& n) {
  const Dtype in = n.input(0).dtype, weights = n.input(1).dtype, out = n.output().dtype;
  const Dtype bias = n.has_input(2) ? n.input(2).dtype : Dtype::other;
  const Dtype need = in == Dtype::f32 ? Dtype::f32 : in == Dtype::s16 ? Dtype::s64 : Dtype::s32;
  if (in == out && n.has_input(2) && bias != need)
    return fmt::format("{} bias; need {}", assay::name(bias), assay::name(need));
  return fmt::format(
      "{} input with {} weights and {} output; only s8 with s8 or s4 weights, s16 with s8, u8 with "
      "u8, f32 with f32 or s8",
      assay::name(in), assay::name(weights), assay::name(out));
}

std::string wrong_zero_points(const NodeView& n, Arithmetic arithmetic) {
  const auto has_zero = [](const Tensor& tensor) {
    return std::ranges::any_of(tensor.quant.zero_point, [](int32_t zero) { return zero != 0; });
  };
  if (arithmetic == Arithmetic::u8)
    return n.input(1).quant.per_channel() ? "u8 weights with a scale per channel" : "";
  if (has_zero(n.input(1))) return "weights with a zero point";
  const bool is_s16 = arithmetic == Arithmetic::s16 || arithmetic == Arithmetic::s16_s32;
  return is_s16 && (has_zero(n.input(0)) || has_zero(n.output())) ? "s16 with a zero point" : "";
}

/// What no partial sum of an s16 node exceeds.
double bound_s16(const NodeView& n) {
  double bias = 0;
  if (n.has_input(2))
    for (const int64_t b : n.input(2).values<int64_t>())
      bias = std::max(bias, std::abs(static_cast<double>(b)));
  return bias + 32768.0 * 128 * static_cast<double>(n.input(1).shape.elements());
}

std::string wrong_factors(const NodeView& n, const Allowed& a) {
  const bool is_wide = a.arithmetic == Arithmetic::s16;
  if (is_wide && bound_s16(n) >= 0x1p47) return "sums can reach 2^47";
  for (const Multiplier& by : rescale_of(n, a.channels, a.product).by) {
    if (by.shift == kShiftOfNoNumber) return "scales call for a factor beyond all numbers";
    if (by.shift > (is_wide ? 7 : kMaxLeftShift))
      return fmt::format("scales call for a factor of about 2^{}", by.shift);
  }
  return {};
}

void append_bias(const NodeView& n, KernelCall& call) {
  if (!n.has_input(2)) return;
  call.constants.push_back({"bias", n.input(2).dtype, {}, n.input(2).data, true});
}

void append_hybrid(const NodeView& n, int64_t image_elements, KernelCall& call) {
  const FloatClamp clamp = activation_clamp(n.attrs().word("activation", "none"));
  const std::vector<float>& scale = n.input(1).quant.scale;
  call.params.insert(call.params.end(), {{"image", image_elements},
                                         {"asymmetric", int64_t{is_asymmetric(n)}},
                                         {"scale_step", int64_t{scale.size() > 1}},
                                         {"zero", int64_t{0}},
                                         {"scale", 0.0F},
                                         {"min", clamp.min},
                                         {"max", clamp.max},
                                         {"weights", "weights"},
                                         {"scales", "scales"},
                                         {"bias", n.has_input(2) ? "bias" : ""}});
  call.constants.push_back(weights_constant(n.input(1)));
  call.constants.push_back(make_constant("scales", Dtype::f32, scale, false));
  append_bias(n, call);
  call.takes_scratch = true;
  call.scratch_bytes = (image_elements + 3) / 4 * 4;
}

}  // namespace

Arithmetic arithmetic_of(const NodeView& n) {
  const Dtype in = n.input(0).dtype, weights = n.input(1).dtype;
  const Dtype bias = n.has_input(2) ? n.input(2).dtype : Dtype::other;
  const auto biased = [&](Dtype need) { return bias == need || !n.has_input(2); };
  const bool weights_fit = weights == Dtype::s8 || weights == Dtype::s4;
  if (n.output().dtype != in) return Arithmetic::none;
  if (in == Dtype::f32 && biased(Dtype::f32))
    return weights == Dtype::f32 ? Arithmetic::f32
                                 : (weights_fit ? Arithmetic::hybrid : Arithmetic::none);
  if (in == Dtype::s8 && weights_fit && biased(Dtype::s32)) return Arithmetic::s8;
  if (in == Dtype::u8 && weights == Dtype::u8 && biased(Dtype::s32)) return Arithmetic::u8;
  if (in != Dtype::s16 || !weights_fit) return Arithmetic::none;
  if (biased(Dtype::s64)) return Arithmetic::s16;
  return bias == Dtype::s32 ? Arithmetic::s16_s32 : Arithmetic::none;
}

std::string unsupported_arithmetic(const NodeView& n, const Allowed& a) {
  if (a.arithmetic == Arithmetic::none) return wrong_types(n);
  if (a.arithmetic == Arithmetic::f32 || a.arithmetic == Arithmetic::s8)
    return unsupported_accumulation(n, a.channels, a.order, a.product);
  const std::string activation = n.attrs().word("activation", "none");
  if (!is_fused_activation(activation)) return fmt::format("fused activation '{}'", activation);
  if (!n.input(1).is_constant) return "weights that are not constant";
  if (n.has_input(2) && !n.input(2).is_constant) return "a bias that is not constant";
  if (std::string why = wrong_zero_points(n, a.arithmetic); !why.empty()) return why;
  if (a.arithmetic != Arithmetic::hybrid) return wrong_factors(n, a);
  const int64_t taps = n.input(1).shape.elements() / std::max<int64_t>(a.channels, 1);
  return taps > 65000 ? fmt::format("sums of {} products can exceed int32", taps) : "";
}

Multiplier for_64_bits(Multiplier by) {
  const int32_t value = by.value < 0x7fff0000 ? (by.value + (1 << 15)) >> 16 : 0x7fff;
  return {value, 15 - by.shift};
}

int16_t FinishS16::operator()(size_t channel, int64_t sum) const {
  const Multiplier by = for_64_bits(rescale.by[channel]);
  sum += bias.empty() ? 0 : bias[channel];
  const int64_t half = int64_t{1} << (by.shift - 1);
  return static_cast<int16_t>(
      rescale.clamp(static_cast<int32_t>((sum * by.value + half) >> by.shift)));
}

bool is_asymmetric(const NodeView& n) {
  return n.attrs().integer("asymmetric_quantize_inputs", n.input(1).quant.per_channel()) != 0;
}

bool scales_in_turn(const NodeView& n) {
  return n.input(1).quant.per_channel() && n.input(1).quant.axis == 0 &&
         n.input(1).shape.rank() == 4;
}

QuantisedFloats quantise_floats(std::span<const float> values, bool asymmetric) {
  QuantisedFloats made{std::vector<int8_t>(values.size())};
  const auto [low, high] = std::ranges::minmax(values);
  const float min = std::min(low, 0.0F), max = std::max(high, 0.0F);
  if (min == max) return made;
  float inverse = 0;
  if (asymmetric) {
    made.scale = (max - min) / 255;
    const double scale = made.scale;
    const double from_min = -128 - min / scale, from_max = 127 - max / scale;
    const double zero = 128 - min / scale < 127 + std::abs(max / scale) ? from_min : from_max;
    made.zero_point = static_cast<int32_t>(std::round(std::clamp(zero, -128.0, 127.0)));
    inverse = static_cast<float>(1 / scale);
  } else {
    const float range = std::max(std::abs(low), std::abs(high));
    made.scale = range / 127;
    inverse = 127 / range;
  }
  const float lowest = asymmetric ? -128.0F : -127.0F;
  const auto zero = static_cast<float>(made.zero_point);
  std::ranges::transform(values, made.values.begin(), [&](float x) {
    const float q = std::round(zero + x * inverse);
    return static_cast<int8_t>(std::isnan(q) ? 0.0F : std::clamp(q, lowest, 127.0F));
  });
  return made;
}

void append_arithmetic(const NodeView& n, const Allowed& a, int64_t image_elements,
                       KernelCall& call) {
  call.kernel += '_';
  call.kernel += name(a.arithmetic);
  if (a.arithmetic == Arithmetic::f32) return append_f32_params(n, call);
  if (a.arithmetic == Arithmetic::hybrid) return append_hybrid(n, image_elements, call);
  Rescale rescale = rescale_of(n, a.channels, a.product);
  if (a.arithmetic == Arithmetic::s16)
    std::ranges::transform(rescale.by, rescale.by.begin(), for_64_bits);
  if (a.arithmetic == Arithmetic::u8 || a.arithmetic == Arithmetic::s8)
    call.params.push_back({"in_zp", rescale.input_zero_point});
  if (a.arithmetic == Arithmetic::u8)
    call.params.push_back({"w_zp", n.input(1).quant.zero_point[0]});
  if (a.arithmetic == Arithmetic::u8 || a.arithmetic == Arithmetic::s8)
    call.params.push_back({"out_zp", rescale.output_zero_point});
  const RescaleTable table = rescale_table(rescale, false);
  call.params.insert(call.params.end(), {{"out_min", rescale.clamp.min},
                                         {"out_max", rescale.clamp.max},
                                         {"rescale_step", table.step},
                                         {"weights", "weights"},
                                         {"bias", n.has_input(2) ? "bias" : ""},
                                         {"rescale", "rescale"}});
  call.constants.push_back(weights_constant(n.input(1)));
  append_bias(n, call);
  call.constants.push_back(make_constant("rescale", Dtype::s32, table.pairs, false));
}

void take_s16_dsp(int64_t channels, KernelCall& call) {
  const auto is_weights = [](const Constant& constant) { return constant.name == "weights"; };
  Constant& weights = *std::ranges::find_if(call.constants, is_weights);
  const std::span<const std::byte> bytes = weights.bytes();
  const auto count = static_cast<size_t>(channels);
  const size_t taps = bytes.size() / count, quads = (taps + 3) / 4;
  std::vector<int8_t> packed((count + 1) / 2 * quads * 8);
  // SXTB16 widens bytes 0 and 2, then 1 and 3: so that it gives neighbours, the middle two swap.
  constexpr size_t kPlace[] = {0, 2, 1, 3};
  for (size_t c = 0; c < count; ++c)
    for (size_t tap = 0; tap < taps; ++tap)
      packed[((c / 2 * quads + tap / 4) * 2 + c % 2) * 4 + kPlace[tap % 4]] =
          static_cast<int8_t>(bytes[c * taps + tap]);
  weights = make_constant("weights", Dtype::s8, packed, true);
  call.kernel = "conv_2d_s16_dsp";
  call.takes_scratch = true;
  call.scratch_bytes = static_cast<int64_t>(quads) * 8;
}

}  // namespace assay
