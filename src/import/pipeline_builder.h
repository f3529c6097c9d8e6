// A graph made step by step, as a pipeline file does: each step adds nodes behind the last tensor.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace assay {

/// The graph so far and the tensor that its last node writes.
class PipelineBuilder {
 public:
  PipelineBuilder(GraphParts& parts, TensorId input) : parts_(parts), last_(input) {}

  const Tensor& tensor() const { return parts_.tensors[static_cast<size_t>(last_)]; }
  const Shape& shape() const { return tensor().shape; }
  int32_t depth() const { return shape().dims.empty() ? 1 : shape().dims.back(); }
  TensorId last() const { return last_; }
  void go_back_to(TensorId id) { last_ = id; }
  Pipeline& facts() { return *parts_.pipeline; }

  /// A node `op` from the last tensor, with `constants` behind it, to a new last tensor of f32.
  void add(std::string_view op, Shape to, std::vector<TensorId> constants = {}, Attrs attrs = {});
  /// The same, to a tensor of another type.
  void add_as(std::string_view op, Tensor to, std::vector<TensorId> constants = {},
              Attrs attrs = {});
  /// A node from tensors that are named, to a new last tensor of f32.
  void join(std::string_view op, std::vector<TensorId> from, Shape to, Attrs attrs);

  TensorId constant(std::string name, Shape shape, const std::vector<float>& values);
  TensorId scalar(std::string name, double value) {
    return constant(std::move(name), {{1}}, std::vector{static_cast<float>(value)});
  }
  TensorId constant(std::string name, Shape shape, const std::vector<int32_t>& values);

 private:
  TensorId constant(std::string name, Dtype dtype, Shape shape, std::span<const std::byte> bytes);

  GraphParts& parts_;
  TensorId last_;
  int steps_ = 0;
};

/// The shape with another last extent.
inline Shape with_depth(Shape shape, int64_t depth) {
  if (shape.dims.empty()) shape.dims.push_back(1);
  shape.dims.back() = static_cast<int32_t>(depth);
  return shape;
}

}  // namespace assay
