// Operators that move elements: they work in the order that their input is stored in, with their
// axes renamed.
//
// Source: https://onnx.ai/onnx/operators/, one page each.
#include <algorithm>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

/// The input as a tensor, settled, in the order that it is stored in.
Result<TensorId> as_it_stands(OnnxLowering& low, OnnxValue& x) {
  TRY_STATUS(settle(low, x));
  return in_order_as_stored(low, x, x.order);
}

size_t stored_axis(const OnnxValue& x, int axis) {
  return static_cast<size_t>(std::ranges::find(x.order, axis) - x.order.begin());
}

EmitOutput output_like(const OnnxLowering& low, const std::string& name, TensorId from) {
  return {name, tensor_of(low, from).dtype, tensor_of(low, from).quant};
}

}  // namespace

/// Inputs that are all stored as int8 are joined so, rescaled where their steps are others.
Status onnx_concat(OnnxLowering& low, const OnnxNode& node) {
  std::vector<OnnxValue*> inputs;
  bool is_s8 = true;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    OnnxValue* x = TRY(onnx_input(low, node, i));
    inputs.push_back(x);
    is_s8 = is_s8 && is_stored_s8(low, *x) && !quant_of(low, *x).per_channel();
    if (x->shape.rank() != inputs[0]->shape.rank())
      return fail(ErrorKind::input, "joins {} and {}", text(inputs[0]->shape), text(x->shape));
  }
  if (inputs.empty()) return fail(ErrorKind::input, "has no inputs");
  const int axis = TRY(onnx_axis(node.integer("axis", 1), inputs[0]->shape.rank()));
  const OnnxEnd end = end_of(low, node, is_s8, false);
  std::vector<int> order;
  std::vector<TensorId> tensors = TRY(in_common_order(low, inputs, order, end.quantised));
  EmitOutput output = output_like(low, end.output, tensors[0]);
  if (end.quantised) {
    output = output_of(end);
    for (TensorId& tensor : tensors)
      if (!same_steps(tensor_of(low, tensor).quant, end.quant))
        tensor = TRY(emit(low, "quantize", {tensor}, {}, output));
  }
  Attrs attrs;
  attrs.set("axis", int64_t{std::ranges::find(order, axis) - order.begin()});
  const TensorId made = TRY(emit(low, "concatenation", tensors, attrs, output));
  OnnxValue value = stored_as(low, made, order);
  if (end.quantised)
    define_end(low, end, std::move(value));
  else
    define(low, node, std::move(value));
  return {};
}

Status onnx_slice(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  std::optional<std::vector<int64_t>> given[4] = {
      node.integers("starts"), node.integers("ends"), {}, {}};
  if (node.has("axes")) given[2] = node.integers("axes");
  constexpr std::string_view kRoles[] = {"starts", "ends", "axes", "steps"};
  for (size_t i = 0; i < 4; ++i)
    if (has_onnx_input(node, i + 1)) given[i] = TRY(integers_of(low, node, i + 1, kRoles[i]));
  const size_t count = given[0]->size();
  const int rank = x.shape.rank();
  std::vector<int64_t> begin(x.shape.dims.size(), 0), end(x.shape.dims.begin(), x.shape.dims.end()),
      step(x.shape.dims.size(), 1);
  int64_t end_mask = 0;
  for (size_t i = 0; i < count; ++i) {
    if (given[1]->size() != count || (given[2] && given[2]->size() != count) ||
        (given[3] && given[3]->size() != count))
      return fail(ErrorKind::input, "starts, ends, axes and steps differ in length");
    const int axis = TRY(onnx_axis(given[2] ? (*given[2])[i] : static_cast<int64_t>(i), rank));
    const size_t at = stored_axis(x, axis);
    const int64_t extent = x.shape[axis];
    step[at] = std::clamp<int64_t>(given[3] ? (*given[3])[i] : 1, -INT32_MAX, INT32_MAX);
    // Beyond the first element going backwards means all the way, for which ours has a mask.
    begin[at] = std::clamp<int64_t>((*given[0])[i], -extent, extent);
    const int64_t stop = (*given[1])[i];
    end[at] = std::clamp<int64_t>(stop, -extent, extent);
    if (step[at] < 0 && stop < -extent) end_mask |= int64_t{1} << at;
  }
  // Of the axes that the file does not name, in stored order.
  for (size_t at = 0; at < x.order.size(); ++at) {
    bool named = false;
    for (size_t i = 0; i < count; ++i) {
      const int axis = TRY(onnx_axis(given[2] ? (*given[2])[i] : static_cast<int64_t>(i), rank));
      named = named || stored_axis(x, axis) == at;
    }
    if (!named) end[at] = x.shape[x.order[at]];
  }
  const TensorId from = TRY(as_it_stands(low, x));
  std::vector<TensorId> inputs = {from};
  inputs.push_back(TRY(integers_tensor(low, node.outputs[0] + " begin", begin)));
  inputs.push_back(TRY(integers_tensor(low, node.outputs[0] + " end", end)));
  inputs.push_back(TRY(integers_tensor(low, node.outputs[0] + " strides", step)));
  Attrs attrs;
  attrs.set("end_mask", end_mask);
  const TensorId made =
      TRY(emit(low, "strided_slice", inputs, attrs, output_like(low, node.outputs[0], from)));
  define(low, node, stored_like(low, made, x, x.order));
  return {};
}

Status onnx_split(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const int axis = TRY(onnx_axis(node.integer("axis", 0), x.shape.rank()));
  std::vector<int64_t> sizes = node.integers("split");
  if (const auto given = TRY(integers_of(low, node, 1, "split"))) sizes = *given;
  const auto pieces = static_cast<int64_t>(node.outputs.size());
  if (sizes.empty()) {
    const int64_t extent = x.shape[axis], each = (extent + pieces - 1) / pieces;
    for (int64_t i = 0; i < pieces; ++i)
      sizes.push_back(std::clamp<int64_t>(extent - i * each, 0, each));
  }
  if (std::cmp_not_equal(sizes.size(), pieces))
    return fail(ErrorKind::input, "{} sizes for {} outputs", sizes.size(), pieces);
  const TensorId from = TRY(as_it_stands(low, x));
  std::vector<EmitOutput> outputs;
  for (const std::string& name : node.outputs) outputs.push_back(output_like(low, name, from));
  std::vector<TensorId> inputs = {from};
  inputs.push_back(TRY(integers_tensor(low, node.outputs[0] + " sizes", sizes)));
  inputs.push_back(TRY(integers_tensor(low, node.outputs[0] + " axis",
                                       {static_cast<int64_t>(stored_axis(x, axis))})));
  const std::vector<TensorId> made = TRY(emit(low, "split_v", inputs, {}, outputs));
  for (size_t i = 0; i < made.size(); ++i)
    define(low, node, stored_like(low, made[i], x, x.order), i);
  return {};
}

namespace {

/// Pads by axis of the file: those before, then those after.
Result<std::vector<int64_t>> pads_of(OnnxLowering& low, const OnnxNode& node, int rank) {
  std::vector<int64_t> pads = node.integers("pads", node.integers("paddings"));
  if (const auto given = TRY(integers_of(low, node, 1, "pads"))) pads = *given;
  std::vector<int64_t> axes;
  for (int i = 0; i < rank; ++i) axes.push_back(i);
  if (const auto given = TRY(integers_of(low, node, 3, "axes"))) axes = *given;
  if (pads.size() != 2 * axes.size())
    return fail(ErrorKind::input, "{} pads for {} axes", pads.size(), axes.size());
  std::vector<int64_t> all(2 * static_cast<size_t>(rank), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto at = static_cast<size_t>(TRY(onnx_axis(axes[i], rank)));
    all[at] = pads[i];
    all[at + static_cast<size_t>(rank)] = pads[i + axes.size()];
  }
  return all;
}

}  // namespace

namespace {

/// The constant that is padded with, if the file says one: by input, or as an attribute.
Result<std::optional<OnnxValue>> fill_of(OnnxLowering& low, const OnnxNode& node) {
  if (has_onnx_input(node, 2)) {
    OnnxValue fill = *TRY(onnx_input(low, node, 2));
    if (!fill.constant || fill.shape.elements() != 1)
      return fail(ErrorKind::unsupported, "a fill value that is not one constant");
    TRY_STATUS(as_the_file_says(low, fill));
    return std::optional(std::move(fill));
  }
  if (node.real("value", 0) == 0) return std::optional<OnnxValue>();
  const std::span<float> bytes = TRY(own_elements<float>(low, 1));
  bytes[0] = node.real("value", 0);
  OnnxTensor tensor;
  tensor.name = node.outputs[0] + " fill";
  tensor.dtype = Dtype::f32;
  tensor.bytes = std::as_bytes(bytes);
  return std::optional(constant_value(low, std::move(tensor)));
}

bool is_zero(const std::optional<OnnxValue>& fill) {
  return !fill || std::ranges::all_of(fill->constant->bytes,
                                      [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

/// Real numbers that are stored as int8 stay so where they are padded with themselves or with 0.
Status onnx_pad(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const std::string mode = node.word("mode", "constant");
  if (mode != "constant" && mode != "reflect") return fail(ErrorKind::unsupported, "mode {}", mode);
  const std::vector<int64_t> pads = TRY(pads_of(low, node, x.shape.rank()));
  for (const int64_t pad : pads)
    if (pad < 0) return fail(ErrorKind::unsupported, "negative pads");
  std::optional<OnnxValue> fill;
  if (mode == "constant") fill = TRY(fill_of(low, node));
  if (!is_stored_s8(low, x) || !is_zero(fill)) TRY_STATUS(as_the_file_says(low, x));
  const TensorId from = TRY(as_it_stands(low, x));
  std::vector<int64_t> rows;
  for (const int axis : x.order) {
    rows.push_back(pads[static_cast<size_t>(axis)]);
    rows.push_back(pads[static_cast<size_t>(axis + x.shape.rank())]);
  }
  std::vector<TensorId> inputs = {from};
  inputs.push_back(TRY(integers_tensor(low, node.outputs[0] + " padding", rows)));
  tensor_of(low, inputs[1]).shape = {{x.shape.rank(), 2}};
  std::string op = mode == "reflect" ? "mirror_pad" : "pad";
  Attrs attrs;
  if (mode == "reflect") attrs.set("mode", int64_t{0});
  // `pad` fills with what means 0; of integers that the file itself calls so, that is a number.
  if (mode == "constant" && (!is_zero(fill) || (!x.real && !tensor_of(low, from).quant.empty()))) {
    if (!fill) return fail(ErrorKind::unsupported, "{} without a fill value", name(x.dtype));
    inputs.push_back(TRY(in_plain_order(low, *fill)));
    tensor_of(low, inputs[2]).quant = tensor_of(low, from).quant;
    op = "padv2";
  }
  const TensorId made = TRY(emit(low, op, inputs, attrs, output_like(low, node.outputs[0], from)));
  define(low, node, stored_like(low, made, x, x.order));
  return {};
}

/// Indices that are constants may count from the end; those that are computed may not.
Status onnx_gather(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxValue& given = *TRY(onnx_input(low, node, 1));
  if (x.constant) TRY_STATUS(as_the_file_says(low, x));
  const int axis = TRY(onnx_axis(node.integer("axis", 0), x.shape.rank()));
  TensorId index = kNoTensor;
  if (given.constant) {
    std::vector<int64_t> at = TRY(constant_integers(given, "indices"));
    for (int64_t& i : at) {
      if (i < -x.shape[axis] || i >= x.shape[axis])
        return fail(ErrorKind::input, "index {} of {}", i, x.shape[axis]);
      if (i < 0) i += x.shape[axis];
    }
    index = TRY(integers_tensor(low, node.outputs[0] + " indices", at));
    tensor_of(low, index).shape = given.shape;
  } else {
    index = TRY(in_plain_order(low, given));
  }
  const TensorId from = TRY(in_order_as_stored(low, x, plain_order(x.shape.rank())));
  Attrs attrs;
  attrs.set("axis", int64_t{axis});
  const TensorId made = TRY(emit(low, "gather", {from, index}, std::move(attrs),
                                 output_like(low, node.outputs[0], from)));
  define(low, node, stored_like(low, made, x, plain_order(tensor_of(low, made).shape.rank())));
  return {};
}

}  // namespace assay
