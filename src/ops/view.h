// Operators whose output is the input's bytes under another shape: reshape, squeeze, expand_dims.
#pragma once

#include <algorithm>

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {

inline void view_reference(const NodeView&, const Buffers& buffers, Semantics) {
  std::ranges::copy(buffers.inputs[0], buffers.outputs[0].begin());
}

/// Nothing to do, except for a constant or a variable, whose bytes must come into the arena.
inline KernelCall view_lower(const NodeView& node, const LowerOptions&) {
  const Tensor& in = node.input(0);
  if (in.is_constant || in.is_variable) return lower_copy({.run_bytes = node.output().bytes()}, 0);
  KernelCall nothing;
  nothing.inputs = {0};
  return nothing;
}

inline Work view_work(const NodeView& node) {
  const Tensor& in = node.input(0);
  return in.is_constant || in.is_variable ? copy_work(node) : Work{};
}

inline std::string view_unsupported(const NodeView& node) {
  if (node.input(0).dtype != node.output().dtype)
    return unsupported_types(node.input(0).dtype, node.output().dtype, "equal types");
  if (node.input(0).bytes() != node.output().bytes() || bits(node.input(0).dtype) == 0)
    return fmt::format("type {} is not supported", name(node.input(0).dtype));
  return {};
}

}  // namespace assay
