// What add_n and cumsum share: int8 sums of one scale as elements of another.
#pragma once

#include "ops/elementwise.h"
#include "ops/requantise.h"

namespace assay {

/// The parameters that end such a kernel. TFLM's sums have 19 fractional bits and begin at what it
/// takes for zero, the negative zero point. Source: tflite-micro, kernels/add_n.cc, cumsum.cc.
inline void append_sum_params(const NodeView& node, KernelCall& call) {
  const Quantisation& in = node.input(0).quant;
  const Quantisation& out = node.output().quant;
  const double twice = 2 * static_cast<double>(in.scale[0]);
  const Multiplier by =
      quantise_multiplier(twice / ((1 << 20) * static_cast<double>(out.scale[0])));
  call.params.insert(call.params.end(), {{"start", -int64_t{in.zero_point[0]}},
                                         {"zero", int64_t{in.zero_point[0]}},
                                         {"factor", int64_t{by.value}},
                                         {"shift", int64_t{by.shift}},
                                         {"out_zero", int64_t{out.zero_point[0]}}});
}

/// unsupported: scales of input 0 and output that TFLM computes with: a factor of at most 1.
inline std::string unsupported_sum_scales(const NodeView& node) {
  if (node.input(0).dtype != Dtype::s8) return {};
  if (std::string why = not_quantised_per_tensor(node.input(0), "input"); !why.empty()) return why;
  if (std::string why = not_quantised_per_tensor(node.output(), "output"); !why.empty()) return why;
  const double factor =
      static_cast<double>(node.input(0).quant.scale[0]) / node.output().quant.scale[0];
  return factor < (1 << 19) ? "" : "the input's scale is too large for the output's";
}

}  // namespace assay
