// signal_stacker: the last frames of features side by side, every so manieth time; the first frame
// stands for those before it. The second output says whether there were enough; TFLM leaves the
// first as it was if not, here it is 0.
//
// Source: tflite-micro, signal/micro/kernels/stacker.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_stacker.c"

namespace assay {
namespace {

constexpr int64_t kMost = 1 << 16;

/// Frames of an output, or 0 where the attributes make no sense.
int64_t frames(const Attrs& attrs) {
  const int64_t left = attrs.integer("stacker_left_context", 0);
  const int64_t right = attrs.integer("stacker_right_context", 0);
  return left < 0 || right < 0 || left > kMost || right > kMost ? 0 : left + right + 1;
}

std::vector<Tensor> own_state(const Node& node, std::span<const Tensor> tensors) {
  if (node.inputs.empty() || node.outputs.empty()) return {};
  return {
      own_variable(node, tensors, "frames", Dtype::s16,
                   {static_cast<int32_t>(frames(node.attrs)), own_extent(node, "num_channels")}),
      own_variable(node, tensors, "held", Dtype::s32, {1})};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 3, 3, 4));
  const int64_t channels = n.attrs().integer("num_channels", 0), count = frames(n.attrs());
  const int64_t step = n.attrs().integer("stacker_step", 0);
  const Shape& in = n.input(0).shape;
  if (in.rank() != 1 || in[0] < 1 || in[0] != channels || count < 1 || step < 1 || step > count)
    return fail(ErrorKind::input, "{} frames of {} channels every {} of {}", count, channels, step,
                text(in));
  const Shape state{{static_cast<int32_t>(count), in[0]}};
  if (n.input(1).shape != state || n.input(2).shape.elements() != 1)
    return fail(ErrorKind::input, "state {} is not {}", text(n.input(1).shape), text(state));
  return std::vector{Shape{{static_cast<int32_t>(state.elements())}}, Shape{}, state,
                     n.input(2).shape};
}

std::string unsupported(const NodeView& n) {
  if (!n.input(1).is_variable || !n.input(2).is_variable) return "its state is not variables";
  return unsupported_signal(n, {Dtype::s16, Dtype::s16, Dtype::s32},
                            {Dtype::s16, Dtype::boolean, Dtype::s16, Dtype::s32});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_stacker";
  call.params = {{"channels", n.input(0).shape.elements()},
                 {"left", n.attrs().integer("stacker_left_context", 0)},
                 {"frames", frames(n.attrs())},
                 {"step", n.attrs().integer("stacker_step", 0)}};
  call.inputs = {0};
  call.outputs = {2, 3, 0, 1};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_stacker);
  assay_signal_stacker(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>(2).data(),
                       buffers.out<int32_t>(3).data(), buffers.out<int16_t>(0).data(),
                       buffers.out<uint8_t>(1).data());
}

}  // namespace

extern const OpDef signal_stacker_op = {
    .name = "signal_stacker",
    .summary = "the last frames side by side",
    .types = "s16",
    .tflite = {.name = "SignalStacker",
               .fields = {{"num_channels", 0, TfliteField::int32},
                          {"stacker_left_context", 0, TfliteField::int32},
                          {"stacker_right_context", 0, TfliteField::int32},
                          {"stacker_step", 0, TfliteField::int32}},
               .custom = "SignalStacker"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 1); },
    .reference = reference,
    .lower = lower,
    .own_state = own_state,
};

}  // namespace assay
