// Both kernels of trees against the reference, bit by bit, on forests drawn at random; and the
// words for forests that are none.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a kernel and its parameters share a name
#include "../kernels/tree_heap_f32.c"
#include "../kernels/tree_linked_f32.c"
#include "../kernels/tree_thumb_f32.c"
#pragma GCC diagnostic pop
#include "host_kernel.h"
#include "ops/made_code.h"
#include "ops/run.h"
#include "ops/tree_code.h"
#include "ops/tree_layout.h"
#include "ops/tree_paths.h"
#include "ops/tree_thumb.h"
#include "test_graphs.h"

namespace assay {
extern const OpDef tree_ensemble_op;

namespace {

struct Parts {
  std::vector<int32_t> nodes, trees;
  std::vector<float> leaves, base;
  int32_t features = 3, leaf_width = 1, rows = 1;

  Result<Graph> build() const {
    GraphBuilder b;
    const auto count = [](size_t values, int32_t each) {
      return static_cast<int32_t>(values) / each;
    };
    const TensorId x = b.input(Dtype::f32, {rows, features});
    const TensorId y = b.node(
        "tree_ensemble",
        {x, b.constant<int32_t>(Dtype::s32, {count(nodes.size(), 4), 4}, nodes),
         b.constant<float>(Dtype::f32, {count(leaves.size(), leaf_width), leaf_width}, leaves),
         b.constant<int32_t>(Dtype::s32, {count(trees.size(), 2), 2}, trees),
         b.constant<float>(Dtype::f32, {count(base.size(), 1)}, base)},
        Dtype::f32, {rows, count(base.size(), 1)});
    return b.try_build({y});
  }
};

/// A tree drawn at random: splits down to `depth`, thinned by `stop` in 8.
int32_t grow(Parts& parts, std::mt19937& draw, int depth, unsigned stop) {
  if (depth == 0 || draw() % 8 < stop) {
    const auto leaf = static_cast<int32_t>(parts.leaves.size()) / parts.leaf_width;
    for (int32_t k = 0; k < parts.leaf_width; ++k)
      parts.leaves.push_back(static_cast<float>(draw() % 1000) / 7.0F - 60);
    return ~leaf;
  }
  const auto at = static_cast<int32_t>(parts.nodes.size());
  const float threshold = static_cast<float>(static_cast<int>(draw() % 2000) - 1000) / 8;
  parts.nodes.insert(parts.nodes.end(),
                     {static_cast<int32_t>(draw() % 6), std::bit_cast<int32_t>(threshold), 0, 0});
  const int32_t left = grow(parts, draw, depth - 1, stop);
  parts.nodes[static_cast<size_t>(at) + 2] = left;
  const int32_t right = grow(parts, draw, depth - 1, stop);
  parts.nodes[static_cast<size_t>(at) + 3] = right;
  return at / 4;
}

Parts forest(unsigned seed, int trees, int depth, unsigned stop, int32_t width, int32_t outputs) {
  std::mt19937 draw(seed);
  Parts parts;
  parts.leaf_width = width;
  parts.rows = 40;
  for (int32_t k = 0; k < outputs; ++k) parts.base.push_back(static_cast<float>(k) + 0.1F);
  for (int t = 0; t < trees; ++t) {
    const auto slot = parts.trees.size();
    parts.trees.insert(parts.trees.end(), {0, width > 1 ? 0 : t % outputs});
    const int32_t root = grow(parts, draw, depth, stop);
    parts.trees[slot] = root;
  }
  return parts;
}

/// Values between, at and beyond the thresholds, and NaN.
HostBytes rows_for(const Parts& parts, unsigned seed) {
  std::mt19937 draw(seed);
  std::vector<float> values;
  const auto count = static_cast<size_t>(parts.rows * parts.features);
  constexpr float kOdd[] = {std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity(), -0.0F, 0.0F};
  while (values.size() < count)
    values.push_back(draw() % 6 == 0
                         ? kOdd[draw() % 5]
                         : static_cast<float>(static_cast<int>(draw() % 2200) - 1100) / 8);
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

HostBytes run(const NodeView& node, const KernelCall& call, const HostBytes& input) {
  if (call.kernel == "tree_heap_f32") return run_kernel(node, call, input, assay_tree_heap_f32);
  return run_kernel(node, call, input, assay_tree_linked_f32);
}

void expect_kernel(const Parts& parts, std::string_view kernel, Optimize optimize) {
  const Result<Graph> graph = parts.build();
  ASSERT_TRUE(graph) << text(graph.error());
  ASSERT_TRUE(check_shapes(*graph)) << text(check_shapes(*graph).error());
  ASSERT_TRUE(unsupported(*graph).empty());
  const NodeView node{*graph, graph->nodes()[0]};
  const KernelCall call = tree_ensemble_op.lower(node, {.isa = {}, .optimize = optimize});
  EXPECT_EQ(call.kernel, kernel);
  const HostBytes input = rows_for(parts, 99);
  const std::vector<HostBytes> inputs = {input};
  const auto tensors = run_reference_tensors(*graph, inputs, Semantics::tflm);
  ASSERT_TRUE(tensors);
  EXPECT_EQ(run(node, call, input), (*tensors)[static_cast<size_t>(graph->outputs()[0])]);
}

TEST(TreeEnsemble, KernelsGiveTheReferencesBytes) {
  const struct {
    int trees, depth;
    unsigned stop;
    int32_t width, outputs;
    const char* kernel;
  } cases[] = {{20, 6, 0, 1, 1, "tree_heap_f32"}, {9, 9, 2, 3, 3, "tree_linked_f32"},
               {9, 5, 0, 3, 4, "tree_heap_f32"},  {12, 4, 0, 1, 3, "tree_heap_f32"},
               {5, 9, 0, 1, 1, "tree_heap_f32"},  {30, 9, 2, 1, 3, "tree_linked_f32"},
               {4, 0, 0, 1, 2, "tree_heap_f32"},  {3, 13, 0, 1, 1, "tree_linked_f32"},
               {0, 0, 0, 1, 2, "tree_heap_f32"}};
  unsigned seed = 1;
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.trees << " trees of depth " << c.depth);
    expect_kernel(forest(++seed, c.trees, c.depth, c.stop, c.width, c.outputs), c.kernel,
                  Optimize::balanced);
  }
}

TEST(TreeEnsemble, RanksContinueInFurtherColumns) {
  const Parts parts = forest(3, 60, 6, 0, 1, 1);  // some 3 800 thresholds of three features
  const Result<Graph> graph = parts.build();
  ASSERT_TRUE(graph);
  const RankedForest ranked = rank(forest_of({*graph, graph->nodes()[0]}));
  EXPECT_GT(ranked.columns.largest_keys, 2 * Columns::kRanks);
  EXPECT_GT(ranked.columns.parts.size(), 6U);
  expect_kernel(parts, "tree_heap_f32", Optimize::balanced);
}

/// What tree_thumb_f32 hands to a forest's function.
std::vector<uint8_t> thumb_columns(const RankedForest& ranked, std::span<const float> row) {
  static std::vector<uint8_t> seen;  // a C callback knows nothing but its arguments
  seen.resize(ranked.columns.parts.size());
  const Searches made = searches_of(ranked.columns);
  const struct assay_tree_thumb_f32 params = {
      .rows = 1,
      .features = static_cast<int32_t>(row.size()),
      .searches = static_cast<int32_t>(made.search.size() / 2),
      .outputs = 0,
      .search = made.search.data(),
      .bounds = made.bounds.data(),
      .nan = made.nan.data(),
      .keys = made.keys.data(),
      .first = made.first.data(),
      .base = nullptr,
      .trees = [](const uint8_t* column, float*) {
        std::copy_n(column, seen.size(), seen.begin());
      }};
  std::vector<uint8_t> scratch(seen.size());
  assay_tree_thumb_f32(&params, row.data(), nullptr, scratch.data());
  return seen;
}

void expect_ways(const Parts& parts, std::span<const float> values) {
  const Result<Graph> graph = parts.build();
  ASSERT_TRUE(graph) << text(graph.error());
  const Forest made = forest_of({*graph, graph->nodes()[0]});
  const RankedForest ranked = rank(made);
  for (size_t at = 0; at + 3 <= values.size(); at += 3) {
    const std::span<const float> row = values.subspan(at, 3);
    const std::vector<uint8_t> column = thumb_columns(ranked, row);
    for (size_t i = 0; i < made.node_count(); ++i) {
      const TreeNode node = made.node(i);
      const float x = row[static_cast<size_t>(node.feature)];
      const bool left = std::isnan(x) ? node.nan_left : x <= node.threshold;
      const RankedNode& mine = ranked.nodes[i];
      ASSERT_EQ(column[static_cast<size_t>(mine.column)] < mine.rank, left)
          << "node " << i << ": " << x << " <= " << node.threshold;
    }
  }
}

std::vector<float> floats(const HostBytes& bytes) {
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(TreeEnsemble, BucketsLeadToTheRankOfEveryValue) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Parts parts = forest(seed, seed < 5 ? 7 : 20, 6, seed % 3, 1, 1);
    if (seed == 2)  // NaN is taken for 0: one column
      for (size_t i = 0; i < parts.nodes.size(); i += 4)
        parts.nodes[i] = parts.nodes[i] / 2 * 2 + (std::bit_cast<float>(parts.nodes[i + 1]) >= 0);
    if (seed == 3)  // thresholds as far apart as floats are
      for (size_t i = 1; i < parts.nodes.size(); i += 8) parts.nodes[i] ^= 0x7e000000;
    for (size_t i = 1; i < parts.nodes.size(); i += 4)
      if (std::isnan(std::bit_cast<float>(parts.nodes[i]))) parts.nodes[i] = 0;
    std::vector<float> values = floats(rows_for(parts, seed));
    for (size_t i = 1; i < parts.nodes.size(); i += 4) {
      const auto threshold = std::bit_cast<float>(parts.nodes[i]);
      const float infinity = std::numeric_limits<float>::infinity();
      for (const float x :
           {threshold, std::nextafter(threshold, infinity), std::nextafter(threshold, -infinity)})
        values.insert(values.end(), 3, x);
    }
    expect_ways(parts, values);
  }
}

TEST(TreeEnsemble, NanIsARankWhereOneServesAllNodes) {
  const auto bits = [](float x) { return std::bit_cast<int32_t>(x); };
  Parts parts;
  parts.nodes = {0, bits(-1), 1, ~0, 1, bits(1), ~1, ~2};  // as 0 would go
  parts.trees = {0, 0};
  parts.leaves = {1, 2, 3};
  parts.base = {0};
  const auto columns_of = [](const Parts& p) {
    const Result<Graph> graph = p.build();
    return graph ? rank(forest_of({*graph, graph->nodes()[0]})).columns : Columns{};
  };
  EXPECT_EQ(columns_of(parts).parts, std::vector<int32_t>{1});
  parts.nodes[0] = 1;
  parts.nodes[4] = 0;  // left of -1, right of 1: no number goes so
  EXPECT_EQ(columns_of(parts).parts, (std::vector<int32_t>{0, 255}));
  expect_ways(parts, std::vector<float>{NAN, 0, 0, -1, 0, 0, 2, 0, 0});
}

/// What `speed` makes of a forest: kernel and text.
std::pair<std::string, std::string> code_of(const Parts& parts, bool dsp = false) {
  const Result<Graph> graph = parts.build();
  if (!graph) return {text(graph.error()), {}};
  const NodeView node{*graph, graph->nodes()[0]};
  const KernelCall call =
      tree_ensemble_op.lower(node, {.isa = {.dsp = dsp}, .optimize = Optimize::speed});
  return {call.kernel, made_code(node, call).text};
}

TEST(TreeEnsemble, IsCodeForSpeed) {
  Parts parts;
  const auto bits = [](float x) { return std::bit_cast<int32_t>(x); };
  parts.nodes = {0, bits(1), ~0, 1, 2 * 2 + 1, bits(5), ~1, ~2};
  parts.trees = {0, 0, ~0, 0};
  parts.leaves = {0.5F, 0, -1e-30F};
  parts.base = {0};
  const auto [kernel, made] = code_of(parts);
  EXPECT_EQ(kernel, "tree_code_f32");
  EXPECT_EQ(made, R"(static ASSAY_NOINLINE void @_0(const uint8_t *c, float *out) {
  float s0 = out[0];
  if (c[0] < 1) {
    s0 += 0.500000000f;
  } else {
    if (c[1] < 1) {
    } else {
      s0 += -1.00000000e-30f;
    }
  }
  s0 += 0.500000000f;
  out[0] = s0;
}
static void @(const uint8_t *c, float *out) {
  @_0(c, out);
}
)");
}

TEST(TreeEnsemble, IsThumbWhereTheCoreHasIt) {
  Parts parts;
  const auto bits = [](float x) { return std::bit_cast<int32_t>(x); };
  parts.nodes = {0, bits(1), ~0, 1, 2 * 2, bits(5), ~1, ~2};
  parts.trees = {0, 0, ~0, 0};
  parts.leaves = {0.5F, 0, -1};
  parts.base = {0};
  const auto [kernel, made] = code_of(parts, true);
  EXPECT_EQ(kernel, "tree_thumb_f32");
  EXPECT_EQ(made, R"c(#ifndef __ARM_FP
#error "these trees are assembly for a core with an FPU: emit them with --optimize balanced"
#endif
__attribute__((naked, noinline, aligned(16))) static void
@(const uint8_t *c __attribute__((unused)), float *out __attribute__((unused))) {
  __asm__(
    "push {r1, r4-r11, lr}\n"
    "vldr s0, [r1, #0]\n"
    "ldrb r1, [r0, #0]\n"
    "ldrb r2, [r0, #1]\n"
    "cmp r1, #1\n"
    "bhs 2f\n"
    "vldr s15, 3f\n"
    "b 1f\n"
    ".balign 8\n"
    "2:\n"
    "cmp r2, #1\n"
    "ite hs\n"
    "vldrhs s15, 4f\n"
    "vldrlo s15, 5f\n"
    "b 1f\n"
    ".balign 8\n"
    "1:\n"
    "vadd.f32 s0, s0, s15\n"
    "vldr s15, 7f\n"
    "b 6f\n"
    ".balign 8\n"
    "6:\n"
    "vadd.f32 s0, s0, s15\n"
    "pop {r1}\n"
    "vstr s0, [r1, #0]\n"
    "pop {r4-r11, pc}\n"
    ".balign 4\n"
    "3: .word 0x3f000000\n"
    "4: .word 0xbf800000\n"
    "5: .word 0x0\n"
    "7: .word 0x3f000000\n"
  );
}
)c");
}

TEST(TreeEnsemble, IsNoCodeWhereThatIsTooLong) {
  EXPECT_EQ(code_of(forest(5, 300, 6, 0, 1, 1)).first, "tree_heap_f32");  // 18 900 nodes
  Parts chain = forest(6, 1, 1, 0, 1, 1);
  chain.leaves[0] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(code_of(chain).first, "tree_heap_f32");
  Parts shared = chain;  // each node leads to the next by both ways: 2^20 paths
  shared.leaves[0] = 1;
  shared.nodes.clear();
  for (int32_t i = 1; i <= 20; ++i)
    shared.nodes.insert(shared.nodes.end(), {0, 0, i < 20 ? i : ~0, i < 20 ? i : ~0});
  EXPECT_EQ(code_of(shared).first, "tree_linked_f32");
  const Result<Graph> graph = shared.build();
  ASSERT_TRUE(graph);
  EXPECT_EQ(not_as_code(forest_of({*graph, graph->nodes()[0]})), "more than 16384 nodes");
}

int64_t decisions(const Forest& forest, std::span<const float> row) {
  int64_t count = 0;
  for (size_t t = 0; t < forest.tree_count(); ++t)
    for (int32_t at = forest.root(t); at >= 0; ++count) {
      const TreeNode node = forest.node(static_cast<size_t>(at));
      at = row[static_cast<size_t>(node.feature)] <= node.threshold ? node.left : node.right;
    }
  return count;
}

TEST(TreeEnsemble, LongestPathIsTakenAndNoneIsLonger) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Parts parts = forest(seed, 4, 5, 2, 1, 1);
    parts.rows = 4000;
    const HostBytes bytes = rows_for(parts, seed);
    const Result<Graph> graph = parts.build();
    ASSERT_TRUE(graph);
    const Forest made = forest_of({*graph, graph->nodes()[0]});
    const LongestPath path = longest_path(made);
    EXPECT_TRUE(path.is_exact());
    EXPECT_EQ(decisions(made, path.row), path.decisions);
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    int64_t most = 0;
    for (size_t at = 0; at < values.size(); at += 3) {
      const std::span<const float> row = std::span(values).subspan(at, 3);
      if (std::ranges::any_of(row, [](float x) { return std::isnan(x); })) continue;
      most = std::max(most, decisions(made, row));
    }
    EXPECT_LE(most, path.decisions);
    EXPECT_GE(most + 2, path.decisions);  // 4 000 rows come near it
    const LongestPath early = longest_path(made, 0);
    EXPECT_LE(early.decisions, path.decisions);
    EXPECT_GE(early.bound, path.decisions);
    EXPECT_EQ(decisions(made, early.row), early.decisions);
  }
}

TEST(TreeEnsemble, KeysOrderAsFloats) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float ordered[] = {-kInfinity, -3e38F, -1, -1e-45F, -0.0F,
                           0.0F,       1e-45F, 1,  3e38F,   kInfinity};
  for (size_t i = 1; i < std::size(ordered); ++i)
    EXPECT_LT(key_of(ordered[i - 1]), key_of(ordered[i])) << ordered[i];
}

TEST(TreeEnsemble, RefusesWhatIsNoForest) {
  const auto bits = [](float value) { return std::bit_cast<int32_t>(value); };
  const Parts good{.nodes = {0, bits(1), 1, ~0, 2, bits(2), ~1, ~2},
                   .trees = {0, 0},
                   .leaves = {1, 2, 3},
                   .base = {0}};
  const auto error = [](const Parts& parts) {
    const Result<Graph> graph = parts.build();
    if (!graph) return text(graph.error());
    const Status status = check_shapes(*graph);
    return status ? std::string("no error") : text(status.error());
  };
  const auto with = [&](auto change) {
    Parts parts = good;
    change(parts);
    return error(parts);
  };
  const std::string node = "node 0 (tree_ensemble): ";
  EXPECT_EQ(error(good), "no error");
  EXPECT_EQ(with([](Parts& p) { p.nodes[6] = 1; }),
            node + "tree node 1: child 1 is not behind it in its tree, which ends at 2");
  EXPECT_EQ(with([](Parts& p) { p.nodes[2] = 2; }),
            node + "tree node 0: child 2 is not behind it in its tree, which ends at 2");
  EXPECT_EQ(with([](Parts& p) { p.nodes[3] = ~3; }), node + "tree node 0: leaf 3 of 3");
  EXPECT_EQ(with([](Parts& p) { p.nodes[0] = 6; }), node + "tree node 0: feature 3 of 3");
  EXPECT_EQ(with([](Parts& p) { p.nodes[1] = 0x7fc00000; }),
            node + "tree node 0: its threshold is not a number");
  EXPECT_EQ(with([](Parts& p) { p.trees[0] = 1; }), node + "tree 0 begins at node 1, not 0");
  EXPECT_EQ(with([](Parts& p) {
              p.trees = {0, 0, 0, 0};
            }),
            node + "tree 0 ends at node 0, begins at 0 of 2");
  EXPECT_EQ(with([](Parts& p) { p.trees = {~0, 0}; }), node + "2 nodes belong to no tree");
  EXPECT_EQ(with([](Parts& p) { p.trees[1] = 1; }),
            node + "tree 0 adds 1 values from output 1 on, there are 1");
}

}  // namespace
}  // namespace assay
