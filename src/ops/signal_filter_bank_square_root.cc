// signal_filter_bank_square_root: rounded square roots, shifted right by as many bits as the second
// input says.
//
// Source: tflite-micro, signal/src/filter_bank_square_root.cc, square_root_32.cc,
// square_root_64.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_square_root.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2));
  if (n.input(1).shape.elements() != 1)
    return fail(ErrorKind::input, "the shift is {}, not one number", text(n.input(1).shape));
  return std::vector{n.input(0).shape};
}

std::string unsupported(const NodeView& n) {
  return unsupported_signal(n, {Dtype::u64, Dtype::s32}, {Dtype::u32});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_square_root";
  call.params = {{"count", n.output().shape.elements()}};
  call.inputs = {0, 1};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_square_root);
  assay_signal_square_root(&params, buffers.in<uint64_t>(0).data(), buffers.in<int32_t>(1).data(),
                           buffers.out<uint32_t>().data());
}

}  // namespace

extern const OpDef signal_filter_bank_square_root_op = {
    .name = "signal_filter_bank_square_root",
    .summary = "square roots, scaled down",
    .types = "u64",
    .tflite = {.name = "SignalFilterBankSquareRoot", .custom = "SignalFilterBankSquareRoot"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 32); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
