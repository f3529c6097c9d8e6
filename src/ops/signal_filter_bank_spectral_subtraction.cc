// signal_filter_bank_spectral_subtraction: subtracts from each channel a running estimate of its
// noise, which is state, and gives both.
//
// Source: tflite-micro, signal/src/filter_bank_spectral_subtraction.cc.

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_spectral_subtraction.c"

namespace assay {
namespace {

constexpr const char* kFactors[] = {"smoothing", "one_minus_smoothing", "alternate_smoothing",
                                    "alternate_one_minus_smoothing"};

/// The estimate: as many numbers as the input has.
std::vector<Tensor> own_state(const Node& node, std::span<const Tensor> tensors) {
  if (node.inputs.empty() || node.outputs.empty()) return {};
  Tensor state;
  state.name = tensors[static_cast<size_t>(node.outputs[0])].name + " noise estimate";
  state.dtype = Dtype::u32;
  state.shape = tensors[static_cast<size_t>(node.inputs[0])].shape;
  return {state};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2, 3));
  for (const char* attr : {"smoothing_bits", "spectral_subtraction_bits"})
    TRY_STATUS(check_shift(n, attr));
  const Shape& in = n.input(0).shape;
  if (in.rank() != 1 || in[0] != n.attrs().integer("num_channels", 0) || n.input(1).shape != in)
    return fail(ErrorKind::input, "input {} is not of {} channels", text(in),
                n.attrs().integer("num_channels", 0));
  return std::vector{in, in, in};
}

std::string unsupported(const NodeView& n) {
  if (!n.input(1).is_variable) return "its noise estimate is not a variable";
  return unsupported_signal(n, {Dtype::u32, Dtype::u32}, {Dtype::u32, Dtype::u32, Dtype::u32});
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_spectral_subtraction";
  call.params = {{"channels", n.output().shape.elements()}};
  for (const char* attr : kFactors) call.params.push_back({attr, n.attrs().integer(attr, 0)});
  for (const char* attr :
       {"smoothing_bits", "spectral_subtraction_bits", "min_signal_remaining", "clamping"})
    call.params.push_back({attr, n.attrs().integer(attr, 0)});
  call.inputs = {0};
  call.outputs = {2, 0, 1};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(n, {}), assay_signal_spectral_subtraction);
  assay_signal_spectral_subtraction(
      &params, buffers.in<uint32_t>(0).data(), buffers.out<uint32_t>(2).data(),
      buffers.out<uint32_t>(0).data(), buffers.out<uint32_t>(1).data());
}

}  // namespace

extern const OpDef signal_filter_bank_spectral_subtraction_op = {
    .name = "signal_filter_bank_spectral_subtraction",
    .summary = "channels less their noise",
    .types = "u32",
    .tflite = {.name = "SignalFilterBankSpectralSubtraction",
               .fields = {{"alternate_one_minus_smoothing", 0, TfliteField::int32},
                          {"alternate_smoothing", 0, TfliteField::int32},
                          {"clamping", 0, TfliteField::int32},
                          {"min_signal_remaining", 0, TfliteField::int32},
                          {"num_channels", 0, TfliteField::int32},
                          {"one_minus_smoothing", 0, TfliteField::int32},
                          {"smoothing", 0, TfliteField::int32},
                          {"smoothing_bits", 0, TfliteField::int32},
                          {"spectral_subtraction_bits", 0, TfliteField::int32}},
               .custom = "SignalFilterBankSpectralSubtraction"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 10); },
    .reference = reference,
    .lower = lower,
    .own_state = own_state,
};

}  // namespace assay
