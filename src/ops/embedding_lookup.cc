// embedding_lookup: rows of a table by their numbers. Input 0 has the numbers, input 1 is the
// table.
//
// A table of int8 may give floats: each number times the table's scale (hybrid).
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

bool is_hybrid(const NodeView& node) {
  return node.input(1).dtype == Dtype::s8 && node.output().dtype == Dtype::f32;
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_indices(node, 0); !why.empty()) return why;
  if (node.input(1).shape.elements() == 0) return "the table is empty";
  if (!is_hybrid(node)) return unsupported_copy(node, 1);
  const Tensor& table = node.input(1);
  if (std::string why = not_quantised_per_tensor(table, "table"); !why.empty()) return why;
  return table.quant.zero_point[0] == 0 ? "" : "a table with a zero point";
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const Gather gather = gather_of(node);
  if (!is_hybrid(node)) return gather_reference(node, buffers, gather, 1, 0);
  float* to = buffers.out<float>().data();
  for (size_t i = 0; std::cmp_less(i, gather.count); ++i) {
    const auto first =
        static_cast<size_t>(index_at(node, buffers, 0, i, gather.extent) * gather.run);
    for (const int8_t x : buffers.in<int8_t>(1).subspan(first, static_cast<size_t>(gather.run)))
      *to++ = static_cast<float>(x) * node.input(1).quant.scale[0];
  }
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Gather gather = gather_of(node);
  if (!is_hybrid(node)) return lower_gather(node, gather, 1, 0);
  KernelCall call;
  call.kernel = "embedding_s8_f32";
  call.params = {{"rows", gather.extent},
                 {"count", gather.count},
                 {"depth", gather.run},
                 {"type", index_type(node.input(0).dtype)},
                 {"scale", node.input(1).quant.scale[0]}};
  call.inputs = {0, 1};
  return call;
}

}  // namespace

extern const OpDef embedding_lookup_op = {
    .name = "embedding_lookup",
    .summary = "rows of a table by their numbers",
    .types = "any of whole bytes, s8->f32",
    .tflite = {.name = "EMBEDDING_LOOKUP", .opcode = 7, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
