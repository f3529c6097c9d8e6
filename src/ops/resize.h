// What resize_bilinear and resize_nearest_neighbor share: attributes, shapes, checks.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {

/// One axis of a resized image.
struct ResizeAxis {
  int32_t in = 0, out = 0;
  bool align_corners = false, half_pixel_centers = false;
};

inline ResizeAxis resize_axis(const NodeView& n, int axis) {
  return {n.input(0).shape[axis], n.output().shape[axis],
          n.attrs().integer("align_corners", 0) != 0,
          n.attrs().integer("half_pixel_centers", 0) != 0};
}

inline Result<std::vector<Shape>> infer_resize(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2));
  const Shape& in = n.input(0).shape;
  if (in.rank() != 4) return fail(ErrorKind::input, "input has rank {}, needs 4", in.rank());
  if (in.elements() < 1) return fail(ErrorKind::input, "the input is empty");
  const std::vector<int64_t> size = TRY(constant_integers(n, 1, "size"));
  if (size.empty() && !n.input(1).is_constant) return std::vector{n.output().shape};
  if (size.size() != 2) return fail(ErrorKind::input, "size has {} elements, needs 2", size.size());
  for (const int64_t extent : size)
    if (extent < 1 || extent > 1 << 20)
      return fail(ErrorKind::input, "size asks for an extent of {}", extent);
  return std::vector{
      Shape{{in[0], static_cast<int32_t>(size[0]), static_cast<int32_t>(size[1]), in[3]}}};
}

inline std::string unsupported_resize(const NodeView& n) {
  if (std::string why = not_constant(n, 1, "size"); !why.empty()) return why;
  // Positions are in 1024ths.
  if (n.input(0).shape[1] > 1 << 20 || n.input(0).shape[2] > 1 << 20) return "image is too large";
  return unsupported_copy(n);
}

}  // namespace assay
