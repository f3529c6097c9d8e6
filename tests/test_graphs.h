// Builders for tiny graphs, for everybody's unit tests.
//
//   GraphBuilder b;
//   const TensorId x = b.input(Dtype::s8, {1, 8, 8, 3}, quant(0.5f, -1));
//   const TensorId w = b.constant<int8_t>(Dtype::s8, {4, 3, 3, 3}, counting<int8_t>(108),
//   quant(0.1f)); const TensorId y = b.node("conv_2d", {x, w}, Dtype::s8, {1, 8, 8, 4},
//   quant(0.25f),
//                             {{"stride_h", 1}, {"padding", "same"}});
//   const Graph graph = b.build({y});
//   const NodeView view{graph, graph.nodes()[0]};
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"

namespace assay {

/// One scale and zero point for the whole tensor.
inline Quantisation quant(float scale, int32_t zero_point = 0) {
  return {{scale}, {zero_point}, 0};
}

/// A scale per slice along `axis`, zero points 0.
inline Quantisation quant_by_channel(std::vector<float> scales, int axis) {
  std::vector<int32_t> zeros(scales.size(), 0);
  return {std::move(scales), std::move(zeros), axis};
}

/// 0, 1, 2, ... wrapped into [lowest, highest]: values that tell places apart.
template <class T>
std::vector<T> counting(int64_t count, int lowest = -100, int highest = 100) {
  std::vector<T> values;
  const int span = highest - lowest + 1;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<T>(lowest + static_cast<int>(i * 7 % span)));
  return values;
}

/// An attribute as a test writes it; int and const char* need the help.
struct TestAttr {
  TestAttr(std::string key, int value) : name(std::move(key)), attr(int64_t{value}) {}
  TestAttr(std::string key, double value) : name(std::move(key)), attr(value) {}
  TestAttr(std::string key, const char* value) : name(std::move(key)), attr(std::string(value)) {}
  TestAttr(std::string key, std::vector<int64_t> value)
      : name(std::move(key)), attr(std::move(value)) {}
  std::string name;
  Attr attr;
};

class GraphBuilder {
 public:
  /// Any tensor; the others are made with it.
  TensorId tensor(Dtype dtype, std::vector<int32_t> dims, Quantisation q = {},
                  std::string name = {}) {
    if (name.empty()) name = "t" + std::to_string(parts.tensors.size());
    Tensor made;
    made.name = std::move(name);
    made.dtype = dtype;
    made.shape = {std::move(dims)};
    made.quant = std::move(q);
    parts.tensors.push_back(std::move(made));
    return static_cast<TensorId>(parts.tensors.size() - 1);
  }

  TensorId input(Dtype dtype, std::vector<int32_t> dims, Quantisation q = {},
                 std::string name = {}) {
    const TensorId id = tensor(dtype, std::move(dims), std::move(q), std::move(name));
    parts.inputs.push_back(id);
    return id;
  }

  template <class T>
  TensorId constant(Dtype dtype, std::vector<int32_t> dims, const std::vector<T>& values,
                    Quantisation q = {}, std::string name = {}) {
    const TensorId id = tensor(dtype, std::move(dims), std::move(q), std::move(name));
    const auto bytes = std::as_bytes(std::span(values));
    Tensor& made = parts.tensors.back();
    parts.own.emplace_back(bytes.begin(), bytes.end());
    made.data = parts.own.back();
    made.is_constant = true;
    return id;
  }

  /// A node with one output, which is returned.
  TensorId node(std::string op, std::vector<TensorId> inputs, Dtype dtype,
                std::vector<int32_t> dims, Quantisation q = {},
                const std::vector<TestAttr>& attrs = {}) {
    const TensorId out = tensor(dtype, std::move(dims), std::move(q));
    node_to(std::move(op), std::move(inputs), {out}, attrs);
    return out;
  }

  /// A node with outputs that were made with tensor().
  void node_to(std::string op, std::vector<TensorId> inputs, std::vector<TensorId> outputs,
               const std::vector<TestAttr>& attrs = {}) {
    Node made;
    made.op = std::move(op);
    made.inputs = std::move(inputs);
    made.outputs = std::move(outputs);
    for (const TestAttr& attr : attrs) made.attrs.set(attr.name, attr.attr);
    parts.nodes.push_back(std::move(made));
  }

  /// The builder is empty afterwards.
  Result<Graph> try_build(std::vector<TensorId> outputs) {
    parts.outputs = std::move(outputs);
    if (parts.name.empty()) parts.name = "test";
    if (parts.format.empty()) parts.format = "tflite";
    return Graph::make(std::exchange(parts, {}));
  }

  /// Throws if Graph::make refuses: the test is wrong.
  Graph build(std::vector<TensorId> outputs) {
    Result<Graph> graph = try_build(std::move(outputs));
    if (!graph) throw std::logic_error(text(graph.error()));
    return *std::move(graph);
  }

  GraphParts parts;
};

/// x -> relu -> relu -> ... -> y: `nodes` nodes on a tensor of these extents.
inline Graph chain_graph(int nodes, std::vector<int32_t> dims, Dtype dtype = Dtype::s8) {
  GraphBuilder b;
  TensorId at = b.input(dtype, dims, quant(0.5f, -3));
  for (int i = 0; i < nodes; ++i) at = b.node("relu", {at}, dtype, dims, quant(0.5f, -3));
  return b.build({at});
}

/// x -> relu -> {relu, relu6} -> add -> y: a branch and a join.
inline Graph diamond_graph(std::vector<int32_t> dims, Dtype dtype = Dtype::s8) {
  GraphBuilder b;
  const Quantisation q = quant(0.5f, -3);
  const TensorId x = b.input(dtype, dims, q);
  const TensorId top = b.node("relu", {x}, dtype, dims, q);
  const TensorId left = b.node("relu", {top}, dtype, dims, q);
  const TensorId right = b.node("relu6", {top}, dtype, dims, q);
  const TensorId y = b.node("add", {left, right}, dtype, dims, q, {{"activation", "none"}});
  return b.build({y});
}

}  // namespace assay
