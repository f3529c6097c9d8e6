// reverse_sequence: the first elements along an axis in reverse, as many as another axis's lengths
// say, which may be computed.
//
// Source: TensorFlow's lite/kernels/reverse_sequence.cc; TFLM has none.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/strided_copy.h"

#define ASSAY_KERNEL static
#include "../../kernels/reverse_sequence.c"

namespace assay {
namespace {

struct Axes {
  int sequence = 0, batch = 0;
};

Result<Axes> axes_of(const NodeView& node) {
  const int rank = node.input(0).shape.rank();
  const Axes axes = {TRY(checked_axis(node.attrs().integer("seq_dim", 0), rank)),
                     TRY(checked_axis(node.attrs().integer("batch_dim", 0), rank))};
  if (axes.sequence == axes.batch)
    return fail(ErrorKind::input, "sequences and batches are both axis {}", axes.batch);
  return axes;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  const Axes axes = TRY(axes_of(node));
  const Shape& lengths = node.input(1).shape;
  if (lengths.rank() != 1 || lengths[0] != node.input(0).shape[axes.batch])
    return fail(ErrorKind::input, "lengths {} for {} sequences", text(lengths),
                node.input(0).shape[axes.batch]);
  return std::vector{node.input(0).shape};
}

std::string unsupported(const NodeView& node) {
  const Dtype lengths = node.input(1).dtype;
  if (lengths != Dtype::s32 && lengths != Dtype::s64)
    return fmt::format("lengths are {}, only s32 and s64 are supported", name(lengths));
  return unsupported_copy(node);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Shape& shape = node.input(0).shape;
  const Axes axes = axes_of(node).value();
  const int first = std::min(axes.sequence, axes.batch);
  const int second = std::max(axes.sequence, axes.batch);
  int64_t outer = 1, middle = 1, run = element_bytes(node.input(0).dtype);
  for (int i = 0; i < shape.rank(); ++i)
    if (i != first && i != second) (i < first ? outer : i < second ? middle : run) *= shape[i];
  KernelCall call;
  call.kernel = "reverse_sequence";
  call.params = {{"outer", outer},
                 {"first", int64_t{shape[first]}},
                 {"middle", middle},
                 {"second", int64_t{shape[second]}},
                 {"run", run},
                 {"turns_first", int64_t{axes.sequence == first}},
                 {"wide", int64_t{node.input(1).dtype == Dtype::s64}}};
  call.inputs = {0, 1};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(node, {}), assay_reverse_sequence);
  assay_reverse_sequence(&params, buffers.inputs[0].data(), buffers.inputs[1].data(),
                         buffers.outputs[0].data());
}

}  // namespace

extern const OpDef reverse_sequence_op = {
    .name = "reverse_sequence",
    .summary = "the first elements of sequences in reverse",
    .types = "any of whole bytes",
    .tflite = {.name = "REVERSE_SEQUENCE",
               .opcode = 112,
               .options = 87,
               .max_version = 1,
               .fields = {{"seq_dim", 0, TfliteField::int32},
                          {"batch_dim", 1, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
