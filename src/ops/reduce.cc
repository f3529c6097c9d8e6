// Reductions over any axes: sums, products, minima, maxima of floats and integers, and sums of
// quantised numbers.
//
// Integers wrap where they overflow. Minima and maxima of quantised numbers keep their scale; those
// of booleans are all and any. Source: tflite-micro, kernels/reduce_common.cc, reference/reduce.h;
// TensorFlow's lite/kernels/reduce.cc.
#include "ops/reduce.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/elements.h"

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

/// Parameters of the loops; the kernel runs the last loop of a sum itself.
KernelCall with_loops(const NodeView& node, std::string kernel, const std::vector<Param>& middle) {
  Reduction reduction = reduction_of(node);
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
  call.kernel = std::move(kernel);
  call.params = {{"kept", static_cast<int64_t>(reduction.kept.size())},
                 {"reduced", static_cast<int64_t>(reduction.summed.size())},
                 {"inner", inner.count},
                 {"inner_step", inner.in_step}};
  call.params.insert(call.params.end(), middle.begin(), middle.end());
  call.params.push_back({"loops", std::string(loops.empty() ? "" : "loops")});
  if (!loops.empty()) call.constants = {make_constant("loops", Dtype::s32, loops, false)};
  call.inputs = {0};
  return call;
}

template <class T>
T reduced(ReduceOp op, T y, T x) {
  if (op == ReduceOp::minimum) return std::min(x, y);
  if (op == ReduceOp::maximum) return std::max(x, y);
  if constexpr (std::is_same_v<T, float>) {
    return op == ReduceOp::sum ? y + x : y * x;
  } else {
    const auto a = static_cast<std::make_unsigned_t<T>>(y);
    const auto b = static_cast<std::make_unsigned_t<T>>(x);
    return static_cast<T>(op == ReduceOp::sum ? a + b : a * b);
  }
}

int64_t zero_sum(const NodeView& node) {
  return -int64_t{node.input(0).quant.zero_point[0]} * reduction_of(node).count;
}

}  // namespace

Result<std::vector<Shape>> infer_reduction(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const std::vector<bool> reduced = TRY(reduced_axes(node));
  const bool keep = node.attrs().integer("keep_dims", 0) != 0;
  Shape out;
  for (size_t i = 0; i < reduced.size(); ++i)
    if (!reduced[i] || keep) out.dims.push_back(reduced[i] ? 1 : node.input(0).shape.dims[i]);
  return std::vector{std::move(out)};
}

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

Work reduction_work(const NodeView& node) {
  return {.ops = node.input(0).shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output().bytes()};
}

std::string unsupported_reduction(const NodeView& node, std::string_view types) {
  if (std::string why = not_constant(node, 1, "axes"); !why.empty()) return why;
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  if (in.dtype != out.dtype || !names_type(types, name(in.dtype)))
    return unsupported_types(in.dtype, out.dtype, types);
  if (in.shape.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", in.shape.rank(), kMostLoops);
  if (in.shape.elements() == 0) return "input has no elements";
  if (in.quant != out.quant && is_quantised(in))
    return "input and output are quantised differently";
  return {};
}

std::string unsupported_sum_of(const NodeView& node, std::string_view types) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  const bool scaled = in.dtype == Dtype::s8 || in.dtype == Dtype::s16;
  std::string why = unsupported_reduction(node, types);
  if (!scaled || (!why.empty() && !why.starts_with("input and output are"))) return why;
  if (why = not_quantised_per_tensor(in, "input"); !why.empty()) return why;
  if (why = not_quantised_per_tensor(out, "output"); !why.empty()) return why;
  // Beyond it an int32 sum could overflow.
  const int64_t count = reduction_of(node).count, most = in.dtype == Dtype::s8 ? 1 << 23 : 1 << 15;
  if (count > most)
    return fmt::format("sums of {} elements, at most {} are supported", count, most);
  return unsupported_rescale(in, out);
}

void reduce_reference(const NodeView& node, const Buffers& buffers, ReduceOp op) {
  const Reduction reduction = reduction_of(node);
  with_elements(node.input(0).dtype, [&]<class T>(T) {
    using Wide =
        std::conditional_t<std::is_same_v<T, float> || std::is_same_v<T, int64_t>, T, int32_t>;
    const auto in = buffers.in<T>(0);
    size_t to = 0;
    walk(reduction.kept, 0, [&](int64_t from) {
      auto y = op < ReduceOp::minimum ? static_cast<Wide>(op == ReduceOp::product)
                                      : static_cast<Wide>(in[static_cast<size_t>(from)]);
      walk(reduction.summed, from,
           [&](int64_t at) { y = reduced(op, y, static_cast<Wide>(in[static_cast<size_t>(at)])); });
      buffers.out<T>()[to++] = static_cast<T>(y);
    });
  });
}

KernelCall reduce_lower(const NodeView& node, ReduceOp op) {
  const Dtype dtype = node.input(0).dtype;
  const Param number = {"op", static_cast<int64_t>(op)};
  if (dtype == Dtype::f32) return with_loops(node, "reduce_f32", {number});
  if (dtype == Dtype::s64) return with_loops(node, "reduce_s64", {number});
  return with_loops(node, "reduce_int", {number, {"type", element_type(dtype)}});
}

void sum_reference_q(const NodeView& node, const Buffers& buffers, Multiplier factor) {
  const Reduction reduction = reduction_of(node);
  const Clamp range = whole_range(node.output().dtype);
  with_elements(node.input(0).dtype, [&]<class T>(T) {
    const auto in = buffers.in<T>(0);
    size_t to = 0;
    walk(reduction.kept, 0, [&](int64_t from) {
      auto sum = static_cast<int32_t>(zero_sum(node));
      walk(reduction.summed, from,
           [&](int64_t at) { sum += static_cast<int32_t>(in[static_cast<size_t>(at)]); });
      buffers.out<T>()[to++] =
          static_cast<T>(range(multiply(sum, factor) + node.output().quant.zero_point[0]));
    });
  });
}

KernelCall lower_sum_q(const NodeView& node, Multiplier factor) {
  const Clamp range = whole_range(node.output().dtype);
  return with_loops(node, "sum_q",
                    {{"type", element_type(node.input(0).dtype)},
                     {"zero_sum", zero_sum(node)},
                     {"out_zp", int64_t{node.output().quant.zero_point[0]}},
                     {"multiplier", int64_t{factor.value}},
                     {"shift", int64_t{factor.shift}},
                     {"min", int64_t{range.min}},
                     {"max", int64_t{range.max}}});
}

}  // namespace assay
