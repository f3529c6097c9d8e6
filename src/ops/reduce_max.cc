// reduce_max: maximum over axes, kept as extents of 1 or dropped.
//
// Source: tflite-micro, kernels/reduce_common.cc, reference/reduce.h; all but int8 and float are
// LiteRT's only.
#include "ops/reduce.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 u8 s16 s32 s64 f32";

}  // namespace

extern const OpDef reduce_max_op = {
    .name = "reduce_max",
    .summary = "maximum over axes",
    .types = kTypes,
    .tflite = {.name = "REDUCE_MAX",
               .opcode = 82,
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
