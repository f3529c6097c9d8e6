// Moving elements without computing: slice, split, concatenation, pad, transpose are all a nest of
// loops around a run of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ops/op.h"

namespace assay {

/// A loop over one axis: how often, and how far in and out move, in bytes (in may go backwards).
struct CopyLoop {
  int64_t count = 1;
  int64_t in_step = 0, out_step = 0;
  bool operator==(const CopyLoop&) const = default;
};

struct StridedCopy {
  std::vector<CopyLoop> loops = {};  ///< outermost first
  int64_t run_bytes = 0;             ///< copied as they stand, innermost; 0: nothing is copied
  int64_t in_offset = 0, out_offset = 0;
};

/// The most loops that the kernels count.
constexpr int kMostLoops = 6;

/// The same copy with as few loops as possible and the longest run. `copy.run_bytes` is one
/// element.
StridedCopy simplified(const StridedCopy& copy);

/// Steps in elements of a dense tensor of that shape, by axis.
std::vector<int64_t> dense_steps(const Shape& shape);

void run_copy(const StridedCopy& copy, std::span<const std::byte> in, std::span<std::byte> out);

/// Kernel `copy_nd` from input `input` to output `output` of the node.
KernelCall lower_copy(const StridedCopy& copy, int input, int output = 0);

/// work of a copy: every byte read and written once.
Work copy_work(const NodeView& node);

/// Bytes of an element of a type that can be moved: all whole bytes. 0 for the others.
int64_t element_bytes(Dtype dtype);

/// unsupported: input `data` is of a type that can be moved, the output of the same type and
/// quantisation, its rank at most kMostLoops.
std::string unsupported_copy(const NodeView& node, int data = 0);

/// A constant input of s32 or s64 as numbers. Errors (input): another type, more than one axis.
/// Empty if the input is left out.
Result<std::vector<int64_t>> constant_integers(const NodeView& node, int input,
                                               std::string_view role);

/// A constant input as a shape. Errors (input): a negative extent, too many elements.
Result<Shape> constant_shape(const NodeView& node, int input, std::string_view role);

/// unsupported: "axis is not a constant", or "".
std::string not_constant(const NodeView& node, int input, std::string_view role);

/// An axis counted from the front. Error (input) if it is not in [-rank, rank).
Result<int> checked_axis(int64_t axis, int rank);

}  // namespace assay
