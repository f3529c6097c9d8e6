// Quantising a float graph after training.
//
// The idea: what can be int8 is asked of the operators themselves. quantise.def says which
// operators are tried and how their tensors' scales hang together; a graph is built in which all of
// them are int8, `unsupported` tells which nodes cannot run so, and those stay float in the next
// try. A tensor has the type of the node that makes it; who needs the other type gets a quantize or
// a dequantize before it. Tensors that a node ties together ("one") form groups of one range.
// Weights' scales grow where a bias would not fit into int32 otherwise.
//
// Not handled: int16 activations, int4 weights, training, equalisation of layers, state in int8.
#include "ops/quantise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

#include "util/hash.h"

namespace assay {
namespace {

enum class Rule { any, one, sums, fixed };

struct HowTo {
  std::string_view op;
  Rule rule;
  int a, b;  ///< sums: axis of the channels, input of the data; fixed: 1 / scale, zero point
};

constexpr HowTo kHow[] = {
#define QUANTISE(op, rule, a, b) {#op, Rule::rule, a, b},
#include "ops/quantise.def"
#undef QUANTISE
};

constexpr double kMostBias = 1 << 30;

const HowTo* how_to(const Node& node) {
  const auto* found = std::ranges::find(kHow, node.op, &HowTo::op);
  return found == std::end(kHow) ? nullptr : found;
}

size_t at(TensorId id) { return static_cast<size_t>(id); }

bool is_float(const Graph& graph, TensorId id) {
  return id != kNoTensor && graph.tensor(id).dtype == Dtype::f32;
}

/// Which role an input of a "sums" node has.
bool is_weights(const HowTo& how, size_t input) { return how.rule == Rule::sums && input == 1; }
/// The bias stands behind data and weights.
size_t bias_input(const HowTo& how) { return how.b == 0 ? 2 : static_cast<size_t>(how.b) + 1; }
bool is_bias(const HowTo& how, size_t input) {
  return how.rule == Rule::sums && input == bias_input(how);
}

/// Nodes to try in int8.
std::set<size_t> candidates(const Graph& graph) {
  const auto features =
      graph.pipeline() ? static_cast<size_t>(graph.pipeline()->feature_nodes) : size_t{0};
  std::set<size_t> found;
  for (size_t i = features; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const HowTo* how = how_to(node);
    if (!how) continue;
    bool fits = std::ranges::any_of(node.inputs, [&](TensorId id) { return is_float(graph, id); });
    for (size_t k = 0; k < node.inputs.size(); ++k)
      if (node.inputs[k] != kNoTensor && (is_weights(*how, k) || is_bias(*how, k)))
        fits = fits && graph.tensor(node.inputs[k]).is_constant;
    for (const TensorId id : node.inputs)
      if (id != kNoTensor && graph.tensor(id).is_variable) fits = false;
    if (fits) found.insert(i);
  }
  return found;
}

Quantisation asymmetric(const Range& range) {
  const double low = std::min(double{range.low}, 0.0), high = std::max(double{range.high}, 0.0);
  const double scale = high > low ? (high - low) / 255 : 1;
  const double zero = std::clamp(std::round(-128 - low / scale), -128.0, 127.0);
  return {{static_cast<float>(scale)}, {static_cast<int32_t>(zero)}, 0};
}

/// Each float tensor's scale and zero point, given which nodes are int8.
std::vector<Quantisation> scales_of(const Graph& graph, const std::vector<Range>& ranges,
                                    const std::set<size_t>& in_int8) {
  std::vector<size_t> group(graph.tensors().size());
  std::iota(group.begin(), group.end(), size_t{0});
  const auto root = [&](size_t id) {
    while (group[id] != id) id = group[id] = group[group[id]];
    return id;
  };
  std::map<size_t, Quantisation> fixed;
  for (const size_t i : in_int8) {
    const Node& node = graph.nodes()[i];
    const HowTo& how = *how_to(node);
    if (how.rule == Rule::fixed)
      fixed[at(node.outputs[0])] = {{1.0F / static_cast<float>(how.a)}, {how.b}, 0};
    if (how.rule != Rule::one) continue;
    for (const auto* ids : {&node.inputs, &node.outputs})
      for (const TensorId id : *ids)
        if (is_float(graph, id)) group[root(at(id))] = root(at(node.outputs[0]));
  }
  std::vector<Range> merged(group.size());
  std::map<size_t, Quantisation> fixed_groups;
  for (size_t id = 0; id < group.size(); ++id) {
    merged[root(id)].take(ranges[id]);
    if (const auto it = fixed.find(id); it != fixed.end()) fixed_groups[root(id)] = it->second;
  }
  std::vector<Quantisation> scales(group.size());
  for (size_t id = 0; id < group.size(); ++id) {
    const auto it = fixed_groups.find(root(id));
    scales[id] = it != fixed_groups.end() ? it->second : asymmetric(merged[root(id)]);
  }
  return scales;
}

template <class T>
T to_integer(double x) {
  const double least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
  return static_cast<T>(std::isnan(x) ? 0 : std::clamp(std::round(x), least, most));
}

/// The graph that is being made of `from`.
struct Builder {
  const Graph& from;
  const std::vector<Quantisation>& scales;
  const std::set<size_t>& in_int8;
  GraphParts parts = {};
  std::vector<int> made_of = {};                 ///< by node: the node of `from`, or -1
  std::map<TensorId, TensorId> other_type = {};  ///< by tensor: the same in the other type

  bool is_int8(TensorId id) const { return parts.tensors[at(id)].dtype == Dtype::s8; }

  template <class T>
  TensorId add_constant(std::string name, Dtype dtype, Shape shape, Quantisation quant,
                        const std::vector<T>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.quant = std::move(quant);
    tensor.is_constant = true;
    tensor.data = parts.own.emplace_back(bytes.begin(), bytes.end());
    parts.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(parts.tensors.size() - 1);
  }

  TensorId int8_constant(TensorId id) {
    const Tensor& tensor = from.tensor(id);
    const Quantisation& quant = scales[at(id)];
    std::vector<int8_t> values;
    for (const float x : tensor.values<float>())
      values.push_back(
          to_integer<int8_t>(static_cast<double>(x / quant.scale[0]) + quant.zero_point[0]));
    return add_constant(tensor.name, Dtype::s8, tensor.shape, quant, values);
  }

  /// The tensor in int8 (or float), with the node that converts it before what comes next.
  TensorId in_type(TensorId id, bool int8) {
    if (from.tensor(id).is_constant ? !int8 : is_int8(id) == int8) return id;
    if (const auto it = other_type.find(id); it != other_type.end()) return it->second;
    TensorId made = kNoTensor;
    if (from.tensor(id).is_constant) {
      made = int8_constant(id);
    } else {
      Tensor tensor = parts.tensors[at(id)];
      tensor.name += int8 ? " int8" : " float";
      tensor.dtype = int8 ? Dtype::s8 : Dtype::f32;
      tensor.quant = int8 ? scales[at(id)] : Quantisation{};
      parts.tensors.push_back(std::move(tensor));
      made = static_cast<TensorId>(parts.tensors.size() - 1);
      parts.nodes.push_back({int8 ? "quantize" : "dequantize", {id}, {made}, {}, 1, {}});
      made_of.push_back(-1);
    }
    return other_type[id] = made;
  }

  /// How often the elements of an axis repeat: element i belongs to channel i / inner % channels.
  static size_t inner_of(const Shape& shape, int axis) {
    size_t inner = 1;
    for (int k = axis + 1; k < shape.rank(); ++k) inner *= static_cast<size_t>(shape[k]);
    return inner;
  }

  /// Weights and bias of a "sums" node.
  void put_weights(const Node& node, const HowTo& how, Node& made) {
    const Tensor& weights = from.tensor(node.inputs[1]);
    const auto input_scale =
        static_cast<double>(scales[at(node.inputs[static_cast<size_t>(how.b)])].scale[0]);
    const size_t of_bias = bias_input(how);
    const bool has_bias = of_bias < node.inputs.size() && node.inputs[of_bias] != kNoTensor;
    const auto bias =
        has_bias ? from.tensor(node.inputs[of_bias]).values<float>() : std::span<const float>{};
    const auto channels = static_cast<size_t>(weights.shape[how.a]);
    const size_t inner = inner_of(weights.shape, how.a);
    const auto values = weights.values<float>();
    std::vector<double> largest(channels, 0);
    for (size_t i = 0; i < values.size(); ++i)
      largest[i / inner % channels] =
          std::max(largest[i / inner % channels], std::abs(static_cast<double>(values[i])));
    Quantisation quant{{}, std::vector<int32_t>(channels, 0), how.a};
    for (size_t c = 0; c < channels; ++c) {
      double scale = largest[c] > 0 ? largest[c] / 127 : 1;
      if (c < bias.size())
        scale = std::max(scale, std::abs(static_cast<double>(bias[c])) / kMostBias / input_scale);
      quant.scale.push_back(static_cast<float>(scale));
    }
    std::vector<int8_t> w(values.size());
    for (size_t i = 0; i < values.size(); ++i)
      w[i] = std::max<int8_t>(
          -127,
          to_integer<int8_t>(static_cast<double>(values[i] / quant.scale[i / inner % channels])));
    std::vector<int32_t> b(bias.size());
    Quantisation of_b{{}, std::vector<int32_t>(b.size(), 0), 0};
    for (size_t c = 0; c < b.size(); ++c) {
      const double scale =
          input_scale * static_cast<double>(quant.scale[b.size() == channels ? c : 0]);
      of_b.scale.push_back(static_cast<float>(scale));
      b[c] = to_integer<int32_t>(static_cast<double>(bias[c]) / scale);
    }
    made.inputs[1] = add_constant(weights.name, Dtype::s8, weights.shape, std::move(quant), w);
    if (!has_bias) return;
    const Tensor& old = from.tensor(node.inputs[of_bias]);
    made.inputs[of_bias] = add_constant(old.name, Dtype::s32, old.shape, std::move(of_b), b);
  }

  void put_node(size_t index) {
    const Node& node = from.nodes()[index];
    const bool int8 = in_int8.contains(index);
    const HowTo* how = int8 ? how_to(node) : nullptr;
    Node made = node;
    if (int8 && how->rule == Rule::sums) put_weights(node, *how, made);
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      if (!is_float(from, node.inputs[k])) continue;
      if (how && (is_weights(*how, k) || is_bias(*how, k))) continue;
      made.inputs[k] = in_type(node.inputs[k], int8);
    }
    parts.nodes.push_back(std::move(made));
    made_of.push_back(static_cast<int>(index));
  }

  /// Which float tensors are int8: those that int8 nodes make, and inputs that an int8 node reads.
  void set_types() {
    const auto turn = [&](TensorId id) {
      if (!is_float(from, id)) return;
      parts.tensors[at(id)].dtype = Dtype::s8;
      parts.tensors[at(id)].quant = scales[at(id)];
    };
    for (const size_t i : in_int8) std::ranges::for_each(from.nodes()[i].outputs, turn);
    for (const TensorId input : from.inputs())
      if (std::ranges::any_of(in_int8, [&](size_t i) {
            return std::ranges::count(from.nodes()[i].inputs, input) > 0;
          }))
        turn(input);
  }

  void build() {
    parts.name = from.name();
    parts.format = from.format();
    parts.variant = from.variant();
    parts.file.assign(from.file().begin(), from.file().end());
    parts.tensors = from.tensors();
    parts.inputs = from.inputs();
    parts.outputs = from.outputs();
    parts.pipeline = from.pipeline();
    parts.notes = from.notes();
    set_types();
    for (size_t i = 0; i < from.nodes().size(); ++i) put_node(i);
  }
};

/// Takes out the tensors that nothing names any more: the float weights.
void drop_unused(GraphParts& parts) {
  std::vector<TensorId> to(parts.tensors.size(), kNoTensor);
  const auto keep = [&](TensorId id) {
    if (id != kNoTensor) to[at(id)] = 0;
  };
  for (const Node& node : parts.nodes) {
    std::ranges::for_each(node.inputs, keep);
    std::ranges::for_each(node.outputs, keep);
  }
  std::ranges::for_each(parts.inputs, keep);
  std::ranges::for_each(parts.outputs, keep);
  std::vector<Tensor> kept;
  for (size_t id = 0; id < to.size(); ++id) {
    if (to[id] == kNoTensor) continue;
    to[id] = static_cast<TensorId>(kept.size());
    kept.push_back(std::move(parts.tensors[id]));
  }
  parts.tensors = std::move(kept);
  const auto rename = [&](TensorId& id) { id = id == kNoTensor ? id : to[at(id)]; };
  for (Node& node : parts.nodes) {
    std::ranges::for_each(node.inputs, rename);
    std::ranges::for_each(node.outputs, rename);
  }
  std::ranges::for_each(parts.inputs, rename);
  std::ranges::for_each(parts.outputs, rename);
}

/// A tensor's bytes as real numbers.
std::vector<double> reals(const Tensor& tensor, const Bytes& bytes) {
  std::vector<double> values;
  if (tensor.dtype == Dtype::s8)
    for (const std::byte q : bytes)
      values.push_back(static_cast<double>(tensor.quant.scale[0]) *
                       (static_cast<int8_t>(q) - tensor.quant.zero_point[0]));
  if (tensor.dtype == Dtype::f32)
    for (size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
      float x = 0;
      std::memcpy(&x, &bytes[i], sizeof x);
      values.push_back(static_cast<double>(x));
    }
  return values;
}

/// The inputs of the float graph as the int8 one takes them.
std::vector<Bytes> inputs_for(const Graph& to, const std::vector<Bytes>& inputs) {
  std::vector<Bytes> made = inputs;
  for (size_t k = 0; k < made.size(); ++k) {
    const Tensor& tensor = to.tensor(to.inputs()[k]);
    if (tensor.dtype != Dtype::s8 || std::cmp_equal(made[k].size(), tensor.bytes())) continue;
    Tensor as_float;
    as_float.dtype = Dtype::f32;
    std::vector<std::byte> bytes;
    for (const double x : reals(as_float, made[k]))
      bytes.push_back(static_cast<std::byte>(to_integer<int8_t>(
          x / static_cast<double>(tensor.quant.scale[0]) + tensor.quant.zero_point[0])));
    made[k] = std::move(bytes);
  }
  return made;
}

/// How far outputs are from what they should be.
struct Loss {
  double error = 0, worst = 0, low = 0, high = 0;
  int64_t elements = 0, same_best = 0, rows = 0;

  void take(const std::vector<double>& got, const std::vector<double>& expected) {
    for (size_t i = 0; i < got.size(); ++i) {
      const double off = std::abs(got[i] - expected[i]);
      error += off;
      worst = std::max(worst, off);
      low = elements == 0 ? expected[i] : std::min(low, expected[i]);
      high = elements == 0 ? expected[i] : std::max(high, expected[i]);
      ++elements;
    }
    if (got.size() < 2) return;
    ++rows;
    same_best += std::ranges::max_element(got) - got.begin() ==
                 std::ranges::max_element(expected) - expected.begin();
  }

  std::string text(size_t inferences) const {
    const double range = high > low ? high - low : 1;
    std::string said = fmt::format(
        "outputs differ from the float model's by {:.2g} % of their range on average, {:.2g} % at "
        "most",
        100 * error / static_cast<double>(std::max<int64_t>(elements, 1)) / range,
        100 * worst / range);
    if (rows > 0) said += fmt::format("; the largest is the same in {} of {}", same_best, rows);
    return said + fmt::format(" ({} inferences, those of the calibration)", inferences);
  }
};

Result<std::string> loss_of(const Graph& graph, std::span<const std::vector<Bytes>> inputs,
                            const Graph& from, const std::vector<std::vector<Bytes>>& expected) {
  Loss loss;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::vector<Bytes> got = TRY(run_reference(graph, inputs_for(graph, inputs[i])));
    for (size_t k = 0; k < got.size(); ++k)
      loss.take(reals(graph.tensor(graph.outputs()[k]), got[k]),
                reals(from.tensor(from.outputs()[k]), expected[i][k]));
  }
  return loss.text(inputs.size());
}

std::string hash_of(std::span<const std::vector<Bytes>> inputs) {
  std::string each;
  for (const std::vector<Bytes>& one : inputs)
    for (const Bytes& bytes : one) each += hash_hex(bytes);
  return hash_hex(each);
}

Status check_is_float(const Graph& graph) {
  for (const Tensor& tensor : graph.tensors())
    if (!tensor.quant.empty())
      return fail(ErrorKind::input, "the model is quantised already, at least '{}'", tensor.name);
  if (std::ranges::none_of(graph.inputs(), [&](TensorId id) { return is_float(graph, id); }))
    return fail(ErrorKind::input, "the model has no float input to quantise");
  return {};
}

}  // namespace

Result<Graph> quantise(std::shared_ptr<const Graph> graph,
                       std::span<const std::vector<Bytes>> inputs, Clip clip,
                       std::string_view caveat) {
  TRY_STATUS(check_is_float(*graph));
  const Calibration seen = TRY(calibrate(*graph, inputs, clip));
  std::set<size_t> in_int8 = candidates(*graph);
  for (;;) {
    const std::vector<Quantisation> scales = scales_of(*graph, seen.ranges, in_int8);
    Builder builder{*graph, scales, in_int8};
    builder.build();
    builder.parts.kept = {graph};
    drop_unused(builder.parts);
    Graph made = TRY(Graph::make(std::move(builder.parts)));
    TRY_STATUS(check_shapes(made));
    const size_t before = in_int8.size();
    for (const Unsupported& each : unsupported(made)) {
      const int node = each.node < 0 ? -1 : builder.made_of[static_cast<size_t>(each.node)];
      if (node >= 0) in_int8.erase(static_cast<size_t>(node));
    }
    if (in_int8.size() != before) continue;
    const std::string loss = TRY(loss_of(made, inputs, *graph, seen.outputs));
    GraphParts parts = std::move(made).take();
    parts.notes.push_back(fmt::format("quantised to int8: {} of {} nodes; {}{}", in_int8.size(),
                                      graph->nodes().size(), loss, caveat));
    parts.variant += fmt::format("int8 {} {} ", static_cast<int>(clip), hash_of(inputs));
    return Graph::make(std::move(parts));
  }
}

}  // namespace assay
