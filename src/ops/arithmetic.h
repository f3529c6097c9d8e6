// Which arithmetic a multiply-accumulate node asks for by its types, and how the operators' one
// loop nest serves all of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ops/accumulate.h"
#include "ops/op.h"

namespace assay {

enum class Arithmetic {
  none,  ///< no combination that TFLite has
  f32,
  s8,       ///< weights s8, or s4 that are unpacked
  s16,      ///< weights s8, sums of 64 bits
  s16_s32,  ///< weights s8, a bias of s32, sums of 32 bits that wrap
  u8,       ///< weights u8 with a zero point
  hybrid,   ///< f32 with weights s8: each image's floats are quantised first
};

Arithmetic arithmetic_of(const NodeView& node);

/// How a convolution of these types multiplies its scales.
inline ScaleProduct product_of(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::u8 ? ScaleProduct::in_float : ScaleProduct::in_double;
}

/// What `assay operators` lists for an operator that knows them all.
constexpr std::string_view kArithmeticTypes = "s8 s8*s4 s16*s8 u8 f32 f32*s8";

/// What of it an operator can do.
struct Allowed {
  int64_t channels = 0;
  ChannelOrder order = ChannelOrder::outermost;
  ScaleProduct product = ScaleProduct::in_double;
  Arithmetic arithmetic = Arithmetic::none;
};

/// Reasons of `unsupported`, "" if none: types, activation, weights that are not constant, scales
/// beyond TFLite's range.
std::string unsupported_arithmetic(const NodeView& node, const Allowed& allowed);

/// A multiplier as sums of 64 bits use it: 16 bits, and how far to shift right.
Multiplier for_64_bits(Multiplier by);

/// Ends a sum of 64 bits: a multiplier of 16 bits, rounded once.
/// Source: tflite-micro, kernels/internal/common.cc, MultiplyByQuantizedMultiplier of int64_t.
struct FinishS16 {
  Rescale rescale;
  std::span<const int64_t> bias;
  int16_t operator()(size_t channel, int64_t sum) const;
};

/// Ends a sum of 32 bits that wraps.
template <class T>
struct FinishWrapping {
  Rescale rescale;
  std::span<const int32_t> bias;
  T operator()(size_t channel, uint32_t sum) const {
    if (!bias.empty()) sum += static_cast<uint32_t>(bias[channel]);
    const auto scaled =
        static_cast<uint32_t>(multiply(static_cast<int32_t>(sum), rescale.by[channel]));
    return static_cast<T>(rescale.clamp(
        static_cast<int32_t>(scaled + static_cast<uint32_t>(rescale.output_zero_point))));
  }
};

/// Ends a sum of quantised floats.
struct FinishHybrid {
  FinishF32 finish;
  std::span<const float> weights_scale;  ///< one, or one per channel
  float input_scale = 1;
  bool in_turn = false;  ///< multiply by one scale, then by the other
  float operator()(size_t channel, int32_t sum) const {
    const float scale = weights_scale[weights_scale.size() > 1 ? channel : 0];
    const auto of_sum = static_cast<float>(sum);
    return finish(channel, in_turn ? of_sum * scale * input_scale : of_sum * (scale * input_scale));
  }
};

/// One image's floats as int8.
struct QuantisedFloats {
  std::vector<int8_t> values;
  float scale = 1;
  int32_t zero_point = 0;
};
/// Source: tensorflow, lite/kernels/internal/reference/portable_tensor_utils.cc.
QuantisedFloats quantise_floats(std::span<const float> values, bool asymmetric);

/// Whether a hybrid node's inputs are quantised with a zero point: fully_connected says it itself,
/// of convolutions those with a scale per channel do.
bool is_asymmetric(const NodeView& node);

/// Whether a hybrid node's sums meet the scales one after the other, not their product: TFLite's
/// conv_2d with a scale per channel does. A last bit that flips the next layer's rounding.
bool scales_in_turn(const NodeView& node);

template <class T, class Bias>
FinishWrapping<T> finish_wrapping(const NodeView& node, const Allowed& a) {
  FinishWrapping<T> finish{rescale_of(node, a.channels, a.product), {}};
  if (node.has_input(2)) finish.bias = node.input(2).values<Bias>();
  return finish;
}

/// Calls loops(x, weights, y, zero point of x, of the weights, finish) with the node's types.
/// finish(channel, sum) gives an element of the output; sums have the type of the zero points. The
/// spans hold one or more images (rows).
template <class Loops>
void accumulate(const NodeView& node, const Buffers& b, const Allowed& a, size_t images,
                const Loops& loops) {
  const WeightsS8 unpacked = weights_s8(node.input(1));
  const std::span<const int8_t> weights = unpacked.values();
  switch (a.arithmetic) {
    case Arithmetic::f32:
      return loops(b.in<float>(0), b.in<float>(1), b.out<float>(), 0.0F, 0.0F, finish_f32(node));
    case Arithmetic::s8: {
      const FinishS8 finish = finish_s8(node, a.channels, a.product);
      return loops(b.in<int8_t>(0), weights, b.out<int8_t>(), finish.rescale.input_zero_point, 0,
                   finish);
    }
    case Arithmetic::s16: {
      FinishS16 finish{rescale_of(node, a.channels, a.product), {}};
      if (node.has_input(2)) finish.bias = node.input(2).values<int64_t>();
      return loops(b.in<int16_t>(0), weights, b.out<int16_t>(), int64_t{0}, int64_t{0}, finish);
    }
    case Arithmetic::s16_s32:
      return loops(b.in<int16_t>(0), weights, b.out<int16_t>(), 0U, 0U,
                   finish_wrapping<int16_t, int32_t>(node, a));
    case Arithmetic::u8: {
      const auto finish = finish_wrapping<uint8_t, int32_t>(node, a);
      return loops(b.in<uint8_t>(0), b.in<uint8_t>(1), b.out<uint8_t>(),
                   static_cast<uint32_t>(finish.rescale.input_zero_point),
                   static_cast<uint32_t>(node.input(1).quant.zero_point[0]), finish);
    }
    case Arithmetic::hybrid: {
      const size_t in = b.in<float>(0).size() / images, out = b.out<float>().size() / images;
      for (size_t i = 0; i < images; ++i) {
        const auto x = quantise_floats(b.in<float>(0).subspan(i * in, in), is_asymmetric(node));
        loops(std::span<const int8_t>(x.values), weights, b.out<float>().subspan(i * out, out),
              x.zero_point, 0,
              FinishHybrid{finish_f32(node), node.input(1).quant.scale, x.scale,
                           scales_in_turn(node)});
      }
      return;
    }
    case Arithmetic::none:
      return;
  }
}

/// Completes the name of the kernel by the type and appends the parameters that follow the shape's,
/// with their constants. For every arithmetic of which the operator has the kernel OPERATOR_TYPE.
void append_arithmetic(const NodeView& node, const Allowed& allowed, int64_t image_elements,
                       KernelCall& call);

/// Makes the DSP kernel of a lowered conv_2d_s16 of one group: weights packed in pairs of channels,
/// a window in scratch.
void take_s16_dsp(int64_t channels, KernelCall& call);

}  // namespace assay
