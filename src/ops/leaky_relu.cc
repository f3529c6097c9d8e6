// leaky_relu: x where x > 0, alpha * x elsewhere.
//
// Integers: either side has its own multiplier; a negative alpha is a positive multiplier and a
// sign. Source: tflite-micro, kernels/leaky_relu_common.cc, reference/leaky_relu.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/unary.h"

namespace assay {
extern const OpDef leaky_relu_op;

namespace {

float alpha_of(const NodeView& node) { return static_cast<float>(node.attrs().real("alpha", 0)); }

/// What x above 0 and what x below is multiplied with.
struct Factors {
  double identity = 1, alpha = 1;
};

/// TFLM's build computes them in double, LiteRT's in float.
template <class Real>
Factors factors_of(const NodeView& node) {
  const Real in = node.input(0).quant.scale[0], out = node.output().quant.scale[0];
  return {in / out, in * alpha_of(node) / out};
}

Factors factors_of(const NodeView& node, Semantics semantics) {
  return semantics == Semantics::litert ? factors_of<float>(node) : factors_of<double>(node);
}

template <class T>
void reference_q(const NodeView& node, const Buffers& buffers, const Factors& factors) {
  const Quantisation &in = node.input(0).quant, &out = node.output().quant;
  const Multiplier identity = quantise_multiplier(factors.identity);
  const Multiplier alpha = quantise_multiplier(std::abs(factors.alpha));
  const int32_t sign = factors.alpha < 0 ? -1 : 1;
  constexpr int32_t kLeast = std::numeric_limits<T>::min(), kMost = std::numeric_limits<T>::max();
  const auto one = [&](T q) {
    const int32_t x = q - in.zero_point[0];
    const int32_t y = x >= 0 ? multiply(x, identity) : sign * multiply(x, alpha);
    return static_cast<T>(std::clamp(out.zero_point[0] + y, kLeast, kMost));
  };
  std::ranges::transform(buffers.in<T>(0), buffers.out<T>().begin(), one);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics semantics) {
  const Dtype dtype = node.input(0).dtype;
  if (dtype == Dtype::s8) return reference_q<int8_t>(node, buffers, factors_of(node, semantics));
  if (dtype == Dtype::s16) return reference_q<int16_t>(node, buffers, factors_of(node, semantics));
  const float alpha = alpha_of(node);
  std::ranges::transform(buffers.in<float>(0), buffers.out<float>().begin(),
                         [&](float x) { return x > 0 ? x : x * alpha; });
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  if (!std::isfinite(alpha_of(node)))
    return fail(ErrorKind::input, "alpha is {}, not a finite number", alpha_of(node));
  return infer_elementwise(node);
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise_16(node); !why.empty()) return why;
  if (node.input(0).dtype == Dtype::f32) return {};
  if (node.input(0).dtype == Dtype::s16 && alpha_of(node) < 0)
    return "a negative alpha of s16 is not supported";
  const double factor = std::abs(factors_of<double>(node).alpha);
  if (!std::isfinite(factor) || quantise_multiplier(factor).shift > kMaxLeftShift)
    return fmt::format("alpha {} is too large a factor", alpha_of(node));
  return unsupported_rescale(node.input(0), node.output());
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, leaky_relu_op);
  if (node.input(0).dtype == Dtype::s16) {
    const Factors factors = factors_of<double>(node);
    return lower_rescale(node, quantise_multiplier(factors.identity),
                         quantise_multiplier(factors.alpha), false, {-32768, 32767});
  }
  return lower_float_elementwise(node, "leaky_relu_f32", false, {{"alpha", alpha_of(node)}});
}

}  // namespace

extern const OpDef leaky_relu_op = {
    .name = "leaky_relu",
    .summary = "x where x > 0, alpha * x elsewhere",
    .types = "s8 s16 f32",
    .tflite = {.name = "LEAKY_RELU",
               .opcode = 98,
               .options = 75,
               .max_version = 2,
               .fields = {{"alpha", 0, TfliteField::float32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
