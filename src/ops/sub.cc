// sub: a - b with broadcasting and a fused activation.
//
// As add. TFLM subtracts; LiteRT negates b's multiplier and adds, which rounds ties the other way.
// TFLM's sources of August 2026 compute the factors in float; the build that the tests compare with
// is equal on every graph only if they are computed in double. Source: tflite-micro,
// kernels/sub_common.cc, reference/sub.h; TensorFlow's lite/kernels/sub.cc.
#include "ops/pair.h"
#include "ops/sum.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 f32";

/// int8 and float have kernels of their own.
bool is_usual(const NodeView& node) {
  return node.output().dtype == Dtype::s8 || node.output().dtype == Dtype::f32;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics semantics) {
  if (!is_usual(node)) return pair_reference(node, buffers, PairOp::sub);
  if (node.output().dtype == Dtype::f32) return sum_reference_f32(node, buffers, -1.0F);
  if (semantics == Semantics::tflm) return sum_reference(node, buffers, sum_factors(node), -1);
  SumFactors factors = sum_factors(node);
  factors.b.value = -factors.b.value;
  sum_reference(node, buffers, factors, 1);
}

std::string unsupported(const NodeView& node) {
  return is_usual(node) ? unsupported_sum(node) : unsupported_pair(node, PairOp::sub, kTypes);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (!is_usual(node)) return pair_lower(node, PairOp::sub);
  if (node.output().dtype == Dtype::f32) return sum_lower_f32(node, -1.0F);
  return sum_lower(node, sum_factors(node), -1);
}

}  // namespace

extern const OpDef sub_op = {
    .name = "sub",
    .summary = "a - b, broadcast",
    .types = kTypes,
    .tflite = {.name = "SUB",
               .opcode = 41,
               .options = 28,
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
