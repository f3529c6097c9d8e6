// What select and select_v2 share: from two tensors by a condition, all three broadcast.
#pragma once

#include <fmt/format.h>

#include "ops/broadcast.h"
#include "ops/elementwise.h"

namespace assay {

/// The condition's shape as it repeats. `by_rows`: one of rank 1 chooses along the first axis.
inline Shape select_condition(const NodeView& node, bool by_rows) {
  Shape cond = node.input(0).shape;
  const int rank = node.input(1).shape.rank();
  if (by_rows && cond.rank() == 1 && rank > 1) cond.dims.resize(static_cast<size_t>(rank), 1);
  return cond;
}

inline Result<std::vector<Shape>> infer_select(const NodeView& node, bool by_rows) {
  TRY_STATUS(check_arity(node, 3, 3));
  const Shape both = TRY(broadcast_shape(node.input(1).shape, node.input(2).shape));
  return std::vector{TRY(broadcast_shape(select_condition(node, by_rows), both))};
}

inline std::string unsupported_select(const NodeView& node) {
  if (node.input(0).dtype != Dtype::boolean)
    return fmt::format("condition is {}, only bool is supported", name(node.input(0).dtype));
  for (const int i : {1, 2}) {
    if (node.input(i).dtype != node.output().dtype)
      return unsupported_types(node.input(i).dtype, node.output().dtype, "equal types");
    if (std::string why = unsupported_copy(node, i); !why.empty()) return why;
  }
  if (node.output().shape.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", node.output().shape.rank(), kMostLoops);
  return {};
}

inline StridedCopy select_otherwise(const NodeView& node) {
  return broadcast_copy(node.input(2).shape, node.output().shape,
                        element_bytes(node.output().dtype));
}

inline void select_reference(const NodeView& node, const Buffers& buffers, bool by_rows) {
  run_copy(select_otherwise(node), buffers.inputs[2], buffers.outputs[0]);
  const auto bytes = static_cast<size_t>(element_bytes(node.output().dtype));
  const Broadcast walk =
      broadcast_of(select_condition(node, by_rows), node.input(1).shape, node.output().shape);
  for_each_pair(walk, [&](size_t to, size_t cond, size_t from) {
    if (buffers.inputs[0][cond] != std::byte{})
      std::ranges::copy(buffers.inputs[1].subspan(from * bytes, bytes),
                        buffers.outputs[0].begin() + static_cast<ptrdiff_t>(to * bytes));
  });
}

/// All of input 2, and then what input 1 has where the condition holds.
inline KernelCall select_lower(const NodeView& node, bool by_rows) {
  const Broadcast walk =
      broadcast_of(select_condition(node, by_rows), node.input(1).shape, node.output().shape);
  KernelCall over;
  over.kernel = "copy_where";
  over.params = {{"inner", walk.inner},
                 {"cond_step", walk.a_step},
                 {"in_step", walk.b_step},
                 {"rank", static_cast<int64_t>(walk.loops.size())},
                 {"bytes", element_bytes(node.output().dtype)}};
  append_loops(over, walk);
  over.inputs = {0, 1};
  KernelCall call = lower_copy(select_otherwise(node), 2);
  call.then = {std::move(over)};
  return call;
}

}  // namespace assay
