// signal_overlap_add: adds overlapping frames up to a stream; sums that are not complete are state.
//
// Source: tflite-micro, signal/micro/kernels/overlap_add.cc, signal/src/overlap_add.cc.
#include <algorithm>

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_overlap_add_f32.c"
#include "../../kernels/signal_overlap_add_s16.c"

namespace assay {
namespace {

std::vector<Tensor> own_state(const Node& node, std::span<const Tensor> tensors) {
  if (node.inputs.empty() || node.outputs.empty()) return {};
  const Tensor& in = tensors[static_cast<size_t>(node.inputs[0])];
  if (in.shape.rank() < 2) return {};
  int64_t rows = 1;
  for (int axis = 0; axis + 2 < in.shape.rank(); ++axis)
    rows = saturating_product(rows, std::max(in.shape[axis], 0));
  if (rows > (1 << 24)) return {};
  return {own_variable(node, tensors, "sums", in.dtype,
                       {static_cast<int32_t>(rows), in.shape.dims.back()})};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2, 2));
  const int64_t step = n.attrs().integer("frame_step", 0);
  Shape out = n.input(0).shape;
  if (out.rank() < 2 || step < 1 || step > out.dims.back() || out.elements() < 1)
    return fail(ErrorKind::input, "frames of {} every {}", text(out), step);
  const int32_t size = out.dims.back();
  out.dims.pop_back();
  const Shape state{{rows_of(out), size}};
  if (n.input(1).shape != state)
    return fail(ErrorKind::input, "state {} is not {}", text(n.input(1).shape), text(state));
  out.dims.back() *= static_cast<int32_t>(step);
  return std::vector{out, state};
}

std::string unsupported(const NodeView& n) {
  if (!n.input(1).is_variable) return "its state is not a variable";
  if (n.input(0).dtype == Dtype::f32)
    return unsupported_signal(n, {Dtype::f32, Dtype::f32}, {Dtype::f32, Dtype::f32});
  return unsupported_signal(n, {Dtype::s16, Dtype::s16}, {Dtype::s16, Dtype::s16});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Shape& in = n.input(0).shape;
  KernelCall call;
  call.kernel =
      n.input(0).dtype == Dtype::f32 ? "signal_overlap_add_f32" : "signal_overlap_add_s16";
  call.params = {{"rows", int64_t{n.input(1).shape[0]}},
                 {"frames", int64_t{in[in.rank() - 2]}},
                 {"size", last_extent(in)},
                 {"step", n.attrs().integer("frame_step", 0)}};
  call.inputs = {0};
  call.outputs = {1, 0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  if (n.input(0).dtype == Dtype::f32) {
    const auto params = host_params(call, assay_signal_overlap_add_f32);
    return assay_signal_overlap_add_f32(&params, buffers.in<float>(0).data(),
                                        buffers.out<float>(1).data(), buffers.out<float>(0).data());
  }
  const auto params = host_params(call, assay_signal_overlap_add_s16);
  assay_signal_overlap_add_s16(&params, buffers.in<int16_t>(0).data(),
                               buffers.out<int16_t>(1).data(), buffers.out<int16_t>(0).data());
}

}  // namespace

extern const OpDef signal_overlap_add_op = {
    .name = "signal_overlap_add",
    .summary = "overlapping frames as a stream again",
    .types = "s16 f32",
    .tflite = {.name = "SignalOverlapAdd",
               .fields = {{"frame_step", 0, TfliteField::int32}},
               .custom = "SignalOverlapAdd"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 2); },
    .reference = reference,
    .lower = lower,
    .own_state = own_state,
};

}  // namespace assay
