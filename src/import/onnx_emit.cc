// Emits nodes of ours into the graph that is being made, and constants.
//
// Shapes come from the operators themselves: each node is put into a graph of its own with its
// inputs, and its `infer` asked. A node of constants only is run by its reference there and then.
#include <fmt/format.h>

#include <cstring>

#include "import/onnx_lowering.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

/// The node alone, with its inputs as they are and outputs of these shapes.
Result<Graph> alone(const OnnxLowering& low, std::string_view op,
                    const std::vector<TensorId>& inputs, const Attrs& attrs,
                    const std::vector<EmitOutput>& outputs) {
  GraphParts parts;
  parts.format = "onnx";
  Node node;
  node.op = op;
  node.attrs = attrs;
  std::map<TensorId, TensorId> renumbered;
  for (const TensorId id : inputs) {
    if (id == kNoTensor) {
      node.inputs.push_back(kNoTensor);
      continue;
    }
    const auto [at, is_new] =
        renumbered.try_emplace(id, static_cast<TensorId>(parts.tensors.size()));
    node.inputs.push_back(at->second);
    if (!is_new) continue;
    parts.tensors.push_back(tensor_of(low, id));
    if (!parts.tensors.back().is_constant) parts.inputs.push_back(at->second);
  }
  for (const EmitOutput& output : outputs) {
    Tensor& tensor = parts.tensors.emplace_back();
    tensor.dtype = output.dtype;
    tensor.quant = output.quant;
    if (tensor.quant.per_channel() && output.shape.dims.empty()) tensor.quant = {};
    tensor.shape = output.shape;
    node.outputs.push_back(static_cast<TensorId>(parts.tensors.size() - 1));
  }
  parts.outputs = node.outputs;
  parts.nodes.push_back(std::move(node));
  return Graph::make(std::move(parts));
}

/// What stands in the way becomes a reason: one model can have many.
template <class T>
Result<T> as_unsupported(Result<T> result) {
  if (!result && result.error().kind == ErrorKind::input)
    result.error().kind = ErrorKind::unsupported;
  return result;
}

bool all_constant(const OnnxLowering& low, const std::vector<TensorId>& inputs) {
  for (const TensorId id : inputs)
    if (id != kNoTensor && !tensor_of(low, id).is_constant) return false;
  return !inputs.empty();
}

Status run_alone(OnnxLowering& low, const OpDef& op, const Graph& graph,
                 const std::vector<TensorId>& outputs) {
  const NodeView view{graph, graph.nodes()[0]};
  Buffers buffers;
  for (const TensorId id : view.node.inputs)
    buffers.inputs.push_back(id == kNoTensor ? std::span<const std::byte>()
                                             : graph.tensor(id).data);
  for (const TensorId id : outputs) {
    Tensor& tensor = tensor_of(low, id);
    const std::span<std::byte> bytes = TRY(own_bytes(low, tensor.bytes()));
    tensor.is_constant = true;
    tensor.data = bytes;
    buffers.outputs.push_back(bytes);
  }
  op.reference(view, buffers, Semantics::tflm);
  return {};
}

}  // namespace

Result<std::vector<TensorId>> emit(OnnxLowering& low, std::string_view op,
                                   std::vector<TensorId> inputs, Attrs attrs,
                                   const std::vector<EmitOutput>& outputs) {
  const OpDef* def = find_op(op);
  if (!def) return fail(ErrorKind::unsupported, "no operator {} here", op);
  std::vector<EmitOutput> known = outputs;
  const Graph asked = TRY(as_unsupported(alone(low, op, inputs, attrs, known)));
  const std::vector<Shape> shapes = TRY(as_unsupported(def->infer({asked, asked.nodes()[0]})));
  if (shapes.size() != outputs.size())
    return fail(ErrorKind::unsupported, "{} makes {} outputs, not {}", op, shapes.size(),
                outputs.size());
  for (size_t i = 0; i < shapes.size(); ++i) known[i].shape = shapes[i];
  const Graph whole = TRY(as_unsupported(alone(low, op, inputs, attrs, known)));
  if (std::string why = def->unsupported({whole, whole.nodes()[0]}); !why.empty())
    return fail(ErrorKind::unsupported, "{}: {}", op, why);

  Node node;
  node.op = op;
  node.inputs = std::move(inputs);
  node.attrs = std::move(attrs);
  for (const EmitOutput& output : known) {
    Tensor& tensor = low.parts.tensors.emplace_back();
    tensor.name = output.name;
    tensor.dtype = output.dtype;
    tensor.quant = output.quant;
    tensor.shape = output.shape;
    node.outputs.push_back(static_cast<TensorId>(low.parts.tensors.size() - 1));
  }
  if (all_constant(low, node.inputs)) {
    TRY_STATUS(run_alone(low, *def, whole, node.outputs));
    return node.outputs;
  }
  low.parts.nodes.push_back(std::move(node));
  return low.parts.nodes.back().outputs;
}

Result<TensorId> emit(OnnxLowering& low, std::string_view op, std::vector<TensorId> inputs,
                      Attrs attrs, EmitOutput output) {
  const std::vector<TensorId> made =
      TRY(emit(low, op, std::move(inputs), std::move(attrs), std::vector{std::move(output)}));
  return made[0];
}

// Constants ---------------------------------------------------------------------------------------

Result<std::span<std::byte>> own_bytes(OnnxLowering& low, int64_t bytes) {
  low.budget_bytes -= bytes;
  if (bytes < 0 || low.budget_bytes < 0)
    return fail(ErrorKind::input, "its constants would unpack to many times the file's size");
  return std::span(low.parts.own.emplace_back(static_cast<size_t>(bytes)));
}

TensorId constant_tensor(OnnxLowering& low, std::string name, Dtype dtype, Shape shape,
                         std::span<const std::byte> bytes, Quantisation quant) {
  const auto id = static_cast<TensorId>(low.parts.tensors.size());
  const auto element = static_cast<uintptr_t>(std::max(bits(dtype) / 8, 1));
  if (reinterpret_cast<uintptr_t>(bytes.data()) % element != 0)
    bytes = low.parts.own.emplace_back(bytes.begin(), bytes.end());
  Tensor& tensor = low.parts.tensors.emplace_back();
  tensor.name = std::move(name);
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  tensor.quant = std::move(quant);
  tensor.is_constant = true;
  tensor.data = bytes;
  return id;
}

Result<TensorId> integers_tensor(OnnxLowering& low, std::string name,
                                 const std::vector<int64_t>& values) {
  const auto count = static_cast<int64_t>(values.size());
  const std::span<int32_t> elements = TRY(own_elements<int32_t>(low, count));
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] != static_cast<int32_t>(values[i]))
      return fail(ErrorKind::unsupported, "{} is beyond 32 bits", values[i]);
    elements[i] = static_cast<int32_t>(values[i]);
  }
  return constant_tensor(low, std::move(name), Dtype::s32, {{static_cast<int32_t>(count)}},
                         std::as_bytes(elements));
}

Result<TensorId> float_tensor(OnnxLowering& low, std::string name, Shape shape,
                              std::span<const float> values) {
  const std::span<float> elements =
      TRY(own_elements<float>(low, static_cast<int64_t>(values.size())));
  std::ranges::copy(values, elements.begin());
  return constant_tensor(low, std::move(name), Dtype::f32, std::move(shape),
                         std::as_bytes(elements));
}

OnnxValue constant_value(OnnxLowering& low, OnnxTensor tensor) {
  OnnxValue value;
  value.constant = &low.constants.emplace_back(std::move(tensor));
  for (const int64_t dim : value.constant->dims)
    value.shape.dims.push_back(static_cast<int32_t>(dim));
  value.order = plain_order(value.shape.rank());
  value.dtype = value.constant->dtype;
  return value;
}

Result<OnnxTensor> reorder_constant(OnnxLowering& low, const OnnxTensor& from,
                                    const std::vector<int>& order) {
  Shape shape, to;
  for (const int64_t dim : from.dims) shape.dims.push_back(static_cast<int32_t>(dim));
  for (const int axis : order) to.dims.push_back(shape[axis]);
  const int64_t element = bits(from.dtype) / 8;
  const std::vector<int64_t> in_steps = dense_steps(shape), out_steps = dense_steps(to);
  StridedCopy copy{.run_bytes = element};
  for (size_t i = 0; i < order.size(); ++i)
    copy.loops.push_back(
        {to.dims[i], in_steps[static_cast<size_t>(order[i])] * element, out_steps[i] * element});
  const std::span<std::byte> bytes = TRY(own_bytes(low, static_cast<int64_t>(from.bytes.size())));
  run_copy(simplified(copy), from.bytes, bytes);
  OnnxTensor made = from;
  made.dims.assign(to.dims.begin(), to.dims.end());
  made.bytes = bytes;
  return made;
}

namespace {

template <class T, class To>
std::vector<To> converted(std::span<const std::byte> bytes) {
  std::vector<To> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, &bytes[i * sizeof(T)], sizeof value);
    values[i] = static_cast<To>(value);
  }
  return values;
}

}  // namespace

Result<std::vector<int64_t>> constant_integers(const OnnxValue& value, std::string_view role) {
  if (!value.constant)
    return fail(ErrorKind::unsupported, "{} is computed while the model runs; make it a constant",
                role);
  const std::span<const std::byte> bytes = value.constant->bytes;
  switch (value.dtype) {
    case Dtype::s64:
      return converted<int64_t, int64_t>(bytes);
    case Dtype::s32:
      return converted<int32_t, int64_t>(bytes);
    case Dtype::s8:
      return converted<int8_t, int64_t>(bytes);
    case Dtype::u8:
    case Dtype::boolean:
      return converted<uint8_t, int64_t>(bytes);
    case Dtype::s16:
      return converted<int16_t, int64_t>(bytes);
    default:
      return fail(ErrorKind::unsupported, "{} is of type {}, needs integers", role,
                  name(value.dtype));
  }
}

Result<std::vector<float>> constant_floats(const OnnxValue& value, std::string_view role) {
  if (!value.constant)
    return fail(ErrorKind::unsupported, "{} is computed while the model runs; make it a constant",
                role);
  if (value.dtype == Dtype::f64) return converted<double, float>(value.constant->bytes);
  if (value.dtype != Dtype::f32)
    return fail(ErrorKind::unsupported, "{} is of type {}, needs f32", role, name(value.dtype));
  return converted<float, float>(value.constant->bytes);
}

Result<std::optional<std::vector<int64_t>>> integers_of(OnnxLowering& low, const OnnxNode& node,
                                                        size_t i, std::string_view role) {
  if (!has_onnx_input(node, i)) return std::optional<std::vector<int64_t>>();
  const OnnxValue* value = TRY(onnx_input(low, node, i));
  return std::optional(TRY(constant_integers(*value, role)));
}

}  // namespace assay
