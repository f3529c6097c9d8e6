// signal_fft_auto_scale: shifts a frame left as far as its largest value allows; the second output
// says by how much.
//
// Source: tflite-micro, signal/src/fft_auto_scale.cc, max_abs.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_fft_auto_scale.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 1, 1, 2));
  return std::vector<Shape>{n.input(0).shape, {}};
}

std::string unsupported(const NodeView& n) {
  return unsupported_signal(n, {Dtype::s16}, {Dtype::s16, Dtype::s32});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_fft_auto_scale";
  call.params = {{"count", n.input(0).shape.elements()}};
  call.inputs = {0};
  call.outputs = {0, 1};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_fft_auto_scale);
  assay_signal_fft_auto_scale(&params, buffers.in<int16_t>(0).data(),
                              buffers.out<int16_t>(0).data(), buffers.out<int32_t>(1).data());
}

}  // namespace

extern const OpDef signal_fft_auto_scale_op = {
    .name = "signal_fft_auto_scale",
    .summary = "a frame as loud as its type allows",
    .types = "s16",
    .tflite = {.name = "SignalFftAutoScale", .custom = "SignalFftAutoScale"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 2); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
