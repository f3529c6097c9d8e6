// Reads the protobuf messages of an ONNX file into plain structs.
//
// The weights of a large model are most of the file. Protobuf would copy them, so the messages on
// the way to them (model, graph, initializer) are walked field by field: `raw_data` becomes a view
// into the file, everything else is handed to the generated parser (onnx.proto) as it stands. Lists
// that protobuf unpacks (float_data) become bytes of our own. Protobuf itself bounds depth and
// lengths.
//
// Not read: sparse tensors, strings, subgraphs, functions, training information; external data is
// named as trouble, and read by onnx_external.cc. Source: https://github.com/onnx/onnx,
// onnx/onnx.proto.
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <charconv>
#include <cstring>
#include <functional>
#include <limits>

#include "import/onnx_model.h"
#include "onnx.pb.h"

namespace assay {
namespace {

using google::protobuf::io::CodedInputStream;
using Span = std::span<const std::byte>;

constexpr size_t kLongestName = 256;

/// A field of a message: its number, its whole bytes with the tag, and, if it has a length, what it
/// holds.
struct Field {
  uint32_t number = 0;
  Span whole, payload;
};

constexpr uint32_t kLengthDelimited = 2;

/// Moves past one field's value. False: the message is damaged.
bool skip_value(CodedInputStream& stream, uint32_t wire, uint32_t& length) {
  uint64_t ignored = 0;
  switch (wire) {
    case 0:
      return stream.ReadVarint64(&ignored);
    case 1:
      return stream.Skip(8);
    case kLengthDelimited:
      return stream.ReadVarint32(&length) &&
             length <= static_cast<uint32_t>(std::numeric_limits<int32_t>::max()) &&
             stream.Skip(static_cast<int>(length));
    case 5:
      return stream.Skip(4);
    default:
      return false;  // groups are not in ONNX
  }
}

Status for_each_field(Span message, const std::function<Status(const Field&)>& visit) {
  CodedInputStream stream(reinterpret_cast<const uint8_t*>(message.data()),
                          static_cast<int>(message.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  while (static_cast<size_t>(stream.CurrentPosition()) < message.size()) {
    const auto begin = static_cast<size_t>(stream.CurrentPosition());
    const uint32_t tag = stream.ReadTag();
    uint32_t length = 0;
    if (tag == 0 || !skip_value(stream, tag & 7U, length))
      return fail(ErrorKind::input, "the file is damaged or cut short at byte {} of a message",
                  begin);
    const auto end = static_cast<size_t>(stream.CurrentPosition());
    Field field{tag >> 3, message.subspan(begin, end - begin), {}};
    if ((tag & 7U) == kLengthDelimited) field.payload = message.subspan(end - length, length);
    TRY_STATUS(visit(field));
  }
  return {};
}

void append(std::string& to, Span bytes) {
  to.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

template <class Message>
Result<Message> parse(const std::string& bytes, std::string_view what) {
  Message message;
  if (!message.ParseFromString(bytes))
    return fail(ErrorKind::input, "the file is damaged or cut short: {} cannot be read", what);
  return message;
}

/// A name as people may see it: no control characters, not endless. Endless ones stay distinct.
std::string readable(const std::string& from) {
  std::string name = from.substr(0, kLongestName);
  if (from.size() > kLongestName)
    name += fmt::format("...{:x}", std::hash<std::string_view>{}(from));
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return name;
}

struct TypeRow {
  std::string_view name;
  Dtype dtype;
};

/// TensorProto.DataType, in its order.
constexpr TypeRow kTypes[] = {
    {"undefined", Dtype::other},
    {"float32", Dtype::f32},
    {"uint8", Dtype::u8},
    {"int8", Dtype::s8},
    {"uint16", Dtype::u16},
    {"int16", Dtype::s16},
    {"int32", Dtype::s32},
    {"int64", Dtype::s64},
    {"string", Dtype::other},
    {"bool", Dtype::boolean},
    {"float16", Dtype::f16},
    {"float64", Dtype::f64},
    {"uint32", Dtype::u32},
    {"uint64", Dtype::u64},
    {"complex64", Dtype::other},
    {"complex128", Dtype::other},
    {"bfloat16", Dtype::other},
    {"float8e4m3fn", Dtype::other},
    {"float8e4m3fnuz", Dtype::other},
    {"float8e5m2", Dtype::other},
    {"float8e5m2fnuz", Dtype::other},
    {"uint4", Dtype::other},
    {"int4", Dtype::other},
    {"float4e2m1", Dtype::other},
};

TypeRow type_of(int32_t number) {
  if (number < 0 || std::cmp_greater_equal(number, std::size(kTypes)))
    return {"a type that ONNX does not have", Dtype::other};
  return kTypes[number];
}

/// The elements of one of the typed lists as bytes of the tensor's own type.
template <class To, class List>
void pack(const List& list, OnnxModel& model, OnnxTensor& tensor) {
  std::vector<std::byte>& bytes =
      model.own.emplace_back(static_cast<size_t>(list.size()) * sizeof(To));
  size_t at = 0;
  for (const auto value : list) {
    const To narrowed = static_cast<To>(value);
    std::memcpy(&bytes[at], &narrowed, sizeof narrowed);
    at += sizeof narrowed;
  }
  tensor.bytes = bytes;
}

/// Which list holds a type's elements: onnx.proto, comments of TensorProto.
void pack_elements(const onnx_pb::Tensor& from, OnnxModel& model, OnnxTensor& tensor) {
  switch (tensor.dtype) {
    case Dtype::f32:
      return pack<float>(from.float_data(), model, tensor);
    case Dtype::f64:
      return pack<double>(from.double_data(), model, tensor);
    case Dtype::s64:
      return pack<int64_t>(from.int64_data(), model, tensor);
    case Dtype::u64:
      return pack<uint64_t>(from.uint64_data(), model, tensor);
    case Dtype::u32:
      return pack<uint32_t>(from.uint64_data(), model, tensor);
    case Dtype::s32:
      return pack<int32_t>(from.int32_data(), model, tensor);
    case Dtype::s16:
    case Dtype::u16:
    case Dtype::f16:
      return pack<uint16_t>(from.int32_data(), model, tensor);
    case Dtype::s8:
    case Dtype::u8:
    case Dtype::boolean:
      return pack<uint8_t>(from.int32_data(), model, tensor);
    default:
      return;
  }
}

/// A number that the file has as text; -2, which no place has, if it is none.
int64_t number_of(const std::string& text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end && value >= 0 ? value : -2;
}

/// `raw` is the tensor's raw_data where it is a view, else nothing.
OnnxTensor tensor_of(const onnx_pb::Tensor& from, std::optional<Span> raw, OnnxModel& model) {
  OnnxTensor tensor;
  const TypeRow type = type_of(from.data_type());
  tensor.name = readable(from.name());
  tensor.dtype = type.dtype;
  tensor.type_name = type.name;
  tensor.dims.assign(from.dims().begin(), from.dims().end());
  if (from.data_location() == 1 || from.external_data_size() > 0) {
    OnnxPlace& place = tensor.elsewhere.emplace();
    for (const onnx_pb::Entry& entry : from.external_data()) {
      if (entry.key() == "location") place.location = entry.value();
      if (entry.key() == "offset") place.offset = number_of(entry.value());
      if (entry.key() == "length") place.length = number_of(entry.value());
    }
    tensor.trouble =
        fmt::format("stored in '{}'; save the model as one file (onnx.save without external data)",
                    readable(place.location));
    return tensor;
  }
  if (!raw && from.has_raw_data()) {
    const auto bytes = std::as_bytes(std::span(from.raw_data()));
    raw = model.own.emplace_back(bytes.begin(), bytes.end());
  }
  if (raw)
    tensor.bytes = *raw;
  else
    pack_elements(from, model, tensor);
  return tensor;
}

/// An initializer, its raw_data a view into the file.
Result<OnnxTensor> read_initializer(Span message, OnnxModel& model) {
  std::optional<Span> raw;
  std::string rest;
  TRY_STATUS(for_each_field(message, [&](const Field& field) -> Status {
    if (field.number == onnx_pb::Tensor::kRawDataFieldNumber)
      raw = field.payload;
    else
      append(rest, field.whole);
    return {};
  }));
  const auto tensor = TRY(parse<onnx_pb::Tensor>(rest, "an initializer"));
  return tensor_of(tensor, raw, model);
}

OnnxAttr attr_of(const onnx_pb::Attribute& from, OnnxModel& model) {
  OnnxAttr attr;
  attr.i = from.i();
  attr.f = from.f();
  attr.s = readable(from.s());
  attr.ints.assign(from.ints().begin(), from.ints().end());
  attr.floats.assign(from.floats().begin(), from.floats().end());
  for (const std::string& word : from.strings()) attr.strings.push_back(readable(word));
  if (from.has_t()) attr.tensor = tensor_of(from.t(), {}, model);
  if (from.has_g() || from.graphs_size() > 0) attr.trouble = "a subgraph";
  if (from.has_sparse_tensor()) attr.trouble = "a sparse tensor";
  if (!from.ref_attr_name().empty()) attr.trouble = "a function's parameter";
  return attr;
}

OnnxNode node_of(const onnx_pb::Node& from, OnnxModel& model) {
  OnnxNode node;
  node.op = readable(from.op_type());
  node.domain = from.domain() == "ai.onnx" ? "" : readable(from.domain());
  node.name = readable(from.name());
  for (const std::string& name : from.input()) node.inputs.push_back(readable(name));
  for (const std::string& name : from.output()) node.outputs.push_back(readable(name));
  for (const onnx_pb::Attribute& attr : from.attribute())
    node.attrs.insert_or_assign(readable(attr.name()), attr_of(attr, model));
  return node;
}

OnnxValueInfo value_of(const onnx_pb::ValueInfo& from) {
  OnnxValueInfo value;
  value.name = readable(from.name());
  const onnx_pb::TensorType& type = from.type().tensor_type();
  value.dtype = type_of(type.elem_type()).dtype;
  value.type_name = from.type().has_tensor_type() ? type_of(type.elem_type()).name : "no tensor";
  if (!type.has_shape()) return value;
  value.dims.emplace();
  for (const onnx_pb::Dimension& dim : type.shape().dim())
    value.dims->push_back({dim.has_dim_value() ? dim.dim_value() : -1, readable(dim.dim_param())});
  return value;
}

constexpr uint32_t kGraph = 7, kFunctions = 25;                // of ModelProto
constexpr uint32_t kInitializer = 5, kSparseInitializer = 15;  // of GraphProto

Status read_graph(Span message, OnnxModel& model) {
  std::string rest;
  TRY_STATUS(for_each_field(message, [&](const Field& field) -> Status {
    if (field.number == kInitializer)
      model.initializers.push_back(TRY(
          in(read_initializer(field.payload, model), "initializer {}", model.initializers.size())));
    else if (field.number == kSparseInitializer)
      ++model.sparse_initializers;
    else
      append(rest, field.whole);
    return {};
  }));
  const auto graph = TRY(parse<onnx_pb::Graph>(rest, "the graph"));
  for (const onnx_pb::Node& node : graph.node()) model.nodes.push_back(node_of(node, model));
  for (const onnx_pb::ValueInfo& value : graph.input()) model.inputs.push_back(value_of(value));
  for (const onnx_pb::ValueInfo& value : graph.output()) model.outputs.push_back(value_of(value));
  for (const onnx_pb::ValueInfo& value : graph.value_info())
    model.values.push_back(value_of(value));
  return {};
}

}  // namespace

Result<OnnxModel> read_onnx(std::span<const std::byte> file) {
  if (std::cmp_greater(file.size(), std::numeric_limits<int32_t>::max()))
    return fail(ErrorKind::input, "{} bytes are more than an ONNX file can have", file.size());
  OnnxModel model;
  std::string rest;
  std::optional<Span> graph;
  TRY_STATUS(for_each_field(file, [&](const Field& field) -> Status {
    if (field.number == kGraph)
      graph = field.payload;
    else if (field.number == kFunctions)
      ++model.functions;
    else if (field.number != 20)  // training information
      append(rest, field.whole);
    return {};
  }));
  if (!graph) return fail(ErrorKind::input, "the file holds no graph");
  const auto head = TRY(parse<onnx_pb::Model>(rest, "its head"));
  model.producer = readable(head.producer_name());
  for (const onnx_pb::OperatorSet& set : head.opset_import())
    model.opsets[set.domain() == "ai.onnx" ? "" : readable(set.domain())] = set.version();
  TRY_STATUS(read_graph(*graph, model));
  return model;
}

}  // namespace assay
