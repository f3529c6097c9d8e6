// What batch_to_space_nd and space_to_batch_nd share: blocks of the spatial axes 1..M stand as
// batches on the one side, interleaved in a margin that is cropped or padded on the other.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "ops/moves.h"

namespace assay {

struct BatchBlocks {
  std::vector<int64_t> block, before, after;
  int64_t blocks = 1;
};

/// Input 1: a block by spatial axis; input 2: [axis][2] of the margin.
inline Result<BatchBlocks> batch_blocks(const NodeView& node) {
  BatchBlocks made;
  made.block = TRY(constant_integers(node, 1, "block shape"));
  const std::vector<int64_t> margin = TRY(constant_integers(node, 2, "margin"));
  if (margin.size() != 2 * made.block.size() ||
      std::cmp_greater_equal(made.block.size(), node.input(0).shape.rank()))
    return fail(ErrorKind::input, "{} blocks and {} margins for rank {}", made.block.size(),
                margin.size(), node.input(0).shape.rank());
  for (size_t i = 0; i < made.block.size(); ++i) {
    if (made.block[i] < 1 || margin[2 * i] < 0 || margin[2 * i + 1] < 0)
      return fail(ErrorKind::input, "axis {} has blocks of {} and margins of {} and {}", i + 1,
                  made.block[i], margin[2 * i], margin[2 * i + 1]);
    made.before.push_back(margin[2 * i]);
    made.after.push_back(margin[2 * i + 1]);
    made.blocks = saturating_product(made.blocks, made.block[i]);
  }
  return made;
}

inline std::string unsupported_batch_blocks(const NodeView& node) {
  for (const int i : {1, 2})
    if (std::string why = not_constant(node, i, i == 1 ? "block shape" : "margin"); !why.empty())
      return why;
  if (std::string why = unsupported_copy(node); !why.empty()) return why;
  const BatchBlocks blocks = batch_blocks(node).value();
  if (blocks.blocks > static_cast<int64_t>(kMostMoves))
    return fmt::format("{} blocks, at most {} are supported", blocks.blocks, kMostMoves);
  return {};
}

/// A copy for each block. `batched` has the blocks as batches, `space` interleaved.
inline std::vector<StridedCopy> batch_block_copies(const BatchBlocks& blocks, const Shape& batched,
                                                   const Shape& space, int64_t element,
                                                   bool to_space) {
  const std::vector<int64_t> of_batched = dense_steps(batched), of_space = dense_steps(space);
  const int64_t batches = space[0];
  std::vector<StridedCopy> copies;
  for (int64_t b = 0; b < blocks.blocks; ++b) {
    StridedCopy copy{.run_bytes = element};
    int64_t in_batched = b * batches * of_batched[0], in_space = 0, rest = b;
    const auto loop = [&](int64_t count, int64_t batched_step, int64_t space_step) {
      copy.loops.push_back({count, element * (to_space ? batched_step : space_step),
                            element * (to_space ? space_step : batched_step)});
    };
    std::vector<int64_t> phase(blocks.block.size());
    for (size_t i = phase.size(); i-- > 0; rest /= blocks.block[i])
      phase[i] = rest % blocks.block[i];
    loop(batches, of_batched[0], of_space[0]);
    for (size_t axis = 1; axis < space.dims.size(); ++axis) {
      if (axis > phase.size()) {
        loop(space.dims[axis], of_batched[axis], of_space[axis]);
        continue;
      }
      // Element k of this block stands at k * block + phase - before.
      const int64_t size = blocks.block[axis - 1],
                    shift = phase[axis - 1] - blocks.before[axis - 1];
      const int64_t first = shift >= 0 ? 0 : (-shift + size - 1) / size;
      const int64_t end =
          std::min<int64_t>(batched.dims[axis], (space.dims[axis] - shift + size - 1) / size);
      in_batched += first * of_batched[axis];
      in_space += (first * size + shift) * of_space[axis];
      loop(std::max<int64_t>(end - first, 0), of_batched[axis], size * of_space[axis]);
    }
    copy.in_offset = element * (to_space ? in_batched : in_space);
    copy.out_offset = element * (to_space ? in_space : in_batched);
    if (StridedCopy made = simplified(copy); made.run_bytes > 0) copies.push_back(std::move(made));
  }
  return copies;
}

}  // namespace assay
