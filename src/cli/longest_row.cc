// `--data longest`: rows for a forest's longest path (ops/tree_paths.h).
//
// Decisions are counted, not cycles: of arrays, cycles follow them; of code, branches that are
// taken cost more than those that are not. Not handled: forests behind other operators.
#include "cli/longest_row.h"

#include <fmt/format.h>

#include "ops/tree_code.h"
#include "ops/tree_paths.h"

namespace assay {

Result<std::vector<std::vector<Bytes>>> longest_row(const Graph& graph, Terminal& terminal) {
  for (const Node& node : graph.nodes()) {
    if (node.op != "tree_ensemble" || graph.inputs() != std::vector<TensorId>{node.inputs[0]})
      continue;
    const Forest forest = forest_of({graph, node});
    if (const std::string reason = not_as_code(forest); !reason.empty())
      return fail(ErrorKind::unsupported, "the longest path is not searched: {}", reason);
    const LongestPath path = longest_path(forest);
    terminal.progress << fmt::format(
        "assay: the row takes {} decisions in {} trees; none {}\n", path.decisions,
        forest.tree_count(),
        path.is_exact() ? "takes more" : fmt::format("takes more than {}", path.bound));
    std::vector<float> rows;
    for (int64_t r = 0; r < forest.rows; ++r)
      rows.insert(rows.end(), path.row.begin(), path.row.end());
    const auto bytes = std::as_bytes(std::span(rows));
    return std::vector<std::vector<Bytes>>{{Bytes(bytes.begin(), bytes.end())}};
  }
  return fail(ErrorKind::input, "no forest reads the model's only input; give a file of rows");
}

}  // namespace assay
