// mean: over any set of axes, kept as extents of 1 or dropped.
//
// int8: the sum is rescaled with 1/count folded into the multiplier, which loses a few bits of it
// in a way of TFLite's own. Float: summed in the order of the input's elements. Source:
// tflite-micro, kernels/reduce_common.cc, reference/reduce.h (QuantizedMeanOrSum, Mean).
#include <algorithm>
#include <bit>

#include "ops/elementwise.h"
#include "ops/requantise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

/// By input axis: whether it is reduced.
Result<std::vector<bool>> reduced_axes(const NodeView& node) {
  std::vector<bool> reduced(node.input(0).shape.dims.size(), false);
  const std::vector<int64_t> axes = TRY(constant_integers(node, 1, "axes"));
  for (const int64_t wanted : axes) {
    const int axis = TRY(checked_axis(wanted, node.input(0).shape.rank()));
    reduced[static_cast<size_t>(axis)] = true;
  }
  return reduced;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const std::vector<bool> reduced = TRY(reduced_axes(node));
  const bool keep = node.attrs().integer("keep_dims", 0) != 0;
  Shape out;
  for (size_t i = 0; i < reduced.size(); ++i)
    if (!reduced[i] || keep) out.dims.push_back(reduced[i] ? 1 : node.input(0).shape.dims[i]);
  return std::vector{std::move(out)};
}

/// Loops over the kept and over the reduced axes, with steps in the input. Walked in this order the
/// outputs are dense, and each sum takes its elements in the input's order.
struct Reduction {
  std::vector<CopyLoop> kept, summed;
  int64_t count = 1;  ///< elements in a sum
};

Reduction reduction_of(const NodeView& node) {
  const Shape& in = node.input(0).shape;
  const std::vector<bool> reduced = reduced_axes(node).value();
  const std::vector<int64_t> steps = dense_steps(in);
  StridedCopy kept{.run_bytes = -1};  // no run: every loop stays a loop
  StridedCopy summed{.run_bytes = -1};
  Reduction made;
  for (size_t i = 0; i < reduced.size(); ++i) {
    (reduced[i] ? summed : kept).loops.push_back({in.dims[i], steps[i], 0});
    if (reduced[i]) made.count *= in.dims[i];
  }
  made.kept = simplified(std::move(kept)).loops;
  made.summed = simplified(std::move(summed)).loops;
  return made;
}

/// Calls visit(offset) for each turn of the loops.
template <class Visit>
void walk(std::span<const CopyLoop> loops, int64_t from, Visit&& visit) {
  if (loops.empty()) return visit(from);
  for (int64_t i = 0; i < loops[0].count; ++i)
    walk(loops.subspan(1), from + i * loops[0].in_step, visit);
}

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

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "axes"); !why.empty()) return why;
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  const Shape& in = node.input(0).shape;
  if (in.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", in.rank(), kMostLoops);
  if (in.elements() == 0) return "input has no elements";
  // Beyond it an int32 sum of int8 could overflow.
  const int64_t count = reduction_of(node).count;
  if (node.input(0).dtype == Dtype::s8 && count > 1 << 23)
    return fmt::format("means of {} elements, at most {} are supported", count, 1 << 23);
  return unsupported_rescale(node.input(0), node.output());
}

Work work(const NodeView& node) {
  return {.ops = node.input(0).shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
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

const OpDef mean_op = {
    .name = "mean",
    .summary = "mean over axes",
    .types = "s8 f32",
    .tflite = {.name = "MEAN",
               .opcode = 40,
               .options = 27,
               .max_version = 3,
               .fields = {{"keep_dims", 0, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
