// read_variable: a copy of a variable, as it is before later nodes write it.
//
// The importers have put the variable itself in place of the file's handle to it. Source:
// tflite-micro, kernels/read_variable.cc.
#include "ops/strided_copy.h"
#include "ops/variable.h"
#include "ops/view.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  return std::vector{node.input(0).shape};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_copy({.run_bytes = node.output().bytes()}, 0);
}

}  // namespace

extern const OpDef read_variable_op = {
    .name = "read_variable",
    .summary = "a copy of state",
    .types = "any of whole bytes",
    .tflite = {.name = "READ_VARIABLE", .opcode = 143, .options = 112},
    .infer = infer,
    .unsupported = [](const NodeView& node) { return unsupported_variable(node, 0); },
    .work = copy_work,
    .reference = view_reference,
    .lower = lower,
};

}  // namespace assay
