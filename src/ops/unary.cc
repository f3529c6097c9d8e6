// One tensor element by element, in every type.
//
// Floats, integers as they are, and quantised numbers: of 8 bits by a table of all 256 results,
// which the reference fills, of 16 bits by a factor (magnitudes) or a kernel of its own (rsqrt).
// Functions without an integer form are computed of the real value and rounded, as TFLite makes its
// own tables; the inverse square root has an integer form, whose argument below zero, which TFLite
// refuses when it meets it, gives the largest value here. Source: tflite-micro,
// kernels/elementwise.cc, elu.cc, neg.cc, floor.cc, ceil.cc, reference/round.h,
// kernels/internal/common.h (GetInvSqrtQuantizedMultiplierExp); TensorFlow's lite/kernels/
// activations.cc (relu_n1_to_1, relu_0_to_1), gelu.cc, sign.cc, exp and log in elementwise.cc.
#include "ops/unary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/elements.h"
#include "ops/fixed_point.h"

namespace assay {
namespace {

float half_to_even(float x) {
  const float below = std::floor(x), rest = x - below;
  return below + (rest > 0.5F || (rest == 0.5F && std::fmod(below, 2.0F) != 0) ? 1.0F : 0.0F);
}

float gelu(float x, bool by_tanh) {
  return by_tanh ? 0.5F * x * (1.0F + std::tanh(0.7978845608F * (x + 0.044715F * x * x * x)))
                 : 0.5F * x * std::erfc(x * -0.7071067812F);
}

float real(const NodeView& node, const Unary& what, float x) {
  switch (what.op) {
    case UnaryOp::magnitude:
      return std::abs(x);
    case UnaryOp::negated:
      return -x;
    case UnaryOp::square:
      return x * x;
    case UnaryOp::floor:
      return std::floor(x);
    case UnaryOp::ceil:
      return std::ceil(x);
    case UnaryOp::round:
      return half_to_even(x);
    case UnaryOp::sign:
      return x > 0 ? 1.0F : x < 0 ? -1.0F : x;
    case UnaryOp::bounds:
      return FloatClamp{what.min, what.max}(x);
    case UnaryOp::sin:
      return std::sin(x);
    case UnaryOp::cos:
      return std::cos(x);
    case UnaryOp::exp:
      return std::exp(x);
    case UnaryOp::log:
      return std::log(x);
    case UnaryOp::sqrt:
      return std::sqrt(x);
    case UnaryOp::rsqrt:
      return 1.0F / std::sqrt(x);
    case UnaryOp::elu:
      return x < 0 ? std::expm1(x) : x;
    case UnaryOp::gelu:
      return gelu(x, node.attrs().integer("approximate", 0) != 0);
  }
  return x;
}

int64_t whole(UnaryOp op, int64_t x) {
  const auto bits = static_cast<uint64_t>(x);
  switch (op) {
    case UnaryOp::magnitude:
      return x < 0 ? static_cast<int64_t>(0 - bits) : x;
    case UnaryOp::negated:
      return static_cast<int64_t>(0 - bits);
    case UnaryOp::square:
      return static_cast<int64_t>(bits * bits);
    case UnaryOp::sign:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    default:
      return x == 0 ? 1 : 0;
  }
}

constexpr int kRootGains = 20;  ///< bits more while an inverse root is whole

/// From an inverse root of the input's numbers to the output's.
Multiplier root_factor(const NodeView& node) {
  Multiplier by =
      quantise_multiplier(1.0 / static_cast<double>(std::sqrt(node.input(0).quant.scale[0]) *
                                                    node.output().quant.scale[0]));
  by.shift -= kRootGains;
  return by;
}

Multiplier scale_factor(const NodeView& node) {
  return quantise_multiplier(
      static_cast<double>(node.input(0).quant.scale[0] / node.output().quant.scale[0]));
}

int32_t inverse_root(const NodeView& node, int32_t x, int32_t most) {
  if (x <= 0) return most;
  Multiplier root = fixed_inverse_root(x);
  root.shift += kRootGains;
  return multiply(multiply(1, root), root_factor(node)) + node.output().quant.zero_point[0];
}

/// A real function of the value, rounded to the output's scale.
int32_t rounded(const NodeView& node, const Unary& what, int32_t x, Clamp range) {
  const Quantisation& out = node.output().quant;
  const float inverse = 1 / out.scale[0];
  const float steps =
      std::round(real(node, what, node.input(0).quant.scale[0] * static_cast<float>(x)) * inverse);
  const float with_zero = steps + static_cast<float>(out.zero_point[0]);
  if (std::isnan(with_zero) || with_zero <= static_cast<float>(range.min)) return range.min;
  return with_zero >= static_cast<float>(range.max) ? range.max : static_cast<int32_t>(with_zero);
}

/// An element of a quantised tensor, less its zero point, as an element of the output.
int32_t quantised(const NodeView& node, const Unary& what, int32_t x) {
  const Quantisation& out = node.output().quant;
  const Clamp range = whole_range(node.output().dtype);
  switch (what.op) {
    case UnaryOp::magnitude:
      return range(multiply(std::abs(x), scale_factor(node)) + out.zero_point[0]);
    case UnaryOp::bounds: {
      const auto bound = [&](float to) {
        return range(static_cast<int32_t>(std::round(std::clamp(to / out.scale[0], -1e6F, 1e6F))) +
                     out.zero_point[0]);
      };
      return Clamp{bound(what.min),
                   bound(what.max)}(multiply(x, scale_factor(node)) + out.zero_point[0]);
    }
    case UnaryOp::rsqrt:
      return range(inverse_root(node, x, range.max));
    default:
      return rounded(node, what, x, range);
  }
}

std::string kernel_of(const NodeView& node, UnaryOp op) {
  switch (op) {
    case UnaryOp::sin:
      return "sin_f32";
    case UnaryOp::cos:
      return "cos_f32";
    case UnaryOp::exp:
      return "exp_f32";
    case UnaryOp::log:
      return "log_f32";
    case UnaryOp::sqrt:
      return "sqrt_f32";
    case UnaryOp::rsqrt:
      return "rsqrt_f32";
    case UnaryOp::elu:
      return "elu_f32";
    case UnaryOp::gelu:
      return node.attrs().integer("approximate", 0) != 0 ? "gelu_tanh_f32" : "gelu_f32";
    default:
      return "map_f32";
  }
}

}  // namespace

std::string unsupported_unary(const NodeView& node, const Unary& what, std::string_view types) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  if (in.dtype != out.dtype || !names_type(types, name(in.dtype)))
    return unsupported_types(in.dtype, out.dtype, types);
  const bool of_scales = in.dtype == Dtype::s8 || (in.dtype == Dtype::s16 && is_quantised(in));
  if (what.op == UnaryOp::rsqrt && in.dtype == Dtype::s16 && !of_scales)
    return "s16 that is not quantised";
  if (!of_scales) return {};
  if (std::string why = not_quantised_per_tensor(in, "input"); !why.empty()) return why;
  if (std::string why = not_quantised_per_tensor(out, "output"); !why.empty()) return why;
  if (what.op != UnaryOp::rsqrt) return unsupported_rescale(in, out);
  if (in.dtype == Dtype::s16 && (in.quant.zero_point[0] != 0 || out.quant.zero_point[0] != 0))
    return "s16 with a zero point";
  const double scale =
      1.0 / (std::sqrt(static_cast<double>(in.quant.scale[0])) * out.quant.scale[0]);
  return scale < 1e9 ? "" : "output's scale is out of range";
}

void unary_reference(const NodeView& node, const Buffers& buffers, const Unary& what) {
  const Tensor& in = node.input(0);
  if (in.dtype == Dtype::f32) {
    std::ranges::transform(buffers.in<float>(0), buffers.out<float>().begin(),
                           [&](float x) { return real(node, what, x); });
    return;
  }
  with_elements(in.dtype, [&]<class T>(T) {
    std::ranges::transform(buffers.in<T>(0), buffers.out<T>().begin(), [&](T x) {
      const auto wide = static_cast<int64_t>(x);
      return static_cast<T>(
          is_quantised(in)
              ? quantised(node, what, static_cast<int32_t>(wide) - in.quant.zero_point[0])
              : whole(what.op, wide));
    });
  });
}

KernelCall lower_rescale(const NodeView& node, Multiplier by, Multiplier below, bool turn,
                         Clamp clamp) {
  const auto zero = [](const Tensor& t) {
    return t.quant.empty() ? 0 : int64_t{t.quant.zero_point[0]};
  };
  return lower_float_elementwise(node, "rescale_int", false,
                                 {{"from", element_type(node.input(0).dtype)},
                                  {"to", element_type(node.output().dtype)},
                                  {"in_zp", zero(node.input(0))},
                                  {"out_zp", zero(node.output())},
                                  {"multiplier", int64_t{by.value}},
                                  {"shift", int64_t{by.shift}},
                                  {"below_multiplier", int64_t{below.value}},
                                  {"below_shift", int64_t{below.shift}},
                                  {"below_sign", int64_t{turn ? -1 : 1}},
                                  {"min", int64_t{clamp.min}},
                                  {"max", int64_t{clamp.max}}});
}

KernelCall unary_lower(const NodeView& node, const Unary& what, const OpDef& op) {
  const Tensor& in = node.input(0);
  if (in.dtype == Dtype::f32) {
    const std::string kernel = kernel_of(node, what.op);
    if (kernel != "map_f32") return lower_float_elementwise(node, kernel, true);
    return lower_float_elementwise(
        node, kernel, false,
        {{"op", static_cast<int64_t>(what.op)}, {"min", what.min}, {"max", what.max}});
  }
  if (in.dtype == Dtype::s8) return lower_to_table(node, op);
  if (what.op == UnaryOp::rsqrt) {
    const Multiplier by = root_factor(node);
    return lower_float_elementwise(
        node, "rsqrt_s16", false,
        {{"multiplier", int64_t{by.value}}, {"shift", int64_t{by.shift}}});
  }
  if (is_quantised(in))
    return lower_rescale(node, scale_factor(node), scale_factor(node), true, whole_range(in.dtype));
  const int64_t type = in.dtype == Dtype::s64 ? 4 : element_type(in.dtype);
  return lower_float_elementwise(node, "map_int", false,
                                 {{"type", type}, {"op", static_cast<int64_t>(what.op)}});
}

}  // namespace assay
