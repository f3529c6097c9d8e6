// reduce_min: minimum over axes, kept as extents of 1 or dropped.
//
// Source: tflite-micro, kernels/reduce_common.cc, reference/reduce.h; all but int8 and float are
// LiteRT's only.
#include "ops/reduce.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 u8 s16 s32 s64 f32";

}  // namespace

extern const OpDef reduce_min_op = {
    .name = "reduce_min",
    .summary = "minimum over axes",
    .types = kTypes,
    .tflite = {.name = "REDUCE_MIN",
               .opcode = 89,
               .options = 27,
               .max_version = 3,
               .fields = {{"keep_dims", 0, TfliteField::boolean}}},
    .infer = infer_reduction,
    .unsupported = unsupported_reduction_of<kTypes>,
    .work = reduction_work,
    .reference = reduce_reference_of<ReduceOp::minimum>,
    .lower = reduce_lower_of<ReduceOp::minimum>,
};

}  // namespace assay
