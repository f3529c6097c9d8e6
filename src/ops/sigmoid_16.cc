// logistic and tanh of int16: the factor that brings the input to the table's steps, and the
// kernel, which is the reference too.
#include "ops/sigmoid_16.h"

#include <cmath>

#include "ops/kernel_on_host.h"
#include "ops/sigmoid_table.h"

#define ASSAY_KERNEL static
#include "../../kernels/sigmoid_s16.c"

namespace assay {
namespace {

/// value * 2^-shift
struct Steps {
  int32_t value = 0;
  int shift = 0;
};

/// log2 of a scale if that is a whole number, nearly, as TFLite's CheckedLog2 asks.
bool is_power_of_two(float scale, int& log2) {
  const double exact = std::log2(static_cast<double>(scale));
  log2 = static_cast<int>(std::lround(exact));
  return std::abs(exact - log2) < 1e-3;
}

Steps steps_of(const NodeView& node, bool is_tanh) {
  const float scale = node.input(0).quant.scale[0];
  int log2 = 0;
  if (is_power_of_two(scale, log2) && (log2 == -12 || (is_tanh && log2 == -11)))
    return {3 << (12 + log2), 0};
  double factor = static_cast<double>(scale) * 4096.0 * 3.0;
  Steps steps;
  for (; factor <= 32767.0 / 2.0 && steps.shift <= 30; ++steps.shift) factor *= 2;
  steps.value = static_cast<int32_t>(factor);
  return steps;
}

}  // namespace

std::string unsupported_sigmoid_16(const NodeView& node) {
  for (const Tensor* tensor : {&node.input(0), &node.output()}) {
    if (std::string why = not_quantised_per_tensor(*tensor, "a tensor"); !why.empty()) return why;
    if (tensor->quant.zero_point[0] != 0) return "a zero point of int16 is not 0";
  }
  int log2 = 0;
  if (!is_power_of_two(node.output().quant.scale[0], log2) || log2 != -15)
    return "output is not quantised with scale 1/32768";
  const float scale = node.input(0).quant.scale[0];
  return scale * 4096.0F * 3.0F <= 32767.0F && scale >= 0x1p-30F
             ? ""
             : "the input's scale is out of range";
}

KernelCall lower_sigmoid_16(const NodeView& node, bool is_tanh) {
  const Steps steps = steps_of(node, is_tanh);
  KernelCall call;
  call.kernel = "sigmoid_s16";
  call.params = {{"count", node.output().shape.elements()},
                 {"is_tanh", int64_t{is_tanh}},
                 {"factor", int64_t{steps.value}},
                 {"shift", int64_t{steps.shift}},
                 {"sigmoid", std::string("sigmoid")}};
  call.constants = {make_constant("sigmoid", Dtype::u16, sigmoid_table(), false)};
  call.inputs = {0};
  return call;
}

void sigmoid_16_reference(const NodeView& node, const Buffers& buffers, bool is_tanh) {
  const KernelCall call = lower_sigmoid_16(node, is_tanh);
  const auto params = host_params(call, assay_sigmoid_s16);
  assay_sigmoid_s16(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>().data());
}

}  // namespace assay
