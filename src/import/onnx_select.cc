// Operators that look for elements or count them: TopK, OneHot, CumSum; and Einsum of two matrices.
//
// Not handled: k that is computed, indices of one-hot rows that are floats, the ellipsis and
// repeated letters of Einsum. Source: https://onnx.ai/onnx/operators/, one page each.
#include <algorithm>
#include <cctype>

#include "import/onnx_steps.h"

namespace assay {

/// Along the last axis as it is stored; the smallest are the largest of what is negated.
Status onnx_top_k(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  const int axis = TRY(onnx_axis(node.integer("axis", -1), x.shape.rank()));
  int64_t k = node.integer("k", 0);
  if (const auto given = TRY(integers_of(low, node, 1, "k")); given && given->size() == 1)
    k = given->front();
  const bool largest = node.integer("largest", 1) != 0;
  if (!largest && x.dtype != Dtype::f32)
    return fail(ErrorKind::unsupported, "the smallest of type {}", name(x.dtype));
  std::vector<int> order = plain_order(x.shape.rank());
  order.erase(order.begin() + axis);
  order.push_back(axis);
  TensorId from = TRY(in_order(low, x, order));
  const OnnxSteps steps{low, node.outputs[0]};
  if (!largest) from = TRY(steps("neg", {from}));
  const TensorId count = TRY(integers_tensor(low, steps.name + " k", {k}));
  tensor_of(low, count).shape = {};
  std::vector<TensorId> made =
      TRY(emit(low, "topk_v2", {from, count}, {},
               {{steps.name, x.dtype}, {steps.name + " places", Dtype::s32}}));
  if (!largest) made[0] = TRY(steps("neg", {made[0]}));
  made[1] = TRY(steps.cast(made[1], Dtype::s64));
  for (size_t i = 0; i < 2; ++i) define(low, node, stored_as(low, made[i], order), i);
  return {};
}

namespace {

/// One number of any type.
Result<int64_t> depth_of(const OnnxValue& given) {
  if (given.shape.elements() != 1) return fail(ErrorKind::input, "depth is no number");
  if (given.dtype != Dtype::f32) return TRY(constant_integers(given, "depth")).front();
  const float depth = TRY(constant_floats(given, "depth")).front();
  if (!(depth >= 0 && depth <= 1 << 24)) return fail(ErrorKind::input, "a depth of {}", depth);
  return static_cast<int64_t>(depth);
}

}  // namespace

/// Indices that are negative count from the end.
Status onnx_one_hot(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& indices = *TRY(onnx_input(low, node, 0));
  const OnnxValue& values = *TRY(onnx_input(low, node, 2));
  const OnnxValue* given = TRY(onnx_input(low, node, 1));
  const int64_t depth = TRY(depth_of(*given));
  if (!values.constant || values.shape.elements() != 2)
    return fail(ErrorKind::unsupported, "values that are not two constants");
  const OnnxSteps steps{low, node.outputs[0]};
  TensorId at = TRY(in_plain_order(low, indices));
  if (indices.dtype != Dtype::s32) at = TRY(steps.cast(at, Dtype::s32));
  const TensorId zero = TRY(integers_tensor(low, steps.name + " zero", {0}));
  const TensorId extent = TRY(integers_tensor(low, steps.name + " depth", {depth}));
  tensor_of(low, zero).shape = tensor_of(low, extent).shape = {};
  const TensorId below = TRY(steps("less", {at, zero}, {}, Dtype::boolean));
  const TensorId from_end = TRY(steps("add", {at, extent}, {}, Dtype::s32));
  at = TRY(steps("select_v2", {below, from_end, at}, {}, Dtype::s32));
  const auto element = static_cast<size_t>(bits(values.dtype) / 8);
  const auto one_of = [&](size_t i, const char* word) {
    return constant_tensor(low, steps.name + word, values.dtype, {},
                           values.constant->bytes.subspan(i * element, element));
  };
  const TensorId off = one_of(0, " off"), on = one_of(1, " on");
  Attrs attrs;
  attrs.set("axis", node.integer("axis", -1));
  steps.define(node, TRY(steps("one_hot", {at, extent, on, off}, attrs, values.dtype)));
  return {};
}

Status onnx_cum_sum(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  const auto given = TRY(integers_of(low, node, 1, "the axis"));
  if (!given || given->size() != 1) return fail(ErrorKind::input, "its axis is no number");
  const int axis = TRY(onnx_axis(given->front(), x.shape.rank()));
  const TensorId from = TRY(in_order(low, x, x.order));
  const TensorId along = TRY(integers_tensor(low, node.outputs[0] + " axis",
                                             {std::ranges::find(x.order, axis) - x.order.begin()}));
  Attrs attrs;
  attrs.set("exclusive", node.integer("exclusive", 0));
  attrs.set("reverse", node.integer("reverse", 0));
  const TensorId made =
      TRY(emit(low, "cumsum", {from, along}, std::move(attrs), {node.outputs[0], x.dtype}));
  define(low, node, stored_as(low, made, x.order));
  return {};
}

namespace {

/// "bij,bjk->bik": letters of two inputs and of the output.
struct Letters {
  std::string a, b, out;
};

Result<Letters> letters_of(const OnnxNode& node) {
  std::string text = node.word("equation", "");
  std::erase(text, ' ');
  const size_t comma = text.find(','), arrow = text.find("->");
  if (node.inputs.size() != 2 || comma == text.npos || arrow == text.npos || arrow < comma)
    return fail(ErrorKind::unsupported, "equation {}, of two inputs and an output are", text);
  Letters made{text.substr(0, comma), text.substr(comma + 1, arrow - comma - 1),
               text.substr(arrow + 2)};
  for (std::string word : {made.a, made.b, made.out}) {
    std::ranges::sort(word);
    if (std::ranges::adjacent_find(word) != word.end() ||
        !std::ranges::all_of(word, [](unsigned char c) { return std::isalpha(c) != 0; }))
      return fail(ErrorKind::unsupported, "equation {}, letters once each are", text);
  }
  return made;
}

/// One input's letters by what becomes of them, and the tensor with its axes in that order.
struct Operand {
  std::string batch, own, summed;
  TensorId tensor = kNoTensor;
  std::map<char, int32_t> extent = {};
};

Result<Operand> operand_of(OnnxLowering& low, OnnxValue& x, const std::string& mine,
                           const Letters& letters, bool summed_last) {
  const std::string& other = &mine == &letters.a ? letters.b : letters.a;
  if (std::cmp_not_equal(mine.size(), x.shape.rank()) || x.dtype != Dtype::f32)
    return fail(ErrorKind::unsupported, "{} of type {} as {}", text(x.shape), name(x.dtype), mine);
  Operand made;
  for (size_t i = 0; i < mine.size(); ++i) {
    made.extent[mine[i]] = x.shape[static_cast<int>(i)];
    const bool in_out = letters.out.find(mine[i]) != letters.out.npos;
    if (other.find(mine[i]) == other.npos)
      made.own += mine[i];
    else if (!in_out)
      made.summed += mine[i];
    if (other.find(mine[i]) == other.npos && !in_out)
      return fail(ErrorKind::unsupported, "a sum over {} of one input", mine[i]);
  }
  // Both operands in the output's order of batches and the first's of sums.
  for (const char c : letters.out)
    if (mine.find(c) != mine.npos && other.find(c) != other.npos) made.batch += c;
  std::ranges::sort(made.summed);
  std::vector<int> order;
  for (const char c : made.batch + (summed_last ? made.own + made.summed : made.summed + made.own))
    order.push_back(static_cast<int>(mine.find(c)));
  made.tensor = TRY(in_order(low, x, order));
  return made;
}

}  // namespace

/// As a product of matrices: letters of both and of the output are batches, of both alone the sums.
Status onnx_einsum(OnnxLowering& low, const OnnxNode& node) {
  const Letters letters = TRY(letters_of(node));
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxValue& y = *TRY(onnx_input(low, node, 1));
  const Operand a = TRY(operand_of(low, x, letters.a, letters, true));
  const Operand b = TRY(operand_of(low, y, letters.b, letters, false));
  const auto product = [](const Operand& of, const std::string& word) {
    int64_t count = 1;
    for (const char c : word) count = saturating_product(count, of.extent.at(c));
    return static_cast<int32_t>(std::min<int64_t>(count, INT32_MAX));  // no tensor has as many
  };
  for (const char c : a.batch + a.summed)
    if (a.extent.at(c) != b.extent.at(c))
      return fail(ErrorKind::input, "{} is {} and {}", c, a.extent.at(c), b.extent.at(c));
  const int32_t batch = product(a, a.batch), depth = product(a, a.summed);
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId left = TRY(steps.view(a.tensor, {{batch, product(a, a.own), depth}}));
  const TensorId right = TRY(steps.view(b.tensor, {{batch, depth, product(b, b.own)}}));
  TensorId made = TRY(steps("batch_matmul", {left, right}));
  const std::string stands = a.batch + a.own + b.own;
  Shape shape;
  std::vector<int> order;
  for (const char c : stands) {
    if (letters.out.find(c) == letters.out.npos)
      return fail(ErrorKind::unsupported, "a sum over {} of one input", c);
    shape.dims.push_back(a.extent.contains(c) ? a.extent.at(c) : b.extent.at(c));
    order.push_back(static_cast<int>(letters.out.find(c)));
  }
  if (stands.size() != letters.out.size())
    return fail(ErrorKind::input, "its output {} has a letter of no input", letters.out);
  made = TRY(steps.view(made, shape));
  define(low, node, stored_as(low, made, order));
  return {};
}

}  // namespace assay
