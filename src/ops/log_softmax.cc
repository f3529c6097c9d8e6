// log_softmax: x - log(sum of exp(x)) along the last axis.
//
// int8: as softmax of int8, exponentials are a table of the distance to the row's largest element,
// and the output is sixteenths below 0. Source: tflite-micro, kernels/log_softmax.cc,
// reference/log_softmax.h, internal/common.h (log_x_for_x_greater_than_or_equal_to_1).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/elementwise.h"
#include "ops/fixed_point.h"
#include "ops/kernel_on_host.h"
#include "ops/requantise.h"

#define ASSAY_KERNEL static
#include "../../kernels/log_softmax_s8.c"

namespace assay {
namespace {

int64_t depth_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  return shape.rank() == 0 ? 1 : shape.dims.back();
}

void row(std::span<const float> x, std::span<float> y) {
  const float largest = std::max(*std::ranges::max_element(x), -std::numeric_limits<float>::max());
  float sum = 0;
  for (const float each : x) sum += std::exp(each - largest);
  const float log_sum = std::log(sum);
  std::ranges::transform(x, y.begin(), [&](float each) { return each - largest - log_sum; });
}

constexpr int kFraction = 26;            ///< bits of a distance's fraction; 5 before it
constexpr int32_t kMostElements = 4095;  ///< whose exponentials a sum with 12 bits holds

Multiplier distance_factor(const NodeView& node) {
  const double real = static_cast<double>(node.input(0).quant.scale[0]) * (1 << kFraction);
  return quantise_multiplier(std::min(real, 2147483647.0));
}

KernelCall lower_s8(const NodeView& node) {
  const Multiplier by = distance_factor(node);
  const Multiplier back =
      quantise_multiplier(static_cast<double>(int64_t{1} << (31 - by.shift)) / by.value);
  const auto radius =
      static_cast<int32_t>(std::floor(31.0 * (1 << kFraction) / std::ldexp(1.0, by.shift)));
  std::vector<int32_t> table;
  for (int32_t i = 0; i <= std::min(radius, 255); ++i)
    table.push_back(
        rounding_divide_by_pot(fixed_exp_on_negative(multiply(-i, by), 31 - kFraction), 12));
  const int64_t depth = depth_of(node);
  KernelCall call;
  call.kernel = "log_softmax_s8";
  call.params = {{"rows", depth == 0 ? 0 : node.output().shape.elements() / depth},
                 {"depth", depth},
                 {"multiplier", int64_t{by.value}},
                 {"shift", int64_t{by.shift}},
                 {"reverse", int64_t{back.value}},
                 {"back_shift", int64_t{back.shift}},
                 {"least", int64_t{-radius}},
                 {"exponential", std::string("exponential")}};
  call.constants = {make_constant("exponential", Dtype::s32, table, false)};
  call.inputs = {0};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s8) {
    const KernelCall call = lower_s8(node);
    const auto params = host_params(call, assay_log_softmax_s8);
    return assay_log_softmax_s8(&params, buffers.in<int8_t>(0).data(),
                                buffers.out<int8_t>().data());
  }
  const auto depth = static_cast<size_t>(depth_of(node));
  const auto x = buffers.in<float>(0);
  const auto y = buffers.out<float>();
  for (size_t at = 0; at + depth <= x.size() && depth > 0; at += depth)
    row(x.subspan(at, depth), y.subspan(at, depth));
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from == Dtype::f32 && to == Dtype::f32) return {};
  if (from != Dtype::s8 || to != Dtype::s8) return unsupported_types(from, to, "s8 f32");
  for (const auto& [tensor, role] :
       {std::pair{&node.input(0), "input"}, std::pair{&node.output(), "output"}})
    if (std::string why = not_quantised_per_tensor(*tensor, role); !why.empty()) return why;
  const Quantisation& out = node.output().quant;
  if (out.zero_point[0] != 127 || out.scale[0] != 1.0F / 16)
    return "output is not quantised with scale 1/16 and zero point 127";
  if (depth_of(node) > kMostElements)
    return fmt::format("rows of {} elements, at most {} are supported", depth_of(node),
                       kMostElements);
  return distance_factor(node).shift < 1 ? "the input's scale is too small" : "";
}

Work work(const NodeView& node) {
  const Work once = elementwise_work(node);
  return {.ops = 3 * once.ops, .read_bytes = 3 * once.read_bytes, .write_bytes = once.write_bytes};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_s8(node);
  const int64_t depth = depth_of(node);
  KernelCall call;
  call.kernel = "log_softmax_f32";
  call.params = {{"rows", depth == 0 ? 0 : node.output().shape.elements() / depth},
                 {"depth", depth}};
  call.inputs = {0};
  call.needs_libm = true;
  return call;
}

}  // namespace

extern const OpDef log_softmax_op = {
    .name = "log_softmax",
    .summary = "x less the logarithm of the sum of exp(x), along the last axis",
    .types = "s8 f32",
    .tflite = {.name = "LOG_SOFTMAX", .opcode = 50, .options = 36, .max_version = 2},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
