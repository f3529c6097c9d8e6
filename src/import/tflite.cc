// Reads TensorFlow Lite models (https://ai.google.dev/edge/litert, schema version 3c).
//
// The file is hostile. First FlatBuffers' own verifier proves that every table, vector and string
// of the outer structure (tflite.fbs) lies inside the file; then every index, type, buffer and
// quantisation array is checked while it is copied into GraphParts, and Graph::make checks the
// rest. Lists in the file may overlap, so the bytes copied are counted and bounded by the file's
// size: a small file cannot unpack to a large graph.
//
// What is well-formed but not for us (operators we do not have, newer versions, sparse tensors,
// further subgraphs that nothing calls) is no error: it becomes Node::trouble or a note, so that
// all of it can be listed at once.
//
// An operator's options are read by the description in its own file (OpDef::tflite.fields).
// A signature is a subgraph by name. Shapes that the user says, or that the file leaves open, are
// inferred anew (tflite_shapes.cc).
// Not read: metadata, min/max of quantisation, intermediates.
#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <set>

#include "import/importer.h"
#include "import/tflite_bodies.h"
#include "import/tflite_custom.h"
#include "import/tflite_opcodes.h"
#include "import/tflite_shapes.h"
#include "import/tflite_state.h"
#include "ops/fold.h"
#include "ops/op.h"
#include "tflite_generated.h"

namespace assay {
namespace {

constexpr uint32_t kSchemaVersion = 3;
constexpr size_t kLongestName = 256;
constexpr size_t kLeastBytes = 8;  // the root's offset and the identifier

struct TypeRow {
  std::string_view name;  ///< of the schema's TensorType, in its order
  Dtype dtype;
};

constexpr TypeRow kTypes[] = {
    {"float32", Dtype::f32},       {"float16", Dtype::f16},
    {"int32", Dtype::s32},         {"uint8", Dtype::u8},
    {"int64", Dtype::s64},         {"string", Dtype::other},
    {"bool", Dtype::boolean},      {"int16", Dtype::s16},
    {"complex64", Dtype::other},   {"int8", Dtype::s8},
    {"float64", Dtype::f64},       {"complex128", Dtype::other},
    {"uint64", Dtype::u64},        {"resource", Dtype::other},
    {"variant", Dtype::other},     {"uint32", Dtype::u32},
    {"uint16", Dtype::u16},        {"int4", Dtype::s4},
    {"bfloat16", Dtype::other},    {"int2", Dtype::other},
    {"uint4", Dtype::other},       {"float8_e4m3fn", Dtype::other},
    {"float8_e5m2", Dtype::other},
};

/// Handles to variables: resolve_state has the say about nodes that take them.
constexpr size_t kResource = 13;

/// One entry of the model's table of operator codes.
struct Code {
  std::string name;           ///< what Node::op becomes
  const OpDef* op = nullptr;  ///< nullptr: not ours
  int version = 1;
  std::string trouble;
};

/// What is known while one file is read.
struct Reading {
  const tfl::Model& model;
  flatbuffers::Verifier& verifier;  ///< once more needed for the opaque options
  GraphParts& parts;
  std::span<const std::byte> file;
  int64_t budget_bytes;  ///< what may still be copied out of the file
  std::vector<Code> codes = {};
  std::vector<std::string> trouble =
      {};                       ///< by tensor: why nodes that touch it cannot be described
  std::vector<bool> open = {};  ///< by tensor: whether the file leaves an extent open
};

template <class Vector>
size_t length(const Vector* vector) {
  return vector ? vector->size() : 0;
}

void add_reason(std::string& reasons, std::string_view reason) {
  if (!reasons.empty()) reasons += "; ";
  reasons += reason;
}

Status spend(Reading& reading, size_t bytes) {
  reading.budget_bytes -= static_cast<int64_t>(bytes);
  if (reading.budget_bytes >= 0) return {};
  return fail(ErrorKind::input, "the file's lists overlap: it would unpack to many times its size");
}

/// A name as people may see it: no control characters, not endless.
std::string printable(std::string_view string) {
  std::string name(string.substr(0, kLongestName));
  if (string.size() > kLongestName) name += "...";
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return name;
}

Result<std::string> read_name(Reading& reading, const flatbuffers::String* string) {
  if (!string) return std::string();
  std::string name = printable(string->string_view());
  TRY_STATUS(spend(reading, name.size()));
  return name;
}

Result<std::vector<int32_t>> read_ints(Reading& reading, const flatbuffers::Vector<int32_t>* list) {
  if (!list) return std::vector<int32_t>();
  TRY_STATUS(spend(reading, list->size() * sizeof(int32_t)));
  return std::vector<int32_t>(list->begin(), list->end());
}

// Operator codes ----------------------------------------------------------------------------------

Result<Code> read_code(Reading& reading, const tfl::OperatorCode& from) {
  // Codes above 126 stand in the newer field; old files have only the older one.
  const int opcode = std::max<int>(from.deprecated_code(), from.code());
  Code code;
  code.version = from.version();
  if (code.version < 1) return fail(ErrorKind::input, "version {} is below 1", code.version);
  if (opcode == kTfliteCustom) {
    const std::string custom = TRY(read_name(reading, from.custom_code()));
    if ((code.op = find_tflite_custom(custom))) {
      code.name = code.op->name;
      return code;
    }
    code.name = "custom " + (custom.empty() ? "without a name" : custom);
    code.trouble = "a custom operator, which only its author's runtime knows";
    return code;
  }
  code.op = find_tflite_op(opcode);
  code.name = code.op ? std::string(code.op->name) : tflite_opcode_name(opcode);
  if (code.name.empty()) {
    code.name = fmt::format("opcode {}", opcode);
    code.trouble = fmt::format("TFLite has no operator with code {}", opcode);
  } else if (!code.op) {
    code.trouble = "no such operator here";
  } else if (code.version > code.op->tflite.max_version) {
    code.trouble = fmt::format("version {} of {}, known up to version {}", code.version,
                               code.op->tflite.name, code.op->tflite.max_version);
  }
  return code;
}

Status read_codes(Reading& reading) {
  const auto* codes = reading.model.operator_codes();
  for (uint32_t i = 0; i < length(codes); ++i)
    reading.codes.push_back(TRY(in(read_code(reading, *codes->Get(i)), "operator code {}", i)));
  return {};
}

// Tensors -----------------------------------------------------------------------------------------

/// The bytes of a tensor's buffer; empty if it has none.
Result<std::span<const std::byte>> buffer_bytes(const Reading& reading, uint32_t index) {
  const auto* buffers = reading.model.buffers();
  if (index == 0 && length(buffers) == 0) return std::span<const std::byte>();
  if (index >= length(buffers))
    return fail(ErrorKind::input, "its buffer is {}, the model has {}", index, length(buffers));
  const tfl::Buffer& buffer = *buffers->Get(index);
  if (length(buffer.data()) > 0)
    return std::as_bytes(std::span(buffer.data()->data(), buffer.data()->size()));
  if (buffer.offset() <= 1 || buffer.size() == 0) return std::span<const std::byte>();
  const size_t file_bytes = reading.file.size();
  if (buffer.offset() > file_bytes || buffer.size() > file_bytes - buffer.offset())
    return fail(ErrorKind::input, "its buffer {} has {} bytes at {}, the file has {}", index,
                buffer.size(), buffer.offset(), file_bytes);
  return reading.file.subspan(buffer.offset(), buffer.size());
}

/// Makes `tensor` a constant. Bytes that the shape does not ask for are left out, as the
/// runtimes do; misaligned ones are copied.
Status set_constant(Reading& reading, Tensor& tensor, const std::string& label,
                    std::span<const std::byte> bytes) {
  tensor.is_constant = true;
  tensor.data = bytes;
  if (bits(tensor.dtype) == 0) return {};  // how many it needs is not known
  for (const int32_t dim : tensor.shape.dims)
    if (dim < 0) return {};  // Graph::make says so
  const auto needed = static_cast<size_t>(tensor.bytes());
  if (bytes.size() > needed && needed > 0) {
    reading.parts.notes.push_back(fmt::format("{}: its buffer has {} bytes, the shape {} needs {}",
                                              label, bytes.size(), text(tensor.shape), needed));
    tensor.data = bytes.first(needed);
  }
  const auto element_bytes = static_cast<uintptr_t>(std::max(bits(tensor.dtype) / 8, 1));
  if (reinterpret_cast<uintptr_t>(tensor.data.data()) % element_bytes == 0) return {};
  TRY_STATUS(spend(reading, tensor.data.size()));
  tensor.data = reading.parts.own.emplace_back(tensor.data.begin(), tensor.data.end());
  return {};
}

/// Both runtimes take a tensor without scales, or without zero points, as not quantised, and
/// TFLM one zero point as that of every scale.
Result<Quantisation> read_quantisation(Reading& reading, const tfl::Quantisation& from,
                                       const Shape& shape) {
  Quantisation quant;
  const size_t scales = length(from.scale()), zeros = length(from.zero_point());
  if (scales == 0 || zeros == 0) return quant;
  if (zeros != scales && zeros != 1)
    return fail(ErrorKind::input, "{} scales but {} zero points", scales, zeros);
  TRY_STATUS(spend(reading, scales * (sizeof(float) + sizeof(int32_t))));
  quant.scale.assign(from.scale()->begin(), from.scale()->end());
  for (size_t i = 0; i < scales; ++i) {
    int64_t zero = 0;  // eight-byte elements need not be aligned
    std::memcpy(&zero, from.zero_point()->Data() + (zeros == 1 ? 0 : i) * sizeof zero, sizeof zero);
    if (zero != static_cast<int32_t>(zero))
      return fail(ErrorKind::input, "zero point {} is {}, outside of s32", i, zero);
    quant.zero_point.push_back(static_cast<int32_t>(zero));
  }
  // With one scale or one axis there is no choice, and files leave anything there: the biases of
  // TFLM's person_detect.tflite say axis 3.
  quant.axis = scales > 1 && shape.rank() != 1 ? from.axis() : 0;
  return quant;
}

Result<Tensor> read_tensor(Reading& reading, const tfl::Tensor& from, TensorId id,
                           std::string& trouble) {
  Tensor tensor;
  tensor.name = TRY(read_name(reading, from.name()));
  const std::string label = tensor_label(id, tensor);
  const auto type = static_cast<size_t>(from.type());
  if (type >= std::size(kTypes))
    return fail(ErrorKind::input, "{}: TFLite has no type {}", label, from.type());
  tensor.dtype = kTypes[type].dtype;
  if (tensor.dtype == Dtype::other && type != kResource)
    add_reason(trouble, fmt::format("of type {}", kTypes[type].name));
  tensor.shape.dims = TRY(in(read_ints(reading, from.shape()), "{}", label));
  tensor.is_variable = from.is_variable();
  if (from.quantisation() && from.quantisation()->details_type() != 0)
    add_reason(trouble, "quantised in a way of its own");
  else if (from.quantisation())
    tensor.quant =
        TRY(in(read_quantisation(reading, *from.quantisation(), tensor.shape), "{}", label));

  const auto bytes = TRY(in(buffer_bytes(reading, from.buffer()), "{}", label));
  if (from.sparsity() || from.external_buffer() != 0) {
    // Its elements are not at hand, so it stays a constant of a type without a size.
    add_reason(trouble, from.sparsity() ? "sparse" : "stored in another file");
    tensor.is_constant = true;
    tensor.dtype = Dtype::other;
    tensor.data = bytes;
  } else if (!bytes.empty() && tensor.is_variable) {
    add_reason(trouble, "a variable with an initial value");
  } else if (!bytes.empty()) {
    TRY_STATUS(in(set_constant(reading, tensor, label, bytes), "{}", label));
  }
  return tensor;
}

Status read_tensors(Reading& reading, const tfl::SubGraph& from) {
  const auto* tensors = from.tensors();
  reading.trouble.resize(length(tensors));
  for (uint32_t i = 0; i < length(tensors); ++i) {
    const tfl::Tensor& tensor = *tensors->Get(i);
    reading.parts.tensors.push_back(
        TRY(read_tensor(reading, tensor, static_cast<TensorId>(i), reading.trouble[i])));
    const auto extents = TRY(read_ints(reading, tensor.shape_signature()));
    reading.open.push_back(std::ranges::find(extents, -1) != extents.end());
  }
  return {};
}

// Nodes -------------------------------------------------------------------------------------------

constexpr std::string_view kPaddings[] = {"same", "valid"};
constexpr std::string_view kActivations[] = {"none",  "relu", "relu_n1_to_1",
                                             "relu6", "tanh", "sign_bit"};

Result<Attr> word_of(std::span<const std::string_view> words, int8_t value) {
  if (value < 0 || std::cmp_greater_equal(value, words.size()))
    return fail(ErrorKind::input, "{} is not one of its {} values", value, words.size());
  return Attr(std::string(words[static_cast<size_t>(value)]));
}

/// A scalar of an options table, or the schema's default.
template <class T>
Result<T> read_scalar(const Reading& reading, const flatbuffers::Table* table,
                      const TfliteField& field) {
  const T otherwise = static_cast<T>(field.otherwise);
  if (!table) return otherwise;
  const auto slot = flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field.id));
  if (!table->VerifyField<T>(reading.verifier, slot, sizeof(T)))
    return fail(ErrorKind::input, "lies outside of the file");
  return table->GetField<T>(slot, otherwise);
}

Result<Attr> read_int_list(Reading& reading, const flatbuffers::Table* table,
                           const TfliteField& field) {
  const auto slot = flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field.id));
  if (!table || !table->CheckField(slot)) return Attr(std::vector<int64_t>());
  if (!table->VerifyField<flatbuffers::uoffset_t>(reading.verifier, slot,
                                                  sizeof(flatbuffers::uoffset_t)) ||
      !table->VerifyOffset(reading.verifier, slot))
    return fail(ErrorKind::input, "lies outside of the file");
  const auto* list = table->GetPointer<const flatbuffers::Vector<int32_t>*>(slot);
  if (!reading.verifier.VerifyVector(list))
    return fail(ErrorKind::input, "lies outside of the file");
  const std::vector<int32_t> values = TRY(read_ints(reading, list));
  return Attr(std::vector<int64_t>(values.begin(), values.end()));
}

Result<Attr> read_string(Reading& reading, const flatbuffers::Table* table,
                         const TfliteField& field) {
  const auto slot = flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field.id));
  if (!table || !table->CheckField(slot)) return Attr(std::string());
  if (!table->VerifyOffset(reading.verifier, slot) ||
      !reading.verifier.VerifyString(table->GetPointer<const flatbuffers::String*>(slot)))
    return fail(ErrorKind::input, "lies outside of the file");
  return Attr(TRY(read_name(reading, table->GetPointer<const flatbuffers::String*>(slot))));
}

Result<Attr> read_field(Reading& reading, const flatbuffers::Table* table,
                        const TfliteField& field) {
  switch (field.kind) {
    case TfliteField::int8:
      return Attr(int64_t{TRY(read_scalar<int8_t>(reading, table, field))});
    case TfliteField::int32:
      return Attr(int64_t{TRY(read_scalar<int32_t>(reading, table, field))});
    case TfliteField::boolean:
      return Attr(int64_t{TRY(read_scalar<uint8_t>(reading, table, field)) != 0});
    case TfliteField::float32: {
      const float value = TRY(read_scalar<float>(reading, table, field));
      if (!std::isfinite(value)) return fail(ErrorKind::input, "{} is not a number", value);
      return Attr(double{value});
    }
    case TfliteField::padding: {
      const int8_t value = TRY(read_scalar<int8_t>(reading, table, field));
      return word_of(kPaddings, value);
    }
    case TfliteField::activation: {
      const int8_t value = TRY(read_scalar<int8_t>(reading, table, field));
      return word_of(kActivations, value);
    }
    case TfliteField::int32s:
      return read_int_list(reading, table, field);
    case TfliteField::string:
      return read_string(reading, table, field);
  }
  return fail(ErrorKind::internal, "a field of kind {}", static_cast<int>(field.kind));
}

/// Attributes by the operator's own description. Without an options table, the schema's defaults.
Result<Attrs> read_attrs(Reading& reading, const tfl::Operator& from, const TfliteForm& form) {
  if (!form.custom.empty()) {
    const auto* options = from.custom_options();
    const size_t bytes = length(options);
    return read_custom_options(
        bytes ? std::span(options->data(), bytes) : std::span<const uint8_t>(), form.fields);
  }
  Attrs attrs;
  const bool has_options = from.options() && from.options_type() != 0;
  if (has_options && form.options != 0 && from.options_type() != form.options)
    return fail(ErrorKind::input, "its options are of type {}, those of {} of type {}",
                from.options_type(), form.name, form.options);
  const auto* table =
      has_options ? reinterpret_cast<const flatbuffers::Table*>(from.options()) : nullptr;
  for (const TfliteField& field : form.fields)
    attrs.set(std::string(field.attr),
              TRY(in(read_field(reading, table, field), "{}", field.attr)));
  return attrs;
}

/// Reasons that come from a node's tensors: "input 1 is sparse".
void add_tensor_trouble(const Reading& reading, std::string_view role,
                        const std::vector<TensorId>& ids, std::string& reasons) {
  constexpr size_t kLongest = 400;
  for (size_t i = 0; i < ids.size() && reasons.size() < kLongest; ++i) {
    if (ids[i] < 0 || std::cmp_greater_equal(ids[i], reading.trouble.size())) continue;
    const std::string& trouble = reading.trouble[static_cast<size_t>(ids[i])];
    if (!trouble.empty()) add_reason(reasons, fmt::format("{} {} is {}", role, i, trouble));
  }
}

Result<Node> read_node(Reading& reading, const tfl::Operator& from, int index) {
  if (from.opcode_index() >= reading.codes.size())
    return fail(ErrorKind::input, "node {}: its operator code is {}, the model has {}", index,
                from.opcode_index(), reading.codes.size());
  const Code& code = reading.codes[from.opcode_index()];
  Node node;
  node.op = code.name;
  node.version = code.version;
  node.trouble = code.trouble;
  const std::string label = node_label(index, node);
  const size_t fields = code.op ? code.op->tflite.fields.size() : 0;
  TRY_STATUS(in(spend(reading, node.op.size() + node.trouble.size() + fields * 64), "{}", label));
  node.inputs = TRY(in(read_ints(reading, from.inputs()), "{}", label));
  node.outputs = TRY(in(read_ints(reading, from.outputs()), "{}", label));
  if (!code.op) return node;
  node.attrs = TRY(in(read_attrs(reading, from, code.op->tflite), "{}", label));
  add_tensor_trouble(reading, "input", node.inputs, node.trouble);
  add_tensor_trouble(reading, "output", node.outputs, node.trouble);
  return node;
}

Status read_nodes(Reading& reading, const tfl::SubGraph& from) {
  const auto* operators = from.operators();
  for (uint32_t i = 0; i < length(operators); ++i)
    reading.parts.nodes.push_back(TRY(read_node(reading, *operators->Get(i), static_cast<int>(i))));
  return {};
}

/// A tensor of no elements needs no bytes: if nothing makes it, it is a constant all the same.
void find_empty_constants(GraphParts& parts) {
  std::vector<bool> made(parts.tensors.size(), false);
  const auto mark = [&](const std::vector<TensorId>& ids) {
    for (const TensorId id : ids)
      if (id >= 0 && std::cmp_less(id, made.size())) made[static_cast<size_t>(id)] = true;
  };
  mark(parts.inputs);
  for (const Node& node : parts.nodes) mark(node.outputs);
  for (size_t i = 0; i < made.size(); ++i) {
    Tensor& tensor = parts.tensors[i];
    if (!made[i] && !tensor.is_variable && tensor.shape.elements() == 0) tensor.is_constant = true;
  }
}

// The whole ---------------------------------------------------------------------------------------

template <class Table>
std::optional<size_t> first_broken(flatbuffers::Verifier& verifier, const flatbuffers::Table* owner,
                                   flatbuffers::voffset_t slot) {
  if (!owner->VerifyOffset(verifier, slot)) return std::nullopt;
  const auto* list =
      owner->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>>*>(slot);
  if (!list || !verifier.VerifyVector(list)) return std::nullopt;
  for (uint32_t i = 0; i < list->size(); ++i)
    if (!list->Get(i)->Verify(verifier)) return i;
  return std::nullopt;
}

/// What the verifier stumbled over, as far as the structure above it holds.
std::string find_fault(const std::vector<std::byte>& file,
                       const flatbuffers::Verifier::Options& limits) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  flatbuffers::Verifier verifier(bytes, file.size(), limits);
  const auto root = verifier.VerifyOffset(0);
  if (root == 0) return "its root";
  const auto* model = reinterpret_cast<const flatbuffers::Table*>(bytes + root);
  if (!verifier.VerifyTableStart(bytes + root)) return "its root";
  if (const auto i =
          first_broken<tfl::OperatorCode>(verifier, model, tfl::Model::VT_OPERATOR_CODES))
    return fmt::format("operator code {}", *i);
  if (const auto i = first_broken<tfl::Buffer>(verifier, model, tfl::Model::VT_BUFFERS))
    return fmt::format("buffer {}", *i);
  const auto subgraph = first_broken<tfl::SubGraph>(verifier, model, tfl::Model::VT_SUBGRAPHS);
  if (!subgraph) return "its list of contents";
  const auto* at = reinterpret_cast<const flatbuffers::Table*>(
      model
          ->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<tfl::SubGraph>>*>(
              tfl::Model::VT_SUBGRAPHS)
          ->Get(static_cast<uint32_t>(*subgraph)));
  flatbuffers::Verifier again(bytes, file.size(),
                              limits);  // the failure left the first one's depth
  if (at->VerifyTableStart(again)) {
    if (const auto i = first_broken<tfl::Tensor>(again, at, tfl::SubGraph::VT_TENSORS))
      return fmt::format("tensor {}", *i);
    if (const auto i = first_broken<tfl::Operator>(again, at, tfl::SubGraph::VT_OPERATORS))
      return fmt::format("node {}", *i);
  }
  return fmt::format("subgraph {}", *subgraph);
}

bool sniff(std::span<const std::byte> head) {
  return head.size() >= kLeastBytes && std::memcmp(head.data() + 4, tfl::ModelIdentifier(), 4) == 0;
}

Status read_subgraph(Reading& reading, const tfl::SubGraph& from) {
  TRY_STATUS(read_tensors(reading, from));
  reading.parts.inputs = TRY(read_ints(reading, from.inputs()));
  reading.parts.outputs = TRY(read_ints(reading, from.outputs()));
  return read_nodes(reading, from);
}

/// A further subgraph, out of the same budget. Its constants point into the file too.
Result<GraphParts> read_called(Reading& reading, const tfl::SubGraph& from) {
  GraphParts parts;
  Reading inner{reading.model, reading.verifier,     parts,
                reading.file,  reading.budget_bytes, reading.codes};
  TRY_STATUS(read_subgraph(inner, from));
  reading.budget_bytes = inner.budget_bytes;
  return parts;
}

/// The names of the file's signatures: "'encode', 'decode'".
std::string signature_names(const tfl::Model& model) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < std::min<size_t>(length(model.signatures()), 8); ++i)
    if (const auto* key = model.signatures()->Get(i)->key())
      names.push_back("'" + printable(key->string_view()) + "'");
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

/// The signature of that name; the first graph's if it is empty, and nullptr if that has none.
Result<const tfl::Signature*> find_signature(const tfl::Model& model, const std::string& name) {
  const auto* signatures = model.signatures();
  for (uint32_t i = 0; i < length(signatures); ++i) {
    const tfl::Signature* signature = signatures->Get(i);
    const bool is_it = name.empty() ? signature->subgraph() == 0
                                    : signature->key() && signature->key()->string_view() == name;
    if (is_it && signature->subgraph() >= length(model.subgraphs()))
      return fail(ErrorKind::input, "signature '{}' is subgraph {}, the model has {}", name,
                  signature->subgraph(), length(model.subgraphs()));
    if (is_it) return signature;
  }
  if (name.empty()) return nullptr;
  return fail(ErrorKind::usage, "--signature '{}' is not in the model; it has {}", name,
              signature_names(model));
}

/// The graph, its shapes inferred anew if the user or the file ask for it.
Result<Graph> finish(Reading& reading, std::vector<bool> changed) {
  Graph graph = TRY(Graph::make(std::move(reading.parts)));
  reading.open.resize(graph.tensors().size());
  const bool is_said = std::ranges::count(changed, true) > 0;
  const bool is_open = std::ranges::count(reading.open, true) > 0;
  if (!is_said && (!is_open || check_shapes(graph))) return graph;
  return infer_shapes(std::move(graph), reading.open, std::move(changed));
}

Status check_outputs(const GraphParts& parts) {
  for (size_t i = 0; i < parts.nodes.size(); ++i)
    if (const Node& node = parts.nodes[i];
        node.outputs.empty() && node.trouble.empty() && find_op(node.op))
      return fail(ErrorKind::input, "{}: it has no output", node_label(static_cast<int>(i), node));
  return {};
}

/// A subgraph that a node runs, with those that its own nodes run. `path` leads to it.
Result<Graph> read_body(Reading& reading, std::set<int64_t>& called, std::vector<int64_t> path) {
  constexpr size_t kDeepest = 8;
  const int64_t index = path.back();
  if (index < 0 || std::cmp_greater_equal(index, length(reading.model.subgraphs())))
    return fail(ErrorKind::input, "the model has {} subgraphs", length(reading.model.subgraphs()));
  if (std::ranges::count(path, index) > 1)
    return fail(ErrorKind::input, "it runs itself, which no runtime on microcontrollers does");
  if (path.size() > kDeepest)
    return fail(ErrorKind::input, "subgraphs are nested deeper than {}", kDeepest);
  called.insert(index);
  GraphParts parts;
  parts.name = fmt::format("subgraph {}", index);
  parts.format = "tflite";
  Reading inner{reading.model, reading.verifier,     parts,
                reading.file,  reading.budget_bytes, reading.codes};
  TRY_STATUS(read_subgraph(inner, *reading.model.subgraphs()->Get(static_cast<uint32_t>(index))));
  TRY_STATUS(resolve_state(parts, [](int64_t) -> Result<GraphParts> {
    return fail(ErrorKind::input, "a subgraph that a node runs calls nothing once");
  }));
  TRY_STATUS(attach_bodies(parts, [&](int64_t next) {
    std::vector<int64_t> further = path;
    further.push_back(next);
    return read_body(inner, called, std::move(further));
  }));
  reading.budget_bytes = inner.budget_bytes;
  TRY_STATUS(check_outputs(parts));
  find_empty_constants(parts);
  std::vector<bool> changed(parts.tensors.size(), false);
  Graph graph = TRY(finish(inner, std::move(changed)));
  TRY_STATUS(check_shapes(graph));
  return fold_constants(std::move(graph));
}

Status read_model(Reading& reading, uint32_t main) {
  const auto* subgraphs = reading.model.subgraphs();
  TRY_STATUS(read_codes(reading));
  TRY_STATUS(read_subgraph(reading, *subgraphs->Get(main)));
  std::set<int64_t> called;
  TRY_STATUS(resolve_state(reading.parts, [&](int64_t index) -> Result<GraphParts> {
    if (index < 0 || index == main || index >= subgraphs->size())
      return fail(ErrorKind::input, "the model has {} subgraphs, of which {} calls it",
                  subgraphs->size(), main);
    if (!called.insert(index).second) return GraphParts();  // once
    return read_called(reading, *subgraphs->Get(static_cast<uint32_t>(index)));
  }));
  TRY_STATUS(attach_bodies(reading.parts, [&](int64_t index) {
    return read_body(reading, called, {main, index});
  }));
  TRY_STATUS(check_outputs(reading.parts));
  if (const size_t left = subgraphs->size() - 1 - called.size(); left > 0)
    reading.parts.notes.push_back(
        fmt::format("{} more subgraph{}, not read", left, left == 1 ? "" : "s"));
  find_empty_constants(reading.parts);
  return {};
}

/// The input that --shape means: by its tensor's name or its name in the signature; the only one
/// for an empty name.
Result<TensorId> input_named(const Reading& reading, const tfl::Signature* signature,
                             std::string_view name) {
  const std::vector<TensorId>& inputs = reading.parts.inputs;
  std::vector<std::string> names;
  for (const TensorId id : inputs) {
    if (id < 0 || std::cmp_greater_equal(id, reading.parts.tensors.size())) continue;
    const std::string& own = reading.parts.tensors[static_cast<size_t>(id)].name;
    names.push_back("'" + own + "'");
    if (name == own || (name.empty() && inputs.size() == 1)) return id;
    for (uint32_t i = 0; signature && i < length(signature->inputs()); ++i) {
      const tfl::TensorMap& entry = *signature->inputs()->Get(i);
      if (entry.name() && std::cmp_equal(entry.tensor(), id) && entry.name()->string_view() == name)
        return id;
    }
  }
  return fail(ErrorKind::usage, "--shape names an input that the model does not have; it has {}",
              names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

/// Gives inputs the shapes that the user said. By tensor: whether its shape is another now.
Result<std::vector<bool>> set_shapes(Reading& reading, const tfl::Signature* signature,
                                     const ImportOptions& options) {
  std::vector<bool> changed(reading.parts.tensors.size(), false);
  for (const auto& [name, shape] : options.shapes) {
    const auto id = static_cast<size_t>(TRY(input_named(reading, signature, name)));
    Tensor& tensor = reading.parts.tensors[id];
    if (shape.rank() != tensor.shape.rank())
      return fail(ErrorKind::usage, "--shape {} of input '{}', which has {} axes: {}", text(shape),
                  tensor.name, tensor.shape.rank(), text(tensor.shape));
    changed[id] = shape != tensor.shape;
    tensor.shape = shape;
  }
  return changed;
}

Result<Graph> load(std::vector<std::byte> file, std::string name, const ImportOptions& options) {
  GraphParts parts;
  parts.name = std::move(name);
  parts.format = "tflite";
  parts.variant = options.text();
  parts.file = std::move(file);
  if (parts.file.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return fail(ErrorKind::input, "{} bytes are more than a TFLite file can have",
                parts.file.size());
  flatbuffers::Verifier::Options limits;
  limits.max_depth = 16;  // the structure is five deep
  limits.max_tables = static_cast<flatbuffers::uoffset_t>(
      std::min<size_t>(parts.file.size() / 4 + 64, 1'000'000));  // a table has four bytes or more
  const auto* bytes = reinterpret_cast<const uint8_t*>(parts.file.data());
  flatbuffers::Verifier verifier(bytes, parts.file.size(), limits);
  if (!verifier.VerifyBuffer<tfl::Model>(tfl::ModelIdentifier()))
    return fail(ErrorKind::input, "the file is damaged or cut short: {} reaches outside of it",
                find_fault(parts.file, limits));
  Reading reading{.model = *tfl::GetModel(bytes),
                  .verifier = verifier,
                  .parts = parts,
                  .file = parts.file,
                  .budget_bytes = static_cast<int64_t>(parts.file.size()) * 16 + (1 << 16)};
  if (reading.model.version() != kSchemaVersion)
    return fail(ErrorKind::input, "schema version {} is not {}", reading.model.version(),
                kSchemaVersion);
  if (length(reading.model.subgraphs()) == 0)
    return fail(ErrorKind::input, "the file holds no graph");
  const tfl::Signature* signature = TRY(find_signature(reading.model, options.signature));
  TRY_STATUS(read_model(reading, signature ? signature->subgraph() : 0));
  return finish(reading, TRY(set_shapes(reading, signature, options)));
}

}  // namespace

const Importer tflite_importer = {
    .name = "tflite",
    .sniff = sniff,
    .load = load,
};

}  // namespace assay
