// What split and split_v share: the pieces are the outputs, one after the other along an axis.
#pragma once

#include <numeric>

#include "ops/elementwise.h"
#include "ops/pieces.h"

namespace assay {

/// The axis, from its constant input; `data` is the input that is split.
inline Result<int> split_axis(const NodeView& node, int axis_input, int data) {
  const std::vector<int64_t> axes = TRY(constant_integers(node, axis_input, "axis"));
  if (axes.size() != 1) return fail(ErrorKind::input, "axis has {} elements, needs 1", axes.size());
  return checked_axis(axes[0], node.input(data).shape.rank());
}

/// `pieces`: the outputs' shapes, as infer gives them.
inline std::vector<StridedCopy> split_copies(const NodeView& node, std::span<const Shape> pieces,
                                             int axis_input, int data) {
  const int axis = split_axis(node, axis_input, data).value();
  const Tensor& in = node.input(data);
  std::vector<StridedCopy> copies;
  int64_t offset = 0;
  for (const Shape& piece : pieces) {
    const int64_t extent = piece[axis];
    copies.push_back(piece_copy(in.shape, axis, offset, extent, element_bytes(in.dtype), true));
    offset += extent;
  }
  return copies;
}

inline void split_reference(const std::vector<StridedCopy>& copies, const Buffers& buffers,
                            int data) {
  for (size_t i = 0; i < copies.size(); ++i)
    run_copy(copies[i], buffers.inputs[static_cast<size_t>(data)], buffers.outputs[i]);
}

inline KernelCall split_lower(const std::vector<StridedCopy>& copies, int data) {
  std::vector<int> outputs(copies.size());
  std::iota(outputs.begin(), outputs.end(), 0);
  return lower_pieces(copies, std::vector<int>(copies.size(), data), outputs);
}

}  // namespace assay
