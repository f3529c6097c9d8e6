// scatter_nd: slices added to zeros at tuples of numbers. Inputs: indices, slices, shape.
//
// Source: TensorFlow's lite/kernels/scatter_nd.cc, reference_ops.h (ScatterNd); TFLM has none.
#include "ops/gather_nd.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  const Shape& indices = node.input(0).shape;
  if (!node.input(2).is_constant) return std::vector{node.output().shape};
  Shape out = TRY(constant_shape(node, 2, "shape"));
  if (indices.rank() < 1 || indices[indices.rank() - 1] > out.rank())
    return fail(ErrorKind::input, "indices {} for {}", text(indices), text(out));
  Shape updates;
  updates.dims.assign(indices.dims.begin(), indices.dims.end() - 1);
  updates.dims.insert(updates.dims.end(), out.dims.begin() + indices.dims.back(), out.dims.end());
  if (updates != node.input(1).shape)
    return fail(ErrorKind::input, "slices are {}, indices {} of {} need {}",
                text(node.input(1).shape), text(indices), text(out), text(updates));
  return std::vector{std::move(out)};
}

Tuples tuples_of(const NodeView& node) {
  return assay::tuples_of(node.input(0).shape, node.output().shape,
                          element_bytes(node.output().dtype));
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 2, "shape"); !why.empty()) return why;
  if (std::string why = unsupported_indices(node, 0); !why.empty()) return why;
  const Dtype dtype = node.output().dtype;
  if (dtype != Dtype::f32 && dtype != Dtype::s64 && element_type(dtype) < 0)
    return unsupported_types(dtype, dtype, "s8 u8 s16 s32 s64 f32");
  if (node.output().shape.elements() == 0) return "output has no elements";
  return unsupported_copy(node, 1);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const Tuples tuples = tuples_of(node);
  std::ranges::fill(buffers.outputs[0], std::byte{});
  with_elements(node.output().dtype, [&]<class T>(T) {
    const size_t each = static_cast<size_t>(tuples.run) / sizeof(T);
    for (int64_t i = 0; i < tuples.count; ++i) {
      const auto to = static_cast<size_t>(tuple_at(node, buffers, tuples, 0, i)) / sizeof(T);
      const auto from = static_cast<size_t>(i) * each;
      for (size_t k = 0; k < each; ++k)
        buffers.out<T>()[to + k] =
            static_cast<T>(buffers.out<T>()[to + k] + buffers.in<T>(1)[from + k]);
    }
  });
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_tuples(node, tuples_of(node), true, 1, 0);
}

}  // namespace

extern const OpDef scatter_nd_op = {
    .name = "scatter_nd",
    .summary = "slices added to zeros at tuples of numbers",
    .types = "s8 u8 s16 s32 s64 f32",
    .tflite = {.name = "SCATTER_ND", .opcode = 122, .options = 97, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
