// while: a graph again and again, as long as another says so.
//
// What one turn gives, the next takes. Work is that of one turn, for how many there are, only
// running shows. Not handled: state in either graph. Source: tflite-micro, kernels/while.cc.
#include "ops/control.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  const std::vector<const Graph*> bodies = bodies_of(node);
  if (bodies.empty()) return fail(ErrorKind::input, "it lacks its two subgraphs");
  for (const Graph* body : bodies) TRY_STATUS(check_body(node, *body, 0));
  if (bodies[0]->outputs().empty()) return fail(ErrorKind::input, "its condition has no output");
  TRY_STATUS(check_condition(bodies[0]->tensor(bodies[0]->outputs()[0])));
  const Graph& body = *bodies[1];
  if (std::cmp_not_equal(node.outputs(), arguments_of(node)) ||
      std::cmp_not_equal(body.outputs().size(), node.outputs()))
    return fail(ErrorKind::input, "{} inputs, {} outputs, {} outputs of {}", arguments_of(node),
                node.outputs(), body.outputs().size(), body.name());
  std::vector<Shape> shapes;
  for (int i = 0; i < node.outputs(); ++i) {
    const Tensor& gives = body.tensor(body.outputs()[static_cast<size_t>(i)]);
    for (const Tensor* other : {&node.input(i), &node.output(i)})
      if (other->dtype != gives.dtype || other->bytes() != gives.bytes())
        return fail(ErrorKind::input, "{} gives {} {} as output {}, but the node has {} {}",
                    body.name(), name(gives.dtype), text(gives.shape), i, name(other->dtype),
                    text(other->shape));
    shapes.push_back(gives.shape);
  }
  return shapes;
}

Work work(const NodeView& node) {
  const std::vector<const Graph*> bodies = bodies_of(node);
  if (bodies.empty()) return {};
  return added(work_of_body(*bodies[0]), work_of_body(*bodies[1]));
}

}  // namespace

extern const OpDef while_op = {
    .name = "while",
    .summary = "a subgraph again and again, as long as another says so",
    .types = "any",
    .tflite = {.name = "WHILE",
               .opcode = 119,
               .options = 93,
               .fields = {{"cond_subgraph", 0, TfliteField::int32},
                          {"body_subgraph", 1, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported_bodies,
    .work = work,
    .reference = control_reference,
    .lower = lower_control,
};

}  // namespace assay
