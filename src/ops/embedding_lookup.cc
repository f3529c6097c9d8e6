// embedding_lookup: rows of a table by their numbers. Input 0 has the numbers, input 1 is the
// table.
//
// Source: tflite-micro, kernels/embedding_lookup.cc.
#include "ops/gather.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  Shape out = node.input(1).shape;
  if (node.input(0).shape.rank() != 1 || out.rank() < 2)
    return fail(ErrorKind::input, "indices {} of a table {}", text(node.input(0).shape), text(out));
  out.dims[0] = node.input(0).shape[0];
  return std::vector{std::move(out)};
}

Gather gather_of(const NodeView& node) {
  const Tensor& table = node.input(1);
  return {.extent = table.shape[0],
          .count = node.input(0).shape[0],
          .run = table.bytes() / std::max(table.shape[0], 1)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_indices(node, 0); !why.empty()) return why;
  if (node.input(1).shape.elements() == 0) return "the table is empty";
  return unsupported_copy(node, 1);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  gather_reference(node, buffers, gather_of(node), 1, 0);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_gather(node, gather_of(node), 1, 0);
}

}  // namespace

extern const OpDef embedding_lookup_op = {
    .name = "embedding_lookup",
    .summary = "rows of a table by their numbers",
    .types = "any of whole bytes",
    .tflite = {.name = "EMBEDDING_LOOKUP", .opcode = 7, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
