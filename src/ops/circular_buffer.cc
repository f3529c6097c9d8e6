// circular_buffer: the last inputs of a streaming convolution; the output is the state itself.
//
// TFLM's custom operator. Where its cycles_max is above 1, it ends the whole inference early until
// so many have come; that is not supported. Files without cycles_max leave it to a rule of TFLM's
// about the output's shape, taken over here as far as it looks at one node. Source: tflite-micro,
// micro/kernels/circular_buffer.cc, circular_buffer_common.cc.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/variable.h"

#define ASSAY_KERNEL static
#include "../../kernels/shift_in.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  if (n.inputs() < 1 || !n.has_input(0) || n.outputs() != 1)
    return fail(ErrorKind::input, "needs one input and one output");
  const Shape &in = n.input(0).shape, &out = n.output().shape;
  if (in.rank() != 4 || out.rank() != 4 || in[0] != out[0] || in[1] != 1 || in[2] != out[2] ||
      in[3] != out[3] || out[1] < 1 || in[0] != 1)
    return fail(ErrorKind::input, "input {} is no slot of output {}", text(in), text(out));
  return std::vector<Shape>{out};
}

std::string unsupported(const NodeView& n) {
  if (n.input(0).dtype != Dtype::s8 || n.output().dtype != Dtype::s8)
    return unsupported_types(n.input(0).dtype, n.output().dtype, "s8");
  if (!n.output().is_variable) return "its output is not a variable, so nothing keeps its inputs";
  const int64_t cycles = n.attrs().integer("cycles_max", 0);
  const int32_t slots = n.output().shape[1];
  if (cycles > 1 || (cycles < 1 && slots != 5 && slots != 13 && slots != 25))
    return "it ends inferences early (cycles_max above 1), which is not supported";
  return {};
}

Work work(const NodeView& n) {
  return {.read_bytes = n.output().bytes(), .write_bytes = n.output().bytes()};
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "shift_in";
  call.params = {{"all", n.output().bytes()}, {"run", n.input(0).bytes()}};
  call.inputs = {0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_shift_in);
  assay_shift_in(&params, buffers.inputs[0].data(), buffers.outputs[0].data());
}

}  // namespace

extern const OpDef circular_buffer_op = {
    .name = "circular_buffer",
    .summary = "the last inputs, kept between inferences",
    .types = "s8",
    .tflite = {.name = "CIRCULAR_BUFFER",
               .fields = {{"cycles_max", 0, TfliteField::int32}},
               .custom = "CIRCULAR_BUFFER"},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .own_state = no_more_state,
};

}  // namespace assay
