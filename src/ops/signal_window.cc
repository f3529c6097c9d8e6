// signal_window: frames of samples times a window, shifted right.
//
// Source: tflite-micro, signal/micro/kernels/window.cc, signal/src/window.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_window.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2));
  TRY_STATUS(check_shift(n, "shift"));
  const Shape &in = n.input(0).shape, &window = n.input(1).shape;
  if (window.rank() != 1 || window[0] < 1 || last_extent(in) != window[0])
    return fail(ErrorKind::input, "frames of {} do not fit a window of {}", text(in), text(window));
  return std::vector{in};
}

std::string unsupported(const NodeView& n) {
  if (std::string why = unsupported_signal(n, {Dtype::s16, Dtype::s16}, {Dtype::s16}); !why.empty())
    return why;
  return not_constant_table(n, 1, "window");
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const int64_t size = n.input(1).shape[0];
  KernelCall call;
  call.kernel = "signal_window";
  call.params = {{"rows", n.input(0).shape.elements() / size},
                 {"size", size},
                 {"shift", n.attrs().integer("shift", 0)}};
  add_table(n, call, 1, "window");
  call.inputs = {0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  const auto params = host_params(call, assay_signal_window);
  assay_signal_window(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>().data());
}

}  // namespace

extern const OpDef signal_window_op = {
    .name = "signal_window",
    .summary = "frames times a window",
    .types = "s16",
    .tflite = {.name = "SignalWindow",
               .fields = {{"shift", 0, TfliteField::int32}},
               .custom = "SignalWindow"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 2); },
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
