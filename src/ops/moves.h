// Operators that are one strided copy, or several into one output: how an operator's file turns its
// copies into reference and kernel.
#pragma once

#include <vector>

#include "ops/elementwise.h"
#include "ops/pieces.h"
#include "ops/strided_copy.h"

namespace assay {

/// Copies of input `data` into output 0, which hold all that the output has beyond zeros.
struct Moves {
  std::vector<StridedCopy> copies;
  bool zeros = false;   ///< the output is filled first ...
  std::byte fill = {};  ///< ... with this byte
};

/// The most calls that a node may become.
constexpr size_t kMostMoves = 64;

/// Why the copies cannot be run: too many of them, or of loops.
std::string unsupported_moves(const Moves& moves);

void run_moves(const Moves& moves, const Buffers& buffers, int data = 0);
KernelCall lower_moves(const NodeView& node, const Moves& moves, int data = 0);

}  // namespace assay
