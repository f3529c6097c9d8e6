// Bodies of if and while: how a node holds them, and what is checked of them.
//
// The idea: a tensor's data is a view of bytes that its graph keeps alive, and so it can be a view
// of a graph that is kept alive. That such bytes are a body, and not a file's, its address within
// says: bytes of a file do not know where they will stand.
// Source: tflite-micro, kernels/if.cc, while.cc.
#include "ops/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace assay {
namespace {

struct Body {
  const Body* self = nullptr;
  Graph graph;
};

const Graph* body_in(const Tensor& tensor) {
  if (!tensor.is_constant || tensor.dtype != Dtype::other || tensor.data.size() != sizeof(Body) ||
      reinterpret_cast<uintptr_t>(tensor.data.data()) % alignof(Body) != 0)
    return nullptr;
  const auto* body = reinterpret_cast<const Body*>(tensor.data.data());
  return body->self == body ? &body->graph : nullptr;
}

std::string described(const Tensor& tensor) {
  return fmt::format("{} {}", name(tensor.dtype), text(tensor.shape));
}

/// Whether one's bytes can be copied to the other: TFLM asks no more.
bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape.elements() == b.shape.elements();
}

}  // namespace

TensorId add_body(GraphParts& parts, Graph body, std::string name) {
  const auto kept = std::make_shared<Body>(Body{nullptr, std::move(body)});
  kept->self = kept.get();
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.is_constant = true;
  tensor.data = std::as_bytes(std::span(kept.get(), 1));
  parts.tensors.push_back(std::move(tensor));
  parts.kept.emplace_back(kept, &kept->graph);
  return static_cast<TensorId>(parts.tensors.size() - 1);
}

std::vector<const Graph*> bodies_of(const NodeView& node) {
  if (node.node.op != "if" && node.node.op != "while") return {};
  std::vector<const Graph*> bodies;
  for (int i = std::max(node.inputs() - 2, 0); i < node.inputs(); ++i)
    if (const Graph* body = node.has_input(i) ? body_in(node.input(i)) : nullptr)
      bodies.push_back(body);
  return bodies.size() == 2 ? bodies : std::vector<const Graph*>();
}

Status check_body(const NodeView& node, const Graph& body, int first_argument) {
  const int arguments = arguments_of(node);
  if (std::cmp_not_equal(body.inputs().size(), arguments))
    return fail(ErrorKind::input, "{} takes {} inputs and is given {}", body.name(),
                body.inputs().size(), arguments);
  for (int i = 0; i < arguments; ++i) {
    const Tensor& wanted = body.tensor(body.inputs()[static_cast<size_t>(i)]);
    if (!node.has_input(first_argument + i))
      return fail(ErrorKind::input, "input {} is left out", first_argument + i);
    if (const Tensor& given = node.input(first_argument + i); !same_bytes(given, wanted))
      return fail(ErrorKind::input, "{} takes {} as input {} and is given {}", body.name(),
                  described(wanted), i, described(given));
  }
  return {};
}

Status check_condition(const Tensor& tensor) {
  if (tensor.dtype == Dtype::boolean && tensor.shape.elements() == 1) return {};
  return fail(ErrorKind::input, "the condition is {}, not one bool", described(tensor));
}

std::string unsupported_bodies(const NodeView& node) {
  constexpr size_t kLongest = 400;
  std::string reasons;
  const auto add = [&](const std::string& reason) {
    if (reasons.size() < kLongest) reasons += (reasons.empty() ? "" : "; ") + reason;
  };
  for (const Graph* body : bodies_of(node)) {
    if (!body->state().empty()) add(body->name() + " keeps state");
    for (const Unsupported& each : unsupported(*body))
      if (each.node >= 0)
        add(fmt::format("{}: node {} ({}): {}", body->name(), each.node, each.op, each.reason));
  }
  return reasons;
}

Work added(const Work& a, const Work& b) {
  const auto sum = [](int64_t x, int64_t y) {
    return __builtin_add_overflow(x, y, &x) ? std::numeric_limits<int64_t>::max() : x;
  };
  return {sum(a.macs, b.macs), sum(a.ops, b.ops), sum(a.read_bytes, b.read_bytes),
          sum(a.write_bytes, b.write_bytes)};
}

Work work_of_body(const Graph& body) {
  Work work;
  for (const Node& node : body.nodes())
    if (const OpDef* op = find_op(node.op); op && op->work && node.trouble.empty())
      work = added(work, op->work({body, node}));
  return work;
}

KernelCall lower_control(const NodeView& node, const LowerOptions&) {
  KernelCall call;
  call.kernel = node.node.op;
  for (int i = 0; i < node.inputs() - 2; ++i) call.inputs.push_back(i);
  call.takes_scratch = true;
  return call;
}

}  // namespace assay
