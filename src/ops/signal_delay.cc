// signal_delay: frames of samples, so many samples late; what is on the way is state.
//
// Source: tflite-micro, signal/micro/kernels/delay.cc.
#include <algorithm>

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_delay.c"

namespace assay {
namespace {

std::vector<Tensor> own_state(const Node& node, std::span<const Tensor> tensors) {
  if (node.inputs.empty() || node.outputs.empty()) return {};
  const Shape& in = tensors[static_cast<size_t>(node.inputs[0])].shape;
  if (in.rank() == 0 || in.dims.back() < 1) return {};
  int64_t rows = 1;
  for (int axis = 0; axis + 1 < in.rank(); ++axis)
    rows = saturating_product(rows, std::max(in[axis], 0));
  if (rows > (1 << 24)) return {};
  return {own_variable(node, tensors, "delayed", Dtype::s16,
                       {static_cast<int32_t>(rows), own_extent(node, "delay_length")})};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2, 2));
  const Shape& state = n.input(1).shape;
  const int64_t delay = n.attrs().integer("delay_length", 0);
  if (delay < 1 || state != Shape{{rows_of(n.input(0).shape), static_cast<int32_t>(delay)}})
    return fail(ErrorKind::input, "a delay of {} samples of {}", delay, text(n.input(0).shape));
  return std::vector{n.input(0).shape, state};
}

std::string unsupported(const NodeView& n) {
  if (!n.input(1).is_variable) return "its state is not a variable";
  return unsupported_signal(n, {Dtype::s16, Dtype::s16}, {Dtype::s16, Dtype::s16});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Shape& in = n.input(0).shape;
  KernelCall call;
  call.kernel = "signal_delay";
  call.params = {{"rows", int64_t{rows_of(in)}},
                 {"frame", last_extent(in)},
                 {"delay", n.attrs().integer("delay_length", 0)}};
  call.inputs = {0};
  call.outputs = {1, 0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_delay);
  assay_signal_delay(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>(1).data(),
                     buffers.out<int16_t>(0).data());
}

}  // namespace

extern const OpDef signal_delay_op = {
    .name = "signal_delay",
    .summary = "samples, so many later",
    .types = "s16",
    .tflite = {.name = "SignalDelay",
               .fields = {{"delay_length", 0, TfliteField::int32}},
               .custom = "SignalDelay"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 1); },
    .reference = reference,
    .lower = lower,
    .own_state = own_state,
};

}  // namespace assay
