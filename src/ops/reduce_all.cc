// reduce_all: whether all are true, over axes, kept as extents of 1 or dropped.
//
// Source: tflite-micro, kernels/reduce_common.cc, reference/reduce.h.
#include "ops/reduce.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "bool";

}  // namespace

extern const OpDef reduce_all_op = {
    .name = "reduce_all",
    .summary = "whether all are true, over axes",
    .types = kTypes,
    .tflite = {.name = "REDUCE_ALL",
               .opcode = 140,
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
