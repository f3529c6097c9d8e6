// The host's runner: node after node, each output in a buffer of its own, freed after its last use
// so that a large model does not hold all of its activations at once.
//
// Nothing here is planned or in place: the references are the truth and stay as plain as can be.
// Graphs that a node runs (if, while) begin anew each time, a while at most kMostTurns times.
// Variables keep their bytes: a node that writes one finds in its output what was there before.
#include "ops/run.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/control.h"

namespace assay {
namespace {

Status check_inputs(const Graph& graph, std::span<const Bytes> inputs) {
  if (inputs.size() != graph.inputs().size())
    return fail(ErrorKind::input, "got {} inputs, the model has {}", inputs.size(),
                graph.inputs().size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs()[i]);
    if (std::cmp_not_equal(inputs[i].size(), tensor.bytes()))
      return fail(ErrorKind::input, "input {} has {} bytes, {} of {} needs {}", i, inputs[i].size(),
                  text(tensor.shape), name(tensor.dtype), tensor.bytes());
  }
  return {};
}

/// By tensor: the index of the last node that reads it, or -1; beyond all nodes for outputs.
std::vector<int> last_uses(const Graph& graph) {
  std::vector<int> last(graph.tensors().size(), -1);
  for (size_t i = 0; i < graph.nodes().size(); ++i)
    for (const TensorId id : graph.nodes()[i].inputs)
      if (id != kNoTensor) last[static_cast<size_t>(id)] = static_cast<int>(i);
  for (const TensorId id : graph.outputs())
    last[static_cast<size_t>(id)] = static_cast<int>(graph.nodes().size());
  return last;
}

/// The tensors' bytes while the graph runs, by TensorId; constants stay in the graph.
struct Tensors {
  const Graph& graph;
  std::vector<Bytes> bytes;

  Bytes& at(TensorId id) { return bytes[static_cast<size_t>(id)]; }

  Bytes& make(TensorId id) {
    if (graph.tensor(id).is_variable) return at(id);
    at(id).assign(static_cast<size_t>(graph.tensor(id).bytes()), std::byte{});
    return at(id);
  }

  std::span<const std::byte> read(TensorId id) {
    if (id == kNoTensor) return {};
    const Tensor& tensor = graph.tensor(id);
    if (tensor.is_constant) return tensor.data;
    return at(id);
  }
};

Tensors starting_tensors(const Graph& graph, std::span<const Bytes> inputs, State state) {
  Tensors tensors{graph, std::move(state)};
  for (size_t i = 0; i < inputs.size(); ++i) tensors.at(graph.inputs()[i]) = inputs[i];
  return tensors;
}

/// Turns of a while that does not end by then.
constexpr int kMostTurns = 100'000;

Result<Tensors> run_nodes(const Graph& graph, std::span<const Bytes> inputs, Semantics semantics,
                          bool keep, State state);

std::vector<Bytes> outputs_of(const Graph& graph, Tensors& tensors) {
  std::vector<Bytes> outputs;
  for (const TensorId id : graph.outputs()) {
    const auto bytes = tensors.read(id);
    outputs.emplace_back(bytes.begin(), bytes.end());
  }
  return outputs;
}

Result<std::vector<Bytes>> run_body(const Graph& body, std::span<const Bytes> inputs,
                                    Semantics semantics) {
  Tensors tensors = TRY(run_nodes(body, inputs, semantics, false, initial_state(body)));
  return outputs_of(body, tensors);
}

/// The outputs of if and while, as TFLM computes them.
Result<std::vector<Bytes>> run_control(const NodeView& node,
                                       const std::vector<const Graph*>& bodies,
                                       const Buffers& buffers, Semantics semantics) {
  const auto is_true = [](std::span<const std::byte> bytes) { return bytes[0] != std::byte{}; };
  const bool branches = node.node.op == "if";
  std::vector<Bytes> values;
  for (int i = 0; i < arguments_of(node); ++i) {
    const auto& bytes = buffers.inputs[static_cast<size_t>(branches ? i + 1 : i)];
    values.emplace_back(bytes.begin(), bytes.end());
  }
  if (branches) return run_body(*bodies[is_true(buffers.inputs[0]) ? 0 : 1], values, semantics);
  for (int turn = 0; turn <= kMostTurns; ++turn) {
    const std::vector<Bytes> goes_on = TRY(run_body(*bodies[0], values, semantics));
    if (!is_true(goes_on[0])) return values;
    values = TRY(run_body(*bodies[1], values, semantics));
  }
  return fail(ErrorKind::input, "its condition is still true after {} turns with this input",
              kMostTurns);
}

Status run_node(const NodeView& node, Tensors& tensors, Semantics semantics) {
  Buffers buffers;
  for (const TensorId id : node.node.inputs) buffers.inputs.push_back(tensors.read(id));
  for (const TensorId id : node.node.outputs) buffers.outputs.emplace_back(tensors.make(id));
  const std::vector<const Graph*> bodies = bodies_of(node);
  if (bodies.empty()) {
    find_op(node.node.op)->reference(node, buffers, semantics);
    return {};
  }
  const std::vector<Bytes> outputs = TRY(run_control(node, bodies, buffers, semantics));
  for (size_t i = 0; i < outputs.size(); ++i)
    std::ranges::copy(outputs[i], buffers.outputs[i].begin());
  return {};
}

Result<Tensors> run_nodes(const Graph& graph, std::span<const Bytes> inputs, Semantics semantics,
                          bool keep, State state) {
  Tensors tensors = starting_tensors(graph, inputs, std::move(state));
  const std::vector<int> last = last_uses(graph);
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    TRY_STATUS(in(run_node({graph, node}, tensors, semantics), "{}",
                  node_label(static_cast<int>(i), node)));
    if (keep) continue;
    const auto forget = [&](TensorId id) {
      if (id != kNoTensor && !graph.tensor(id).is_variable &&
          last[static_cast<size_t>(id)] <= static_cast<int>(i))
        Bytes().swap(tensors.at(id));
    };
    std::ranges::for_each(node.inputs, forget);
    std::ranges::for_each(node.outputs, forget);
  }
  return tensors;
}

Result<std::vector<Bytes>> run(const Graph& graph, std::span<const Bytes> inputs,
                               Semantics semantics, bool keep, State* state) {
  TRY_STATUS(check_inputs(graph, inputs));
  if (const auto reasons = unsupported(graph); !reasons.empty()) {
    const auto& [index, op, reason] = reasons.front();
    return in(Result<std::vector<Bytes>>(fail(ErrorKind::unsupported, "{}", reason)), "{}",
              index < 0 ? "model " + graph.name()
                        : node_label(index, graph.nodes()[static_cast<size_t>(index)]));
  }
  Tensors tensors =
      TRY(run_nodes(graph, inputs, semantics, keep, state ? *state : initial_state(graph)));
  if (state)
    for (const TensorId id : graph.state()) (*state)[static_cast<size_t>(id)] = tensors.at(id);
  if (keep) return std::move(tensors.bytes);
  return outputs_of(graph, tensors);
}

/// A number of magnitude up to 1 in half precision, rounded to nearest, ties to even.
uint16_t to_half(double x) {
  const uint16_t sign = x < 0 ? 0x8000 : 0;
  int exponent = 0;
  const double fraction = std::frexp(std::abs(x), &exponent);  // in [1/2, 1), or 0
  // Below 2^-14 the step is 2^-24. A fraction that rounds up to the next power of two carries.
  const int biased = std::max(exponent + 14, 1);
  const auto steps =
      static_cast<uint32_t>(std::nearbyint(std::ldexp(fraction, exponent - biased + 25)));
  return static_cast<uint16_t>(sign + (static_cast<uint32_t>(biased - 1) << 10) + steps);
}

/// The element that the generator's state gives, in its type's bytes.
void put_element(Dtype dtype, uint32_t x, std::byte* to) {
  const auto put = [to](auto value) { std::memcpy(to, &value, sizeof value); };
  const auto top = static_cast<int8_t>(x >> 24);
  const float uniform = static_cast<float>(static_cast<int32_t>(x) >> 8) / 8388608.0F;  // [-1, 1)
  switch (dtype) {
    case Dtype::s8:
    case Dtype::u8:
      return put(top);
    case Dtype::f32:
      return put(uniform);
    case Dtype::f16:
      return put(to_half(double{uniform}));
    case Dtype::f64:
      return put(double{uniform});
    case Dtype::s16:
    case Dtype::u16:
      return put(static_cast<uint16_t>(x >> 16));
    case Dtype::s32:
      return put(static_cast<int32_t>(top));
    case Dtype::u32:
      return put(x >> 24);
    case Dtype::s64:
      return put(static_cast<int64_t>(top));
    case Dtype::u64:
      return put(static_cast<uint64_t>(x >> 24));
    case Dtype::boolean:
      return put(static_cast<uint8_t>(x >> 31));
    case Dtype::s4:
    case Dtype::other:
      return;  // no whole bytes: seeded_inputs leaves them zero
  }
}

}  // namespace

State initial_state(const Graph& graph) {
  State state(graph.tensors().size());
  for (const TensorId id : graph.state()) {
    const Tensor& tensor = graph.tensor(id);
    Bytes& bytes = state[static_cast<size_t>(id)];
    bytes.assign(tensor.data.begin(), tensor.data.end());
    bytes.resize(static_cast<size_t>(tensor.bytes()), tensor.starting_byte());
  }
  return state;
}

Result<std::vector<Bytes>> run_reference(const Graph& graph, std::span<const Bytes> inputs,
                                         Semantics semantics, State* state) {
  return run(graph, inputs, semantics, false, state);
}

Result<std::vector<Bytes>> run_reference_tensors(const Graph& graph, std::span<const Bytes> inputs,
                                                 Semantics semantics, State* state) {
  return run(graph, inputs, semantics, true, state);
}

std::vector<Bytes> seeded_inputs(const Graph& graph, uint64_t seed) {
  std::vector<Bytes> inputs;
  auto x = static_cast<uint32_t>(seed ^ (seed >> 32));
  for (const TensorId id : graph.inputs()) {
    const Tensor& tensor = graph.tensor(id);
    Bytes& bytes = inputs.emplace_back(static_cast<size_t>(tensor.bytes()));
    const auto element_bytes = static_cast<size_t>(bits(tensor.dtype) / 8);
    if (element_bytes == 0) continue;
    for (size_t at = 0; at < bytes.size(); at += element_bytes) {
      x = x * 1664525U + 1013904223U;
      put_element(tensor.dtype, x, &bytes[at]);
    }
  }
  return inputs;
}

}  // namespace assay
