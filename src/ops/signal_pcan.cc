// signal_pcan: per-channel amplitude normalisation: each channel times a gain that a table gives
// for its noise, then compressed.
//
// Source: tflite-micro, signal/micro/kernels/pcan.cc, signal/src/pcan_argc_fixed.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_pcan.c"

namespace assay {
namespace {

constexpr int64_t kGains = 125;  // the kernel reads up to the 32nd segment of four

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 3, 3));
  TRY_STATUS(check_shift(n, "snr_shift"));
  const Shape& in = n.input(0).shape;
  if (in.rank() != 1 || n.input(1).shape != in)
    return fail(ErrorKind::input, "signal {} and noise {} are no channels", text(in),
                text(n.input(1).shape));
  if (n.input(2).shape.elements() < kGains)
    return fail(ErrorKind::input, "the table of gains has {} numbers, needs {}",
                n.input(2).shape.elements(), kGains);
  return std::vector{in};
}

std::string unsupported(const NodeView& n) {
  if (std::string why = unsupported_signal(n, {Dtype::u32, Dtype::u32, Dtype::s16}, {Dtype::u32});
      !why.empty())
    return why;
  return not_constant_table(n, 2, "gains");
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_pcan";
  call.params = {{"channels", n.output().shape.elements()},
                 {"shift", n.attrs().integer("snr_shift", 0)}};
  add_table(n, call, 2, "gains");
  call.inputs = {0, 1};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  const auto params = host_params(call, assay_signal_pcan);
  assay_signal_pcan(&params, buffers.in<uint32_t>(0).data(), buffers.in<uint32_t>(1).data(),
                    buffers.out<uint32_t>().data());
}

}  // namespace

extern const OpDef signal_pcan_op = {
    .name = "signal_pcan",
    .summary = "gain by the noise, then compression",
    .types = "u32",
    .tflite = {.name = "SignalPCAN",
               .fields = {{"snr_shift", 0, TfliteField::int32}},
               .custom = "SignalPCAN"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 12); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
