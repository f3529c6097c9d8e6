// var_handle: a handle to a variable by its name. The importer replaces it by the variable itself
// (import/tflite_state.cc), so no graph that runs has one.
#include "ops/variable.h"

namespace assay {

extern const OpDef var_handle_op = {
    .name = "var_handle",
    .summary = "names a variable; gone after import",
    .types = "any",
    .tflite = {.name = "VAR_HANDLE",
               .opcode = 142,
               .options = 111,
               .fields = {{"container", 0, TfliteField::string},
                          {"shared_name", 1, TfliteField::string}}},
    .infer = infer_replaced,
    .unsupported = unsupported_replaced,
    .work = replaced_work,
    .reference = replaced_reference,
    .lower = lower_replaced,
};

}  // namespace assay
