// LSTM, GRU and RNN, unrolled: what the input feeds into all gates is one layer over all steps;
// each step is then a layer of the hidden state and some arithmetic.
//
// The fused LSTM that TFLite has keeps its state from one inference to the next; ONNX begins each
// with zeros or what it is given, so that it cannot be used. Weights stand once, code and tensors
// grow with the number of steps. Not handled: activations other than the default ones, clipping,
// peepholes, sequences of several lengths, layout 1. Source:
// https://onnx.ai/onnx/operators/onnx__LSTM.html, onnx__GRU.html, onnx__RNN.html.
#include <algorithm>
#include <functional>

#include "import/onnx_steps.h"

namespace assay {
namespace {

constexpr int64_t kMostSteps = 512;

/// The extents of the node, and its constants in one direction.
struct Recurrence {
  int32_t steps = 0, batch = 0, inputs = 0, hidden = 0, gates = 0, directions = 1;
  std::vector<float> fed, back, fed_bias, back_bias;  ///< W, R and both halves of B
};

/// Hidden state and cell.
struct State {
  TensorId hidden = kNoTensor, cell = kNoTensor;
};

Status check_defaults(OnnxLowering& low, const OnnxNode& node, const Shape& x) {
  const auto words = node.attrs.find("activations");
  const std::vector<std::string> usual =
      node.op == "LSTM"  ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"}
      : node.op == "GRU" ? std::vector<std::string>{"Sigmoid", "Tanh"}
                         : std::vector<std::string>{"Tanh"};
  if (words != node.attrs.end())
    for (size_t i = 0; i < words->second.strings.size(); ++i)
      if (words->second.strings[i] != usual[i % usual.size()])
        return fail(ErrorKind::unsupported, "activation {}", words->second.strings[i]);
  for (const std::string_view attr : {"clip", "input_forget", "layout"})
    if (node.integer(attr, 0) != 0 || node.real(attr, 0) != 0)
      return fail(ErrorKind::unsupported, "its attribute {}", attr);
  if (has_onnx_input(node, 7)) return fail(ErrorKind::unsupported, "peepholes");
  if (const auto lengths = TRY(integers_of(low, node, 4, "the lengths of its sequences")))
    for (const int64_t length : *lengths)
      if (length != x[0]) return fail(ErrorKind::unsupported, "a sequence of {} steps", length);
  return {};
}

Result<std::vector<float>> weights_of(OnnxLowering& low, const OnnxNode& node, size_t i,
                                      int32_t direction, int64_t each, int32_t directions) {
  OnnxValue& value = *TRY(onnx_input(low, node, i));
  TRY_STATUS(as_the_file_says(low, value));
  const std::vector<float> all = TRY(constant_floats(value, "a weight"));
  if (std::cmp_not_equal(all.size(), each * directions))
    return fail(ErrorKind::input, "input {} has {} numbers, need {}", i, all.size(),
                each * directions);
  const auto begin = all.begin() + direction * each;
  return std::vector<float>(begin, begin + each);
}

Result<Recurrence> recurrence_of(OnnxLowering& low, const OnnxNode& node, int32_t direction) {
  const Shape& x = TRY(onnx_input(low, node, 0))->shape;
  const Shape& w = TRY(onnx_input(low, node, 1))->shape;
  Recurrence made;
  made.gates = node.op == "LSTM" ? 4 : node.op == "GRU" ? 3 : 1;
  if (x.rank() != 3 || x.elements() == 0 || w.rank() != 3 || w[1] % made.gates != 0 || w[1] == 0)
    return fail(ErrorKind::input, "a sequence {} and weights {}", text(x), text(w));
  made.steps = x[0];
  made.batch = x[1];
  made.inputs = x[2];
  made.hidden = w[1] / made.gates;
  made.directions = node.word("direction", "forward") == "bidirectional" ? 2 : 1;
  if (made.steps > kMostSteps)
    return fail(ErrorKind::unsupported, "{} steps, at most {} are unrolled", made.steps,
                kMostSteps);
  const int64_t rows = w[1];
  made.fed = TRY(weights_of(low, node, 1, direction, rows * made.inputs, made.directions));
  made.back = TRY(weights_of(low, node, 2, direction, rows * made.hidden, made.directions));
  std::vector<float> both(static_cast<size_t>(2 * rows), 0.0F);
  if (has_onnx_input(node, 3))
    both = TRY(weights_of(low, node, 3, direction, 2 * rows, made.directions));
  made.fed_bias.assign(both.begin(), both.begin() + rows);
  made.back_bias.assign(both.begin() + rows, both.end());
  return made;
}

/// The given state of this direction, or zeros: [batch, hidden].
Result<TensorId> first_state(const OnnxSteps& steps, const OnnxNode& node, size_t i,
                             const Recurrence& of, int32_t direction) {
  const Shape shape = {{of.batch, of.hidden}};
  if (!has_onnx_input(node, i))
    return float_tensor(steps.low, steps.name + " zeros", shape,
                        std::vector<float>(static_cast<size_t>(shape.elements()), 0.0F));
  OnnxValue& value = *TRY(onnx_input(steps.low, node, i));
  if (value.shape != Shape{{of.directions, of.batch, of.hidden}})
    return fail(ErrorKind::input, "a first state of {}", text(value.shape));
  TensorId from = TRY(in_plain_order(steps.low, value));
  if (of.directions > 1) {
    const TensorId begin =
        TRY(integers_tensor(steps.low, steps.name + " begin", {direction, 0, 0}));
    const TensorId size = TRY(integers_tensor(steps.low, steps.name + " size", {1, -1, -1}));
    from = TRY(steps("slice", {from, begin, size}));
  }
  return steps.view(from, shape);
}

/// Columns of a matrix [rows, n] in pieces.
Result<std::vector<TensorId>> columns(const OnnxSteps& steps, TensorId x,
                                      const std::vector<int64_t>& sizes) {
  const TensorId pieces = TRY(integers_tensor(steps.low, steps.name + " sizes", sizes));
  const TensorId axis = TRY(integers_tensor(steps.low, steps.name + " axis", {1}));
  return emit(steps.low, "split_v", {x, pieces, axis}, {},
              std::vector<EmitOutput>(sizes.size(), {steps.name, Dtype::f32}));
}

Result<TensorId> matrix(const OnnxSteps& steps, const std::vector<float>& rows, int32_t depth) {
  return float_tensor(steps.low, steps.name + " weights",
                      {{static_cast<int32_t>(rows.size()) / depth, depth}}, rows);
}

/// One step of a cell: what the input feeds [batch, gates * hidden] and the state before it.
using Step = std::function<Result<State>(TensorId fed, const State& before)>;

/// Gates i, o, f and c.
Result<Step> lstm_step(const OnnxSteps& steps, const Recurrence& of) {
  const TensorId back = TRY(matrix(steps, of.back, of.hidden));
  const int64_t n = of.hidden;
  return Step([=](TensorId fed, const State& before) -> Result<State> {
    TensorId gates = TRY(steps("fully_connected", {before.hidden, back}));
    gates = TRY(steps("add", {fed, gates}));
    const std::vector<TensorId> two = TRY(columns(steps, gates, {3 * n, n}));
    const TensorId open = TRY(steps("logistic", {two[0]}));
    const std::vector<TensorId> part = TRY(columns(steps, open, {n, n, n}));
    TensorId next = TRY(steps("tanh", {two[1]}));
    next = TRY(steps("mul", {part[0], next}));
    const TensorId kept = TRY(steps("mul", {part[2], before.cell}));
    const TensorId cell = TRY(steps("add", {kept, next}));
    const TensorId shown = TRY(steps("tanh", {cell}));
    const TensorId hidden = TRY(steps("mul", {part[1], shown}));
    return State{hidden, cell};
  });
}

/// Gates z, r and h; the reset acts on the state, or on what the state feeds.
Result<Step> gru_step(const OnnxSteps& steps, const Recurrence& of, bool resets_after) {
  const int64_t n = of.hidden;
  const auto split = of.back.begin() + 2 * n * n;
  const TensorId gates_back = TRY(matrix(steps, {of.back.begin(), split}, of.hidden));
  const TensorId next_back = TRY(matrix(steps, {split, of.back.end()}, of.hidden));
  const TensorId bias =
      TRY(steps.row(std::vector<float>(of.back_bias.begin() + 2 * n, of.back_bias.end())));
  return Step([=](TensorId fed, const State& before) -> Result<State> {
    const std::vector<TensorId> two = TRY(columns(steps, fed, {2 * n, n}));
    TensorId gates = TRY(steps("fully_connected", {before.hidden, gates_back}));
    gates = TRY(steps("add", {two[0], gates}));
    gates = TRY(steps("logistic", {gates}));
    const std::vector<TensorId> part = TRY(columns(steps, gates, {n, n}));
    TensorId next = before.hidden;
    if (!resets_after) next = TRY(steps("mul", {part[1], next}));
    next = TRY(steps("fully_connected", {next, next_back, bias}));
    if (resets_after) next = TRY(steps("mul", {part[1], next}));
    next = TRY(steps("add", {two[1], next}));
    next = TRY(steps("tanh", {next}));
    TensorId kept = TRY(steps("sub", {before.hidden, next}));
    kept = TRY(steps("mul", {part[0], kept}));
    return State{TRY(steps("add", {next, kept})), kNoTensor};
  });
}

Result<Step> plain_step(const OnnxSteps& steps, const Recurrence& of) {
  const TensorId back = TRY(matrix(steps, of.back, of.hidden));
  return Step([=](TensorId fed, const State& before) -> Result<State> {
    TensorId next = TRY(steps("fully_connected", {before.hidden, back}));
    next = TRY(steps("add", {fed, next}));
    return State{TRY(steps("tanh", {next})), kNoTensor};
  });
}

/// What the input feeds each step: a tensor [batch, gates * hidden] a step. Biases that are only
/// added are in it.
Result<std::vector<TensorId>> fed_steps(const OnnxSteps& steps, const OnnxNode& node,
                                        const Recurrence& of) {
  std::vector<float> bias = of.fed_bias;
  const size_t added = node.op == "GRU" ? 2 * static_cast<size_t>(of.hidden) : bias.size();
  for (size_t i = 0; i < added; ++i) bias[i] += of.back_bias[i];
  OnnxValue* input = TRY(onnx_input(steps.low, node, 0));
  const TensorId x = TRY(in_plain_order(steps.low, *input));
  const TensorId rows = TRY(steps.view(x, {{of.steps * of.batch, of.inputs}}));
  const TensorId all = TRY(steps.product(rows, of.fed, static_cast<size_t>(of.inputs), bias));
  const TensorId fed = TRY(steps.view(all, {{of.steps, of.batch, of.gates * of.hidden}}));
  Attrs attrs;
  attrs.set("axis", int64_t{0});
  attrs.set("num", int64_t{of.steps});
  return emit(steps.low, "unpack", {fed}, std::move(attrs),
              std::vector<EmitOutput>(static_cast<size_t>(of.steps), {steps.name, Dtype::f32}));
}

struct Unrolled {
  std::vector<TensorId> hidden;  ///< by step
  State last;
};

Result<Unrolled> unrolled(const OnnxSteps& steps, const OnnxNode& node, int32_t direction,
                          bool reverse) {
  const Recurrence of = TRY(recurrence_of(steps.low, node, direction));
  const std::vector<TensorId> fed = TRY(fed_steps(steps, node, of));
  const Step step = node.op == "LSTM" ? TRY(lstm_step(steps, of))
                    : node.op == "GRU"
                        ? TRY(gru_step(steps, of, node.integer("linear_before_reset", 0) != 0))
                        : TRY(plain_step(steps, of));
  Unrolled made{std::vector<TensorId>(fed.size()), {}};
  made.last.hidden = TRY(first_state(steps, node, 5, of, direction));
  if (node.op == "LSTM") made.last.cell = TRY(first_state(steps, node, 6, of, direction));
  for (size_t i = 0; i < fed.size(); ++i) {
    const size_t at = reverse ? fed.size() - 1 - i : i;
    made.last = TRY(step(fed[at], made.last));
    made.hidden[at] = made.last.hidden;
  }
  return made;
}

/// Tensors joined along a new axis.
Result<TensorId> packed(const OnnxSteps& steps, const std::vector<TensorId>& parts, int64_t axis) {
  Attrs attrs;
  attrs.set("axis", axis);
  attrs.set("values_count", static_cast<int64_t>(parts.size()));
  return steps("pack", parts, std::move(attrs));
}

}  // namespace

Status onnx_recurrent(OnnxLowering& low, const OnnxNode& node) {
  const OnnxValue* input = TRY(onnx_input(low, node, 0));
  TRY_STATUS(check_defaults(low, node, input->shape));
  const std::string direction = node.word("direction", "forward");
  const bool is_both = direction == "bidirectional";
  if (!is_both && direction != "forward" && direction != "reverse")
    return fail(ErrorKind::input, "direction {}", direction);
  const OnnxSteps steps{low, node.outputs.back()};
  std::vector<TensorId> all, hidden, cell;
  const bool has_all = !node.outputs[0].empty();
  for (int32_t d = 0; d < (is_both ? 2 : 1); ++d) {
    const Unrolled made = TRY(unrolled(steps, node, d, d == 1 || direction == "reverse"));
    if (has_all) all.push_back(TRY(packed(steps, made.hidden, 0)));
    hidden.push_back(made.last.hidden);
    cell.push_back(made.last.cell);
  }
  if (has_all) steps.define(node, TRY(packed(steps, all, 1)), 0);
  if (node.outputs.size() > 1 && !node.outputs[1].empty())
    steps.define(node, TRY(packed(steps, hidden, 0)), 1);
  if (node.outputs.size() > 2 && !node.outputs[2].empty())
    steps.define(node, TRY(packed(steps, cell, 0)), 2);
  return {};
}

}  // namespace assay
