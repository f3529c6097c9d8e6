// Which of a node's attributes name subgraphs, and that those become constants of its graph.
//
// Source: tflite-micro, kernels/if.cc, while.cc. A node that cannot be described keeps its trouble
// and gets none.
#include "import/tflite_bodies.h"

#include <fmt/format.h>

#include <utility>

#include "ops/control.h"

namespace assay {

Status attach_bodies(GraphParts& parts, const std::function<Result<Graph>(int64_t)>& body) {
  for (size_t i = 0; i < parts.nodes.size(); ++i) {
    const bool branches = parts.nodes[i].op == "if", repeats = parts.nodes[i].op == "while";
    if ((!branches && !repeats) || !parts.nodes[i].trouble.empty()) continue;
    for (const char* attribute : {branches ? "then_subgraph" : "cond_subgraph",
                                  branches ? "else_subgraph" : "body_subgraph"}) {
      const int64_t index = parts.nodes[i].attrs.integer(attribute, -1);
      Graph graph = TRY(in(in(body(index), "subgraph {}", index), "{}",
                           node_label(static_cast<int>(i), parts.nodes[i])));
      parts.nodes[i].inputs.push_back(
          add_body(parts, std::move(graph), fmt::format("subgraph {}", index)));
    }
  }
  return {};
}

}  // namespace assay
