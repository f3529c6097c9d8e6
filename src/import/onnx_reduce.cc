// Reductions over axes: in the order that their input is stored in, with the axes renamed.
//
// Source: https://onnx.ai/onnx/operators/onnx__ReduceMean.html and the like.
#include <algorithm>

#include "import/onnx_steps.h"

namespace assay {
namespace {

struct ReductionRow {
  std::string_view onnx, op;
};

constexpr ReductionRow kReductions[] = {
    {"ReduceMean", "mean"},      {"ReduceSum", "sum"},          {"ReduceMax", "reduce_max"},
    {"ReduceMin", "reduce_min"}, {"ReduceProd", "reduce_prod"},
};

/// What is left of a value when axes are dropped: `made` has them still if `keep`.
OnnxValue reduced(OnnxLowering& low, TensorId made, const OnnxValue& x,
                  const std::vector<int>& axes, bool keep) {
  if (keep) return stored_as(low, made, x.order);
  std::vector<int> order;
  for (const int axis : x.order) {
    if (std::ranges::find(axes, axis) != axes.end()) continue;
    const auto gone = std::ranges::count_if(axes, [&](int other) { return other < axis; });
    order.push_back(axis - static_cast<int>(gone));
  }
  return stored_as(low, made, order);
}

Result<std::vector<int>> axes_of(OnnxLowering& low, const OnnxNode& node, int rank) {
  std::vector<int64_t> given = node.integers("axes");
  if (const auto axes = TRY(integers_of(low, node, 1, "axes"))) given = *axes;
  std::vector<int> axes;
  for (const int64_t axis : given) axes.push_back(TRY(onnx_axis(axis, rank)));
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) == 0) axes = plain_order(rank);
  std::ranges::sort(axes);
  if (std::ranges::adjacent_find(axes) != axes.end())
    return fail(ErrorKind::input, "an axis is named twice");
  return axes;
}

std::vector<int64_t> stored_axes(const OnnxValue& x, const std::vector<int>& axes) {
  std::vector<int64_t> stored;
  for (const int axis : axes) stored.push_back(std::ranges::find(x.order, axis) - x.order.begin());
  std::ranges::sort(stored);
  return stored;
}

}  // namespace

/// Sums of something of the elements; what is then made of the sum.
Status onnx_reduce_of(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  if (x.dtype != Dtype::f32) return fail(ErrorKind::unsupported, "of type {}", name(x.dtype));
  const std::vector<int> axes = TRY(axes_of(low, node, x.shape.rank()));
  if (axes.empty()) return fail(ErrorKind::unsupported, "no axes");
  const OnnxSteps steps{low, node.outputs[0]};
  TensorId from = TRY(in_order(low, x, x.order));
  const TensorId over = TRY(integers_tensor(low, steps.name + " axes", stored_axes(x, axes)));
  Attrs kept, attrs;
  kept.set("keep_dims", int64_t{1});
  const bool keep = node.integer("keepdims", 1) != 0;
  attrs.set("keep_dims", int64_t{keep});
  TensorId most = kNoTensor;
  if (node.op == "ReduceLogSumExp") {
    // exp of what is at most 0 cannot overflow.
    most = TRY(steps("reduce_max", {from, over}, kept));
    from = TRY(steps("sub", {from, most}));
    from = TRY(steps("exp", {from}));
  } else if (node.op == "ReduceL1") {
    from = TRY(steps("abs", {from}));
  } else if (node.op != "ReduceLogSum") {
    from = TRY(steps("mul", {from, from}));
  }
  TensorId made = TRY(steps("sum", {from, over}, attrs));
  if (node.op == "ReduceL2") made = TRY(steps("sqrt", {made}));
  if (node.op.starts_with("ReduceLog")) made = TRY(steps("log", {made}));
  if (most != kNoTensor) {
    most = TRY(steps.view(most, tensor_of(low, made).shape));
    made = TRY(steps("add", {made, most}));
  }
  define(low, node, reduced(low, made, x, axes, keep));
  return {};
}

Status onnx_reduce(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  const std::vector<int> axes = TRY(axes_of(low, node, x.shape.rank()));
  if (axes.empty()) {
    define(low, node, x);
    return {};
  }
  const bool keep = node.integer("keepdims", 1) != 0;
  const TensorId from = TRY(in_order(low, x, x.order));
  const TensorId over = TRY(integers_tensor(low, node.outputs[0] + " axes", stored_axes(x, axes)));
  Attrs attrs;
  attrs.set("keep_dims", int64_t{keep});
  const auto* const row = std::ranges::find(kReductions, node.op, &ReductionRow::onnx);
  const TensorId made =
      TRY(emit(low, row->op, {from, over}, attrs, {node.outputs[0], tensor_of(low, from).dtype}));
  define(low, node, reduced(low, made, x, axes, keep));
  return {};
}

Status onnx_arg_max(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  if (node.integer("select_last_index", 0) != 0)
    return fail(ErrorKind::unsupported, "the last of equals");
  const int axis = TRY(onnx_axis(node.integer("axis", 0), x.shape.rank()));
  const TensorId from = TRY(in_order(low, x, x.order));
  const TensorId along =
      TRY(integers_tensor(low, node.outputs[0] + " axis", stored_axes(x, {axis})));
  tensor_of(low, along).shape = {};
  const TensorId made = TRY(emit(low, node.op == "ArgMin" ? "arg_min" : "arg_max", {from, along},
                                 {}, {node.outputs[0], Dtype::s64}));
  OnnxValue y = reduced(low, made, x, {axis}, false);
  if (node.integer("keepdims", 1) != 0) {
    Shape shape = x.shape;
    shape.dims[static_cast<size_t>(axis)] = 1;
    y = TRY(reshaped(low, y, shape));
  }
  define(low, node, std::move(y));
  return {};
}

}  // namespace assay
