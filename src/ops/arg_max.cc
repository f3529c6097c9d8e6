// arg_max: where the largest element stands along an axis; the first of equals.
//
// Source: tflite-micro, kernels/arg_min_max.cc, reference/arg_min_max.h; int64 indices are
// LiteRT's only.
#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

Result<int> axis_of(const NodeView& node) {
  const std::vector<int64_t> axes = TRY(constant_integers(node, 1, "axis"));
  if (axes.size() != 1) return fail(ErrorKind::input, "axis has {} elements, needs 1", axes.size());
  return checked_axis(axes[0], node.input(0).shape.rank());
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const int axis = TRY(axis_of(node));
  Shape out = node.input(0).shape;
  if (out[axis] == 0) return fail(ErrorKind::input, "axis {} has no elements", axis);
  out.dims.erase(out.dims.begin() + axis);
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "axis"); !why.empty()) return why;
  const Dtype from = node.input(0).dtype;
  const Dtype to = node.output().dtype;
  const bool known = from == Dtype::s8 || from == Dtype::f32;
  if (!known || (to != Dtype::s32 && to != Dtype::s64))
    return unsupported_types(from, to, "s8 or f32 -> s32 or s64");
  return {};
}

/// The input as outer x count x inner elements, searched along count.
struct Extents {
  int64_t outer = 1, count = 1, inner = 1;
};

Extents extents_of(const NodeView& node) {
  const Shape& in = node.input(0).shape;
  const int axis = axis_of(node).value();
  Extents extents;
  for (int i = 0; i < in.rank(); ++i)
    (i < axis ? extents.outer : i == axis ? extents.count : extents.inner) *= in[i];
  return extents;
}

template <class In, class Out>
void search(const Extents& extents, std::span<const In> in, std::span<Out> out) {
  for (int64_t to = 0; to < extents.outer * extents.inner; ++to) {
    const int64_t first = to / extents.inner * extents.count * extents.inner + to % extents.inner;
    const auto at = [&](int64_t i) { return in[static_cast<size_t>(first + i * extents.inner)]; };
    int64_t best = 0;
    for (int64_t i = 1; i < extents.count; ++i)
      if (at(i) > at(best)) best = i;
    out[static_cast<size_t>(to)] = static_cast<Out>(best);
  }
}

template <class In>
void search_in(const NodeView& node, const Buffers& buffers) {
  const Extents extents = extents_of(node);
  if (node.output().dtype == Dtype::s32)
    search(extents, buffers.in<In>(0), buffers.out<int32_t>());
  else
    search(extents, buffers.in<In>(0), buffers.out<int64_t>());
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s8) return search_in<int8_t>(node, buffers);
  search_in<float>(node, buffers);
}

Work work(const NodeView& node) {
  return {.ops = node.input(0).shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Extents extents = extents_of(node);
  KernelCall call;
  call.kernel = node.input(0).dtype == Dtype::s8 ? "arg_max_s8" : "arg_max_f32";
  call.params = {{"outer", extents.outer},
                 {"count", extents.count},
                 {"inner", extents.inner},
                 {"words", int64_t{node.output().dtype == Dtype::s64 ? 2 : 1}}};
  call.inputs = {0};
  return call;
}

}  // namespace

const OpDef arg_max_op = {
    .name = "arg_max",
    .summary = "where the largest element stands along an axis",
    .types = "s8->s32 f32->s32 s8->s64 f32->s64",
    .tflite = {.name = "ARG_MAX", .opcode = 56, .options = 40, .max_version = 3},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
