// Operators of ONNX-ML that prepare features or look something up.
//
// ZipMap makes a dictionary of a row of scores, which no microcontroller wants: it is dropped, and
// said so. Encoders know numbers only; their tables are indexed by key, so keys must not be far
// apart. Not handled: texts, sparse vectors. Source: ONNX, docs/Operators-ml.md; ONNX Runtime,
// core/providers/cpu/ml/.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "import/onnx_ml.h"

namespace assay {
namespace {

constexpr int64_t kLargestTable = 1 << 16;

std::vector<float> floats_of(const OnnxNode& node, std::string_view attr) {
  const auto found = node.attrs.find(attr);
  return found == node.attrs.end() ? std::vector<float>() : found->second.floats;
}

Status check_width(const OnnxLowering& low, TensorId x, size_t numbers, std::string_view role) {
  if (numbers == 1 || std::cmp_equal(numbers, tensor_of(low, x).shape[1])) return {};
  return fail(ErrorKind::input, "{} {} for {} features", numbers, role, tensor_of(low, x).shape[1]);
}

bool all_are(const std::vector<float>& values, float number) {
  return std::ranges::all_of(values, [&](float value) { return value == number; });
}

/// The value as a tensor of integers, s64.
Result<TensorId> integers_in(OnnxLowering& low, const OnnxNode& node, size_t i) {
  OnnxValue& x = *TRY(onnx_input(low, node, i));
  const TensorId from = TRY(in_plain_order(low, x));
  return OnnxSteps{low, node.outputs[0]}.cast(from, Dtype::s64);
}

template <class T>
Result<TensorId> table_of(OnnxLowering& low, const std::string& name, Dtype dtype,
                          const std::vector<T>& values) {
  const auto count = static_cast<int64_t>(values.size());
  const std::span<T> elements = TRY(own_elements<T>(low, count));
  std::ranges::copy(values, elements.begin());
  return constant_tensor(low, name + " table", dtype, {{static_cast<int32_t>(count)}},
                         std::as_bytes(elements));
}

}  // namespace

/// (x - offset) * scale.
Status onnx_scaler(OnnxLowering& low, const OnnxNode& node) {
  TensorId x = TRY(ml_features(low, node));
  const OnnxSteps steps{low, node.outputs[0]};
  const std::vector<float> offset = floats_of(node, "offset"), scale = floats_of(node, "scale");
  TRY_STATUS(check_width(low, x, offset.size(), "offsets"));
  TRY_STATUS(check_width(low, x, scale.size(), "scales"));
  if (!all_are(offset, 0)) {
    const TensorId by = TRY(steps.row(offset));
    x = TRY(steps("sub", {x, by}));
  }
  if (!all_are(scale, 1)) {
    const TensorId by = TRY(steps.row(scale));
    x = TRY(steps("mul", {x, by}));
  }
  steps.define(node, x);
  return {};
}

/// Rows over their largest element, sum of magnitudes or length; a row of zeros stays.
Status onnx_normalizer(OnnxLowering& low, const OnnxNode& node) {
  const TensorId x = TRY(ml_features(low, node));
  const OnnxSteps steps{low, node.outputs[0]};
  const std::string norm = node.word("norm", "MAX");
  if (norm != "L1" && norm != "L2") return fail(ErrorKind::unsupported, "norm {}", norm);
  const TensorId each = norm == "L1" ? TRY(steps("abs", {x})) : TRY(steps("mul", {x, x}));
  TensorId by = TRY(steps.along_rows("sum", each));
  if (norm == "L2") by = TRY(steps("sqrt", {by}));
  by = TRY(steps("maximum", by, std::numeric_limits<float>::min()));
  steps.define(node, TRY(steps("div", {x, by})));
  return {};
}

Status onnx_imputer(OnnxLowering& low, const OnnxNode& node) {
  const std::vector<float> values = floats_of(node, "imputed_value_floats");
  if (values.empty()) return fail(ErrorKind::unsupported, "imputed integers");
  const TensorId x = TRY(ml_features(low, node));
  const OnnxSteps steps{low, node.outputs[0]};
  TRY_STATUS(check_width(low, x, values.size(), "imputed values"));
  const float missing = node.real("replaced_value_float", 0);
  const TensorId other = std::isnan(missing) ? x : TRY(steps.number(missing));
  const TensorId is_missing =
      TRY(steps(std::isnan(missing) ? "not_equal" : "equal", {x, other}, {}, Dtype::boolean));
  const TensorId instead = TRY(steps.row(values));
  steps.define(node, TRY(steps("select_v2", {is_missing, instead, x})));
  return {};
}

Status onnx_binarizer(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const TensorId from = TRY(in_plain_order(low, x));
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId bound = TRY(steps.number(node.real("threshold", 0)));
  const TensorId above = TRY(steps("greater", {from, bound}, {}, Dtype::boolean));
  steps.define(node, TRY(steps.cast(above, Dtype::f32)));
  return {};
}

Status onnx_feature_vectorizer(OnnxLowering& low, const OnnxNode& node) {
  const OnnxSteps steps{low, node.outputs[0]};
  std::vector<TensorId> parts;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    OnnxNode one = node;
    one.inputs = {node.inputs[i]};
    parts.push_back(TRY(ml_features(low, one)));
  }
  if (parts.empty()) return fail(ErrorKind::input, "has no inputs");
  Attrs attrs;
  attrs.set("axis", int64_t{1});
  steps.define(node, TRY(steps("concatenation", std::move(parts), std::move(attrs))));
  return {};
}

/// Elements of the last axis by their numbers.
Status onnx_array_feature_extractor(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxValue& y = *TRY(onnx_input(low, node, 1));
  if (x.shape.rank() < 1) return fail(ErrorKind::input, "extracts from a scalar");
  OnnxValue rows = x, flat = y;
  if (x.shape.rank() == 1) rows = TRY(reshaped(low, x, {{1, x.shape[0]}}));
  const int64_t count = y.shape.elements();
  if (y.shape.rank() != 1) flat = TRY(reshaped(low, y, {{static_cast<int32_t>(count)}}));
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId from = TRY(in_plain_order(low, rows));
  TensorId index = TRY(in_plain_order(low, flat));
  if (tensor_of(low, index).dtype != Dtype::s64) index = TRY(steps.cast(index, Dtype::s64));
  Attrs attrs;
  attrs.set("axis", int64_t{rows.shape.rank() - 1});
  const Dtype dtype = tensor_of(low, from).dtype;
  steps.define(node, TRY(steps("gather", {from, index}, std::move(attrs), dtype)));
  return {};
}

/// One more axis: 1 where the number is the category.
Status onnx_one_hot_encoder(OnnxLowering& low, const OnnxNode& node) {
  const std::vector<int64_t> categories = node.integers("cats_int64s");
  if (categories.empty()) return fail(ErrorKind::unsupported, "categories that are texts");
  if (node.integer("zeros", 1) == 0)
    return fail(ErrorKind::unsupported, "zeros = 0, an error while it runs");
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId from = TRY(integers_in(low, node, 0));
  Shape shape = tensor_of(low, from).shape;
  shape.dims.push_back(1);
  const TensorId wide = TRY(steps.view(from, shape));
  const TensorId table = TRY(table_of(low, steps.name, Dtype::s64, categories));
  const TensorId is = TRY(steps("equal", {wide, table}, {}, Dtype::boolean));
  steps.define(node, TRY(steps.cast(is, Dtype::f32)));
  return {};
}

/// The numbers that stand for integers, by a table from below the least key to above the largest:
/// gather takes what lies outside for its ends.
Status onnx_label_encoder(OnnxLowering& low, const OnnxNode& node) {
  const std::vector<int64_t> keys = node.integers("keys_int64s"),
                             integers = node.integers("values_int64s");
  const std::vector<float> floats = floats_of(node, "values_floats");
  const bool to_float = !floats.empty();
  if (keys.empty() || (!to_float && integers.empty()))
    return fail(ErrorKind::unsupported, "keys or values that are no integers");
  if (keys.size() != (to_float ? floats.size() : integers.size()))
    return fail(ErrorKind::input, "{} keys for {} values", keys.size(),
                to_float ? floats.size() : integers.size());
  const auto [least, most] = std::ranges::minmax(keys);
  int64_t width = 0;
  if (__builtin_sub_overflow(most, least, &width) || width > kLargestTable || least < INT32_MIN)
    return fail(ErrorKind::unsupported, "keys from {} to {}", least, most);
  const auto size = static_cast<size_t>(width) + 3;
  std::vector<float> to_floats(size, node.real("default_float", -0.0F));
  std::vector<int64_t> to_integers(size, node.integer("default_int64", -1));
  std::vector<bool> is_known(size, false);
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto at = static_cast<size_t>(keys[i] - least + 1);
    if (is_known[at]) continue;  // the first counts
    is_known[at] = true;
    if (to_float)
      to_floats[at] = floats[i];
    else
      to_integers[at] = integers[i];
  }
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId key = TRY(integers_in(low, node, 0));
  const TensorId begin = TRY(table_of(low, steps.name, Dtype::s64, std::vector{least - 1}));
  const TensorId index = TRY(steps("sub", {key, begin}, {}, Dtype::s64));
  const TensorId table = to_float ? TRY(table_of(low, steps.name, Dtype::f32, to_floats))
                                  : TRY(table_of(low, steps.name, Dtype::s64, to_integers));
  Attrs attrs;
  attrs.set("axis", int64_t{0});
  steps.define(node, TRY(steps("gather", {table, index}, std::move(attrs),
                               to_float ? Dtype::f32 : Dtype::s64)));
  return {};
}

Status onnx_zip_map(OnnxLowering& low, const OnnxNode& node) {
  low.parts.notes.push_back(
      fmt::format("'{}': ZipMap is dropped, the output is its row of scores", node.outputs[0]));
  define(low, node, *TRY(onnx_input(low, node, 0)));
  return {};
}

}  // namespace assay
