// assign_variable: a variable takes the bytes of a tensor.
//
// The importers have put the variable itself in place of the file's handle to it: it is input 0 and
// the output. Source: tflite-micro, kernels/assign_variable.cc.
#include "ops/strided_copy.h"
#include "ops/variable.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  return std::vector{node.input(1).shape};
}

void reference(const NodeView&, const Buffers& buffers, Semantics) {
  std::ranges::copy(buffers.inputs[1], buffers.outputs[0].begin());
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_copy({.run_bytes = node.output().bytes()}, 1);
}

}  // namespace

extern const OpDef assign_variable_op = {
    .name = "assign_variable",
    .summary = "state takes new values",
    .types = "any of whole bytes",
    .tflite = {.name = "ASSIGN_VARIABLE", .opcode = 144, .options = 113},
    .infer = infer,
    .unsupported = [](const NodeView& node) { return unsupported_variable(node, 1); },
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
