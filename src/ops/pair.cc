// Two tensors element by element, in every type.
//
// Three kinds of arithmetic. Floats. Integers as they are: minima of quantised numbers of one scale
// too; they wrap where they overflow, and division by zero, which no runtime defines, gives zero.
// Fixed point: both are brought to twice the larger scale with `left` more bits, computed with, and
// brought to the output's scale; a product needs no common scale, and a quotient multiplies with
// the inverse of b; where that shifts by more than 31, as of zero divided by a large number, TFLM's
// result is undefined and ours is zero. Fused activations: of floats and fixed point.
// Source: tflite-micro, kernels/{add,sub,mul}_common.cc, div.cc, comparisons.cc,
// maximum_minimum.cc, squared_difference.cc, floor_div.cc, floor_mod.cc; reference/div.h,
// comparisons.h; kernels/ internal/common.h (GetReciprocal); TensorFlow's lite/kernels/pow.cc.
#include "ops/pair.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "ops/elements.h"
#include "ops/elementwise.h"
#include "ops/fixed_point.h"

namespace assay {
namespace {

bool compares(PairOp op) { return op >= PairOp::equal; }
bool picks(PairOp op) { return op == PairOp::minimum || op == PairOp::maximum; }

/// Whether the node computes with scales.
bool is_fixed(const NodeView& node, PairOp op) {
  return is_quantised(node.input(0)) && !picks(op) && op < PairOp::logical_and &&
         op != PairOp::floor_div && op != PairOp::floor_mod;
}

struct Factors {
  int left = 0;
  Multiplier a, b, out;
};

/// Bits that both inputs gain before they are brought to one scale.
int left_shift(Dtype dtype, PairOp op) {
  if (op == PairOp::squared_difference) return dtype == Dtype::s16 ? 0 : 7;
  if (compares(op)) return 8;
  return dtype == Dtype::s16 ? 15 : 20;
}

Factors factors_of(const NodeView& node, PairOp op) {
  const double a = node.input(0).quant.scale[0];
  const double b = node.input(1).quant.scale[0];
  if (compares(op)) {
    // Not by the larger scale: each by itself.
    return {8, quantise_multiplier(a), quantise_multiplier(b), {}};
  }
  const double out = node.output().quant.scale[0];
  if (op == PairOp::mul) return {0, {}, {}, quantise_multiplier(a * b / out)};
  if (op == PairOp::div) return {0, {}, {}, quantise_multiplier(a / (b * out))};
  const int left = left_shift(node.input(0).dtype, op);
  const double common = 2 * std::max(a, b);
  const double one = op == PairOp::squared_difference ? common * common / ((1 << left * 2) * out)
                                                      : common / ((1 << left) * out);
  return {left, quantise_multiplier(a / common), quantise_multiplier(b / common),
          quantise_multiplier(one)};
}

Clamp fixed_clamp(const NodeView& node) {
  const Tensor& out = node.output();
  return activation_clamp(node.attrs().word("activation", "none"), out.dtype, out.quant.scale[0],
                          out.quant.zero_point[0]);
}

template <class T>
T integer_power(T base, T exponent) {
  using U = std::make_unsigned_t<T>;
  U power = 1, square = static_cast<U>(base);
  if (exponent < 0) return 0;
  for (; exponent > 0; exponent = static_cast<T>(exponent / 2), square *= square)
    if (exponent % 2 == 1) power *= square;
  return static_cast<T>(power);
}

template <class T>
T floored(T a, T b, PairOp op) {
  if (b == 0) return 0;
  if (b == -1)  // the one overflow wraps
    return op == PairOp::floor_mod ? T{0}
                                   : static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a));
  const bool apart = a % b != 0 && (a < 0) != (b < 0) && op != PairOp::div;
  return op == PairOp::floor_mod ? static_cast<T>(a % b + (apart ? b : 0))
                                 : static_cast<T>(a / b - (apart ? 1 : 0));
}

template <class T>
bool compared(PairOp op, T a, T b) {
  switch (op) {
    case PairOp::equal:
      return a == b;
    case PairOp::not_equal:
      return a != b;
    case PairOp::less:
      return a < b;
    case PairOp::less_equal:
      return a <= b;
    case PairOp::greater:
      return a > b;
    case PairOp::greater_equal:
      return a >= b;
    case PairOp::logical_and:
      return a != 0 && b != 0;
    default:
      return a != 0 || b != 0;
  }
}

/// int32_t or int64_t.
template <class T>
T integers(PairOp op, T a, T b) {
  using U = std::make_unsigned_t<T>;
  const U ua = static_cast<U>(a), ub = static_cast<U>(b);
  switch (op) {
    case PairOp::add:
      return static_cast<T>(ua + ub);
    case PairOp::sub:
      return static_cast<T>(ua - ub);
    case PairOp::mul:
      return static_cast<T>(ua * ub);
    case PairOp::squared_difference:
      return static_cast<T>((ua - ub) * (ua - ub));
    case PairOp::minimum:
      return std::min(a, b);
    case PairOp::maximum:
      return std::max(a, b);
    case PairOp::pow:
      return integer_power(a, b);
    default:
      return floored(a, b, op);
  }
}

float floats(PairOp op, float a, float b) {
  switch (op) {
    case PairOp::add:
      return a + b;
    case PairOp::sub:
      return a - b;
    case PairOp::mul:
      return a * b;
    case PairOp::div:
      return a / b;
    case PairOp::floor_div:
      return std::floor(a / b);
    case PairOp::floor_mod: {
      const float rest = std::fmod(a, b);
      return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
    }
    case PairOp::minimum:
      return a < b ? a : b;
    case PairOp::maximum:
      return a > b ? a : b;
    case PairOp::pow:
      return std::pow(a, b);
    default:
      return (a - b) * (a - b);
  }
}

/// 1 / x for x > 0: a multiplier of 31 bits and a right shift.
struct Inverse {
  int32_t value = 0, shift = 0;
};

Inverse inverse_of(int32_t x) {
  const int zeros = std::countl_zero(static_cast<uint32_t>(x));
  const uint32_t above_one = (static_cast<uint32_t>(x) << zeros) - (1U << 31);
  return {fixed_one_over_one_plus(static_cast<int32_t>(above_one)), 31 - zeros};
}

/// Of each b by its bits: the inverse of what it stands for, of its sign; 0 for 0.
std::vector<Inverse> inverses(const NodeView& node) {
  std::vector<Inverse> table(256);
  for (int32_t q = -128; q < 128; ++q) {
    const int32_t b = q - node.input(1).quant.zero_point[0];
    if (b == 0) continue;
    Inverse& entry = table[static_cast<uint8_t>(q)];
    entry = inverse_of(std::abs(b));
    if (b < 0) entry.value = -entry.value;
  }
  return table;
}

int32_t quotient(int32_t a, const Inverse& b, Multiplier factor) {
  const int32_t sign = b.value < 0 ? -1 : 1;  // TFLite turns a's sign
  a *= sign;
  const int room = a == 0 ? 31 : std::countl_zero(static_cast<uint32_t>(std::abs(a))) - 1;
  const auto high = static_cast<int32_t>(static_cast<uint32_t>(a) << room);
  const int shift = factor.shift - b.shift - room;
  if (shift < -31) return 0;
  return multiply(doubling_high_mul(high, sign * b.value), {factor.value, shift});
}

void fixed_reference(const NodeView& node, const Buffers& buffers, PairOp op) {
  const Factors factors = factors_of(node, op);
  const auto zero = [](const Tensor& t) { return t.quant.zero_point[0]; };
  const std::vector<Inverse> inverse = op == PairOp::div ? inverses(node) : std::vector<Inverse>();
  const Clamp clamp = compares(op) ? Clamp{} : fixed_clamp(node);
  with_elements(node.input(0).dtype, [&]<class T>(T) {
    const auto a = buffers.in<T>(0), b = buffers.in<T>(1);
    for_each_pair(broadcast_of(node), [&](size_t to, size_t at_a, size_t at_b) {
      const int32_t x = static_cast<int32_t>(a[at_a]) - zero(node.input(0));
      const int32_t y = static_cast<int32_t>(b[at_b]) - zero(node.input(1));
      const int32_t u = multiply(x * (1 << factors.left), factors.a);
      const int32_t v = multiply(y * (1 << factors.left), factors.b);
      if (compares(op)) {
        buffers.out<uint8_t>()[to] = compared(op, u, v);
        return;
      }
      int32_t z = 0;
      if (op == PairOp::div)
        z = quotient(x, inverse[static_cast<uint8_t>(b[at_b])], factors.out);
      else
        z = multiply(op == PairOp::mul ? x * y : integers(op, u, v), factors.out);
      buffers.out<T>()[to] = static_cast<T>(clamp(z + zero(node.output())));
    });
  });
}

std::string unsupported_fixed(const NodeView& node, PairOp op) {
  for (int i = 0; i < 2; ++i)
    if (std::string why = not_quantised_per_tensor(node.input(i), fmt::format("input {}", i));
        !why.empty())
      return why;
  if (!compares(op))
    if (std::string why = not_quantised_per_tensor(node.output(), "output"); !why.empty())
      return why;
  const Factors factors = factors_of(node, op);
  // A product of 8 bits has 17, one of 16 bits 31; a quotient loses as many as it gains.
  const int most = op == PairOp::mul ? (node.input(0).dtype == Dtype::s16 ? 0 : 14)
                   : op == PairOp::div || op == PairOp::squared_difference ? 14
                                                                           : 0;
  if (factors.a.shift > 0 || factors.b.shift > 0 || factors.out.shift > most)
    return "the inputs' scales are too large for the output's";
  return {};
}

std::string unsupported_activation(const NodeView& node, bool scaled) {
  const std::string activation = node.attrs().word("activation", "none");
  if (!is_fused_activation(activation) || (!scaled && activation != "none"))
    return fmt::format("fused {} of {} is not supported", activation, name(node.output().dtype));
  return {};
}

std::vector<Param> fixed_params(const NodeView& node, PairOp op) {
  const Factors factors = factors_of(node, op);
  const auto zero = [](const Tensor& t) { return int64_t{t.quant.zero_point[0]}; };
  const Clamp clamp = compares(op) ? Clamp{} : fixed_clamp(node);
  return {{"type", element_type(node.input(0).dtype)},
          {"op", static_cast<int64_t>(op)},
          {"a_zp", zero(node.input(0))},
          {"b_zp", zero(node.input(1))},
          {"left", int64_t{factors.left}},
          {"a_multiplier", int64_t{factors.a.value}},
          {"a_shift", int64_t{factors.a.shift}},
          {"b_multiplier", int64_t{factors.b.value}},
          {"b_shift", int64_t{factors.b.shift}},
          {"out_zp", compares(op) ? 0 : zero(node.output())},
          {"out_multiplier", int64_t{factors.out.value}},
          {"out_shift", int64_t{factors.out.shift}},
          {"min", int64_t{clamp.min}},
          {"max", int64_t{clamp.max}}};
}

KernelCall lower_div(const NodeView& node) {
  const Factors factors = factors_of(node, PairOp::div);
  const Clamp clamp = fixed_clamp(node);
  KernelCall call = lower_broadcast(node, "div_s8",
                                    {{"a_zp", int64_t{node.input(0).quant.zero_point[0]}},
                                     {"out_zp", int64_t{node.output().quant.zero_point[0]}},
                                     {"multiplier", int64_t{factors.out.value}},
                                     {"shift", int64_t{factors.out.shift}},
                                     {"min", int64_t{clamp.min}},
                                     {"max", int64_t{clamp.max}}});
  std::vector<int32_t> table;
  for (const Inverse& entry : inverses(node)) table.insert(table.end(), {entry.value, entry.shift});
  call.params.push_back({"inverse", std::string("inverse")});
  call.constants.push_back(make_constant("inverse", Dtype::s32, table, false));
  return call;
}

KernelCall lower_f32(const NodeView& node, PairOp op) {
  const FloatClamp clamp = fused_clamp_f32(node);
  KernelCall call;
  if (op == PairOp::floor_div || op == PairOp::floor_mod || op == PairOp::pow)
    call = lower_broadcast(node,
                           op == PairOp::pow         ? "pow_f32"
                           : op == PairOp::floor_div ? "floor_div_f32"
                                                     : "floor_mod_f32",
                           {});
  else
    return lower_broadcast(
        node, "pair_f32",
        {{"op", static_cast<int64_t>(op)}, {"min", clamp.min}, {"max", clamp.max}});
  call.needs_libm = true;
  return call;
}

}  // namespace

std::string unsupported_pair(const NodeView& node, PairOp op, std::string_view types) {
  const Tensor& a = node.input(0);
  const Tensor& out = node.output();
  if (a.dtype != node.input(1).dtype)
    return unsupported_types(a.dtype, node.input(1).dtype, "equal types");
  if (!names_type(types, name(a.dtype)) || out.dtype != (compares(op) ? Dtype::boolean : a.dtype))
    return unsupported_types(a.dtype, out.dtype, types);
  if (out.shape.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", out.shape.rank(), kMostLoops);
  const bool fixed = is_fixed(node, op);
  if (std::string why = unsupported_activation(node, fixed || a.dtype == Dtype::f32); !why.empty())
    return why;
  if (fixed) return unsupported_fixed(node, op);
  if (picks(op) && is_quantised(a) && (a.quant != out.quant || node.input(1).quant != out.quant))
    return "inputs and output are quantised differently";
  return {};
}

void pair_reference(const NodeView& node, const Buffers& buffers, PairOp op) {
  if (is_fixed(node, op)) return fixed_reference(node, buffers, op);
  const Broadcast broadcast = broadcast_of(node);
  with_elements(node.input(0).dtype, [&]<class T>(T) {
    using Wide =
        std::conditional_t<std::is_same_v<T, float> || std::is_same_v<T, int64_t>, T, int32_t>;
    const auto a = buffers.in<T>(0), b = buffers.in<T>(1);
    for_each_pair(broadcast, [&](size_t to, size_t at_a, size_t at_b) {
      const auto x = static_cast<Wide>(a[at_a]), y = static_cast<Wide>(b[at_b]);
      if (compares(op))
        buffers.out<uint8_t>()[to] = compared(op, x, y);
      else if constexpr (std::is_same_v<T, float>)
        buffers.out<T>()[to] = fused_clamp_f32(node)(floats(op, x, y));
      else
        buffers.out<T>()[to] = static_cast<T>(integers(op, x, y));
    });
  });
}

KernelCall pair_lower(const NodeView& node, PairOp op) {
  const Dtype dtype = node.input(0).dtype;
  if (is_fixed(node, op))
    return op == PairOp::div ? lower_div(node)
                             : lower_broadcast(node, "pair_q", fixed_params(node, op));
  if (dtype == Dtype::f32) return lower_f32(node, op);
  if (dtype == Dtype::s64)
    return lower_broadcast(node, "pair_s64", {{"op", static_cast<int64_t>(op)}});
  return lower_broadcast(node, "pair_int",
                         {{"type", element_type(dtype)}, {"op", static_cast<int64_t>(op)}});
}

int shares_pair(const NodeView& node) {
  return bits(node.input(0).dtype) == bits(node.output().dtype) ? shares_broadcast(node) : -1;
}

}  // namespace assay
