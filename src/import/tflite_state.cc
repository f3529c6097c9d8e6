// State of a TFLite model as variables of the graph.
//
// TFLite writes state in two ways. Resource variables have a name; a var_handle gives a handle to
// it, read_variable and assign_variable take the handle, and call_once names a subgraph that
// assigns the first values. Here a name is a variable tensor, and handles and call_once are gone
// before anything else sees the graph. Variable tensors belong to one node (svdf, lstm), which
// reads and writes them: they become outputs of the node too.
//
// Not handled: first values that a subgraph computes instead of assigning constants. Source:
// tflite-micro, kernels/var_handle.cc, call_once.cc, micro_resource_variable.cc.
#include "import/tflite_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "ops/op.h"

namespace assay {
namespace {

/// By tensor: the name of the variable that it is a handle to.
using Handles = std::map<TensorId, std::string>;

bool is_id(const GraphParts& parts, TensorId id) {
  return id >= 0 && std::cmp_less(id, parts.tensors.size());
}

Handles handles_of(const GraphParts& parts) {
  Handles handles;
  for (const Node& node : parts.nodes)
    if (node.op == "var_handle" && node.trouble.empty() && node.outputs.size() == 1)
      handles[node.outputs[0]] =
          node.attrs.word("container", "") + "/" + node.attrs.word("shared_name", "");
  return handles;
}

/// The variable's name, if the node's first input is a handle to one.
std::optional<std::string> name_of(const Handles& handles, const Node& node) {
  if (node.inputs.empty()) return {};
  const auto at = handles.find(node.inputs[0]);
  if (at == handles.end()) return {};
  return at->second;
}

/// Whether bytes of one may be kept in the other.
bool same_kind(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape == b.shape;
}

struct Variables {
  GraphParts& parts;
  Handles handles;
  std::map<std::string, TensorId> by_name = {};

  /// The variable of that name, made like `value` when first met.
  TensorId get(const std::string& name, TensorId value) {
    const auto [at, fresh] = by_name.try_emplace(name, static_cast<TensorId>(parts.tensors.size()));
    if (!fresh) return at->second;
    const Tensor& like = parts.tensors[static_cast<size_t>(value)];
    Tensor variable;
    variable.name = name.starts_with("/") ? name.substr(1) : name;
    variable.dtype = like.dtype;
    variable.shape = like.shape;
    variable.quant = like.quant;
    variable.is_variable = true;
    parts.tensors.push_back(std::move(variable));
    return at->second;
  }

  void take(Node& node, bool writes) {
    if (!node.trouble.empty()) return;
    const auto& values = writes ? node.inputs : node.outputs;
    const size_t place = writes ? 1 : 0;
    const std::optional<std::string> name = name_of(handles, node);
    if (!name || values.size() != place + 1 || !is_id(parts, values[place])) {
      node.trouble = "its variable has no var_handle in this graph";
      return;
    }
    const TensorId variable = get(*name, values[place]);
    const Tensor& kept = parts.tensors[static_cast<size_t>(variable)];
    const Tensor& value = parts.tensors[static_cast<size_t>(values[place])];
    if (!same_kind(kept, value)) {
      node.trouble = fmt::format("variable '{}' is {} {} elsewhere, {} {} here", kept.name,
                                 assay::name(kept.dtype), text(kept.shape),
                                 assay::name(value.dtype), text(value.shape));
      return;
    }
    node.inputs[0] = variable;
    if (writes) node.outputs = {variable};
  }
};

/// Gives the variables their first values. "" or why it cannot.
std::string begin_with(Variables& variables, GraphParts&& start) {
  const Handles handles = handles_of(start);
  for (const Node& node : start.nodes) {
    if (node.op == "var_handle") continue;
    const std::optional<std::string> name = name_of(handles, node);
    if (node.op != "assign_variable" || !name || node.inputs.size() != 2 ||
        !is_id(start, node.inputs[1]))
      return fmt::format("its subgraph runs {}; only assigning constants is supported", node.op);
    const Tensor& value = start.tensors[static_cast<size_t>(node.inputs[1])];
    if (!value.is_constant)
      return "its subgraph computes a variable's first value; only constants are supported";
    const auto at = variables.by_name.find(*name);
    if (at == variables.by_name.end()) continue;  // nothing ever reads it
    Tensor& variable = variables.parts.tensors[static_cast<size_t>(at->second)];
    if (!same_kind(variable, value))
      return fmt::format("it gives variable '{}' {} {}, which is {} {}", variable.name,
                         name_of(handles, node) ? assay::name(value.dtype) : "", text(value.shape),
                         assay::name(variable.dtype), text(variable.shape));
    variable.data = value.data;
  }
  for (auto& own : start.own) variables.parts.own.push_back(std::move(own));
  return {};
}

bool ids_valid(const GraphParts& parts, const Node& node) {
  const auto valid = [&](TensorId id) { return is_id(parts, id); };
  return std::ranges::all_of(node.inputs, valid) && std::ranges::all_of(node.outputs, valid);
}

/// A node's variable tensors are read and written by it; those that it only writes (the output of
/// circular_buffer) become inputs.
void keep_own_state(GraphParts& parts) {
  for (const TensorId id : parts.inputs)
    if (is_id(parts, id)) parts.tensors[static_cast<size_t>(id)].is_variable = false;
  const auto is_variable = [&](TensorId id) {
    return is_id(parts, id) && parts.tensors[static_cast<size_t>(id)].is_variable;
  };
  for (Node& node : parts.nodes) {
    const OpDef* op = find_op(node.op);
    if (!op || !op->own_state || !node.trouble.empty()) continue;
    if (ids_valid(parts, node))
      for (Tensor& state : op->own_state(node, parts.tensors)) {
        state.is_variable = true;
        node.inputs.push_back(static_cast<TensorId>(parts.tensors.size()));
        parts.tensors.push_back(std::move(state));
      }
    for (const TensorId id : node.inputs)
      if (is_variable(id) && std::ranges::find(node.outputs, id) == node.outputs.end())
        node.outputs.push_back(id);
    for (const TensorId id : node.outputs)
      if (is_variable(id) && std::ranges::find(node.inputs, id) == node.inputs.end())
        node.inputs.push_back(id);
  }
}

}  // namespace

Status resolve_state(GraphParts& parts,
                     const std::function<Result<GraphParts>(int64_t)>& subgraph) {
  keep_own_state(parts);
  Variables variables{parts, handles_of(parts)};
  for (Node& node : parts.nodes)
    if (node.op == "read_variable" || node.op == "assign_variable")
      variables.take(node, node.op == "assign_variable");
  for (Node& node : parts.nodes) {
    if (node.op != "call_once" || !node.trouble.empty()) continue;
    const int64_t index = node.attrs.integer("init_subgraph", 0);
    node.trouble = begin_with(variables, TRY(in(subgraph(index), "subgraph {}", index)));
  }
  std::erase_if(parts.nodes, [](const Node& node) {
    return (node.op == "var_handle" || node.op == "call_once") && node.trouble.empty();
  });
  return {};
}

}  // namespace assay
