// add: a + b with broadcasting and a fused activation.
//
// Source: tflite-micro, kernels/add_common.cc, reference/add.h.
#include "ops/sum.h"

namespace assay {
namespace {

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.output().dtype == Dtype::f32) return sum_reference_f32(node, buffers, 1.0F);
  sum_reference(node, buffers, sum_factors(node), 1);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.output().dtype == Dtype::f32) return sum_lower_f32(node, 1.0F);
  return sum_lower(node, sum_factors(node), 1);
}

}  // namespace

const OpDef add_op = {
    .name = "add",
    .summary = "a + b, broadcast",
    .types = "s8 f32",
    .tflite = {.name = "ADD",
               .opcode = 0,
               .options = 11,
               .max_version = 5,
               .fields = {{"activation", 0, TfliteField::activation}}},
    .infer = infer_broadcast,
    .unsupported = unsupported_sum,
    .work = broadcast_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_broadcast,
};

}  // namespace assay
