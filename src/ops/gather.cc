// gather: slices of an axis by their numbers, which may be computed.
//
// Source: tflite-micro, kernels/gather.cc.
#include "ops/gather.h"

namespace assay {
namespace {

struct Axes {
  int axis = 0, batch = 0;
};

Result<Axes> axes_of(const NodeView& node) {
  const int rank = node.input(0).shape.rank(), of_indices = node.input(1).shape.rank();
  Axes axes;
  axes.axis = TRY(checked_axis(node.attrs().integer("axis", 0), rank));
  const int64_t batch = node.attrs().integer("batch_dims", 0);
  const int64_t counted = batch < 0 ? batch + of_indices : batch;
  if (counted < 0 || counted > std::min(axes.axis, of_indices))
    return fail(ErrorKind::input, "{} batch axes before axis {}", batch, axes.axis);
  axes.batch = static_cast<int>(counted);
  for (int i = 0; i < axes.batch; ++i)
    if (node.input(0).shape[i] != node.input(1).shape[i])
      return fail(ErrorKind::input, "batch axis {} has {} and {} elements", i,
                  node.input(0).shape[i], node.input(1).shape[i]);
  return axes;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  const Shape& in = node.input(0).shape;
  const Axes axes = TRY(axes_of(node));
  Shape out;
  out.dims.assign(in.dims.begin(), in.dims.begin() + axes.axis);
  const auto& indices = node.input(1).shape.dims;
  out.dims.insert(out.dims.end(), indices.begin() + axes.batch, indices.end());
  out.dims.insert(out.dims.end(), in.dims.begin() + axes.axis + 1, in.dims.end());
  return std::vector{std::move(out)};
}

Gather gather_of(const NodeView& node) {
  const Shape& in = node.input(0).shape;
  const Axes axes = axes_of(node).value();
  Gather made{.extent = in[axes.axis], .run = element_bytes(node.input(0).dtype)};
  for (int i = 0; i < in.rank(); ++i)
    if (i != axes.axis)
      (i < axes.batch ? made.batches : i < axes.axis ? made.outer : made.run) *= in[i];
  for (int i = axes.batch; i < node.input(1).shape.rank(); ++i)
    made.count *= node.input(1).shape[i];
  return made;
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_indices(node, 1); !why.empty()) return why;
  if (node.input(0).shape.elements() == 0) return "input has no elements";
  return unsupported_copy(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  gather_reference(node, buffers, gather_of(node), 0, 1);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_gather(node, gather_of(node), 0, 1);
}

}  // namespace

extern const OpDef gather_op = {
    .name = "gather",
    .summary = "slices of an axis by their numbers",
    .types = "any of whole bytes",
    .tflite = {.name = "GATHER",
               .opcode = 36,
               .options = 23,
               .max_version = 7,
               .fields = {{"axis", 0, TfliteField::int32}, {"batch_dims", 1, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
