// The library in thirty lines: reads a model, lowers it for a core with DSP instructions, plans its
// memory, and prints arena and multiply-accumulates.
#include <fmt/core.h>

#include <vector>

#include "estimate/plan.h"
#include "import/importer.h"
#include "ops/op.h"

namespace {

assay::Status plan(const char* file) {
  const assay::Graph graph = TRY(assay::load_model(file));
  for (const assay::Unsupported& row : assay::unsupported(graph))
    return assay::fail(assay::ErrorKind::unsupported, "node {} ({}): {}", row.node, row.op,
                       row.reason);

  const assay::LowerOptions options{.isa = {.dsp = true}};
  std::vector<assay::KernelCall> calls;
  int64_t macs = 0;
  for (const assay::Node& node : graph.nodes()) {
    const assay::OpDef& op = *assay::find_op(node.op);
    calls.push_back(op.lower({graph, node}, options));
    macs += op.work({graph, node}).macs;
  }
  const assay::MemoryPlan memory = assay::plan_memory(graph, calls);
  fmt::print("{}: {} nodes, {} MACs, arena {} bytes (no plan is below {})\n", graph.name(),
             graph.nodes().size(), macs, memory.arena_bytes, memory.lower_bound_bytes);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: plan_model MODEL\n");
    return static_cast<int>(assay::ErrorKind::usage);
  }
  const assay::Status status = plan(argv[1]);
  if (status) return 0;
  fmt::print(stderr, "plan_model: {}\n", text(status.error()));
  return exit_code(status.error());
}
