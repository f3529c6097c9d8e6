// signal_rfft: the spectrum of real samples, filled up with zeros to a power of two.
//
// int16 in the steps, roundings and twiddles of KISS FFT, which TFLM uses: each step divides by its
// radix, so the result is the spectrum over its length. Not handled: int32 and float, lengths that
// are no power of two. Source: tflite-micro, signal/micro/kernels/rfft.cc; KISS FFT's kiss_fft.c,
// kiss_fftr.c, _kiss_fft_guts.h (FIXED_POINT 16).
#include <cmath>

#include "ops/kernel_on_host.h"
#include "ops/signal.h"

#define ASSAY_KERNEL static
#include "../../kernels/signal_rfft_s16.c"

namespace assay {
namespace {

constexpr double kPi = 3.141592653589793238462643383279502884197169399375105820974944;

constexpr int64_t kMostOrdered = 0x10000;

int64_t length(const NodeView& n) { return n.attrs().integer("fft_length", 0); }

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 1, 1));
  const int64_t size = length(n);
  if (size < 4 || size > (1 << 20))
    return fail(ErrorKind::input, "a transform of length {}, not from 4 to 2^20", size);
  Shape out = n.input(0).shape;
  if (out.rank() < 1 || out.dims.back() < 1 || out.dims.back() > size)
    return fail(ErrorKind::input, "input {} is no frame of a transform of length {}", text(out),
                size);
  out.dims.back() = static_cast<int32_t>(size + 2);
  return std::vector{out};
}

std::string unsupported(const NodeView& n) {
  if ((length(n) & (length(n) - 1)) != 0)
    return fmt::format("a transform of length {}, no power of two", length(n));
  return unsupported_signal(n, {Dtype::s16}, {Dtype::s16});
}

/// exp(i phase), as KISS FFT rounds it.
void add_turn(std::vector<int16_t>& table, double phase) {
  table.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::cos(phase))));
  table.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::sin(phase))));
}

/// Where its first step finds each pair of inputs, by the rule of the portable kernel.
std::vector<uint16_t> order_of(int64_t half) {
  std::vector<uint16_t> order;
  for (int32_t i = 0; i < half; ++i)
    order.push_back(static_cast<uint16_t>(assay_fft_s16_order(i, static_cast<int32_t>(half))));
  return order;
}

KernelCall lower(const NodeView& n, const LowerOptions& options) {
  const int64_t half = length(n) / 2, inputs = last_extent(n.input(0).shape);
  std::vector<int16_t> twiddles, split;
  for (int64_t k = 0; k < half; ++k)
    add_turn(twiddles, -2 * kPi * static_cast<double>(k) / static_cast<double>(half));
  for (int64_t k = 0; k < half / 2; ++k)
    add_turn(split, -kPi * (static_cast<double>(k + 1) / static_cast<double>(half) + 0.5));
  KernelCall call;
  call.kernel = "signal_rfft_s16";
  call.params = {{"rows", n.input(0).shape.elements() / inputs},
                 {"inputs", inputs},
                 {"length", length(n)},
                 {"twiddles", std::string("twiddles")},
                 {"split", std::string("split")}};
  call.constants = {make_constant("twiddles", Dtype::s16, twiddles, false),
                    make_constant("split", Dtype::s16, split, false)};
  call.inputs = {0};
  call.takes_scratch = true;
  call.scratch_bytes = length(n) * 2;
  if (options.isa.dsp && half <= kMostOrdered) {
    call.kernel = "signal_rfft_s16_dsp";
    call.params.push_back({"order", std::string("order")});
    call.constants.push_back(make_constant("order", Dtype::u16, order_of(half), false));
  }
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  const auto params = host_params(call, assay_signal_rfft_s16);
  std::vector<int16_t> scratch(static_cast<size_t>(length(n)));
  assay_signal_rfft_s16(&params, buffers.in<int16_t>(0).data(), buffers.out<int16_t>().data(),
                        scratch.data());
}

}  // namespace

extern const OpDef signal_rfft_op = {
    .name = "signal_rfft",
    .summary = "the spectrum of real samples",
    .types = "s16",
    .tflite = {.name = "SignalRfft",
               .fields = {{"fft_length", 0, TfliteField::int32}},
               .custom = "SignalRfft"},
    .infer = infer,
    .unsupported = unsupported,
    .work = [](const NodeView& n) { return signal_work(n, 40); },
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
