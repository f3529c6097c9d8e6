// reduce_any: whether any is true, over axes, kept as extents of 1 or dropped.
//
// Source: tflite-micro, kernels/reduce_common.cc, reference/reduce.h; LiteRT's only.
#include "ops/reduce.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "bool";

}  // namespace

extern const OpDef reduce_any_op = {
    .name = "reduce_any",
    .summary = "whether any is true, over axes",
    .types = kTypes,
    .tflite = {.name = "REDUCE_ANY",
               .opcode = 91,
               .options = 27,
               .max_version = 3,
               .fields = {{"keep_dims", 0, TfliteField::boolean}}},
    .infer = infer_reduction,
    .unsupported = unsupported_reduction_of<kTypes>,
    .work = reduction_work,
    .reference = reduce_reference_of<ReduceOp::maximum>,
    .lower = reduce_lower_of<ReduceOp::maximum>,
};

}  // namespace assay
