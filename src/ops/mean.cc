// mean: over any set of axes, kept as extents of 1 or dropped.
//
// int8: the sum is rescaled with 1/count folded into the multiplier, which loses a few bits of it
// in a way of TFLite's own. Float: summed in the order of the input's elements. Source:
// tflite-micro, kernels/reduce_common.cc, reference/reduce.h (QuantizedMeanOrSum, Mean).
#include <algorithm>
#include <bit>

#include "ops/elements.h"
#include "ops/reduce.h"

namespace assay {
namespace {

Multiplier factor_of(const NodeView& node, int64_t count) {
  const Multiplier scale = quantise_multiplier(static_cast<double>(node.input(0).quant.scale[0]) /
                                               static_cast<double>(node.output().quant.scale[0]));
  const int bits = 63 - std::countl_zero(static_cast<uint64_t>(count));
  const int shift = std::min({bits, 32, 31 + scale.shift});
  return {static_cast<int32_t>((static_cast<int64_t>(scale.value) << shift) / count),
          scale.shift - shift};
}

void reference_s8(const NodeView& node, const Buffers& buffers) {
  const Reduction reduction = reduction_of(node);
  const Multiplier factor = factor_of(node, reduction.count);
  const auto in = buffers.in<int8_t>(0);
  const auto out = buffers.out<int8_t>();
  const int32_t zero_sum =
      node.input(0).quant.zero_point[0] * static_cast<int32_t>(reduction.count);
  size_t to = 0;
  walk(reduction.kept, 0, [&](int64_t from) {
    int32_t sum = 0;
    walk(reduction.summed, from, [&](int64_t at) { sum += in[static_cast<size_t>(at)]; });
    const int32_t q = multiply(sum - zero_sum, factor) + node.output().quant.zero_point[0];
    out[to++] = static_cast<int8_t>(std::clamp(q, -128, 127));
  });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s16)
    return sum_reference_q(node, buffers, factor_of(node, reduction_of(node).count));
  if (node.input(0).dtype == Dtype::s8) return reference_s8(node, buffers);
  const Reduction reduction = reduction_of(node);
  const auto in = buffers.in<float>(0);
  const auto out = buffers.out<float>();
  size_t to = 0;
  walk(reduction.kept, 0, [&](int64_t from) {
    float sum = 0;
    walk(reduction.summed, from, [&](int64_t at) { sum += in[static_cast<size_t>(at)]; });
    out[to++] = sum / static_cast<float>(reduction.count);
  });
}

std::string unsupported(const NodeView& node) { return unsupported_sum_of(node, "s8 s16 f32"); }

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s16)
    return lower_sum_q(node, factor_of(node, reduction_of(node).count));
  Reduction reduction = reduction_of(node);
  const bool is_s8 = node.input(0).dtype == Dtype::s8;
  // The kernel runs the last loop of a sum itself.
  CopyLoop inner{1, 0, 0};
  if (!reduction.summed.empty()) {
    inner = reduction.summed.back();
    reduction.summed.pop_back();
  }
  std::vector<int32_t> loops;
  for (const auto& part : {reduction.kept, reduction.summed})
    for (const CopyLoop& loop : part)
      for (const int64_t value : {loop.count, loop.in_step, loop.out_step})
        loops.push_back(static_cast<int32_t>(value));
  KernelCall call;
  call.kernel = is_s8 ? "mean_s8" : "mean_f32";
  call.params = {{"kept", static_cast<int64_t>(reduction.kept.size())},
                 {"summed", static_cast<int64_t>(reduction.summed.size())},
                 {"inner", inner.count},
                 {"inner_step", inner.in_step}};
  if (is_s8) {
    const Multiplier factor = factor_of(node, reduction.count);
    call.params.push_back({"zero_sum", -node.input(0).quant.zero_point[0] * reduction.count});
    call.params.push_back({"out_zp", int64_t{node.output().quant.zero_point[0]}});
    call.params.push_back({"multiplier", int64_t{factor.value}});
    call.params.push_back({"shift", int64_t{factor.shift}});
  } else {
    call.params.push_back({"count", static_cast<float>(reduction.count)});
  }
  call.params.push_back({"loops", std::string(loops.empty() ? "" : "loops")});
  if (!loops.empty()) call.constants = {make_constant("loops", Dtype::s32, loops, false)};
  call.inputs = {0};
  return call;
}

}  // namespace

extern const OpDef mean_op = {
    .name = "mean",
    .summary = "mean over axes",
    .types = "s8 s16 f32",
    .tflite = {.name = "MEAN",
               .opcode = 40,
               .options = 27,
               .max_version = 3,
               .fields = {{"keep_dims", 0, TfliteField::boolean}}},
    .infer = infer_reduction,
    .unsupported = unsupported,
    .work = reduction_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
