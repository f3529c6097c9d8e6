// signal_framer: overlapping frames of a stream of samples; what the next frames need is state. The
// second output says whether all frames were full; TFLM leaves others as they were, here they are
// 0.
//
// Source: tflite-micro, signal/micro/kernels/framer.cc.
#include <algorithm>

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_framer.c"

namespace assay {
namespace {

/// Samples that a row of state holds: whole steps that a frame fits in.
int32_t capacity(int32_t size, int32_t step) { return (size + step - 1) / step * step; }

std::vector<Tensor> own_state(const Node& node, std::span<const Tensor> tensors) {
  if (node.inputs.empty() || node.outputs.empty()) return {};
  const Shape& in = tensors[static_cast<size_t>(node.inputs[0])].shape;
  const int32_t size = own_extent(node, "frame_size"), step = own_extent(node, "frame_step");
  if (in.rank() == 0 || step < 1) return {};
  int64_t rows = 1;
  for (int axis = 0; axis + 1 < in.rank(); ++axis)
    rows = saturating_product(rows, std::max(in[axis], 0));
  if (rows > (1 << 24)) return {};
  return {own_variable(node, tensors, "samples", Dtype::s16,
                       {static_cast<int32_t>(rows), capacity(size, step)}),
          own_variable(node, tensors, "held", Dtype::s32, {1})};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 3, 3, 4));
  const int64_t size = n.attrs().integer("frame_size", 0),
                step = n.attrs().integer("frame_step", 0);
  Shape out = n.input(0).shape;
  if (out.rank() < 1 || step < 1 || size < step || size > (1 << 24) || out.dims.back() < step ||
      out.dims.back() % step != 0)
    return fail(ErrorKind::input, "frames of {} every {} of {}", size, step, text(out));
  const Shape state{
      {rows_of(out), capacity(static_cast<int32_t>(size), static_cast<int32_t>(step))}};
  if (n.input(1).shape != state || n.input(2).shape.elements() != 1)
    return fail(ErrorKind::input, "state {} is not {}", text(n.input(1).shape), text(state));
  out.dims.back() /= static_cast<int32_t>(step);
  out.dims.push_back(static_cast<int32_t>(size));
  return std::vector{out, Shape{}, state, n.input(2).shape};
}

std::string unsupported(const NodeView& n) {
  if (!n.input(1).is_variable || !n.input(2).is_variable) return "its state is not variables";
  return unsupported_signal(n, {Dtype::s16, Dtype::s16, Dtype::s32},
                            {Dtype::s16, Dtype::boolean, Dtype::s16, Dtype::s32});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Shape& in = n.input(0).shape;
  const int64_t size = n.attrs().integer("frame_size", 0),
                step = n.attrs().integer("frame_step", 0);
  KernelCall call;
  call.kernel = "signal_framer";
  call.params = {{"rows", int64_t{rows_of(in)}},
                 {"frames", last_extent(in) / step},
                 {"size", size},
                 {"step", step},
                 {"capacity", int64_t{n.input(1).shape[1]}},
                 {"prefill", n.attrs().integer("prefill", 0) != 0 ? size - step : 0}};
  call.inputs = {0};
  call.outputs = {2, 3, 0, 1};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_framer);
  assay_signal_framer(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>(2).data(),
                      buffers.out<int32_t>(3).data(), buffers.out<int16_t>(0).data(),
                      buffers.out<uint8_t>(1).data());
}

}  // namespace

extern const OpDef signal_framer_op = {
    .name = "signal_framer",
    .summary = "overlapping frames of a stream",
    .types = "s16",
    .tflite = {.name = "SignalFramer",
               .fields = {{"frame_size", 0, TfliteField::int32},
                          {"frame_step", 0, TfliteField::int32},
                          {"prefill", 0, TfliteField::int32}},
               .custom = "SignalFramer"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 1); },
    .reference = reference,
    .lower = lower,
    .own_state = own_state,
};

}  // namespace assay
