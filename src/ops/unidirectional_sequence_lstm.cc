// unidirectional_sequence_lstm: an LSTM over a sequence; hidden state and cell are variables that
// live on after it.
//
// The plain cell only, as in TFLM: no peepholes, no projection, no layer norm. Activations f32, s8
// or s16, int8 weights for the latter two, cells of s16 with a power of two as scale. The sums of
// the gates have 12 fractional bits, whatever the file's intermediates say, and are the sum of two
// rescaled and saturated halves; zero points are folded into the biases here. Source: tflite-micro,
// micro/kernels/unidirectional_sequence_lstm.cc, lstm_eval.cc, lstm_eval_common.cc.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/requantise.h"
#include "ops/sigmoid_table.h"
#include "ops/variable.h"

#define ASSAY_KERNEL static
#include "../../kernels/lstm_f32.c"
#include "../../kernels/lstm_s16.c"
#include "../../kernels/lstm_s8.c"

namespace assay {
namespace {

enum Input {
  kIn = 0,
  kWeights = 1,
  kRecurrent = 5,
  kBias = 12,
  kHidden = 18,
  kCell = 19,
  kAll = 24
};

/// The kernels' gates (forget, input, cell, output) in the file's order (input, forget, cell,
/// output).
constexpr int kGates[] = {1, 0, 2, 3};

constexpr float kGateScale = 1.0F / 4096, kUnitScale = 1.0F / 32768;

bool is_time_major(const NodeView& n) { return n.attrs().integer("time_major", 0) != 0; }
int32_t units(const NodeView& n) { return n.input(kWeights).shape[0]; }
int32_t inputs(const NodeView& n) { return n.input(kIn).shape[2]; }
int32_t batches(const NodeView& n) { return n.input(kIn).shape[is_time_major(n) ? 1 : 0]; }
int32_t steps(const NodeView& n) { return n.input(kIn).shape[is_time_major(n) ? 0 : 1]; }

Status check_weights(const NodeView& n) {
  const Shape fed{{units(n), inputs(n)}}, back{{units(n), units(n)}};
  for (int gate = 0; gate < 4; ++gate) {
    if (n.input(kWeights + gate).shape != fed || n.input(kRecurrent + gate).shape != back)
      return fail(ErrorKind::input, "weights of gate {} are {} and {}, not {} and {}", gate,
                  text(n.input(kWeights + gate).shape), text(n.input(kRecurrent + gate).shape),
                  text(fed), text(back));
    if (n.input(kBias + gate).shape.elements() != units(n))
      return fail(ErrorKind::input, "bias {} of gate {} is not for {} units",
                  text(n.input(kBias + gate).shape), gate, units(n));
  }
  return {};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  if (n.inputs() != kAll || n.outputs() != 3)
    return fail(ErrorKind::input, "needs {} inputs, one output and two variables, has {} and {}",
                static_cast<int>(kAll), n.inputs(), n.outputs());
  for (int i = 0; i <= kCell; ++i) {
    const bool optional = (i >= kRecurrent + 4 && i < kBias) || i == kBias + 4 || i == kBias + 5;
    if (!optional && !n.has_input(i)) return fail(ErrorKind::input, "input {} is left out", i);
  }
  const Shape& in = n.input(kIn).shape;
  if (in.rank() != 3 || in.elements() < 1 || n.input(kWeights).shape.rank() != 2 || units(n) < 1)
    return fail(ErrorKind::input, "input {} and weights {} are no sequence and its weights",
                text(in), text(n.input(kWeights).shape));
  TRY_STATUS(check_weights(n));
  const int64_t state = int64_t{batches(n)} * units(n);
  for (const int i : {kHidden, kCell})
    if (n.input(i).shape.elements() != state)
      return fail(ErrorKind::input, "state {} does not hold {} batches of {} units",
                  text(n.input(i).shape), batches(n), units(n));
  return std::vector<Shape>{
      {{in[0], in[1], units(n)}}, n.input(kHidden).shape, n.input(kCell).shape};
}

std::string unsupported_parts(const NodeView& n) {
  for (int i = kRecurrent + 4; i < kAll; ++i) {
    const bool plain = i < kBias || i == kBias + 4 || i == kBias + 5 || i > kCell;
    if (plain && n.has_input(i))
      return i < kBias     ? "peepholes are not supported"
             : i < kHidden ? "a projection is not supported"
                           : "layer normalisation is not supported";
  }
  if (!n.input(kHidden).is_variable || !n.input(kCell).is_variable)
    return "its state is not variables";
  for (int gate = 0; gate < 4; ++gate)
    for (const int i : {kWeights + gate, kRecurrent + gate, kBias + gate})
      if (!n.input(i).is_constant) return "its weights are not constant";
  if (n.attrs().word("activation", "tanh") != "tanh")
    return "activation " + n.attrs().word("activation", "tanh") + "; only tanh is supported";
  return {};
}

/// Power of two of the cell's scale, or nothing.
std::optional<int> cell_power(const NodeView& n) {
  int exponent = 0;
  const float fraction = std::frexp(n.input(kCell).quant.scale[0], &exponent);
  if (fraction != 0.5F) return {};
  return exponent - 1;
}

/// Multiplier and shift: of input and hidden state for each gate; of the cell kept, of what is
/// added to it, of the hidden state.
std::vector<int32_t> factors(const NodeView& n) {
  const auto scale = [&](int i) { return n.input(i).quant.scale[0]; };
  std::vector<int32_t> made;
  const auto add = [&made](double real) {
    const Multiplier by = quantise_multiplier(real);
    made.push_back(by.value);
    made.push_back(by.shift);
  };
  for (const int gate : kGates) {
    add(static_cast<double>(scale(kIn) * scale(kWeights + gate)) / double{kGateScale});
    add(static_cast<double>(scale(kHidden) * scale(kRecurrent + gate)) / double{kGateScale});
  }
  const double cell = double{scale(kCell)}, unit = double{kUnitScale};
  add(unit * cell / cell);
  add(unit * unit / cell);
  add(unit * unit / double{scale(kHidden)});
  return made;
}

std::string unsupported_scales(const NodeView& n) {
  for (int i = kIn; i <= kCell; ++i) {
    const bool quantised = i < kRecurrent + 4 || i >= kHidden;
    if (quantised && n.input(i).quant.scale.size() != 1)
      return fmt::format("input {} is not quantised with one scale", i);
  }
  const std::optional<int> power = cell_power(n);
  if (!power || *power < -24 || *power > 0)
    return "the cell's scale is not a power of two from 2^-24 to 1";
  if (n.input(kIn).dtype == Dtype::s16 &&
      (n.input(kIn).quant.zero_point[0] != 0 || n.input(kHidden).quant.zero_point[0] != 0))
    return "int16 activations with a zero point";
  const std::vector<int32_t> by = factors(n);
  const int most = n.input(kIn).dtype == Dtype::s16 ? 7 : kMaxLeftShift;  // as TFLM's 64-bit sums
  for (size_t i = 1; i < by.size(); i += 2)
    if (by[i] > most) return "its scales are too far apart";
  return {};
}

std::string unsupported(const NodeView& n) {
  if (std::string why = unsupported_parts(n); !why.empty()) return why;
  const Dtype in = n.input(kIn).dtype;
  const bool is_float = in == Dtype::f32;
  const Dtype bias = is_float ? Dtype::f32 : in == Dtype::s16 ? Dtype::s64 : Dtype::s32;
  const Dtype weights = is_float ? Dtype::f32 : Dtype::s8;
  const Dtype cell = is_float ? Dtype::f32 : Dtype::s16;
  const std::string_view only = "f32, and s8 or s16 with s8 weights, s16 cells and s32 or s64 bias";
  if ((!is_float && in != Dtype::s8 && in != Dtype::s16) || n.output().dtype != in ||
      n.input(kHidden).dtype != in || n.input(kCell).dtype != cell)
    return unsupported_types(in, n.output().dtype, only);
  for (int gate = 0; gate < 4; ++gate)
    if (n.input(kWeights + gate).dtype != weights || n.input(kRecurrent + gate).dtype != weights ||
        n.input(kBias + gate).dtype != bias)
      return unsupported_types(n.input(kWeights + gate).dtype, n.input(kBias + gate).dtype, only);
  return is_float ? "" : unsupported_scales(n);
}

Work work(const NodeView& n) {
  const int64_t rows = int64_t{batches(n)} * steps(n), all = int64_t{units(n)} * 4;
  const int64_t macs =
      saturating_product(rows, saturating_product(all, int64_t{inputs(n)} + units(n)));
  return {.macs = macs,
          .ops = saturating_product(rows, all * 3),
          .read_bytes = saturating_product(macs, bits(n.input(kIn).dtype) / 8 + 1),
          .write_bytes = n.output().bytes() * 3};
}

/// The four gates' arrays one after the other, in the kernels' order.
template <class T>
std::vector<T> gates(const NodeView& n, int first) {
  std::vector<T> all;
  for (const int gate : kGates) {
    const auto values = n.input(first + gate).values<T>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

/// bias (0 if none) - zero point * sum of the row's weights, by unit of each gate; sums wrap.
std::vector<int32_t> folded(const NodeView& n, int weights, int64_t zero_point, bool with_bias) {
  const std::vector<int8_t> w = gates<int8_t>(n, weights);
  std::vector<int32_t> made = with_bias ? gates<int32_t>(n, kBias)
                                        : std::vector<int32_t>(static_cast<size_t>(units(n)) * 4);
  const size_t depth = w.size() / made.size();
  for (size_t row = 0; row < made.size(); ++row) {
    int64_t sum = made[row];
    for (size_t i = 0; i < depth; ++i) sum -= zero_point * w[row * depth + i];
    made[row] = static_cast<int32_t>(static_cast<uint32_t>(sum));
  }
  return made;
}

void add_arrays(const NodeView& n, KernelCall& call) {
  const auto add = [&](const char* name, Dtype dtype, const auto& values, bool is_weight) {
    call.params.push_back({name, std::string(name)});
    call.constants.push_back(make_constant(name, dtype, values, is_weight));
  };
  if (n.input(kIn).dtype == Dtype::f32) {
    add("weights", Dtype::f32, gates<float>(n, kWeights), true);
    add("recurrent", Dtype::f32, gates<float>(n, kRecurrent), true);
    add("bias", Dtype::f32, gates<float>(n, kBias), true);
    return;
  }
  add("factors", Dtype::s32, factors(n), false);
  add("sigmoid", Dtype::u16, sigmoid_table(), false);
  add("weights", Dtype::s8, gates<int8_t>(n, kWeights), true);
  add("recurrent", Dtype::s8, gates<int8_t>(n, kRecurrent), true);
  if (n.input(kIn).dtype == Dtype::s16)
    return add("bias", Dtype::s64, gates<int64_t>(n, kBias), true);
  const int64_t in_zero = n.input(kIn).quant.zero_point[0];
  const int64_t hidden_zero = n.input(kHidden).quant.zero_point[0];
  add("bias", Dtype::s32, folded(n, kWeights, in_zero, true), true);
  add("recurrent_bias", Dtype::s32, folded(n, kRecurrent, hidden_zero, false), true);
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Dtype in = n.input(kIn).dtype;
  KernelCall call;
  call.kernel = in == Dtype::f32 ? "lstm_f32" : in == Dtype::s8 ? "lstm_s8" : "lstm_s16";
  call.params = {{"batches", int64_t{batches(n)}},
                 {"steps", int64_t{steps(n)}},
                 {"inputs", int64_t{inputs(n)}},
                 {"units", int64_t{units(n)}},
                 {"time_major", int64_t{is_time_major(n)}}};
  const auto clip = static_cast<float>(n.attrs().real("cell_clip", 0));
  if (in == Dtype::f32) {
    call.params.push_back({"clip", clip});
  } else {
    const double in_cells =
        static_cast<double>(clip) / static_cast<double>(n.input(kCell).quant.scale[0]);
    const int shift = 15 + *cell_power(n) - 3;
    const int64_t most = in == Dtype::s8 ? 127 : 32767;
    const std::pair<const char*, int64_t> rest[] = {
        {"clip", clip > 0 ? static_cast<int64_t>(std::min(in_cells, 32767.0)) : 0},
        {"tanh_factor", shift < 0 ? 3 : int64_t{3} << shift},
        {"tanh_shift", shift < 0 ? -shift : 0},
        {"hidden_zero", n.input(kHidden).quant.zero_point[0]},
        {"hidden_min", -most - 1},
        {"hidden_max", most}};
    for (const auto& [name, value] : rest) call.params.push_back({name, value});
  }
  add_arrays(n, call);
  call.inputs = {kIn};
  call.outputs = {1, 2, 0};
  call.takes_scratch = true;
  call.scratch_bytes = (int64_t{units(n)} * bits(in) / 8 + 3) / 4 * 4;
  call.needs_libm = in == Dtype::f32;
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  std::vector<float> scratch(static_cast<size_t>(units(n)));  // a float is no smaller than the rest
  const auto run = [&]<class Params, class T, class Cell>(
                       void (*kernel)(const Params*, const T*, T*, Cell*, T*, void*)) {
    const auto params = host_params(call, kernel);
    kernel(&params, buffers.in<T>(kIn).data(), buffers.out<T>(1).data(),
           buffers.out<Cell>(2).data(), buffers.out<T>(0).data(), scratch.data());
  };
  if (call.kernel == "lstm_f32") return run(assay_lstm_f32);
  if (call.kernel == "lstm_s8") return run(assay_lstm_s8);
  run(assay_lstm_s16);
}

}  // namespace

extern const OpDef unidirectional_sequence_lstm_op = {
    .name = "unidirectional_sequence_lstm",
    .summary = "a long short-term memory over a sequence",
    .types = "s8 s16 f32",
    .tflite = {.name = "UNIDIRECTIONAL_SEQUENCE_LSTM",
               .opcode = 44,
               .options = 71,
               .max_version = 4,
               .fields = {{"activation", 0, TfliteField::activation},
                          {"cell_clip", 1, TfliteField::float32},
                          {"proj_clip", 2, TfliteField::float32},
                          {"time_major", 3, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .own_state = no_more_state,
};

}  // namespace assay
