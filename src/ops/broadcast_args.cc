// broadcast_args: the shape that two shapes repeat into. Mostly known before anything runs.
//
// Extents that do not agree, which no runtime accepts, give the first one's. Source: tflite-micro,
// kernels/broadcast_args.cc, reference/broadcast_args.h.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"

#define ASSAY_KERNEL static
#include "../../kernels/broadcast_args.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  for (int i = 0; i < 2; ++i)
    if (node.input(i).shape.rank() != 1)
      return fail(ErrorKind::input, "input {} is {}, no list of extents", i,
                  text(node.input(i).shape));
  return std::vector{Shape{{std::max(node.input(0).shape[0], node.input(1).shape[0])}}};
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from != to || (from != Dtype::s32 && from != Dtype::s64))
    return unsupported_types(from, to, "s32 and s64");
  return node.input(1).dtype == from ? "" : "its shapes are of different types";
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call;
  call.kernel = "broadcast_args";
  call.params = {{"a", node.input(0).shape.elements()},
                 {"b", node.input(1).shape.elements()},
                 {"count", node.output().shape.elements()},
                 {"words", int64_t{node.output().dtype == Dtype::s64 ? 2 : 1}}};
  call.inputs = {0, 1};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(node, {}), assay_broadcast_args);
  assay_broadcast_args(&params, buffers.inputs[0].data(), buffers.inputs[1].data(),
                       buffers.outputs[0].data());
}

}  // namespace

extern const OpDef broadcast_args_op = {
    .name = "broadcast_args",
    .summary = "the shape that two shapes repeat into",
    .types = "s32 s64",
    .tflite = {.name = "BROADCAST_ARGS", .opcode = 145, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
