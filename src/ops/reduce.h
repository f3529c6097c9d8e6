// What operators that reduce axes share: mean, sum, reduce_max ...
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ops/elementwise.h"
#include "ops/requantise.h"
#include "ops/strided_copy.h"

namespace assay {

enum class ReduceOp { sum, product, minimum, maximum };  ///< the numbers of kernels/reduce_*.c

/// Input 1 names the axes; the attribute keep_dims keeps them as extents of 1.
Result<std::vector<Shape>> infer_reduction(const NodeView& node);

/// Loops over the kept and over the reduced axes, with steps in the input. Walked in this order the
/// outputs are dense, and each sum takes its elements in the input's order.
struct Reduction {
  std::vector<CopyLoop> kept, summed;
  int64_t count = 1;  ///< elements in a sum
};

Reduction reduction_of(const NodeView& node);

/// Calls visit(offset) for each turn of the loops.
template <class Visit>
void walk(std::span<const CopyLoop> loops, int64_t from, Visit&& visit) {
  if (loops.empty()) return visit(from);
  for (int64_t i = 0; i < loops[0].count; ++i)
    walk(loops.subspan(1), from + i * loops[0].in_step, visit);
}

Work reduction_work(const NodeView& node);

/// unsupported: types, axes, rank; and for sums of quantised numbers, scales and overflow.
std::string unsupported_reduction(const NodeView& node, std::string_view types);
std::string unsupported_sum_of(const NodeView& node, std::string_view types);

/// Of numbers as they are.
void reduce_reference(const NodeView& node, const Buffers& buffers, ReduceOp op);
KernelCall reduce_lower(const NodeView& node, ReduceOp op);

/// Sums of quantised numbers, brought to the output's scale by a factor.
void sum_reference_q(const NodeView& node, const Buffers& buffers, Multiplier factor);
KernelCall lower_sum_q(const NodeView& node, Multiplier factor);

template <const std::string_view& types>
std::string unsupported_reduction_of(const NodeView& node) {
  return unsupported_reduction(node, types);
}
template <ReduceOp op>
void reduce_reference_of(const NodeView& node, const Buffers& buffers, Semantics) {
  reduce_reference(node, buffers, op);
}
template <ReduceOp op>
KernelCall reduce_lower_of(const NodeView& node, const LowerOptions&) {
  return reduce_lower(node, op);
}

}  // namespace assay
