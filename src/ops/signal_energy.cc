// signal_energy: squared magnitudes of the complex numbers from start_index to end_index.
//
// TFLM leaves the others as they were; here they are 0. Source: tflite-micro, signal/src/energy.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_energy.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 1, 1));
  const Shape& in = n.input(0).shape;
  if (in.rank() != 1 || in[0] % 2 != 0)
    return fail(ErrorKind::input, "{} is no row of complex numbers", text(in));
  const int64_t begin = n.attrs().integer("start_index", 0),
                end = n.attrs().integer("end_index", 0);
  if (begin < 0 || end < begin || end > in[0] / 2)
    return fail(ErrorKind::input, "energies {} to {} of {}", begin, end, in[0] / 2);
  return std::vector<Shape>{{{in[0] / 2}}};
}

std::string unsupported(const NodeView& n) {
  return unsupported_signal(n, {Dtype::s16}, {Dtype::u32});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_energy";
  call.params = {{"count", n.output().shape.elements()},
                 {"begin", n.attrs().integer("start_index", 0)},
                 {"end", n.attrs().integer("end_index", 0)}};
  call.inputs = {0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_energy);
  assay_signal_energy(&params, buffers.in<int16_t>(0).data(), buffers.out<uint32_t>().data());
}

}  // namespace

extern const OpDef signal_energy_op = {
    .name = "signal_energy",
    .summary = "squared magnitudes of a spectrum",
    .types = "s16",
    .tflite = {.name = "SignalEnergy",
               .fields = {{"start_index", 0, TfliteField::int32},
                          {"end_index", 0, TfliteField::int32}},
               .custom = "SignalEnergy"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 2); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
