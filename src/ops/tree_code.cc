// Forest -> C: `if (c[column] < rank) left else right`, down to the additions of a leaf.
//
// The idea: comparing a byte of RAM with a number in the instruction takes a third of the
// instructions that walking flat arrays does, and the compiler keeps columns in registers from tree
// to tree. It costs about 20 bytes of flash a node on Thumb, where arrays take 2 to 8. Sums are
// kept in locals and added in the trees' order: the same bits as the arrays give.
//
// A function has some thousand nodes, because compilers take more than linear time. Two paths may
// lead to one node; it is then written twice, so forests with many such nodes stay arrays.
#include "ops/tree_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/made_code.h"
#include "ops/tree_thumb.h"

namespace assay {
namespace {

constexpr int64_t kMostNodes = 16384;  // 330 KB of Thumb code, a minute of GCC
constexpr int64_t kNodesInFunction = 4096;
constexpr int kDeepest = 32;  // blocks within blocks: C99 promises 127, 5.2.4.1
constexpr int64_t kMostLocals = 8;

/// Comparisons of each tree when every path is written out.
std::vector<int64_t> written_nodes(const Forest& forest) {
  std::vector<int64_t> below(forest.node_count());
  const auto of = [&](int32_t child) { return child < 0 ? 0 : below[static_cast<size_t>(child)]; };
  for (size_t i = below.size(); i-- > 0;) {
    const TreeNode node = forest.node(i);
    below[i] = std::min(1 + of(node.left) + of(node.right), kMostNodes + 1);
  }
  std::vector<int64_t> nodes;
  for (size_t t = 0; t < forest.tree_count(); ++t) nodes.push_back(of(forest.root(t)));
  return nodes;
}

struct CodeWriter {
  const Forest& forest;
  const RankedForest& ranked;
  bool has_locals;
  std::string text;

  std::string sum(int64_t output) const {
    return has_locals ? fmt::format("s{}", output) : fmt::format("out[{}]", output);
  }

  void leaf(int32_t index, int32_t column, int depth) {
    int64_t output = column;
    for (const float value : forest.leaf(index)) {
      if (value != 0)
        text += fmt::format("{:{}}{} += {:#.9g}f;\n", "", 2 * depth, sum(output), value);
      ++output;
    }
  }

  void child(int32_t at, int32_t column, int depth) {
    if (at < 0) return leaf(~at, column, depth);
    const TreeNode node = forest.node(static_cast<size_t>(at));
    const RankedNode& mine = ranked.nodes[static_cast<size_t>(at)];
    text += fmt::format("{:{}}if (c[{}] < {}) {{\n", "", 2 * depth, mine.column, mine.rank);
    child(node.left, column, depth + 1);
    text += fmt::format("{:{}}}} else {{\n", "", 2 * depth);
    child(node.right, column, depth + 1);
    text += fmt::format("{:{}}}}\n", "", 2 * depth);
  }

  void begin(size_t number) {
    text +=
        fmt::format("static ASSAY_NOINLINE void @_{}(const uint8_t *c, float *out) {{\n", number);
    for (int64_t k = 0; has_locals && k < forest.outputs; ++k)
      text += fmt::format("  float s{} = out[{}];\n", k, k);
  }

  void end() {
    for (int64_t k = 0; has_locals && k < forest.outputs; ++k)
      text += fmt::format("  out[{}] = s{};\n", k, k);
    text += "}\n";
  }
};

}  // namespace

std::string not_as_code(const Forest& forest) {
  int64_t nodes = 0;
  for (const int64_t each : written_nodes(forest)) nodes += each;
  if (nodes > kMostNodes) return fmt::format("more than {} nodes", kMostNodes);
  for (const int depth : tree_depths(forest))
    if (depth > kDeepest) return fmt::format("a tree is deeper than {}", kDeepest);
  if (!std::ranges::all_of(forest.leaves, [](float leaf) { return std::isfinite(leaf); }))
    return "a leaf is not finite";
  return {};
}

std::string tree_code(const Forest& forest, const RankedForest& ranked) {
  CodeWriter writer{forest, ranked, forest.outputs <= kMostLocals, {}};
  const std::vector<int64_t> nodes = written_nodes(forest);
  size_t functions = 0;
  for (size_t t = 0; t < forest.tree_count();) {
    writer.begin(functions++);
    for (int64_t written = 0;
         t < forest.tree_count() && (written == 0 || written + nodes[t] <= kNodesInFunction); ++t) {
      written += nodes[t] + 1;
      writer.child(forest.root(t), forest.column(t), 1);
    }
    writer.end();
  }
  writer.text += "static void @(const uint8_t *c, float *out) {\n";
  for (size_t i = 0; i < functions; ++i) writer.text += fmt::format("  @_{}(c, out);\n", i);
  if (functions == 0) writer.text += "  (void)c;\n  (void)out;\n";
  return writer.text + "}\n";
}

MadeCode made_code(const NodeView& node, const KernelCall& call) {
  const bool is_thumb = call.kernel == "tree_thumb_f32";
  if (!is_thumb && call.kernel != "tree_code_f32") return {};
  const Forest forest = forest_of(node);
  if (is_thumb) return {"trees", tree_thumb(forest, rank(forest))};
  return {"trees", tree_code(forest, rank(forest))};
}

}  // namespace assay
