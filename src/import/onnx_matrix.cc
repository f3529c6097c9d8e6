// MatMul and Gemm as fully_connected: weights [K, N] are transposed, scaled and reordered here.
//
// A value that was flattened while it stood in another order (OnnxValue::before) is not brought
// into the file's order: the weights' rows are put into its order instead, once and for all.
// Not handled here: two matrices that are both computed (batch_matmul where it is one).
// Source: https://onnx.ai/onnx/operators/onnx__Gemm.html and onnx__MatMul.html.
#include <algorithm>
#include <cstring>

#include "import/onnx_lowering.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

/// Row k of the weights, in the order in which the input's elements stand: its row in the file.
std::vector<int64_t> rows_in_stored_order(const Shape& before, const std::vector<int>& order,
                                          size_t first) {
  const std::vector<int64_t> steps = dense_steps(before);
  std::vector<int64_t> rows = {0};
  for (size_t i = first; i < order.size(); ++i) {
    std::vector<int64_t> more;
    for (const int64_t row : rows)
      for (int64_t at = 0; at < before[order[i]]; ++at)
        more.push_back(row + at * steps[static_cast<size_t>(order[i])]);
    rows = std::move(more);
  }
  return rows;
}

/// Whether the value is [rows, rest of the image], stored in another order with the rows first.
bool is_flattened_image(const OnnxValue& x) {
  return x.before && x.shape.rank() == 2 && !x.order.empty() && x.order[0] == 0 &&
         x.before->dims[0] == x.shape[0];
}

struct Product {
  std::span<const std::byte> weights;  ///< [N, K], f32, or s8 if the product is computed so
  Quantisation quant;                  ///< of s8
  int64_t units = 0, depth = 0;
  std::vector<float> bias;  ///< N or none
  std::vector<int32_t> int32_bias;
};

/// From [K, N], or [N, K] if `transposed` already, to [N, K] with its rows in that order.
template <class T>
Result<std::span<const std::byte>> arranged(OnnxLowering& low, const OnnxValue& b, bool transposed,
                                            float factor, const std::vector<int64_t>& rows) {
  const int64_t depth = b.shape[transposed ? 1 : 0], units = b.shape[transposed ? 0 : 1];
  if (transposed && rows.empty() && factor == 1.0F) return b.constant->bytes;
  const std::span<T> to = TRY(own_elements<T>(low, depth * units));
  for (int64_t n = 0; n < units; ++n)
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t row = rows.empty() ? k : rows[static_cast<size_t>(k)];
      const auto at = static_cast<size_t>(transposed ? n * depth + row : row * units + n);
      T& weight = to[static_cast<size_t>(n * depth + k)];
      std::memcpy(&weight, &b.constant->bytes[at * sizeof(T)], sizeof(T));
      if constexpr (std::is_same_v<T, float>) weight *= factor;
    }
  return std::as_bytes(to);
}

Result<Product> product_of(OnnxLowering& low, const OnnxValue& b, bool transposed, float factor,
                           const std::vector<int64_t>& rows) {
  Product product;
  product.depth = b.shape[transposed ? 1 : 0];
  product.units = b.shape[transposed ? 0 : 1];
  if (!rows.empty() && std::cmp_not_equal(rows.size(), product.depth))
    return fail(ErrorKind::input, "{} elements meet {} rows of weights", rows.size(),
                product.depth);
  if (b.real) {
    product.weights = TRY(arranged<int8_t>(low, b, transposed, 1.0F, rows));
    product.quant = b.quant;
    if (b.quant.per_channel() && b.quant.axis != (transposed ? 0 : 1))
      return fail(ErrorKind::unsupported, "weights with scales along axis {}", b.quant.axis);
    product.quant.axis = 0;
    return product;
  }
  if (b.dtype != Dtype::f32)
    return fail(ErrorKind::unsupported, "a matrix of type {}", name(b.dtype));
  product.weights = TRY(arranged<float>(low, b, transposed, factor, rows));
  return product;
}

Result<TensorId> lower_product(OnnxLowering& low, TensorId from, const Product& product,
                               const OnnxEnd& end) {
  const auto units = static_cast<int32_t>(product.units),
             depth = static_cast<int32_t>(product.depth);
  const std::string weights = end.output + " weights", bias = end.output + " bias";
  std::vector<TensorId> inputs = {
      from, constant_tensor(low, weights, end.quantised ? Dtype::s8 : Dtype::f32, {{units, depth}},
                            product.weights, product.quant)};
  if (!product.int32_bias.empty())
    inputs.push_back(
        TRY(integers_tensor(low, bias, {product.int32_bias.begin(), product.int32_bias.end()})));
  else if (!product.bias.empty())
    inputs.push_back(TRY(float_tensor(low, bias, {{units}}, product.bias)));
  Attrs attrs;
  attrs.set("activation", end.activation);
  attrs.set("keep_num_dims", int64_t{tensor_of(low, from).shape.rank() != 2});
  return emit_sums(low, "fully_connected", inputs, attrs, end);
}

/// C of a Gemm as one number for each unit, if it is constant and the same for all rows.
std::optional<std::vector<float>> bias_of(const OnnxValue& c, int64_t units, float beta) {
  const bool by_unit =
      c.shape.rank() >= 1 && c.shape[c.shape.rank() - 1] == units && c.shape.elements() == units;
  if (!c.constant || (!by_unit && c.shape.elements() != 1)) return {};
  Result<std::vector<float>> values = constant_floats(c, "the bias");
  if (!values) return {};
  if (!by_unit) values->assign(static_cast<size_t>(units), values->front());
  for (float& value : *values) value *= beta;
  return *values;
}

/// The Add of a constant that alone follows a MatMul: its bias.
const OnnxNode* bias_after(OnnxLowering& low, const OnnxNode& node, Product& product) {
  const OnnxNode* user = only_user(low, node.outputs[0]);
  if (!user || user->op != "Add" || !user->domain.empty() || user->inputs.size() != 2)
    return nullptr;
  const std::string& other = user->inputs[user->inputs[0] == node.outputs[0] ? 1 : 0];
  const auto found = low.values.find(other);
  if (found == low.values.end() || !found->second.constant || !found->second.quant.empty() ||
      found->second.shape.rank() > 2)
    return nullptr;
  std::optional<std::vector<float>> bias = bias_of(found->second, product.units, 1.0F);
  if (!bias) return nullptr;
  product.bias = std::move(*bias);
  return user;
}

/// The input as a tensor whose last axis meets the weights' rows; `rows` if they are in another
/// order.
Result<TensorId> left_tensor(OnnxLowering& low, OnnxValue& a, std::vector<int64_t>& rows,
                             bool stored_as_it_is) {
  if (!stored_as_it_is) TRY_STATUS(as_the_file_says(low, a));
  if (!is_flattened_image(a)) return in_order_as_stored(low, a, plain_order(a.shape.rank()));
  rows = rows_in_stored_order(*a.before, a.order, 1);
  OnnxValue image = stored(tensor_of(low, a.tensor).shape, a.tensor, low);
  const OnnxValue flat = TRY(reshaped(low, image, a.shape));
  return flat.tensor;
}

Status lower_matrices(OnnxLowering& low, const OnnxNode& node, OnnxValue& a, OnnxValue& b) {
  const TensorId left = TRY(in_plain_order(low, a)), right = TRY(in_plain_order(low, b));
  const TensorId made =
      TRY(emit(low, "batch_matmul", {left, right}, {}, {node.outputs[0], a.dtype}));
  define(low, node, stored(tensor_of(low, made).shape, made, low));
  return {};
}

}  // namespace

Status onnx_matmul(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& a = *TRY(onnx_input(low, node, 0));
  OnnxValue& b = *TRY(onnx_input(low, node, 1));
  if (!b.constant || b.shape.rank() != 2 || a.shape.rank() < 1 || a.shape.elements() == 0)
    return lower_matrices(low, node, a, b);
  const bool quantised = is_stored_s8(low, a) && is_stored_s8(low, b);
  OnnxEnd end = end_of(low, node, quantised);
  if (!end.quantised) TRY_STATUS(as_the_file_says(low, b));
  std::vector<int64_t> rows;
  const TensorId left = TRY(left_tensor(low, a, rows, end.quantised));
  if (tensor_of(low, left).shape.dims.back() != b.shape[0])
    return fail(ErrorKind::input, "{} times {}", text(a.shape), text(b.shape));
  Product product = TRY(product_of(low, b, false, 1.0F, rows));
  if (!quantised && end.activation == "none" && a.shape.rank() >= 2)
    if (const OnnxNode* add = bias_after(low, node, product)) {
      mark_done(low, *add);
      end = end_of(low, *add, false);
    }
  const TensorId made = TRY(lower_product(low, left, product, end));
  define_end(low, end, stored(tensor_of(low, made).shape, made, low));
  return {};
}

namespace {

/// A of a Gemm, transposed if the node says so; the order in which it is stored stays.
Result<OnnxValue> left_of_gemm(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& given = *TRY(onnx_input(low, node, 0));
  if (given.shape.rank() != 2) return fail(ErrorKind::input, "a matrix of {}", text(given.shape));
  if (node.integer("transA", 0) == 0) return given;
  if (given.constant) return fail(ErrorKind::unsupported, "two constant matrices");
  TRY_STATUS(settle(low, given));
  OnnxValue a = given;
  std::swap(a.shape.dims[0], a.shape.dims[1]);
  for (int& axis : a.order) axis = 1 - axis;
  return a;
}

/// C of a Gemm into the product, if it is a bias; nullptr then, and if there is none.
Result<OnnxValue*> addend_of(OnnxLowering& low, const OnnxNode& node, const OnnxValue& a,
                             const OnnxEnd& end, Product& product) {
  if (!has_onnx_input(node, 2)) return nullptr;
  OnnxValue* c = TRY(onnx_input(low, node, 2));
  const float beta = node.real("beta", 1.0F);
  if (end.quantised) {
    if (c->shape.elements() != product.units || beta != 1.0F)
      return fail(ErrorKind::unsupported, "an addend of {}, quantised", text(c->shape));
    product.int32_bias = TRY(int32_bias(low, *c, quant_of(low, a), product.quant));
    return nullptr;
  }
  TRY_STATUS(as_the_file_says(low, *c));
  std::optional<std::vector<float>> bias = bias_of(*c, product.units, beta);
  if (!bias && beta != 1.0F)
    return fail(ErrorKind::unsupported, "beta of {} for an addend of {}", beta, text(c->shape));
  if (!bias) return c;
  product.bias = std::move(*bias);
  return nullptr;
}

}  // namespace

Status onnx_gemm(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue a = TRY(left_of_gemm(low, node));
  OnnxValue& b = *TRY(onnx_input(low, node, 1));
  if (b.shape.rank() != 2) return fail(ErrorKind::input, "a matrix of {}", text(b.shape));
  if (!b.constant) return fail(ErrorKind::unsupported, "a matrix that is not constant");
  const float alpha = node.real("alpha", 1.0F);
  const OnnxEnd end =
      end_of(low, node, alpha == 1.0F && is_stored_s8(low, a) && is_stored_s8(low, b));
  if (!end.quantised) TRY_STATUS(as_the_file_says(low, b));
  std::vector<int64_t> rows;
  const TensorId left = TRY(left_tensor(low, a, rows, end.quantised));
  Product product = TRY(product_of(low, b, node.integer("transB", 0) != 0, alpha, rows));
  if (a.shape[1] != product.depth)
    return fail(ErrorKind::input, "{} times {} rows", text(a.shape), product.depth);
  OnnxValue* c = TRY(addend_of(low, node, a, end, product));
  if (!c) {
    const TensorId made = TRY(lower_product(low, left, product, end));
    define_end(low, end, stored(tensor_of(low, made).shape, made, low));
    return {};
  }
  const TensorId made = TRY(lower_product(low, left, product, {.output = end.output + " product"}));
  const TensorId addend = TRY(in_plain_order(low, *c));
  Attrs attrs;
  attrs.set("activation", end.activation);
  const TensorId sum = TRY(emit(low, "add", {made, addend}, attrs, output_of(end)));
  define_end(low, end, stored(tensor_of(low, sum).shape, sum, low));
  return {};
}

}  // namespace assay
