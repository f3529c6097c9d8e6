// sum: over any set of axes, kept as extents of 1 or dropped.
//
// Quantised sums are brought to the output's scale. Source: tflite-micro, kernels/reduce_common.cc,
// reference/reduce.h (QuantizedMeanOrSum); int32 and int64 are LiteRT's only.
#include "ops/reduce.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 f32";

bool is_scaled(const NodeView& node) {
  return node.input(0).dtype == Dtype::s8 || node.input(0).dtype == Dtype::s16;
}

Multiplier factor_of(const NodeView& node) {
  return quantise_multiplier(static_cast<double>(node.input(0).quant.scale[0]) /
                             static_cast<double>(node.output().quant.scale[0]));
}

std::string unsupported(const NodeView& node) { return unsupported_sum_of(node, kTypes); }

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (is_scaled(node)) return sum_reference_q(node, buffers, factor_of(node));
  reduce_reference(node, buffers, ReduceOp::sum);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return is_scaled(node) ? lower_sum_q(node, factor_of(node)) : reduce_lower(node, ReduceOp::sum);
}

}  // namespace

extern const OpDef sum_op = {
    .name = "sum",
    .summary = "sum over axes",
    .types = kTypes,
    .tflite = {.name = "SUM",
               .opcode = 74,
               .options = 27,
               .max_version = 2,
               .fields = {{"keep_dims", 0, TfliteField::boolean}}},
    .infer = infer_reduction,
    .unsupported = unsupported,
    .work = reduction_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
