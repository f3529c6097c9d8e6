// softmax along the last axis.
//
// int8: exponentials of the distance to the row's largest element, in fixed point. The distance
// has 256 possible values, so all exponentials the kernel can need are a table made at generation
// time; where both the sum and the output would round to nothing, the table ends. Rows of more
// than 4095 elements could overflow the sum. Source: tflite-micro, kernels/softmax_common.cc,
// reference/softmax.h, internal/quantization_util.cc (PreprocessSoftmaxScaling).
// int16: exponentials and the reciprocal are interpolated in two tables of 513 values. Source: the
// same, SoftmaxInt16, and internal/common.h (LUTPopulate).
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/elementwise.h"
#include "ops/fixed_point.h"
#include "ops/kernel_on_host.h"
#include "ops/requantise.h"

#define ASSAY_KERNEL static
#include "../../kernels/softmax_s16.c"

namespace assay {
namespace {

constexpr int kMostShift16 = 14;  // 65535 times that is int32
constexpr int kDiffIntegerBits = 5;
constexpr int kSumIntegerBits = 12;
constexpr int32_t kMostElements = 4095;

float beta_of(const NodeView& node) { return static_cast<float>(node.attrs().real("beta", 0)); }

int32_t depth_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  return shape[shape.rank() - 1];
}

Multiplier diff_multiplier(const NodeView& node) {
  const double real = static_cast<double>(beta_of(node)) *
                      static_cast<double>(node.input(0).quant.scale[0]) *
                      (1 << (31 - kDiffIntegerBits));
  return quantise_multiplier(std::min(real, 2147483647.0));
}

/// exp(-i * scale * beta) for i = 0, 1, ... up to the last one that matters; 0 integer bits.
std::vector<int32_t> exponentials(const NodeView& node) {
  // Below, the exponential adds nothing to the sum, and the output is its lowest value.
  constexpr int32_t kNothing = 1 << (kSumIntegerBits - 1);
  const Multiplier by = diff_multiplier(node);
  const auto radius = static_cast<int32_t>(
      std::floor(31.0 * (1 << (31 - kDiffIntegerBits)) / std::ldexp(1.0, by.shift)));
  std::vector<int32_t> values;
  for (int32_t i = 0; i <= std::min(radius, 255); ++i) {
    const int32_t diff = doubling_high_mul(-i * (1 << by.shift), by.value);
    const int32_t value = fixed_exp_on_negative(diff, kDiffIntegerBits);
    if (value < kNothing) break;
    values.push_back(value);
  }
  return values;
}

template <class Y>
void row_s8(std::span<const int8_t> in, std::span<Y> out, std::span<const int32_t> table) {
  const int32_t largest = *std::ranges::max_element(in);
  int32_t sum = 0;
  for (const int8_t x : in) {
    const auto at = static_cast<size_t>(largest - x);
    if (at < table.size()) sum += rounding_divide_by_pot(table[at], kSumIntegerBits);
  }
  const int headroom = std::countl_zero(static_cast<uint32_t>(sum));
  const uint32_t normalised = (static_cast<uint32_t>(sum) << headroom) - (1U << 31);
  const int32_t scale = fixed_one_over_one_plus(static_cast<int32_t>(normalised));
  const int exponent = kSumIntegerBits - headroom + 31 - 8 * static_cast<int>(sizeof(Y));
  constexpr int32_t kLeast = std::numeric_limits<Y>::min(), kMost = std::numeric_limits<Y>::max();
  for (size_t i = 0; i < in.size(); ++i) {
    const auto at = static_cast<size_t>(largest - in[i]);
    int32_t y = 0;
    if (at < table.size() && exponent <= 31)
      y = rounding_divide_by_pot(doubling_high_mul(scale, table[at]), exponent);
    out[i] = static_cast<Y>(std::min(y + kLeast, kMost));
  }
}

template <class Y>
void rows_s8(const NodeView& node, const Buffers& buffers, size_t depth) {
  const std::vector<int32_t> table = exponentials(node);
  const auto in = buffers.in<int8_t>(0);
  for (size_t at = 0; at < in.size(); at += depth)
    row_s8<Y>(in.subspan(at, depth), buffers.out<Y>().subspan(at, depth), table);
}

void row_f32(std::span<const float> in, std::span<float> out, float beta) {
  float largest = std::numeric_limits<float>::lowest();
  for (const float x : in) largest = std::max(largest, x);
  float sum = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    out[i] = std::exp((in[i] - largest) * beta);
    sum += out[i];
  }
  for (float& y : out) y = y / sum;
}

Multiplier multiplier_s16(const NodeView& node) {
  return quantise_multiplier(static_cast<double>(node.input(0).quant.scale[0]) *
                             static_cast<double>(beta_of(node)) / (10.0 / 65535.0));
}

/// 513 values of f at `low`, `low` + step ..., 15 fractional bits, each lowered by half of what
/// interpolation is too high in the middle. In float, as TFLite.
template <class F>
std::vector<int16_t> interpolation_table(float input_scale, int32_t zero_point, const F& f) {
  const float low = input_scale * static_cast<float>(-32768 - zero_point);
  const float high = input_scale * static_cast<float>(32767 - zero_point);
  const float output_scale = 2.0F / 65535;
  const float step = (high - low) / 512;
  const float inverse = 65536.0F / (output_scale * 32767 - output_scale * -32768);
  const auto as_s16 = [](float x) {
    return static_cast<int16_t>(std::clamp(x, -32768.0F, 32767.0F));
  };
  std::vector<int16_t> table;
  for (int i = 0; i < 512; ++i) {
    const float at = low + static_cast<float>(i) * step;
    const float here = std::round(f(at) * inverse);
    const float next = f(low + static_cast<float>(i + 1) * step) * inverse;
    const float between = std::round((next + here) / 2);
    const float middle = std::round(f(at + step / 2) * inverse);
    table.push_back(as_s16(here - std::round((between - middle) / 2)));
  }
  table.push_back(as_s16(std::round(f(high) * inverse)));
  return table;
}

KernelCall lower_s16(const NodeView& node) {
  const int64_t depth = depth_of(node);
  const Multiplier by = multiplier_s16(node);
  KernelCall call;
  call.inputs = {0};
  call.kernel = "softmax_s16";
  call.params = {{"rows", depth == 0 ? 0 : node.output().shape.elements() / depth},
                 {"depth", depth},
                 {"multiplier", int64_t{by.value}},
                 {"shift", int64_t{by.shift}},
                 {"exponential", std::string("exponential")},
                 {"reciprocal", std::string("reciprocal")}};
  const auto exponential = [](float x) { return std::exp(x); };
  const auto reciprocal = [](float x) { return 1.0F / (1.0F + x); };
  call.constants = {make_constant("exponential", Dtype::s16,
                                  interpolation_table(10.0F / 65535, 32767, exponential), false),
                    make_constant("reciprocal", Dtype::s16,
                                  interpolation_table(1.0F / 65535, -32768, reciprocal), false)};
  return call;
}

std::string unsupported_s16(const NodeView& node) {
  const Tensor &in = node.input(0), &out = node.output();
  if (out.dtype != Dtype::s16) return unsupported_types(in.dtype, out.dtype, "s16 to s16");
  for (const auto& [tensor, role] : {std::pair{&in, "input"}, std::pair{&out, "output"}})
    if (std::string why = not_quantised_per_tensor(*tensor, role); !why.empty()) return why;
  if (in.quant.zero_point[0] != 0 || out.quant.zero_point[0] != 0) return "s16 with a zero point";
  if (std::abs(out.quant.scale[0] * 32768 - 1) > 0.001F)
    return "output is not quantised with scale 1/32768";
  if (depth_of(node) > kMostElements)
    return fmt::format("rows of {} elements, at most {} are supported", depth_of(node),
                       kMostElements);
  if (beta_of(node) <= 0) return fmt::format("beta {} is not positive", beta_of(node));
  return multiplier_s16(node).shift > kMostShift16 ? "beta times the input's scale is too large"
                                                   : "";
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto depth = static_cast<size_t>(depth_of(node));
  if (node.output().shape.elements() == 0) return;
  if (node.input(0).dtype == Dtype::s16) {
    const KernelCall call = lower_s16(node);
    const auto params = host_params(call, assay_softmax_s16);
    return assay_softmax_s16(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>().data());
  }
  if (node.input(0).dtype == Dtype::s8)
    return node.output().dtype == Dtype::s16 ? rows_s8<int16_t>(node, buffers, depth)
                                             : rows_s8<int8_t>(node, buffers, depth);
  const auto in = buffers.in<float>(0);
  for (size_t at = 0; at < in.size(); at += depth)
    row_f32(in.subspan(at, depth), buffers.out<float>().subspan(at, depth), beta_of(node));
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  const std::vector<Shape> shapes = TRY(infer_elementwise(node));
  if (shapes[0].rank() < 1) return fail(ErrorKind::input, "input is a scalar, needs an axis");
  if (!std::isfinite(beta_of(node)))
    return fail(ErrorKind::input, "beta is {}, not a finite number", beta_of(node));
  return shapes;
}

/// Of s8: the output's scale and zero point.
std::string unsupported_output(const NodeView& node) {
  if (std::string why = not_quantised_per_tensor(node.input(0), "input"); !why.empty()) return why;
  if (std::string why = not_quantised_per_tensor(node.output(), "output"); !why.empty()) return why;
  const Quantisation& out = node.output().quant;
  if (node.output().dtype == Dtype::s16)
    return out.zero_point[0] != -32768 || std::abs(out.scale[0] * 65536 - 1) > 0.001F
               ? "output is not quantised with scale 1/65536 and zero point -32768"
               : "";
  return out.zero_point[0] != -128 || out.scale[0] != 1.0F / 256
             ? "output is not quantised with scale 1/256 and zero point -128"
             : "";
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from == Dtype::s16) return unsupported_s16(node);
  if (from != Dtype::s8 || to != Dtype::s16)
    if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  if (from != Dtype::s8) return {};
  if (std::string why = unsupported_output(node); !why.empty()) return why;
  if (depth_of(node) > kMostElements)
    return fmt::format("rows of {} elements, at most {} are supported", depth_of(node),
                       kMostElements);
  if (beta_of(node) <= 0) return fmt::format("beta {} is not positive", beta_of(node));
  // TFLite stops at a factor of 1 or less; above, the shift is 1 to 31.
  const double real = static_cast<double>(beta_of(node)) * node.input(0).quant.scale[0];
  if (real * (1 << (31 - kDiffIntegerBits)) <= 1)
    return "beta times the input's scale is too small";
  return {};
}

Work work(const NodeView& node) {
  const Work once = elementwise_work(node);
  return {.ops = 3 * once.ops, .read_bytes = 3 * once.read_bytes, .write_bytes = once.write_bytes};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s16) return lower_s16(node);
  const int64_t depth = depth_of(node);
  const int64_t rows = depth == 0 ? 0 : node.output().shape.elements() / depth;
  KernelCall call;
  call.inputs = {0};
  if (node.input(0).dtype == Dtype::f32) {
    call.kernel = "softmax_f32";
    call.params = {{"rows", rows}, {"depth", depth}, {"beta", beta_of(node)}};
    call.needs_libm = true;
    return call;
  }
  const std::vector<int32_t> table = exponentials(node);
  call.kernel = node.output().dtype == Dtype::s16 ? "softmax_s8_s16" : "softmax_s8";
  call.params = {{"rows", rows},
                 {"depth", depth},
                 {"exponentials", static_cast<int64_t>(table.size())},
                 {"exponential", std::string("exponentials")}};
  call.constants = {make_constant("exponentials", Dtype::s32, table, false)};
  return call;
}

}  // namespace

extern const OpDef softmax_op = {
    .name = "softmax",
    .summary = "exp(beta * x) over its sum along the last axis",
    .types = "s8 s16 s8->s16 f32",
    .tflite = {.name = "SOFTMAX",
               .opcode = 25,
               .options = 9,
               .max_version = 3,
               .fields = {{"beta", 0, TfliteField::float32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
