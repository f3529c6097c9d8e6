// Operators on two tensors element by element, in every type: which arithmetic a node wants, its
// reference and its kernel. An operator's file says the operation and the types.
#pragma once

#include <string>

#include "ops/broadcast.h"

namespace assay {

/// The numbers of kernels/assay_pair.h.
enum class PairOp {
  add,
  sub,
  mul,
  div,
  floor_div,
  floor_mod,
  minimum,
  maximum,
  squared_difference,
  pow,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or
};

/// Why these types or this quantisation cannot be computed; `types` as in OpDef::types, which is
/// what the message names.
std::string unsupported_pair(const NodeView& node, PairOp op, std::string_view types);

void pair_reference(const NodeView& node, const Buffers& buffers, PairOp op);
KernelCall pair_lower(const NodeView& node, PairOp op);

/// The same as functions of an OpDef. `kTypes` is the operator's list of types.
template <PairOp op, const std::string_view& types>
std::string unsupported_pair_of(const NodeView& node) {
  return unsupported_pair(node, op, types);
}
template <PairOp op>
void pair_reference_of(const NodeView& node, const Buffers& buffers, Semantics) {
  pair_reference(node, buffers, op);
}
template <PairOp op>
KernelCall pair_lower_of(const NodeView& node, const LowerOptions&) {
  return pair_lower(node, op);
}

/// The output may take over an input as large as it, unless its elements are smaller.
int shares_pair(const NodeView& node);

}  // namespace assay
