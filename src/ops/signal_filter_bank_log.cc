// signal_filter_bank_log: natural logarithms in fixed point, times a scale.
//
// Source: tflite-micro, signal/src/filter_bank_log.cc, log.cc, whose table this computes.
#include <cmath>

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_log.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 1, 1));
  TRY_STATUS(check_shift(n, "input_correction_bits"));
  if (n.input(0).shape.rank() != 1)
    return fail(ErrorKind::input, "{} are no channels", text(n.input(0).shape));
  return std::vector{n.input(0).shape};
}

std::string unsupported(const NodeView& n) {
  return unsupported_signal(n, {Dtype::u32}, {Dtype::s16});
}

/// 2^16 (log2(1 + i / 128) - i / 128), rounded.
std::vector<uint16_t> log_table() {
  std::vector<uint16_t> table;
  for (int i = 0; i <= 128; ++i)
    table.push_back(
        static_cast<uint16_t>(std::floor(65536 * (std::log2(1 + i / 128.0) - i / 128.0) + 0.5)));
  return table;
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_log";
  call.params = {{"count", n.output().shape.elements()},
                 {"scale", n.attrs().integer("output_scale", 0)},
                 {"bits", n.attrs().integer("input_correction_bits", 0)},
                 {"table", std::string("table")}};
  call.constants = {make_constant("table", Dtype::u16, log_table(), false)};
  call.inputs = {0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  const auto params = host_params(call, assay_signal_log);
  assay_signal_log(&params, buffers.in<uint32_t>(0).data(), buffers.out<int16_t>().data());
}

}  // namespace

extern const OpDef signal_filter_bank_log_op = {
    .name = "signal_filter_bank_log",
    .summary = "natural logarithms, scaled",
    .types = "u32",
    .tflite = {.name = "SignalFilterBankLog",
               .fields = {{"input_correction_bits", 0, TfliteField::int32},
                          {"output_scale", 0, TfliteField::int32}},
               .custom = "SignalFilterBankLog"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 15); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
