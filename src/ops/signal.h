// What the operators of TFLM's signal library share.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "ops/elementwise.h"

namespace assay {

/// unsupported: each input and output has the type that is said, in order, inputs first.
inline std::string unsupported_signal(const NodeView& node, std::initializer_list<Dtype> inputs,
                                      std::initializer_list<Dtype> outputs) {
  int i = 0;
  for (const Dtype wanted : inputs) {
    const Dtype got = node.input(i).dtype;
    if (got != wanted)
      return fmt::format("input {} is {}, only {} is supported", i, name(got), name(wanted));
    ++i;
  }
  i = 0;
  for (const Dtype wanted : outputs) {
    const Dtype got = node.output(i).dtype;
    if (got != wanted)
      return fmt::format("output {} is {}, only {} is supported", i, name(got), name(wanted));
    ++i;
  }
  return {};
}

/// "gains are not constant", or "".
inline std::string not_constant_table(const NodeView& node, int input, std::string_view role) {
  return node.input(input).is_constant ? "" : fmt::format("{} are not constant", role);
}

/// infer: an attribute that is a shift.
inline Status check_shift(const NodeView& node, std::string_view attr) {
  const int64_t bits = node.attrs().integer(attr, 0);
  if (bits >= 0 && bits <= 31) return {};
  return fail(ErrorKind::input, "{} is {}, no shift from 0 to 31", attr, bits);
}

/// own_state: a variable, named after the node's first output.
inline Tensor own_variable(const Node& node, std::span<const Tensor> tensors, const char* role,
                           Dtype dtype, std::vector<int32_t> dims) {
  Tensor state;
  state.name = tensors[static_cast<size_t>(node.outputs[0])].name + " " + role;
  state.dtype = dtype;
  state.shape = {std::move(dims)};
  return state;
}

/// own_state: an attribute as an extent; 0 for what cannot be one, which infer refuses.
inline int32_t own_extent(const Node& node, std::string_view attr) {
  const int64_t value = node.attrs.integer(attr, 0);
  return value < 0 || value > (1 << 24) ? 0 : static_cast<int32_t>(value);
}

/// The extent of the last axis; 1 for a scalar.
inline int64_t last_extent(const Shape& shape) { return shape.rank() == 0 ? 1 : shape.dims.back(); }

/// How many rows of the last axis a tensor has; 0 if it is empty.
inline int32_t rows_of(const Shape& shape) {
  const int64_t last = last_extent(shape);
  return last == 0 ? 0 : static_cast<int32_t>(shape.elements() / last);
}

/// work: so many operations an element of the output.
inline Work signal_work(const NodeView& node, int64_t ops_each) {
  Work work{.ops = saturating_product(node.output().shape.elements(), ops_each)};
  for (int i = 0; i < node.inputs(); ++i) work.read_bytes += node.input(i).bytes();
  for (int i = 0; i < node.outputs(); ++i) work.write_bytes += node.output(i).bytes();
  return work;
}

/// A constant input as a table of the kernel's parameters.
inline void add_table(const NodeView& node, KernelCall& call, int input, const char* role) {
  call.params.push_back({role, std::string(role)});
  call.constants.push_back({role, node.input(input).dtype, {}, node.input(input).data, false});
}

}  // namespace assay
