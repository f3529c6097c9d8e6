// The pieces that pipeline files are put together from.
#include "import/pipeline_builder.h"

#include <fmt/format.h>

#include <utility>

namespace assay {

void PipelineBuilder::add_as(std::string_view op, Tensor to, std::vector<TensorId> constants,
                             Attrs attrs) {
  Node node;
  node.op = op;
  node.inputs = {last_};
  node.inputs.insert(node.inputs.end(), constants.begin(), constants.end());
  node.attrs = std::move(attrs);
  to.name = fmt::format("{}_{}", op, steps_++);
  last_ = static_cast<TensorId>(parts_.tensors.size());
  node.outputs = {last_};
  parts_.tensors.push_back(std::move(to));
  parts_.nodes.push_back(std::move(node));
}

void PipelineBuilder::add(std::string_view op, Shape to, std::vector<TensorId> constants,
                          Attrs attrs) {
  Tensor tensor;
  tensor.dtype = Dtype::f32;
  tensor.shape = std::move(to);
  add_as(op, std::move(tensor), std::move(constants), std::move(attrs));
}

void PipelineBuilder::join(std::string_view op, std::vector<TensorId> from, Shape to, Attrs attrs) {
  const std::vector<TensorId> others(from.begin() + 1, from.end());
  last_ = from[0];
  add(op, std::move(to), others, std::move(attrs));
}

TensorId PipelineBuilder::constant(std::string name, Dtype dtype, Shape shape,
                                   std::span<const std::byte> bytes) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  tensor.is_constant = true;
  tensor.data = parts_.own.emplace_back(bytes.begin(), bytes.end());
  parts_.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(parts_.tensors.size()) - 1;
}

TensorId PipelineBuilder::constant(std::string name, Shape shape,
                                   const std::vector<float>& values) {
  return constant(std::move(name), Dtype::f32, std::move(shape), std::as_bytes(std::span(values)));
}

TensorId PipelineBuilder::constant(std::string name, Shape shape,
                                   const std::vector<int32_t>& values) {
  return constant(std::move(name), Dtype::s32, std::move(shape), std::as_bytes(std::span(values)));
}

}  // namespace assay
