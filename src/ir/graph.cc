// Graph::make: the one gate between what an importer read and what everything else relies on.
//
// Every invariant that graph.h names is checked here, for every model format, so that nothing
// later needs to ask. Nodes are put in a runnable order by Kahn's algorithm, always taking the
// node that stands first in the file, so that a file already in order stays as it is. It knows no
// operators: whether a node's inputs make sense is the business of its `infer` (ops/op.h).
#include "ir/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <utility>

namespace assay {
namespace {

constexpr int64_t kMostBytes = std::numeric_limits<int32_t>::max();

bool is_id(TensorId id, const GraphParts& parts) {
  return id >= 0 && static_cast<size_t>(id) < parts.tensors.size();
}

/// The shape with extents of 0 taken as 1: steps are products of some of the extents, and shall not
/// overflow in an empty tensor either.
Shape without_zeros(Shape shape) {
  for (int32_t& dim : shape.dims) dim = dim == 0 ? 1 : dim;
  return shape;
}

Status check_shape(const Tensor& tensor) {
  for (const int32_t dim : tensor.shape.dims)
    if (dim < 0)
      return fail(ErrorKind::input, "shape {} has a negative extent", text(tensor.shape));
  if (tensor.shape.elements() > kMostBytes)
    return fail(ErrorKind::input, "shape {} has more than 2^31 - 1 elements", text(tensor.shape));
  if (without_zeros(tensor.shape).elements() > kMostBytes)
    return fail(ErrorKind::input, "shape {} is empty, but its other extents exceed 2^31 - 1",
                text(tensor.shape));
  if (tensor.bytes() > kMostBytes)
    return fail(ErrorKind::input, "shape {} of {} needs {} bytes, more than 2^31 - 1",
                text(tensor.shape), name(tensor.dtype), tensor.bytes());
  return {};
}

Status check_constant(const Tensor& tensor) {
  if (!tensor.is_constant && !tensor.is_variable && !tensor.data.empty())
    return fail(ErrorKind::input, "has data but is not a constant");
  if (tensor.is_variable && !tensor.data.empty() &&
      std::cmp_not_equal(tensor.data.size(), tensor.bytes()))
    return fail(ErrorKind::input, "variable begins with {} bytes, its shape {} of {} needs {}",
                tensor.data.size(), text(tensor.shape), name(tensor.dtype), tensor.bytes());
  const bool size_is_known = bits(tensor.dtype) != 0;
  if (tensor.is_constant && size_is_known &&
      tensor.data.size() != static_cast<size_t>(tensor.bytes()))
    return fail(ErrorKind::input, "constant has {} bytes, its shape {} of {} needs {}",
                tensor.data.size(), text(tensor.shape), name(tensor.dtype), tensor.bytes());
  if (tensor.is_constant && tensor.is_variable)
    return fail(ErrorKind::input, "is both a constant and a variable");
  return {};
}

/// The values that an integer type can hold, as far as a zero point needs them.
std::pair<int64_t, int64_t> zero_point_range(Dtype dtype) {
  switch (dtype) {
    case Dtype::s4:
      return {-8, 7};
    case Dtype::s8:
      return {-128, 127};
    case Dtype::u8:
      return {0, 255};
    case Dtype::s16:
      return {-32768, 32767};
    case Dtype::u16:
      return {0, 65535};
    default:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  }
}

Status check_quantisation(const Tensor& tensor) {
  const Quantisation& quant = tensor.quant;
  if (quant.zero_point.size() != quant.scale.size())
    return fail(ErrorKind::input, "{} scales but {} zero points", quant.scale.size(),
                quant.zero_point.size());
  const auto [lowest, highest] = zero_point_range(tensor.dtype);
  for (size_t i = 0; i < quant.scale.size(); ++i) {
    if (!std::isfinite(quant.scale[i]) || quant.scale[i] <= 0)
      return fail(ErrorKind::input, "scale {} is {}, not a positive number", i, quant.scale[i]);
    if (quant.zero_point[i] < lowest || quant.zero_point[i] > highest)
      return fail(ErrorKind::input, "zero point {} is {}, outside of {}", i, quant.zero_point[i],
                  name(tensor.dtype));
  }
  if (!quant.per_channel()) return {};
  if (quant.axis < 0 || quant.axis >= tensor.shape.rank())
    return fail(ErrorKind::input, "quantised along axis {} but has {} axes", quant.axis,
                tensor.shape.rank());
  if (std::cmp_not_equal(quant.scale.size(), tensor.shape[quant.axis]))
    return fail(ErrorKind::input, "{} scales along axis {}, whose extent is {}", quant.scale.size(),
                quant.axis, tensor.shape[quant.axis]);
  return {};
}

Status check_tensors(const GraphParts& parts) {
  for (size_t i = 0; i < parts.tensors.size(); ++i) {
    const Tensor& tensor = parts.tensors[i];
    const std::string where = tensor_label(static_cast<TensorId>(i), tensor);
    TRY_STATUS(in(check_shape(tensor), "{}", where));
    TRY_STATUS(in(check_constant(tensor), "{}", where));
    TRY_STATUS(in(check_quantisation(tensor), "{}", where));
  }
  return {};
}

Status check_id(TensorId id, const char* role, size_t index, const GraphParts& parts) {
  if (is_id(id, parts)) return {};
  return fail(ErrorKind::input, "{} {} is tensor {}, the model has {}", role, index, id,
              parts.tensors.size());
}

/// Who makes each tensor: a node's index, or one of these.
enum Maker : int { kNobody = -1, kGiven = -2 };

/// Inputs, constants and variables are given; each may be so in one way only.
Result<std::vector<int>> given_tensors(const GraphParts& parts) {
  std::vector<int> maker(parts.tensors.size(), kNobody);
  for (size_t i = 0; i < parts.tensors.size(); ++i)
    if (parts.tensors[i].is_constant || parts.tensors[i].is_variable) maker[i] = kGiven;
  std::vector<bool> seen(parts.tensors.size(), false);
  for (size_t i = 0; i < parts.inputs.size(); ++i) {
    const TensorId id = parts.inputs[i];
    TRY_STATUS(check_id(id, "model input", i, parts));
    const auto at = static_cast<size_t>(id);
    if (seen[at])
      return fail(ErrorKind::input, "model input {} is {} once more", i,
                  tensor_label(id, parts.tensors[at]));
    if (parts.tensors[at].is_constant)
      return fail(ErrorKind::input, "model input {} is {}, which is a constant", i,
                  tensor_label(id, parts.tensors[at]));
    seen[at] = true;
    maker[at] = kGiven;
  }
  return maker;
}

std::string describe_maker(int maker, const GraphParts& parts, TensorId id) {
  const Tensor& tensor = parts.tensors[static_cast<size_t>(id)];
  if (maker >= 0) return node_label(maker, parts.nodes[static_cast<size_t>(maker)]) + " makes too";
  if (tensor.is_constant) return "a constant";
  return tensor.is_variable ? "a variable" : "a model input";
}

Status add_outputs(const GraphParts& parts, int index, std::vector<int>& maker) {
  const Node& node = parts.nodes[static_cast<size_t>(index)];
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const TensorId id = node.outputs[i];
    TRY_STATUS(check_id(id, "output", i, parts));
    int& made_by = maker[static_cast<size_t>(id)];
    if (parts.tensors[static_cast<size_t>(id)].is_variable) continue;  // the node writes it
    if (made_by != kNobody)
      return fail(ErrorKind::input, "output {} is {}, {}{}", i,
                  tensor_label(id, parts.tensors[static_cast<size_t>(id)]),
                  made_by >= 0 ? "which " : "", describe_maker(made_by, parts, id));
    made_by = index;
  }
  return {};
}

Status check_inputs(const GraphParts& parts, const Node& node, const std::vector<int>& maker) {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const TensorId id = node.inputs[i];
    if (id == kNoTensor) continue;
    TRY_STATUS(check_id(id, "input", i, parts));
    if (maker[static_cast<size_t>(id)] == kNobody)
      return fail(ErrorKind::input, "input {} is {}, which nothing makes", i,
                  tensor_label(id, parts.tensors[static_cast<size_t>(id)]));
  }
  return {};
}

/// Who makes each tensor. Errors name the node.
Result<std::vector<int>> makers(const GraphParts& parts) {
  std::vector<int> maker = TRY(given_tensors(parts));
  const int nodes = static_cast<int>(parts.nodes.size());
  for (int i = 0; i < nodes; ++i)
    TRY_STATUS(
        in(add_outputs(parts, i, maker), "{}", node_label(i, parts.nodes[static_cast<size_t>(i)])));
  for (int i = 0; i < nodes; ++i) {
    const Node& node = parts.nodes[static_cast<size_t>(i)];
    TRY_STATUS(in(check_inputs(parts, node, maker), "{}", node_label(i, node)));
  }
  for (size_t i = 0; i < parts.outputs.size(); ++i) {
    TRY_STATUS(check_id(parts.outputs[i], "model output", i, parts));
    const auto at = static_cast<size_t>(parts.outputs[i]);
    if (maker[at] == kNobody)
      return fail(ErrorKind::input, "model output {} is {}, which nothing makes", i,
                  tensor_label(parts.outputs[i], parts.tensors[at]));
  }
  return maker;
}

/// By node: the nodes that have to run before it, for its inputs or for a variable.
std::vector<std::vector<int>> earlier_nodes(const GraphParts& parts,
                                            const std::vector<int>& maker) {
  std::vector<std::vector<int>> earlier = state_order(parts.nodes, parts.tensors);
  for (size_t i = 0; i < earlier.size(); ++i)
    for (const TensorId id : parts.nodes[i].inputs)
      if (id != kNoTensor && maker[static_cast<size_t>(id)] >= 0)
        earlier[i].push_back(maker[static_cast<size_t>(id)]);
  return earlier;
}

/// Kahn's algorithm with a heap on the file's order. Error: a cycle, naming its first node.
Result<std::vector<int>> runnable_order(const GraphParts& parts, const std::vector<int>& maker) {
  const size_t count = parts.nodes.size();
  const std::vector<std::vector<int>> earlier = earlier_nodes(parts, maker);
  std::vector<std::vector<int>> users(count);
  std::vector<int> waits_for(count, 0);
  for (size_t i = 0; i < count; ++i) {
    for (const int before : earlier[i])
      users[static_cast<size_t>(before)].push_back(static_cast<int>(i));
    waits_for[i] = static_cast<int>(earlier[i].size());
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (size_t i = 0; i < count; ++i)
    if (waits_for[i] == 0) ready.push(static_cast<int>(i));
  std::vector<int> order;
  order.reserve(count);
  while (!ready.empty()) {
    const int next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const int user : users[static_cast<size_t>(next)])
      if (--waits_for[static_cast<size_t>(user)] == 0) ready.push(user);
  }
  if (order.size() == count) return order;
  // Walking back from any node that still waits, the first node met twice is on a cycle.
  size_t at = 0;
  while (waits_for[at] == 0) ++at;
  std::vector<bool> met(count, false);
  while (!met[at]) {
    met[at] = true;
    at = static_cast<size_t>(*std::ranges::find_if(
        earlier[at], [&](int from) { return waits_for[static_cast<size_t>(from)] != 0; }));
  }
  return fail(ErrorKind::input, "{}: needs its own output: the graph has a cycle",
              node_label(static_cast<int>(at), parts.nodes[at]));
}

}  // namespace

std::string node_label(int index, const Node& node) {
  return fmt::format("node {} ({})", index, node.op);
}

std::string tensor_label(TensorId id, const Tensor& tensor) {
  return tensor.name.empty() ? fmt::format("tensor {}", id)
                             : fmt::format("tensor {} '{}'", id, tensor.name);
}

std::vector<std::vector<int>> state_order(const std::vector<Node>& nodes,
                                          const std::vector<Tensor>& tensors) {
  struct Seen {
    int writer = -1;
    std::vector<int> readers = {};  // since that writer
  };
  std::map<TensorId, Seen> seen;
  std::vector<std::vector<int>> earlier(nodes.size());
  const auto is_state = [&](TensorId id) {
    return id != kNoTensor && tensors[static_cast<size_t>(id)].is_variable;
  };
  for (size_t i = 0; i < nodes.size(); ++i) {
    const int node = static_cast<int>(i);
    for (const TensorId id : nodes[i].inputs) {
      if (!is_state(id)) continue;
      Seen& at = seen[id];
      if (at.writer >= 0) earlier[i].push_back(at.writer);
      at.readers.push_back(node);
    }
    for (const TensorId id : nodes[i].outputs) {
      if (!is_state(id)) continue;
      Seen& at = seen[id];
      for (const int before : at.readers)
        if (before != node) earlier[i].push_back(before);
      if (at.writer >= 0 && at.writer != node) earlier[i].push_back(at.writer);
      at = {node, {}};
    }
  }
  return earlier;
}

Graph::Graph(GraphParts parts) : parts_(std::move(parts)) {
  std::set<TensorId> touched;
  for (const Node& node : parts_.nodes)
    for (const auto* ids : {&node.inputs, &node.outputs})
      for (const TensorId id : *ids)
        if (id != kNoTensor && tensor(id).is_variable) touched.insert(id);
  state_.assign(touched.begin(), touched.end());
}

Result<Graph> Graph::make(GraphParts parts) {
  TRY_STATUS(check_tensors(parts));
  const std::vector<int> maker = TRY(makers(parts));
  const std::vector<int> order = TRY(runnable_order(parts, maker));
  std::vector<Node> sorted;
  sorted.reserve(order.size());
  for (const int i : order) sorted.push_back(std::move(parts.nodes[static_cast<size_t>(i)]));
  parts.nodes = std::move(sorted);
  return Graph(std::move(parts));
}

}  // namespace assay
