// Forests of LightGBM and XGBoost, written here: what they predict, and the words for what is
// refused. Against the libraries themselves: tests/conformance/trees_test.py.
#include "import/trees.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "import/importer.h"
#include "ops/run.h"

namespace assay {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  if (at == text.npos) throw std::logic_error("nothing to replace: " + std::string(from));
  return text.replace(at, from.size(), to);
}

std::vector<float> predict(std::string_view file, std::vector<float> row) {
  const Result<Graph> graph = load_model(bytes_of(file), "m");
  if (!graph) throw std::logic_error(text(graph.error()));
  const auto in = std::as_bytes(std::span(row));
  const std::vector<Bytes> inputs = {Bytes(in.begin(), in.end())};
  const auto tensors = run_reference_tensors(*graph, inputs, Semantics::tflm);
  if (!tensors) throw std::logic_error(text(tensors.error()));
  const Bytes& out = (*tensors)[static_cast<size_t>(graph->outputs()[0])];
  std::vector<float> values(out.size() / sizeof(float));
  std::memcpy(values.data(), out.data(), out.size());
  return values;
}

std::string error_of(std::string_view file) {
  const Result<Graph> graph = load_model(bytes_of(file), "m");
  return graph ? "no error" : text(graph.error());
}

/// x0 <= 0.5 (double: a little more), then x1 in {0, 2} or not; and a tree of one leaf.
std::string lightgbm() {
  return "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=1\n"
         "objective=regression\n\n"
         "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nthreshold=0.50000000001 0\n"
         "decision_type=10 1\nleft_child=1 -1\nright_child=-2 -3\nleaf_value=1 2 4\n"
         "cat_boundaries=0 1\ncat_threshold=5\nis_linear=0\nshrinkage=1\n\n\n"
         "Tree=1\nnum_leaves=1\nnum_cat=0\nleaf_value=0.25\nis_linear=0\nshrinkage=1\n\n\n"
         "end of trees\n";
}

TEST(Lightgbm, PredictsByThresholdsCategoriesAndWhatIsMissing) {
  const struct {
    float x0, x1, y;
  } cases[] = {
      {0.5F, 0, 1.25F},  {0.5F, 2.9F, 1.25F},         {0.5F, 1, 4.25F},        {0.5F, -0.5F, 1.25F},
      {0.5F, -1, 4.25F}, {0.5F, kNan, 4.25F},         {0.50000006F, 0, 2.25F}, {kNan, 0, 1.25F},
      {0.5F, 3, 4.25F},  {INFINITY, INFINITY, 2.25F}, {-INFINITY, 0, 1.25F}};
  for (const auto& c : cases)
    EXPECT_EQ(predict(lightgbm(), {c.x0, c.x1}), std::vector{c.y}) << c.x0 << " " << c.x1;
}

TEST(Lightgbm, TakesZerosForMissingWhereTold) {
  // 6: zeros are missing and go left; 4: go right.
  const std::string left = replaced(replaced(lightgbm(), "decision_type=10", "decision_type=6"),
                                    "0.50000000001", "-0.5");
  EXPECT_EQ(predict(left, {0, 0}), std::vector{1.25F});
  EXPECT_EQ(predict(left, {-0.4F, 0}), std::vector{2.25F});
  EXPECT_EQ(predict(left, {0.1F, 0}), std::vector{2.25F});
  EXPECT_EQ(predict(left, {kNan, 0}), std::vector{1.25F});
  const std::string right = replaced(lightgbm(), "decision_type=10", "decision_type=4");
  EXPECT_EQ(predict(right, {0, 0}), std::vector{2.25F});
  EXPECT_EQ(predict(right, {0.1F, 0}), std::vector{1.25F});
  EXPECT_EQ(predict(right, {-0.1F, 0}), std::vector{1.25F});
  EXPECT_EQ(predict(right, {kNan, 0}), std::vector{2.25F});
  const std::string none = replaced(lightgbm(), "decision_type=10", "decision_type=0");
  EXPECT_EQ(predict(none, {kNan, 0}), std::vector{1.25F});  // reads as 0
}

TEST(Lightgbm, AppliesTheObjectivesLinkAndTheMean) {
  const std::string binary =
      replaced(lightgbm(), "objective=regression", "objective=binary sigmoid:2");
  EXPECT_NEAR(predict(binary, {0, 0})[0], 1 / (1 + std::exp(-2.5)), 1e-6);
  const std::string mean =
      replaced(lightgbm(), "objective=regression", "objective=regression\naverage_output");
  EXPECT_EQ(predict(mean, {0, 0}), std::vector{0.625F});
}

TEST(Lightgbm, RefusesWithWords) {
  const std::string good = lightgbm();
  const struct {
    const char *from, *to, *words;
  } cases[] = {
      {"left_child=1 -1", "left_child=0 -1",
       "model m: tree 0: node 0: child 0 is reached twice: no tree"},
      {"left_child=1 -1", "left_child=9 -1", "model m: tree 0: node 0: child 9 of 5 nodes"},
      {"left_child=1 -1", "left_child=1",
       "model m: tree 0: left_child has 1 numbers, 3 leaves need 2"},
      {"right_child=-2 -3", "right_child=-2 -2",
       "model m: tree 0: node 1: child 3 is reached twice: no tree"},
      {"threshold=0.50000000001", "threshold=nan",
       "model m: tree 0: node 0: its threshold is not a number"},
      {"threshold=0.50000000001", "threshold=x", "model m: tree 0: threshold: 'x' is no number"},
      {"leaf_value=1 2", "leaf_value=inf 2",
       "model m: tree 0: node 2: its value inf is not finite"},
      {"split_feature=0", "split_feature=7", "model m: tree 0: node 0: feature 7 of 2"},
      {"num_leaves=3", "num_leaves=1000000000",
       "model m: tree 0: num_leaves is 1000000000, not 1 to 268435456"},
      {"num_leaves=3", "num_leaves=200000000",
       "model m: tree 0: split_feature has 2 numbers, 200000000 leaves need 199999999"},
      {"threshold=0.50000000001 0", "threshold=0.5 1",
       "model m: tree 0: node 1: set 1 of categories, there are 1"},
      {"cat_boundaries=0 1", "cat_boundaries=0 9",
       "model m: tree 0: node 1: set 0 of categories is words 0 to 9 of 1"},
      {"is_linear=0", "is_linear=1",
       "model m: tree 0: its leaves are linear functions: train without linear_tree"},
      {"max_feature_idx=1\n", "", "model m: there is no line max_feature_idx="},
      {"end of trees", "", "model m: it ends after tree 1, before 'end of trees'"},
  };
  for (const auto& c : cases) EXPECT_EQ(error_of(replaced(good, c.from, c.to)), c.words);
  EXPECT_EQ(error_of(good.substr(0, good.find("Tree=1"))),
            "model m: it ends after tree 0, before 'end of trees'");
}

/// x0 < 0.5, then x1 in {1, 3}; two trees of dart.
std::string xgboost() {
  const char* tree =
      R"({"left_children":[1,-1,3,-1,-1],"right_children":[2,-1,4,-1,-1],"split_indices":[0,0,1,0,0],
"split_conditions":[0.5,1,0,2,4],"default_left":[1,0,0,0,0],"split_type":[0,0,1,0,0],
"categories":[1,3],"categories_nodes":[2],"categories_segments":[0],"categories_sizes":[2],
"tree_param":{"num_nodes":"5","size_leaf_vector":"1"}})";
  return fmt::format(
      R"({{"learner":{{"attributes":{{}},"gradient_booster":{{"name":"dart","weight_drop":[1,0.5],"gbtree":{{"model":
{{"tree_info":[0,0],"trees":[{},{}]}}}}}},"learner_model_param":{{"base_score":"[2.5E-1]","num_class":"0","num_feature":"2",
"num_target":"1"}},"objective":{{"name":"reg:squarederror"}}}},"version":[3,2,0]}})",
      tree, tree);
}

TEST(Xgboost, PredictsByThresholdsCategoriesAndWhatIsMissing) {
  const struct {
    float x0, x1, leaf;
  } cases[] = {{0.49999997F, 0, 1}, {0.5F, 0, 2},    {0.5F, 1, 4}, {0.5F, 1.5F, 4},
               {0.5F, 2, 2},        {0.5F, 3.9F, 4}, {0.5F, 4, 2}, {0.5F, -0.5F, 2},
               {kNan, 0, 1},        {0.5F, kNan, 4}};
  for (const auto& c : cases)
    EXPECT_EQ(predict(xgboost(), {c.x0, c.x1}), std::vector{0.25F + c.leaf + c.leaf / 2})
        << c.x0 << " " << c.x1;
}

TEST(Xgboost, BringsBaseScoreThroughTheLink) {
  std::string model = replaced(xgboost(), "reg:squarederror", "binary:logistic");
  EXPECT_NEAR(predict(model, {0, 0})[0], 1 / (1 + 3 * std::exp(-1.5)), 1e-6);
  model = replaced(replaced(xgboost(), "reg:squarederror", "multi:softmax"), "\"num_class\":\"0\"",
                   "\"num_class\":\"2\"");
  model = replaced(model, "\"tree_info\":[0,0]", "\"tree_info\":[0,1]");
  const Result<Graph> graph = load_model(bytes_of(model), "m");
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->nodes().back().op, "arg_max");
}

TEST(Xgboost, RefusesWithWords) {
  const std::string good = xgboost();
  const struct {
    const char *from, *to, *words;
  } cases[] = {
      {"[1,-1,3,-1,-1]", "[0,-1,3,-1,-1]",
       "model m: tree 0: node 0: child 0 is reached twice: no tree"},
      {"[1,-1,3,-1,-1]", "[1e9,-1,3,-1,-1]",
       "model m: tree 0: node 0: child 1000000000 of 5 nodes"},
      {"[1,-1,3,-1,-1]", "[1,-1]",
       "model m: tree 0: right_children has 5 numbers, left_children 2"},
      {"[0,0,1,0,0]", "[2,0,1,0,0]", "model m: tree 0: node 0: feature 2 of 2"},
      {"\"categories_nodes\":[2]", "\"categories_nodes\":[1]",
       "model m: tree 0: node 2: it is categorical without categories"},
      {"\"categories_sizes\":[2]", "\"categories_sizes\":[3]",
       "model m: tree 0: node 2: its 3 categories from 0 on are not among the tree's 2"},
      {"\"weight_drop\":[1,0.5]", "\"weight_drop\":[1]",
       "model m: weight_drop has 1 numbers for 2 trees"},
      {"\"dart\"", "\"gblinear\"",
       "model m: booster gblinear is no forest; we read gbtree and dart"},
      {"[2.5E-1]", "[1,2]", "model m: base_score has 2 numbers for 1 outputs"},
      {"\"tree_info\":[0,0]", "\"tree_info\":[0,1]",
       "model m: node 0 (tree_ensemble): tree 1 adds 1 values from output 1 on, there are 1"},
  };
  for (const auto& c : cases) EXPECT_EQ(error_of(replaced(good, c.from, c.to)), c.words);
  EXPECT_TRUE(error_of(good.substr(0, 300)).starts_with("model m: no valid JSON: parse error"));
  // 10^9 times null in a few bytes; and open for ever.
  const std::string head = std::string("{L\0\0\0\0\0\0\0\7learner{", 18);
  EXPECT_EQ(error_of(head + "i\1a[$Z#l\x3b\x9a\xca"),
            "model m: no valid UBJSON: it is cut off or damaged at byte 30");
  EXPECT_EQ(error_of(head + std::string("i\1a[$Z#l\x3b\x9a\xca\0", 13)),
            "model m: no valid UBJSON: it claims more values than it has bytes");
  EXPECT_EQ(error_of(head + "i\1a" + std::string(1000, '[')),
            "model m: no valid UBJSON: it is nested too deep");
}

TEST(Trees, FloatsNextToDoubles) {
  EXPECT_EQ(float_at_most(0.5), 0.5F);
  EXPECT_EQ(float_at_most(0.50000000001), 0.5F);
  EXPECT_EQ(float_below(0.5), std::nextafter(0.5F, 0.0F));
  EXPECT_EQ(float_below(0.50000000001), 0.5F);
  EXPECT_EQ(float_at_most(1e300), std::numeric_limits<float>::max());
  EXPECT_EQ(float_at_most(INFINITY), INFINITY);
  EXPECT_EQ(float_at_most(-1e300), -INFINITY);
  EXPECT_LT(float_below(0.0), 0.0F);
}

}  // namespace
}  // namespace assay
