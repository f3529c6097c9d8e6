// What the multiply-accumulate operators share: sums of products in int32, and how those become
// int8 again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ops/kernel_call.h"
#include "ops/requantise.h"
#include "util/result.h"

namespace assay {

/// Where a weights tensor keeps its output channels: each one's weights in a row (conv_2d,
/// fully_connected), or side by side (depthwise_conv_2d).
enum class ChannelOrder { outermost, innermost };

/// A constant's elements as int8: as they stand, or s4 unpacked (the lower half of a byte first).
struct WeightsS8 {
  std::vector<int8_t> own;
  std::span<const int8_t> view;
  std::span<const int8_t> values() const { return own.empty() ? view : own; }
};
WeightsS8 weights_s8(const Tensor& tensor);

/// How an accumulator of input 0 x input 1 becomes an element of output 0, for s8.
struct Rescale {
  std::vector<Multiplier> by;  ///< one per output channel
  int32_t input_zero_point = 0, output_zero_point = 0;
  Clamp clamp;

  /// Whether one multiplier serves all channels.
  bool uniform() const;
};

/// How TFLite multiplies the scales of input and weights before it divides by the output's.
enum class ScaleProduct { in_double, in_float };

/// The node has passed check_accumulation and is s8.
Rescale rescale_of(const NodeView& node, int64_t channels, ScaleProduct product);

/// The bias with the input's zero point folded in, bias[c] - zero_point * sum(weights[c]).
struct FoldedBias {
  std::vector<int32_t> bias;
  /// What no partial sum of a kernel exceeds in magnitude, with the zero point folded or not.
  int64_t bound = 0;
  std::vector<int64_t> lowest, highest;  ///< between which each channel's sum ends
};
FoldedBias fold_bias(const NodeView& node, int64_t channels, ChannelOrder order);

/// Checks of `infer`: a bias has one element per channel; quantised inputs and outputs have one
/// scale, quantised weights one or one per channel along `channel_axis`.
Status check_accumulation(const NodeView& node, int64_t channels, int channel_axis);

/// Reasons of `unsupported`, "" if none: types, activation, weights that are not constant or not
/// symmetric, sums beyond int32, factors beyond TFLite's range.
std::string unsupported_accumulation(const NodeView& node, int64_t channels, ChannelOrder order,
                                     ScaleProduct product);

/// The array of the generated C that holds a weights tensor; s4 unpacked.
Constant weights_constant(const Tensor& tensor);

/// Multipliers as kernels take them: value and shift of each channel, or one pair if all are
/// equal. `rescale_step` (2 or 0) is the distance from one channel's pair to the next's.
struct RescaleTable {
  std::vector<int32_t> pairs;
  int64_t step = 2;
};
/// The second of each pair is `shift` as it stands, or for `short_form` -shift - 1.
RescaleTable rescale_table(const Rescale& rescale, bool short_form);

/// How the reference kernels end a sum: bias, rescaling, activation.
struct FinishS8 {
  Rescale rescale;
  std::span<const int32_t> bias;  ///< empty if there is none
  int8_t operator()(size_t channel, int32_t sum) const;
};
struct FinishF32 {
  FloatClamp clamp;
  std::span<const float> bias;
  float operator()(size_t channel, float sum) const {
    return clamp(sum + (bias.empty() ? 0.0F : bias[channel]));
  }
};
FinishS8 finish_s8(const NodeView& node, int64_t channels, ScaleProduct product);
FinishF32 finish_f32(const NodeView& node);

/// The parameters that end every portable s8 kernel here, out_zp to rescale, with the weights as
/// they stand in the model; and their constants.
void append_s8_params(const NodeView& node, const Rescale& rescale, const FoldedBias& folded,
                      KernelCall& call);

/// A node as the DSP kernels take it. Channels whose output no input changes (dead ones, which
/// training leaves behind with enormous biases) have weights 0 and a factor of 1/4.
struct DspForm {
  std::vector<int8_t> weights;  ///< in the order of the model
  Rescale rescale;
  FoldedBias folded;
};

/// Nothing if the short rescaling of those kernels would not be exact: it needs factors below 1/2
/// and sums from -2^30 to 2^30 - 1.
std::optional<DspForm> dsp_form(const NodeView& node, int64_t channels, ChannelOrder order,
                                ScaleProduct product);

/// The parameters that end every DSP kernel, offset to rescale, and their constants. `packed` are
/// the form's weights in the kernel's order; bias and multipliers are filled with 0 up to
/// `channels_filled`.
void append_s8_dsp_params(const DspForm& form, const std::vector<int8_t>& packed,
                          int64_t channels_filled, KernelCall& call);

/// The same for f32 kernels: min, max, weights, bias (null if there is none).
void append_f32_params(const NodeView& node, KernelCall& call);

/// Rows of the input, each a dot product with every row of the weights.
struct RowsShape {
  int64_t rows = 0, depth = 0, units = 0;
};

/// Lowers an s8 node that is such a product: fully_connected, and a convolution with one window.
KernelCall lower_rows_s8(const NodeView& node, const RowsShape& shape, ScaleProduct product,
                         const LowerOptions& options);

}  // namespace assay
