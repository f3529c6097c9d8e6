// What operators that keep state share.
#pragma once

#include <algorithm>

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {

/// unsupported: input 0 is a variable, and `value` has its type.
inline std::string unsupported_variable(const NodeView& node, int value) {
  if (!node.input(0).is_variable) return "its first input is not a variable";
  return unsupported_copy(node, value);
}

/// own_state: the file names all of it.
inline std::vector<Tensor> no_more_state(const Node&, std::span<const Tensor>) { return {}; }

/// A node that the importer replaces: what it says if it could not.
inline Result<std::vector<Shape>> infer_replaced(const NodeView& node) {
  std::vector<Shape> shapes;
  for (int i = 0; i < node.outputs(); ++i) shapes.push_back(node.output(i).shape);
  return shapes;
}
inline std::string unsupported_replaced(const NodeView&) {
  return "the importer did not find its variable";
}
inline void replaced_reference(const NodeView&, const Buffers&, Semantics) {}
inline KernelCall lower_replaced(const NodeView&, const LowerOptions&) { return {}; }
inline Work replaced_work(const NodeView&) { return {}; }

}  // namespace assay
