// Any bytes as a model: they load or are refused with words, and what loads can be printed and
// asked for what is unsupported in it, how much work the rest is and which kernels run it: all that
// relies on what `infer` has checked.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "import/importer.h"
#include "ir/print.h"
#include "ops/op.h"

namespace {

using namespace assay;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "import_fuzz: %s\n", what);
  std::abort();
}

void use(const Graph& graph) {
  std::vector<bool> runs(graph.nodes().size(), true);
  for (const Unsupported& reason : unsupported(graph)) {
    require(!reason.reason.empty(), "a node is unsupported without a reason");
    if (reason.node >= 0) runs[static_cast<size_t>(reason.node)] = false;
  }
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    if (!runs[i]) continue;
    const Node& node = graph.nodes()[i];
    const OpDef* op = find_op(node.op);
    require(op != nullptr, "a node is supported but has no operator");
    const Work work = op->work({graph, node});
    require(work.macs >= 0 && work.ops >= 0 && work.read_bytes >= 0 && work.write_bytes >= 0,
            "work is negative");
    const KernelCall call = op->lower({graph, node}, LowerOptions{});
    require(call.scratch_bytes >= 0, "scratch is negative");
  }
  require(!graph_text(graph).empty(), "a graph prints nothing");
  require(graph_json(graph).is_object(), "a graph's JSON is no object");
  require(!graph_dot(graph).empty(), "a graph draws nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  const Result<Graph> graph = load_model(std::vector<std::byte>(bytes, bytes + size), "fuzz");
  if (graph) {
    use(*graph);
    return 0;
  }
  const ErrorKind kind = graph.error().kind;
  require(kind == ErrorKind::input || kind == ErrorKind::unsupported, "an error of the wrong kind");
  require(!graph.error().what.empty(), "an error without words");
  return 0;
}
