// call_once: runs a subgraph before the first inference. The importer turns what that assigns into
// the variables' first values (import/tflite_state.cc), so no graph that runs has one.
#include "ops/variable.h"

namespace assay {

extern const OpDef call_once_op = {
    .name = "call_once",
    .summary = "the first values of variables; gone after import",
    .types = "any",
    .tflite = {.name = "CALL_ONCE",
               .opcode = 129,
               .options = 103,
               .fields = {{"init_subgraph", 0, TfliteField::int32}}},
    .infer = infer_replaced,
    .unsupported = unsupported_replaced,
    .work = replaced_work,
    .reference = replaced_reference,
    .lower = lower_replaced,
};

}  // namespace assay
