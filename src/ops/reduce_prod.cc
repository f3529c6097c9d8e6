// reduce_prod: product over axes, kept as extents of 1 or dropped.
//
// Source: tflite-micro, kernels/reduce_common.cc, reference/reduce.h; LiteRT's only.
#include "ops/reduce.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s32 s64 f32";

}  // namespace

extern const OpDef reduce_prod_op = {
    .name = "reduce_prod",
    .summary = "product over axes",
    .types = kTypes,
    .tflite = {.name = "REDUCE_PROD",
               .opcode = 81,
               .options = 27,
               .max_version = 3,
               .fields = {{"keep_dims", 0, TfliteField::boolean}}},
    .infer = infer_reduction,
    .unsupported = unsupported_reduction_of<kTypes>,
    .work = reduction_work,
    .reference = reduce_reference_of<ReduceOp::product>,
    .lower = reduce_lower_of<ReduceOp::product>,
};

}  // namespace assay
