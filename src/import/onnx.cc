// Imports ONNX models, opset 7 to 22.
//
// The file is read into plain structs (onnx_file.cc), then node after node is lowered to operators
// of ours by a rule (onnx_rules.def) or, where it is one of ours under another name, as
// onnx_same.def says. What no rule can lower becomes a node with its reason, so that every obstacle
// can be listed at once.
//
// Nodes have to stand in a runnable order, as ONNX demands; a value is made once. Dimensions that
// the file leaves open: the first is 1, with a note, others are an error. Not handled: control
// flow, functions, sparse and quantisation-annotated tensors, training. Source:
// https://github.com/onnx/onnx, docs/IR.md and docs/Operators.md.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "import/importer.h"
#include "import/onnx_lowering.h"

namespace assay {

#define ASSAY_ONNX(op, rule) Status onnx_##rule(OnnxLowering&, const OnnxNode&);
#include "import/onnx_rules.def"
#undef ASSAY_ONNX
Status onnx_same(OnnxLowering& low, const OnnxNode& node);

namespace {

constexpr int64_t kOldestOpset = 7, kNewestOpset = 22;

struct RuleRow {
  std::string_view op;
  OnnxRule rule;
};

constexpr RuleRow kRules[] = {
#define ASSAY_ONNX(op, rule) {#op, onnx_##rule},
#include "import/onnx_rules.def"
#undef ASSAY_ONNX
};

/// A bare protobuf message: field 1 (ir_version, a small varint) comes first, then one of the texts
/// of the header or the graph, each a length-delimited field below 16 (onnx.proto, ModelProto).
bool sniff(std::span<const std::byte> file) {
  if (file.size() < 4) return false;
  const auto version_key = std::to_integer<int>(file[0]);
  const auto version = std::to_integer<int>(file[1]);
  const auto next_key = std::to_integer<int>(file[2]);
  constexpr std::array<int, 8> kNextKeys = {0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72};
  return version_key == 0x08 && version >= 1 && version <= 32 &&
         std::ranges::find(kNextKeys, next_key) != kNextKeys.end();
}

// What is given
// ------------------------------------------------------------------------------------

Status check_constant(const OnnxTensor& tensor) {
  Shape shape;
  for (const int64_t dim : tensor.dims) {
    if (dim < 0 || dim > INT32_MAX) return fail(ErrorKind::input, "has an extent of {}", dim);
    shape.dims.push_back(static_cast<int32_t>(dim));
  }
  const int64_t needed = shape.elements() * bits(tensor.dtype) / 8;
  if (tensor.trouble.empty() && bits(tensor.dtype) != 0 &&
      std::cmp_not_equal(needed, tensor.bytes.size()))
    return fail(ErrorKind::input, "has {} bytes, its shape {} of {} needs {}", tensor.bytes.size(),
                text(shape), name(tensor.dtype), needed);
  return {};
}

Status add_value(OnnxLowering& low, const std::string& name, OnnxValue value) {
  if (!low.values.try_emplace(name, std::move(value)).second)
    return fail(ErrorKind::input, "'{}' is given twice", name);
  return {};
}

std::string constant_trouble(const OnnxTensor& tensor) {
  if (!tensor.trouble.empty()) return tensor.trouble;
  return tensor.dtype == Dtype::other ? "of type " + tensor.type_name : "";
}

Status add_initializers(OnnxLowering& low) {
  for (const OnnxTensor& tensor : low.model.initializers) {
    TRY_STATUS(in(check_constant(tensor), "initializer '{}'", tensor.name));
    OnnxValue value;
    value.trouble = constant_trouble(tensor);
    if (value.trouble.empty()) value = constant_value(low, tensor);
    TRY_STATUS(in(add_value(low, tensor.name, std::move(value)), "initializers"));
  }
  return {};
}

/// The shape that the user says, if the file's allows it.
Result<Shape> said_shape(const OnnxValueInfo& info, const Shape& said) {
  if (!info.dims) return said;
  bool fits = std::cmp_equal(info.dims->size(), said.rank());
  for (int i = 0; fits && i < said.rank(); ++i) {
    const int64_t extent = (*info.dims)[static_cast<size_t>(i)].extent;
    fits = extent <= 0 || extent == said[i];
  }
  if (fits) return said;
  std::string has;
  for (const OnnxDim& dim : *info.dims)
    has += (has.empty() ? "" : "x") + (dim.extent > 0 ? fmt::format("{}", dim.extent) : "?");
  return fail(ErrorKind::usage, "--shape {} does not fit the file's {}", text(said), has);
}

/// How many features rows of that name have, if a node of ONNX-ML says so; else 0.
int64_t features_of(const OnnxLowering& low, const OnnxValueInfo& info) {
  for (const OnnxNode& node : low.model.nodes)
    if (!node.inputs.empty() && node.inputs[0] == info.name)
      if (const int64_t count = ml_feature_count(node); count > 0 && count <= INT32_MAX)
        return count;
  return 0;
}

/// The shape of an input; open dimensions become 1 if they come first.
Result<Shape> input_shape(OnnxLowering& low, const OnnxValueInfo& info, const Shape* said) {
  if (said) return said_shape(info, *said);
  if (!info.dims)
    return fail(ErrorKind::unsupported, "its shape is not known; say it with --shape {}=1x2x3",
                info.name);
  Shape shape;
  for (size_t i = 0; i < info.dims->size(); ++i) {
    const OnnxDim& dim = (*info.dims)[i];
    if (dim.extent > INT32_MAX) return fail(ErrorKind::input, "has an extent of {}", dim.extent);
    const int64_t features = i == 1 && info.dims->size() == 2 ? features_of(low, info) : 0;
    if (dim.extent <= 0 && features > 0) {
      low.parts.notes.push_back(fmt::format(
          "input '{}': its open second dimension is taken as {}, the features that are used",
          info.name, features));
      shape.dims.push_back(static_cast<int32_t>(features));
      continue;
    }
    if (dim.extent <= 0 && i > 0)
      return fail(ErrorKind::unsupported, "dimension {}{} is open; say all with --shape {}=1x2x3",
                  i, dim.name.empty() ? "" : " (" + dim.name + ")", info.name);
    if (dim.extent <= 0)
      low.parts.notes.push_back(fmt::format("input '{}': its open first dimension{} is taken as 1",
                                            info.name, dim.name.empty() ? "" : " " + dim.name));
    shape.dims.push_back(dim.extent <= 0 ? 1 : static_cast<int32_t>(dim.extent));
  }
  return shape;
}

/// Inputs of the model: those that are no initializers.
Status add_inputs(OnnxLowering& low, const ImportOptions& options) {
  size_t used = 0;
  std::vector<const OnnxValueInfo*> inputs;
  for (const OnnxValueInfo& info : low.model.inputs)
    if (!low.values.contains(info.name)) inputs.push_back(&info);
  for (const OnnxValueInfo* info : inputs) {
    auto said = options.shapes.find(info->name);
    if (said == options.shapes.end() && inputs.size() == 1) said = options.shapes.find("");
    const bool is_said = said != options.shapes.end();
    used += is_said;
    Tensor tensor;
    tensor.name = info->name;
    tensor.dtype = info->dtype;
    tensor.shape = TRY(
        in(input_shape(low, *info, is_said ? &said->second : nullptr), "input '{}'", info->name));
    const auto id = static_cast<TensorId>(low.parts.tensors.size());
    const Shape shape = tensor.shape;
    low.parts.tensors.push_back(std::move(tensor));
    low.parts.inputs.push_back(id);
    OnnxValue value = stored(shape, id, low);
    if (info->dtype == Dtype::other) value.trouble = "of type " + info->type_name;
    TRY_STATUS(in(add_value(low, info->name, std::move(value)), "inputs"));
  }
  if (used != options.shapes.size())
    return fail(ErrorKind::usage, "--shape names an input that the model does not have; it has {}",
                inputs.empty() ? "none" : "'" + inputs[0]->name + "'");
  return {};
}

// Nodes -------------------------------------------------------------------------------------------

/// What a node stands on before it is lowered, to come back to if it cannot be.
struct Mark {
  size_t tensors, nodes;
};

void return_to(OnnxLowering& low, const Mark& mark,
               std::map<std::string, OnnxValue, std::less<>> inputs) {
  low.parts.tensors.resize(mark.tensors);
  low.parts.nodes.resize(mark.nodes);
  std::erase_if(low.reordered, [&](const auto& entry) {
    return std::cmp_greater_equal(entry.second, mark.tensors) ||
           std::cmp_greater_equal(entry.first.first, mark.tensors);
  });
  for (auto& [name, value] : inputs) low.values.insert_or_assign(name, std::move(value));
}

/// The shape that the file claims for a value, if it is fixed.
std::optional<Shape> claimed_shape(const OnnxModel& model, const std::string& name, Dtype& dtype) {
  for (const auto* list : {&model.outputs, &model.values})
    for (const OnnxValueInfo& info : *list) {
      if (info.name != name || !info.dims) continue;
      Shape shape;
      for (size_t i = 0; i < info.dims->size(); ++i) {
        const int64_t extent = (*info.dims)[i].extent;
        if (extent > INT32_MAX || (extent <= 0 && i > 0)) return {};
        shape.dims.push_back(extent <= 0 ? 1 : static_cast<int32_t>(extent));
      }
      dtype = info.dtype;
      return shape;
    }
  return {};
}

/// The node as an obstacle: its inputs as far as they are known, its outputs as the file claims.
void add_obstacle(OnnxLowering& low, const OnnxNode& from, std::string reason) {
  Node node;
  node.op = (from.domain.empty() ? "" : from.domain + ".") + from.op;
  node.trouble = std::move(reason);
  for (const std::string& name : from.inputs) {
    const auto found = low.values.find(name);
    if (found != low.values.end() && found->second.tensor != kNoTensor)
      node.inputs.push_back(found->second.tensor);
  }
  for (const std::string& name : from.outputs) {
    if (name.empty()) continue;
    Tensor& tensor = low.parts.tensors.emplace_back();
    tensor.name = name;
    const std::optional<Shape> shape = claimed_shape(low.model, name, tensor.dtype);
    if (shape) tensor.shape = *shape;
    const auto id = static_cast<TensorId>(low.parts.tensors.size() - 1);
    node.outputs.push_back(id);
    OnnxValue value = stored(tensor.shape, id, low);
    if (!shape) value.trouble = "made by " + node.op + ", which cannot be run";
    low.values.insert_or_assign(name, std::move(value));
  }
  low.parts.nodes.push_back(std::move(node));
}

std::string attribute_trouble(const OnnxNode& node) {
  for (const auto& [name, attr] : node.attrs) {
    if (!attr.trouble.empty()) return fmt::format("its attribute {} is {}", name, attr.trouble);
    if (attr.tensor)
      if (const std::string why = constant_trouble(*attr.tensor); !why.empty())
        return fmt::format("its attribute {} is {}", name, why);
  }
  return {};
}

Status lower_node(OnnxLowering& low, const OnnxNode& node) {
  if (const std::string why = attribute_trouble(node); !why.empty())
    return fail(ErrorKind::unsupported, "{}", why);
  for (const std::string& name : node.inputs) {
    if (name.empty()) continue;
    const auto found = low.values.find(name);
    if (found == low.values.end())
      return fail(ErrorKind::input, "its input '{}' is made by nothing that stands before it",
                  name);
    if (!found->second.trouble.empty())
      return fail(ErrorKind::unsupported, "its input '{}' is {}", name, found->second.trouble);
  }
  if (std::optional<OnnxValue> value = TRY(folded(low, node))) {
    define(low, node, std::move(*value));
    return {};
  }
  const OnnxRule rule = find_onnx_rule(node.domain, node.op);
  if (!rule) return fail(ErrorKind::unsupported, "no such operator here");
  return rule(low, node);
}

Status read_node(OnnxLowering& low, const OnnxNode& node) {
  const Mark mark{low.parts.tensors.size(), low.parts.nodes.size()};
  std::map<std::string, OnnxValue, std::less<>> before;
  for (const std::string& name : node.inputs)
    if (const auto found = low.values.find(name); found != low.values.end()) before.insert(*found);
  const std::vector<bool> done = low.done;
  const Status lowered = lower_node(low, node);
  if (lowered) return {};
  if (lowered.error().kind != ErrorKind::unsupported) return lowered;
  return_to(low, mark, std::move(before));
  low.done = done;
  add_obstacle(low, node, lowered.error().what);
  return {};
}

/// Every value is made once: ONNX is in static single assignment form.
Status check_names(const OnnxLowering& low) {
  std::set<std::string_view> made;
  for (const auto& [name, value] : low.values) made.insert(name);
  for (size_t i = 0; i < low.model.nodes.size(); ++i) {
    const OnnxNode& node = low.model.nodes[i];
    if (node.outputs.empty() || std::ranges::all_of(node.outputs, &std::string::empty))
      return fail(ErrorKind::input, "node {} ({}): it has no output", i, node.op);
    for (const std::string& name : node.outputs)
      if (!name.empty() && !made.insert(name).second)
        return fail(ErrorKind::input, "node {} ({}): makes '{}', which is made already", i, node.op,
                    name);
  }
  return {};
}

void find_users(OnnxLowering& low) {
  for (size_t i = 0; i < low.model.nodes.size(); ++i)
    for (const std::string& name : low.model.nodes[i].inputs) low.users[name].push_back(i);
  for (const OnnxValueInfo& info : low.model.outputs) low.outputs.insert(info.name);
  low.done.assign(low.model.nodes.size(), false);
}

Status read_nodes(OnnxLowering& low) {
  for (size_t i = 0; i < low.model.nodes.size(); ++i)
    if (!low.done[i])
      TRY_STATUS(in(read_node(low, low.model.nodes[i]), "node {} ({}){}", i, low.model.nodes[i].op,
                    low.model.nodes[i].name.empty() ? "" : " '" + low.model.nodes[i].name + "'"));
  return {};
}

/// Outputs keep the file's order of axes, and its names.
Status add_outputs(OnnxLowering& low) {
  for (const OnnxValueInfo& info : low.model.outputs) {
    const auto found = low.values.find(info.name);
    if (found == low.values.end())
      return fail(ErrorKind::input, "output '{}' is made by no node", info.name);
    const TensorId id = TRY(in(in_plain_order(low, found->second), "output '{}'", info.name));
    if (std::ranges::find(low.parts.inputs, id) == low.parts.inputs.end())
      tensor_of(low, id).name = info.name;
    low.parts.outputs.push_back(id);
  }
  return {};
}

Status check_head(const OnnxModel& model, GraphParts& parts) {
  const auto opset = model.opsets.find("");
  if (opset != model.opsets.end() && (opset->second < kOldestOpset || opset->second > kNewestOpset))
    parts.notes.push_back(fmt::format("its opset {} is not one of {} to {}, which are known",
                                      opset->second, kOldestOpset, kNewestOpset));
  if (model.sparse_initializers > 0)
    return fail(ErrorKind::unsupported, "{} sparse initializers; store them densely",
                model.sparse_initializers);
  if (model.functions > 0)
    parts.notes.push_back(fmt::format("{} functions of its own, not read", model.functions));
  return {};
}

Status read_graph(OnnxLowering& low, const ImportOptions& options) {
  TRY_STATUS(add_initializers(low));
  TRY_STATUS(add_inputs(low, options));
  TRY_STATUS(check_names(low));
  find_users(low);
  TRY_STATUS(read_nodes(low));
  return add_outputs(low);
}

Result<Graph> load(std::vector<std::byte> file, std::string name, const ImportOptions& options) {
  if (!options.signature.empty())
    return fail(ErrorKind::usage, "--signature: an ONNX model has none");
  GraphParts parts;
  parts.name = std::move(name);
  parts.format = "onnx";
  parts.variant = options.text();
  parts.file = std::move(file);
  OnnxModel model = TRY(read_onnx(parts.file));
  TRY_STATUS(check_head(model, parts));
  TRY_STATUS(read_external(model, parts, options.folder));
  OnnxLowering low{.model = model, .parts = parts};
  size_t given = parts.file.size();
  for (const std::vector<std::byte>& more : parts.own) given += more.size();
  low.budget_bytes = static_cast<int64_t>(given) * 16 + (1 << 20);
  const auto opset = model.opsets.find("");
  low.opset = opset == model.opsets.end() ? kNewestOpset : opset->second;
  TRY_STATUS(read_graph(low, options));
  for (std::vector<std::byte>& bytes : model.own) parts.own.push_back(std::move(bytes));
  return Graph::make(std::move(parts));
}

}  // namespace

OnnxRule find_onnx_rule(std::string_view domain, std::string_view op) {
  if (!domain.empty() && domain != "com.microsoft" && domain != "ai.onnx.ml") return nullptr;
  const auto* const found = std::ranges::find(kRules, op, &RuleRow::op);
  if (found != std::end(kRules)) return found->rule;
  return is_onnx_same(op) ? onnx_same : nullptr;
}

bool has_onnx_input(const OnnxNode& node, size_t i) {
  return i < node.inputs.size() && !node.inputs[i].empty();
}

Result<OnnxValue*> onnx_input(OnnxLowering& low, const OnnxNode& node, size_t i) {
  if (!has_onnx_input(node, i)) return fail(ErrorKind::input, "its input {} is left out", i);
  return &low.values.find(node.inputs[i])->second;  // lower_node has looked
}

OnnxNode with_input(OnnxLowering& low, const OnnxNode& node, size_t i, OnnxValue value) {
  OnnxNode made = node;
  if (made.inputs.size() <= i) made.inputs.resize(i + 1);
  // No name of a file has a control character (onnx_file.cc).
  made.inputs[i] = fmt::format("\x01{} {}", node.outputs[0], i);
  low.values.insert_or_assign(made.inputs[i], std::move(value));
  return made;
}

void define(OnnxLowering& low, const OnnxNode& node, OnnxValue value, size_t i) {
  if (i < node.outputs.size() && !node.outputs[i].empty())
    low.values.insert_or_assign(node.outputs[i], std::move(value));
}

const OnnxNode* only_user(const OnnxLowering& low, const std::string& value) {
  const auto users = low.users.find(value);
  if (users == low.users.end() || users->second.size() != 1 || low.outputs.contains(value))
    return nullptr;
  return &low.model.nodes[users->second[0]];
}

const Importer onnx_importer = {
    .name = "onnx",
    .sniff = sniff,
    .load = load,
};

}  // namespace assay
