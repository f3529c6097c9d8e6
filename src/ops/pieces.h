// Operators between one tensor and its pieces along an axis: split, split_v, concatenation.
#pragma once

#include "ops/strided_copy.h"

namespace assay {

/// The copy between a tensor of shape `whole` and its piece that begins at `offset` of `axis` and
/// has `extent` elements there. Forward: out of the whole; else: into it.
inline StridedCopy piece_copy(const Shape& whole, int axis, int64_t offset, int64_t extent,
                              int64_t element, bool forward) {
  int64_t outer = 1;
  int64_t inner = element;
  for (int i = 0; i < whole.rank(); ++i) (i < axis ? outer : inner) *= i == axis ? 1 : whole[i];
  const int64_t whole_step = whole[axis] * inner;
  const int64_t piece_step = extent * inner;
  StridedCopy copy{.run_bytes = piece_step};
  (forward ? copy.in_offset : copy.out_offset) = offset * inner;
  copy.loops = {{outer, forward ? whole_step : piece_step, forward ? piece_step : whole_step}};
  return simplified(std::move(copy));
}

/// One call for each of `copies`, chained; from input `inputs[i]` to output `outputs[i]`.
inline KernelCall lower_pieces(const std::vector<StridedCopy>& copies,
                               const std::vector<int>& inputs, const std::vector<int>& outputs) {
  KernelCall first;
  for (size_t i = 0; i < copies.size(); ++i) {
    KernelCall call = lower_copy(copies[i], inputs[i], outputs[i]);
    if (i == 0)
      first = std::move(call);
    else
      first.then.push_back(std::move(call));
  }
  return first;
}

}  // namespace assay
