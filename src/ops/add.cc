// add: a + b with broadcasting and a fused activation.
//
// 64-bit integers are LiteRT's only. Source: tflite-micro, kernels/add_common.cc, reference/add.h.
#include "ops/pair.h"
#include "ops/sum.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 f32";

/// int8 and float have kernels of their own.
bool is_usual(const NodeView& node) {
  return node.output().dtype == Dtype::s8 || node.output().dtype == Dtype::f32;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (!is_usual(node)) return pair_reference(node, buffers, PairOp::add);
  if (node.output().dtype == Dtype::f32) return sum_reference_f32(node, buffers, 1.0F);
  sum_reference(node, buffers, sum_factors(node), 1);
}

std::string unsupported(const NodeView& node) {
  return is_usual(node) ? unsupported_sum(node) : unsupported_pair(node, PairOp::add, kTypes);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (!is_usual(node)) return pair_lower(node, PairOp::add);
  if (node.output().dtype == Dtype::f32) return sum_lower_f32(node, 1.0F);
  return sum_lower(node, sum_factors(node), 1);
}

}  // namespace

extern const OpDef add_op = {
    .name = "add",
    .summary = "a + b, broadcast",
    .types = kTypes,
    .tflite = {.name = "ADD",
               .opcode = 0,
               .options = 11,
               .max_version = 5,
               .fields = {{"activation", 0, TfliteField::activation}}},
    .infer = infer_broadcast,
    .unsupported = unsupported,
    .work = broadcast_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_broadcast,
};

}  // namespace assay
