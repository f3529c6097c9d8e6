// What arg_max and arg_min share.
#pragma once

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {

inline Result<int> arg_axis(const NodeView& node) {
  const std::vector<int64_t> axes = TRY(constant_integers(node, 1, "axis"));
  if (axes.size() != 1) return fail(ErrorKind::input, "axis has {} elements, needs 1", axes.size());
  return checked_axis(axes[0], node.input(0).shape.rank());
}

inline Result<std::vector<Shape>> infer_arg(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const int axis = TRY(arg_axis(node));
  Shape out = node.input(0).shape;
  if (out[axis] == 0) return fail(ErrorKind::input, "axis {} has no elements", axis);
  out.dims.erase(out.dims.begin() + axis);
  return std::vector{std::move(out)};
}

inline std::string unsupported_arg(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "axis"); !why.empty()) return why;
  const Dtype from = node.input(0).dtype;
  const Dtype to = node.output().dtype;
  const bool known = from == Dtype::s8 || from == Dtype::f32;
  if (!known || (to != Dtype::s32 && to != Dtype::s64))
    return unsupported_types(from, to, "s8 or f32 -> s32 or s64");
  return {};
}

/// The input as outer x count x inner elements, searched along count.
struct ArgExtents {
  int64_t outer = 1, count = 1, inner = 1;
};

inline ArgExtents arg_extents(const NodeView& node) {
  const Shape& in = node.input(0).shape;
  const int axis = arg_axis(node).value();
  ArgExtents extents;
  for (int i = 0; i < in.rank(); ++i)
    (i < axis ? extents.outer : i == axis ? extents.count : extents.inner) *= in[i];
  return extents;
}

template <class In, class Out>
void arg_search(const ArgExtents& extents, std::span<const In> in, std::span<Out> out, bool least) {
  for (int64_t to = 0; to < extents.outer * extents.inner; ++to) {
    const int64_t first = to / extents.inner * extents.count * extents.inner + to % extents.inner;
    const auto at = [&](int64_t i) { return in[static_cast<size_t>(first + i * extents.inner)]; };
    int64_t best = 0;
    for (int64_t i = 1; i < extents.count; ++i)
      if (least ? at(i) < at(best) : at(i) > at(best)) best = i;
    out[static_cast<size_t>(to)] = static_cast<Out>(best);
  }
}

template <class In>
void arg_search_in(const NodeView& node, const Buffers& buffers, bool least) {
  const ArgExtents extents = arg_extents(node);
  if (node.output().dtype == Dtype::s32)
    arg_search(extents, buffers.in<In>(0), buffers.out<int32_t>(), least);
  else
    arg_search(extents, buffers.in<In>(0), buffers.out<int64_t>(), least);
}

inline void arg_reference(const NodeView& node, const Buffers& buffers, bool least) {
  if (node.input(0).dtype == Dtype::s8) return arg_search_in<int8_t>(node, buffers, least);
  arg_search_in<float>(node, buffers, least);
}

inline Work arg_work(const NodeView& node) {
  return {.ops = node.input(0).shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output().bytes()};
}

inline KernelCall arg_lower(const NodeView& node, bool least) {
  const ArgExtents extents = arg_extents(node);
  KernelCall call;
  call.kernel = std::string(least ? "arg_min" : "arg_max") +
                (node.input(0).dtype == Dtype::s8 ? "_s8" : "_f32");
  call.params = {{"outer", extents.outer},
                 {"count", extents.count},
                 {"inner", extents.inner},
                 {"words", int64_t{node.output().dtype == Dtype::s64 ? 2 : 1}}};
  call.inputs = {0};
  return call;
}

}  // namespace assay
