// if: one of two graphs, by a boolean.
//
// Inputs are copied to those of the graph that runs, its outputs to the node's, as TFLM does. Work
// is that of the larger graph. Not handled: state in either graph.
// Source: tflite-micro, kernels/if.cc.
#include "ops/control.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  const std::vector<const Graph*> bodies = bodies_of(node);
  if (bodies.empty() || node.inputs() < 3 || !node.has_input(0))
    return fail(ErrorKind::input, "it lacks its condition or its two subgraphs");
  TRY_STATUS(check_condition(node.input(0)));
  std::vector<std::vector<Shape>> shapes;
  for (const Graph* body : bodies) {
    TRY_STATUS(check_body(node, *body, 1));
    std::vector<Shape>& each = shapes.emplace_back();
    for (const TensorId id : body->outputs()) each.push_back(body->tensor(id).shape);
    if (std::cmp_not_equal(each.size(), node.outputs()))
      return fail(ErrorKind::input, "{} gives {} outputs, the node {}", body->name(), each.size(),
                  node.outputs());
    for (int i = 0; i < node.outputs(); ++i)
      if (const Tensor& gives = body->tensor(body->outputs()[static_cast<size_t>(i)]);
          gives.dtype != node.output(i).dtype || gives.bytes() != node.output(i).bytes())
        return fail(ErrorKind::input, "{} gives {} {} as output {}, the node {} {}", body->name(),
                    name(gives.dtype), text(gives.shape), i, name(node.output(i).dtype),
                    text(node.output(i).shape));
  }
  return shapes[0];
}

Work work(const NodeView& node) {
  const std::vector<const Graph*> bodies = bodies_of(node);
  if (bodies.empty()) return {};
  const Work a = work_of_body(*bodies[0]), b = work_of_body(*bodies[1]);
  return std::pair(a.macs, a.ops) < std::pair(b.macs, b.ops) ? b : a;
}

}  // namespace

extern const OpDef if_op = {
    .name = "if",
    .summary = "one of two subgraphs, by a boolean",
    .types = "any",
    .tflite = {.name = "IF",
               .opcode = 118,
               .options = 92,
               .fields = {{"then_subgraph", 0, TfliteField::int32},
                          {"else_subgraph", 1, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported_bodies,
    .work = work,
    .reference = control_reference,
    .lower = lower_control,
};

}  // namespace assay
