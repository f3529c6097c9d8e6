// What gather_nd and scatter_nd share: slices of a tensor by tuples of numbers.
#pragma once

#include "ops/gather.h"

namespace assay {

/// `count` tuples of `depth` numbers, each of which means `run` bytes of a tensor of shape `of`.
struct Tuples {
  int64_t count = 1, depth = 0, run = 0;
  std::vector<int32_t> axes = {};  ///< [depth][2]: extent, bytes of a step
};

inline Tuples tuples_of(const Shape& indices, const Shape& of, int64_t element) {
  Tuples made{.depth = indices[indices.rank() - 1], .run = element};
  for (int i = 0; i + 1 < indices.rank(); ++i) made.count *= indices[i];
  const std::vector<int64_t> steps = dense_steps(of);
  for (size_t i = 0; i < steps.size(); ++i)
    if (std::cmp_less(i, made.depth))
      made.axes.insert(made.axes.end(), {of.dims[i], static_cast<int32_t>(steps[i] * element)});
    else
      made.run *= of.dims[i];
  return made;
}

/// Where tuple i begins.
inline int64_t tuple_at(const NodeView& node, const Buffers& buffers, const Tuples& tuples,
                        int indices, int64_t i) {
  int64_t at = 0;
  for (int64_t k = 0; k < tuples.depth; ++k) {
    const auto axis = static_cast<size_t>(2 * k);
    at += index_at(node, buffers, indices, static_cast<size_t>(i * tuples.depth + k),
                   tuples.axes[axis]) *
          tuples.axes[axis + 1];
  }
  return at;
}

/// Kernel `gather_nd`.
inline KernelCall lower_tuples(const NodeView& node, const Tuples& tuples, bool scatter, int data,
                               int indices) {
  const Dtype dtype = node.output().dtype;
  const int64_t sum = dtype == Dtype::f32 ? 5 : dtype == Dtype::s64 ? 4 : element_type(dtype);
  KernelCall call;
  call.kernel = "gather_nd";
  call.params = {{"count", tuples.count},
                 {"depth", tuples.depth},
                 {"run", tuples.run},
                 {"type", index_type(node.input(indices).dtype)},
                 {"scatter", int64_t{scatter ? 1 : 0}},
                 {"sum_type", std::max<int64_t>(sum, 0)},
                 {"out_bytes", node.output().bytes()},
                 {"axes", std::string(tuples.axes.empty() ? "" : "axes")}};
  if (!tuples.axes.empty())
    call.constants = {make_constant("axes", Dtype::s32, tuples.axes, false)};
  call.inputs = {data, indices};
  return call;
}

}  // namespace assay
