// Operators on one tensor element by element, in every type: reference and kernel of each function.
#pragma once

#include <string>

#include "ops/elementwise.h"
#include "ops/requantise.h"

namespace assay {

/// The first are numbers of kernels/map_f32.c and map_int.c.
enum class UnaryOp {
  magnitude,
  negated,
  square,
  floor,
  ceil,
  round,
  sign,
  bounds,  ///< between two numbers; of booleans: not
  sin,
  cos,
  exp,
  log,
  sqrt,
  rsqrt,
  elu,
  gelu
};

struct Unary {
  UnaryOp op;
  float min = 0, max = 0;  ///< of `bounds`
};

std::string unsupported_unary(const NodeView& node, const Unary& what, std::string_view types);
void unary_reference(const NodeView& node, const Buffers& buffers, const Unary& what);
KernelCall unary_lower(const NodeView& node, const Unary& what, const OpDef& op);

/// The same as functions of an OpDef.
template <const Unary& what, const std::string_view& types>
std::string unsupported_unary_of(const NodeView& node) {
  return unsupported_unary(node, what, types);
}
template <const Unary& what>
void unary_reference_of(const NodeView& node, const Buffers& buffers, Semantics) {
  unary_reference(node, buffers, what);
}
template <const Unary& what, const OpDef& op>
KernelCall unary_lower_of(const NodeView& node, const LowerOptions&) {
  return unary_lower(node, what, op);
}

/// unsupported: as unsupported_elementwise, and s16 besides.
inline std::string unsupported_elementwise_16(const NodeView& node) {
  if (node.input(0).dtype != Dtype::s16 || node.output().dtype != Dtype::s16)
    return unsupported_elementwise(node);
  if (std::string why = not_quantised_per_tensor(node.input(0), "input"); !why.empty()) return why;
  return not_quantised_per_tensor(node.output(), "output");
}

/// Kernel `rescale_int`: integers of one scale as those of another; what is below the zero point by
/// a factor of its own, after its sign is turned if `turn`.
KernelCall lower_rescale(const NodeView& node, Multiplier by, Multiplier below, bool turn,
                         Clamp clamp);

}  // namespace assay
