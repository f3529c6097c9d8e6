// Several operators of ours for one of ONNX's, written down as a calculation.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "import/onnx_lowering.h"

namespace assay {

struct OnnxSteps {
  OnnxLowering& low;
  std::string name;  ///< of what is made: the node's output

  Result<TensorId> operator()(std::string_view op, std::vector<TensorId> inputs, Attrs attrs = {},
                              Dtype dtype = Dtype::f32) const {
    return emit(low, op, std::move(inputs), std::move(attrs), {name, dtype});
  }
  /// The same with a constant as second input.
  Result<TensorId> operator()(std::string_view op, TensorId a, float b) const {
    const TensorId constant = TRY(number(b));
    return (*this)(op, {a, constant});
  }
  Result<TensorId> number(float value) const {
    return float_tensor(low, name + " constant", {}, std::span(&value, 1));
  }
  /// A constant that is one row.
  Result<TensorId> row(const std::vector<float>& values) const {
    return float_tensor(low, name + " constant", {{static_cast<int32_t>(values.size())}}, values);
  }
  Result<TensorId> cast(TensorId from, Dtype to) const {
    if (tensor_of(low, from).dtype == to) return from;
    return (*this)("cast", {from}, {}, to);
  }
  /// x [rows, K] times the transpose of weights [N, K], plus a bias of N or none.
  Result<TensorId> product(TensorId x, const std::vector<float>& weights, size_t depth,
                           const std::vector<float>& bias) const {
    const auto units = static_cast<int32_t>(weights.size() / depth);
    std::vector<TensorId> inputs = {x};
    inputs.push_back(
        TRY(float_tensor(low, name + " weights", {{units, static_cast<int32_t>(depth)}}, weights)));
    if (!bias.empty()) inputs.push_back(TRY(row(bias)));
    return (*this)("fully_connected", std::move(inputs));
  }
  /// One number of each row: "sum", "reduce_max"; the axis stays, of extent 1.
  Result<TensorId> along_rows(std::string_view op, TensorId x) const {
    const TensorId axis =
        TRY(integers_tensor(low, name + " axis", {tensor_of(low, x).shape.rank() - 1}));
    Attrs attrs;
    attrs.set("keep_dims", int64_t{1});
    return (*this)(op, {x, axis}, std::move(attrs));
  }
  Result<TensorId> view(TensorId x, Shape shape) const {
    const Dtype dtype = tensor_of(low, x).dtype;
    Attrs attrs;
    attrs.set("new_shape", std::vector<int64_t>(shape.dims.begin(), shape.dims.end()));
    return emit(low, "reshape", {x}, std::move(attrs), {name, dtype, {}, std::move(shape)});
  }
  void define(const OnnxNode& node, TensorId made, size_t i = 0) const {
    assay::define(low, node, stored(tensor_of(low, made).shape, made, low), i);
  }
};

}  // namespace assay
