// What conv_2d, depthwise_conv_2d and fully_connected have in common.
//
// The idea: sum(w * (x - zx)) + bias = sum(w * x) + (bias - zx * sum(w)), so the input's zero point
// costs nothing at run time, provided that taps on padding count as zx. All sums are int32; a model
// whose weights could overflow them is refused here, once, so that kernels and references need not
// care. Weights with a zero point of their own are refused too (TFLite's int8 weights have none).
// Source: tflite-micro, kernels/kernel_util.cc, PopulateConvolutionQuantizationParams and
// GetQuantizedConvolutionMultipler.
#include "ops/accumulate.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace assay {
namespace {

/// Sum and sum of magnitudes of each channel's weights.
struct WeightSums {
  std::vector<int64_t> sum, magnitude;
};

WeightSums weight_sums(std::span<const int8_t> weights, int64_t channels, ChannelOrder order) {
  const auto count = static_cast<size_t>(channels);
  WeightSums sums{std::vector<int64_t>(count), std::vector<int64_t>(count)};
  const size_t row = weights.size() / count;
  if (order == ChannelOrder::outermost)
    for (size_t c = 0; c < count; ++c) {
      int64_t sum = 0, magnitude = 0;
      for (const int8_t weight : weights.subspan(c * row, row)) {
        sum += weight;
        magnitude += std::abs(weight);
      }
      sums.sum[c] = sum;
      sums.magnitude[c] = magnitude;
    }
  else
    for (size_t first = 0; first < weights.size(); first += count)
      for (size_t c = 0; c < count; ++c) {
        sums.sum[c] += weights[first + c];
        sums.magnitude[c] += std::abs(weights[first + c]);
      }
  return sums;
}

bool has_bias(const NodeView& node) { return node.has_input(2); }

std::string wrong_types(const NodeView& node) {
  const Dtype in = node.input(0).dtype, weights = node.input(1).dtype, out = node.output().dtype;
  const bool is_s8 =
      in == Dtype::s8 && (weights == Dtype::s8 || weights == Dtype::s4) && out == Dtype::s8;
  const bool is_f32 = in == Dtype::f32 && weights == Dtype::f32 && out == Dtype::f32;
  if (!is_s8 && !is_f32)
    return fmt::format("{} input with {} weights and {} output; only s8 and f32 throughout",
                       name(in), name(weights), name(out));
  if (!has_bias(node)) return {};
  const Dtype bias = node.input(2).dtype, need = is_s8 ? Dtype::s32 : Dtype::f32;
  return bias == need ? std::string{} : fmt::format("{} bias; need {}", name(bias), name(need));
}

/// Whether no weights of these shapes could make a sum leave int32: then none needs to be read.
bool sums_surely_fit(const NodeView& node, int64_t channels) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  // Factors of at most 2^31, 2^7 and 2^8 do not overflow.
  const int64_t taps = node.input(1).shape.elements() / channels;
  const int64_t zero = node.input(0).quant.zero_point[0];
  int64_t most_bias = 0;
  if (has_bias(node))
    for (const int64_t bias : node.input(2).values<int32_t>())
      most_bias = std::max(most_bias, std::abs(bias));
  return taps * 128 * (128 + std::abs(zero)) + most_bias <= kMost;
}

std::string out_of_range(const NodeView& node, int64_t channels, ChannelOrder order,
                         ScaleProduct product) {
  if (std::ranges::any_of(node.input(1).quant.zero_point, [](int32_t zero) { return zero != 0; }))
    return "weights with a zero point";
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  const int64_t bound =
      sums_surely_fit(node, channels) ? 0 : fold_bias(node, channels, order).bound;
  if (bound > kMost) return fmt::format("sums can reach {}, beyond int32", bound);
  for (const Multiplier& by : rescale_of(node, channels, product).by) {
    if (by.shift == kShiftOfNoNumber) return "scales call for a factor beyond all numbers";
    if (by.shift > kMaxLeftShift)
      return fmt::format("scales call for a factor of about 2^{}", by.shift);
  }
  return {};
}

/// What channel c puts out for a sum, without the zero point. Grows with the sum.
int32_t rescaled(const DspForm& form, size_t c, int64_t sum) {
  const Rescale& rescale = form.rescale;
  const int32_t scaled = multiply(static_cast<int32_t>(sum), rescale.by[c]);
  const int64_t offset = int64_t{scaled} + rescale.output_zero_point;
  return static_cast<int32_t>(std::clamp<int64_t>(offset, rescale.clamp.min, rescale.clamp.max)) -
         rescale.output_zero_point;
}

/// Gives the channel weights 0, and a bias and a factor that make `value`.
void make_constant_channel(DspForm& form, size_t c, int32_t value, int64_t channels,
                           ChannelOrder order) {
  const auto count = static_cast<size_t>(channels);
  const size_t taps = form.weights.size() / count;
  for (size_t i = 0; i < taps; ++i)
    form.weights[order == ChannelOrder::outermost ? c * taps + i : i * count + c] = 0;
  form.folded.bias[c] = 4 * value;
  form.rescale.by[c] = {1 << 30, -1};
}

/// [units][depth] -> [units / 4][depth / 4][4][4], then [units % 4][depth / 4][4]; filled with 0.
std::vector<int8_t> blocks_of_units(std::span<const int8_t> weights, size_t count) {
  const size_t length = weights.size() / count, groups = (length + 3) / 4;
  std::vector<int8_t> packed(count * groups * 4);
  for (size_t unit = 0; unit < count; ++unit) {
    const bool in_block = unit / 4 < count / 4;
    const size_t first =
        (in_block ? unit / 4 * 4 : unit) * groups * 4 + (in_block ? unit % 4 * 4 : 0);
    for (size_t i = 0; i < length; ++i)
      packed[first + i / 4 * (in_block ? 16 : 4) + i % 4] = weights[unit * length + i];
  }
  return packed;
}

}  // namespace

WeightsS8 weights_s8(const Tensor& tensor) {
  WeightsS8 weights{{}, tensor.values<int8_t>()};
  if (tensor.dtype != Dtype::s4) return weights;
  const auto count = static_cast<size_t>(tensor.shape.elements());
  for (size_t i = 0; i < count; ++i) {
    const int pair = static_cast<uint8_t>(weights.view[i / 2]);
    const int half = i % 2 == 0 ? pair & 15 : pair >> 4;
    weights.own.push_back(static_cast<int8_t>(half < 8 ? half : half - 16));
  }
  return weights;
}

bool Rescale::uniform() const {
  return std::ranges::all_of(by, [this](const Multiplier& m) { return m == by.front(); });
}

Rescale rescale_of(const NodeView& node, int64_t channels, ScaleProduct product) {
  const Quantisation &in = node.input(0).quant, &weights = node.input(1).quant,
                     &out = node.output().quant;
  Rescale rescale;
  rescale.input_zero_point = in.zero_point[0];
  rescale.output_zero_point = out.zero_point[0];
  rescale.clamp = activation_clamp(node.attrs().word("activation", "none"), node.output().dtype,
                                   out.scale[0], out.zero_point[0]);
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const float scale = weights.per_channel() ? weights.scale[c] : weights.scale[0];
    const double both = product == ScaleProduct::in_float
                            ? static_cast<double>(in.scale[0] * scale)
                            : static_cast<double>(in.scale[0]) * static_cast<double>(scale);
    rescale.by.push_back(quantise_multiplier(both / static_cast<double>(out.scale[0])));
  }
  return rescale;
}

FoldedBias fold_bias(const NodeView& node, int64_t channels, ChannelOrder order) {
  const int64_t zero = node.input(0).quant.zero_point[0];
  const WeightSums sums = weight_sums(weights_s8(node.input(1)).values(), channels, order);
  FoldedBias folded;
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const int64_t bias = has_bias(node) ? node.input(2).values<int32_t>()[c] : 0;
    folded.bound =
        std::max(folded.bound, std::abs(bias) + sums.magnitude[c] * (128 + std::abs(zero)));
    folded.bias.push_back(static_cast<int32_t>(bias - zero * sums.sum[c]));
    const int64_t positive = (sums.magnitude[c] + sums.sum[c]) / 2;
    const int64_t negative = (sums.magnitude[c] - sums.sum[c]) / 2;
    folded.lowest.push_back(folded.bias.back() - 128 * positive - 127 * negative);
    folded.highest.push_back(folded.bias.back() + 127 * positive + 128 * negative);
  }
  return folded;
}

Status check_accumulation(const NodeView& node, int64_t channels, int channel_axis) {
  if (has_bias(node) && node.input(2).shape.elements() != channels)
    return fail(ErrorKind::input, "bias has {} elements, need one for each of {} channels",
                node.input(2).shape.elements(), channels);
  const Dtype dtype = node.input(0).dtype, of_weights = node.input(1).dtype;
  const bool is_hybrid =
      dtype == Dtype::f32 && (of_weights == Dtype::s8 || of_weights == Dtype::s4);
  const Quantisation& weights = node.input(1).quant;
  if (!is_hybrid) {
    if (dtype != Dtype::s8 && dtype != Dtype::s16 && dtype != Dtype::u8) return {};
    if (node.input(0).quant.scale.size() != 1)
      return fail(ErrorKind::input, "the input has {} scales, need 1",
                  node.input(0).quant.scale.size());
    if (node.output().quant.scale.size() != 1)
      return fail(ErrorKind::input, "the output has {} scales, need 1",
                  node.output().quant.scale.size());
  }
  if (weights.empty()) return fail(ErrorKind::input, "the weights have no scale");
  if (!weights.per_channel()) return {};
  if (static_cast<int64_t>(weights.scale.size()) != channels)
    return fail(ErrorKind::input, "the weights have {} scales, need 1 or {}", weights.scale.size(),
                channels);
  if (weights.axis != channel_axis)
    return fail(ErrorKind::input, "the weights' scales run along axis {}, need {}", weights.axis,
                channel_axis);
  return {};
}

std::string unsupported_accumulation(const NodeView& node, int64_t channels, ChannelOrder order,
                                     ScaleProduct product) {
  if (std::string reason = wrong_types(node); !reason.empty()) return reason;
  const std::string activation = node.attrs().word("activation", "none");
  if (!is_fused_activation(activation)) return fmt::format("fused activation '{}'", activation);
  if (!node.input(1).is_constant) return "weights that are not constant";
  if (has_bias(node) && !node.input(2).is_constant) return "a bias that is not constant";
  if (node.input(0).dtype != Dtype::s8) return {};
  return out_of_range(node, channels, order, product);
}

Constant weights_constant(const Tensor& tensor) {
  if (tensor.dtype != Dtype::s4) return {"weights", tensor.dtype, {}, tensor.data, true};
  return make_constant("weights", Dtype::s8, weights_s8(tensor).own, true);
}

RescaleTable rescale_table(const Rescale& rescale, bool short_form) {
  RescaleTable table;
  const bool uniform = rescale.uniform();
  table.step = uniform ? 0 : 2;
  for (size_t c = 0; c < (uniform ? 1 : rescale.by.size()); ++c) {
    const Multiplier& by = rescale.by[c];
    table.pairs.push_back(by.value);
    table.pairs.push_back(short_form ? -by.shift - 1 : by.shift);
  }
  return table;
}

int8_t FinishS8::operator()(size_t channel, int32_t sum) const {
  const int32_t scaled = multiply(sum + (bias.empty() ? 0 : bias[channel]), rescale.by[channel]);
  // A left shift can end near the edge of int32, where TFLite's sum wraps.
  const auto offset = static_cast<int32_t>(static_cast<uint32_t>(scaled) +
                                           static_cast<uint32_t>(rescale.output_zero_point));
  return static_cast<int8_t>(rescale.clamp(offset));
}

FinishS8 finish_s8(const NodeView& node, int64_t channels, ScaleProduct product) {
  FinishS8 finish{rescale_of(node, channels, product), {}};
  if (has_bias(node)) finish.bias = node.input(2).values<int32_t>();
  return finish;
}

FinishF32 finish_f32(const NodeView& node) {
  FinishF32 finish{activation_clamp(node.attrs().word("activation", "none")), {}};
  if (has_bias(node)) finish.bias = node.input(2).values<float>();
  return finish;
}

void append_s8_params(const NodeView& node, const Rescale& rescale, const FoldedBias& folded,
                      KernelCall& call) {
  const RescaleTable table = rescale_table(rescale, false);
  call.params.insert(call.params.end(), {{"out_zp", rescale.output_zero_point},
                                         {"out_min", rescale.clamp.min},
                                         {"out_max", rescale.clamp.max},
                                         {"rescale_step", table.step},
                                         {"weights", "weights"},
                                         {"bias", "bias"},
                                         {"rescale", "rescale"}});
  call.constants.push_back(weights_constant(node.input(1)));
  call.constants.push_back(make_constant("bias", Dtype::s32, folded.bias, true));
  call.constants.push_back(make_constant("rescale", Dtype::s32, table.pairs, false));
}

std::optional<DspForm> dsp_form(const NodeView& node, int64_t channels, ChannelOrder order,
                                ScaleProduct product) {
  const WeightsS8 read = weights_s8(node.input(1));
  const std::span<const int8_t> weights = read.values();
  DspForm form{{weights.begin(), weights.end()},
               rescale_of(node, channels, product),
               fold_bias(node, channels, order)};
  constexpr int64_t kLimit = int64_t{1} << 30;
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const int shift = form.rescale.by[c].shift;
    if (shift < 0 && form.folded.lowest[c] >= -kLimit && form.folded.highest[c] < kLimit) continue;
    // A left shift can wrap, and then the ends of the range say nothing about its middle.
    const int32_t lowest = rescaled(form, c, form.folded.lowest[c]);
    if (shift > 0 || lowest != rescaled(form, c, form.folded.highest[c])) return std::nullopt;
    make_constant_channel(form, c, lowest, channels, order);
  }
  return form;
}

void append_s8_dsp_params(const DspForm& form, const std::vector<int8_t>& packed,
                          int64_t channels_filled, KernelCall& call) {
  const Rescale& rescale = form.rescale;
  RescaleTable table = rescale_table(rescale, true);
  std::vector<int32_t> bias = form.folded.bias;
  bias.resize(static_cast<size_t>(channels_filled));
  if (table.step != 0) table.pairs.resize(static_cast<size_t>(2 * channels_filled));
  call.params.insert(call.params.end(), {{"offset", 1 + 2 * int64_t{rescale.output_zero_point}},
                                         {"out_min", rescale.clamp.min},
                                         {"out_max", rescale.clamp.max},
                                         {"rescale_step", table.step},
                                         {"weights", "weights"},
                                         {"bias", "bias"},
                                         {"rescale", "rescale"}});
  call.constants.push_back(make_constant("weights", Dtype::s8, packed, true));
  call.constants.push_back(make_constant("bias", Dtype::s32, bias, true));
  call.constants.push_back(make_constant("rescale", Dtype::s32, table.pairs, false));
}

void append_f32_params(const NodeView& node, KernelCall& call) {
  const FloatClamp clamp = activation_clamp(node.attrs().word("activation", "none"));
  call.params.insert(call.params.end(), {{"min", clamp.min},
                                         {"max", clamp.max},
                                         {"weights", "weights"},
                                         {"bias", has_bias(node) ? "bias" : ""}});
  call.constants.push_back(weights_constant(node.input(1)));
  if (has_bias(node)) call.constants.push_back({"bias", Dtype::f32, {}, node.input(2).data, true});
}

KernelCall lower_rows_s8(const NodeView& node, const RowsShape& shape, ScaleProduct product,
                         const LowerOptions& options) {
  KernelCall call;
  call.params = {{"rows", shape.rows}, {"depth", shape.depth}, {"units", shape.units}};
  call.inputs = {0};
  if (options.isa.dsp)
    if (const auto form = dsp_form(node, shape.units, ChannelOrder::outermost, product)) {
      call.kernel = "fully_connected_s8_dsp";
      append_s8_dsp_params(*form, blocks_of_units(form->weights, static_cast<size_t>(shape.units)),
                           shape.units, call);
      return call;
    }
  call.kernel = "fully_connected_s8";
  append_s8_params(node, rescale_of(node, shape.units, product),
                   fold_bias(node, shape.units, ChannelOrder::outermost), call);
  return call;
}

}  // namespace assay
