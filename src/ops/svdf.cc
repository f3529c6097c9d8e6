// svdf: a dense layer over time, its weights split into features of the input and weights of the
// last inferences' features; the state (input 4) keeps those features.
//
// int8 with int8 or int16 state, and float. The int8 form has no activation but its output's range,
// whatever the file says; so has TFLM's. Source: tflite-micro, micro/kernels/svdf_common.cc.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/requantise.h"
#include "ops/variable.h"

#define ASSAY_KERNEL static
#include "../../kernels/svdf_f32.c"
#include "../../kernels/svdf_s8.c"

namespace assay {
namespace {

enum Input { kIn, kFeatures, kTimes, kBias, kState };

struct Sizes {
  int64_t batches, inputs, units, rank, memory;
};

Sizes sizes(const NodeView& n) {
  const int64_t rank = n.attrs().integer("rank", 1);
  return {n.input(kIn).shape[0], n.input(kIn).shape[1], n.input(kFeatures).shape[0] / rank, rank,
          n.input(kTimes).shape[1]};
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  if (n.inputs() != 5 || !n.has_input(kIn) || !n.has_input(kFeatures) || !n.has_input(kTimes) ||
      !n.has_input(kState) || n.outputs() != 2)
    return fail(ErrorKind::input,
                "needs input, feature weights, time weights, perhaps a bias, and a variable");
  const Shape &in = n.input(kIn).shape, &features = n.input(kFeatures).shape;
  const Shape& times = n.input(kTimes).shape;
  if (in.rank() != 2 || features.rank() != 2 || times.rank() != 2 || in[1] != features[1] ||
      times[0] != features[0])
    return fail(ErrorKind::input, "input {}, feature weights {} and time weights {} do not agree",
                text(in), text(features), text(times));
  const int64_t rank = n.attrs().integer("rank", 1);
  if (rank < 1 || features[0] < rank || features[0] % rank != 0 || in.elements() < 1 ||
      times[1] < 1)
    return fail(ErrorKind::input, "{} filters are not units of rank {}", features[0], rank);
  const auto units = static_cast<int32_t>(features[0] / rank);
  if (n.has_input(kBias) && n.input(kBias).shape.elements() != units)
    return fail(ErrorKind::input, "bias {} is not for {} units", text(n.input(kBias).shape), units);
  const Shape& state = n.input(kState).shape;
  if (state.elements() != int64_t{in[0]} * features[0] * times[1])
    return fail(ErrorKind::input, "state {} does not hold {} x {} features of {} inferences",
                text(state), in[0], features[0], times[1]);
  return std::vector<Shape>{{{in[0], units}}, state};
}

/// Of the features into the state, and of the state into the output.
std::pair<Multiplier, Multiplier> factors(const NodeView& n) {
  const auto scale = [&](int i) { return n.input(i).quant.scale[0]; };
  const float in = scale(kIn) * scale(kFeatures) / scale(kState);
  const float out = scale(kState) * scale(kTimes) / n.output().quant.scale[0];
  return {quantise_multiplier(static_cast<double>(in)),
          quantise_multiplier(static_cast<double>(out))};
}

std::string unsupported(const NodeView& n) {
  if (!n.input(kState).is_variable) return "its state is not a variable";
  for (const int i : {kFeatures, kTimes, kBias})
    if (n.has_input(i) && !n.input(i).is_constant) return "its weights are not constant";
  const Dtype in = n.input(kIn).dtype, state = n.input(kState).dtype, out = n.output().dtype;
  const Dtype bias = n.has_input(kBias) ? n.input(kBias).dtype : Dtype::other;
  const bool has_bias = n.has_input(kBias);
  if (in != n.output().dtype || n.input(kFeatures).dtype != in || n.input(kTimes).dtype != state)
    return unsupported_types(in, out, "s8 with s8 or s16 state, and f32");
  if (in == Dtype::f32 && state == Dtype::f32 && (!has_bias || bias == Dtype::f32)) {
    if (!is_fused_activation(n.attrs().word("activation", "none")))
      return "activation " + n.attrs().word("activation", "none");
    return {};
  }
  if (in != Dtype::s8 || (state != Dtype::s8 && state != Dtype::s16) ||
      (has_bias && bias != Dtype::s32))
    return unsupported_types(in, state, "s8 with s8 or s16 state, and f32");
  for (const Tensor* t :
       {&n.input(kIn), &n.input(kFeatures), &n.input(kTimes), &n.input(kState), &n.output()})
    if (t->quant.scale.size() != 1) return "a tensor of it is not quantised with one scale";
  const auto [first, second] = factors(n);
  if (first.shift > kMaxLeftShift || second.shift > kMaxLeftShift)
    return "its scales are too far apart";
  return {};
}

Work work(const NodeView& n) {
  const Sizes s = sizes(n);
  const int64_t filters = s.units * s.rank;
  const int64_t macs =
      saturating_product(s.batches, saturating_product(filters, s.inputs + s.memory));
  return {.macs = macs,
          .ops = s.batches * (filters + s.units),
          .read_bytes = saturating_product(macs, 2 * bits(n.input(kIn).dtype) / 8),
          .write_bytes = n.output().bytes() + n.input(kState).bytes()};
}

Constant constant_of(const NodeView& n, int input, std::string name) {
  return {std::move(name), n.input(input).dtype, {}, n.input(input).data, true};
}

KernelCall lower_f32(const NodeView& n) {
  const Sizes s = sizes(n);
  const FloatClamp clamp = activation_clamp(n.attrs().word("activation", "none"));
  KernelCall call;
  call.kernel = "svdf_f32";
  call.params = {{"batches", s.batches},
                 {"inputs", s.inputs},
                 {"units", s.units},
                 {"rank", s.rank},
                 {"memory", s.memory},
                 {"min", clamp.min},
                 {"max", clamp.max},
                 {"features", std::string("features")},
                 {"times", std::string("times")},
                 {"bias", std::string(n.has_input(kBias) ? "bias" : "")}};
  call.constants = {constant_of(n, kFeatures, "features"), constant_of(n, kTimes, "times")};
  if (n.has_input(kBias)) call.constants.push_back(constant_of(n, kBias, "bias"));
  call.inputs = {kIn};
  call.outputs = {1, 0};
  return call;
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  if (n.input(kIn).dtype == Dtype::f32) return lower_f32(n);
  const Sizes s = sizes(n);
  const auto [first, second] = factors(n);
  const bool wide = n.input(kState).dtype == Dtype::s16;
  KernelCall call;
  call.kernel = "svdf_s8";
  call.params = {{"batches", s.batches},
                 {"inputs", s.inputs},
                 {"units", s.units},
                 {"rank", s.rank},
                 {"memory", s.memory},
                 {"in_zero", int64_t{n.input(kIn).quant.zero_point[0]}},
                 {"state_zero", int64_t{n.input(kState).quant.zero_point[0]}},
                 {"out_zero", int64_t{n.output().quant.zero_point[0]}},
                 {"wide", int64_t{wide}},
                 {"factors", std::string("factors")},
                 {"features", std::string("features")},
                 {"times8", std::string(wide ? "" : "times")},
                 {"times16", std::string(wide ? "times" : "")},
                 {"bias", std::string(n.has_input(kBias) ? "bias" : "")}};
  call.constants = {
      make_constant("factors", Dtype::s32,
                    std::vector<int32_t>{first.value, first.shift, second.value, second.shift},
                    false),
      constant_of(n, kFeatures, "features"), constant_of(n, kTimes, "times")};
  if (n.has_input(kBias)) call.constants.push_back(constant_of(n, kBias, "bias"));
  call.inputs = {kIn};
  call.outputs = {1, 0};
  return call;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(n, {});
  if (n.input(kIn).dtype == Dtype::f32) {
    const auto params = host_params(call, assay_svdf_f32);
    return assay_svdf_f32(&params, buffers.in<float>(kIn).data(), buffers.out<float>(1).data(),
                          buffers.out<float>(0).data());
  }
  const auto params = host_params(call, assay_svdf_s8);
  assay_svdf_s8(&params, buffers.in<int8_t>(kIn).data(), buffers.outputs[1].data(),
                buffers.out<int8_t>(0).data());
}

}  // namespace

extern const OpDef svdf_op = {
    .name = "svdf",
    .summary = "a dense layer over the last inferences, of low rank",
    .types = "s8 f32",
    .tflite = {.name = "SVDF",
               .opcode = 27,
               .options = 6,
               .max_version = 4,
               .fields = {{"rank", 0, TfliteField::int32},
                          {"activation", 1, TfliteField::activation}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .own_state = no_more_state,
};

}  // namespace assay
