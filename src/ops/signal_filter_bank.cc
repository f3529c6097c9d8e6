// signal_filter_bank: energies weighed into channels, each frequency into two neighbours.
//
// Inputs: energies, weights, their complements, and by channel its first frequency, its first
// weight and its width. Source: tflite-micro, signal/src/filter_bank.cc.
#include <algorithm>

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_filter_bank.c"

namespace assay {
namespace {

/// Whether every channel lies inside of the energies and the weights.
bool channels_fit(const NodeView& n) {
  const auto frequencies = n.input(3).values<int16_t>(), starts = n.input(4).values<int16_t>();
  const auto widths = n.input(5).values<int16_t>();
  const int64_t inputs = n.input(0).shape.elements(), weights = n.input(1).shape.elements();
  for (size_t i = 0; i < widths.size(); ++i)
    if (frequencies[i] < 0 || starts[i] < 0 ||
        frequencies[i] + std::max<int>(widths[i], 0) > inputs ||
        starts[i] + std::max<int>(widths[i], 0) > weights)
      return false;
  return true;
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 6, 6));
  const int64_t channels = n.attrs().integer("num_channels", 0);
  if (channels < 1 || channels > 32767) return fail(ErrorKind::input, "{} channels", channels);
  if (n.input(1).shape.elements() != n.input(2).shape.elements())
    return fail(ErrorKind::input, "weights {} and their complements {} are not as many",
                text(n.input(1).shape), text(n.input(2).shape));
  for (const int i : {3, 4, 5})
    if (n.input(i).shape.elements() != channels + 1)
      return fail(ErrorKind::input, "input {} is {}, not for {} channels and one more", i,
                  text(n.input(i).shape), channels);
  return std::vector<Shape>{{{static_cast<int32_t>(channels)}}};
}

std::string unsupported(const NodeView& n) {
  constexpr Dtype s16 = Dtype::s16;
  if (std::string why = unsupported_signal(n, {Dtype::u32, s16, s16, s16, s16, s16}, {Dtype::u64});
      !why.empty())
    return why;
  for (int i = 1; i < 6; ++i)
    if (std::string why = not_constant_table(n, i, "its tables"); !why.empty()) return why;
  return channels_fit(n) ? "" : "a channel lies outside of the energies or the weights";
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  KernelCall call;
  call.kernel = "signal_filter_bank";
  call.params = {{"channels", n.output().shape.elements()}};
  const char* const roles[] = {"weights", "unweights", "frequencies", "starts", "widths"};
  for (int i = 0; i < 5; ++i) add_table(n, call, i + 1, roles[i]);
  call.inputs = {0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  const auto params = host_params(call, assay_signal_filter_bank);
  assay_signal_filter_bank(&params, buffers.in<uint32_t>(0).data(), buffers.out<uint64_t>().data());
}

}  // namespace

extern const OpDef signal_filter_bank_op = {
    .name = "signal_filter_bank",
    .summary = "energies summed into channels",
    .types = "u32",
    .tflite = {.name = "SignalFilterBank",
               .fields = {{"num_channels", 0, TfliteField::int32}},
               .custom = "SignalFilterBank"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 8); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
