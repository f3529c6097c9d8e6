// The ONNX importer on files made here: in which order values stand, what is computed while
// reading, and the words for what it refuses.
#include <gtest/gtest.h>

#include <filesystem>

#include "import/importer.h"
#include "ops/run.h"
#include "test_onnx.h"
#include "util/files.h"

namespace assay {
namespace {

Result<Graph> load(const OnnxFile& file) { return load_model(file.bytes(), "m"); }

std::string error_of(const OnnxFile& file) {
  const Result<Graph> graph = load(file);
  return graph ? "no error" : text(graph.error());
}

std::string operators(const Graph& graph) {
  std::string names;
  for (const Node& node : graph.nodes()) names += (names.empty() ? "" : " ") + node.op;
  return names;
}

/// x [1, 2, 4, 4] -> relu -> y
OnnxFile one_relu() {
  return {.nodes = {onnx_node("Relu", {"x"}, {"y"})},
          .initializers = {},
          .inputs = {onnx_value("x", {1, 2, 4, 4})},
          .outputs = {onnx_value("y", {1, 2, 4, 4})}};
}

std::vector<float> weights(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 7) - 3.0F;
  return values;
}

TEST(Onnx, RunsANetworkOfConvolutionsInOneOrder) {
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("Conv", {"x", "w"}, {"a"}, {onnx_ints("pads", {1, 1, 1, 1})}),
                onnx_node("Add", {"a", "bias"}, {"b"}), onnx_node("Relu", {"b"}, {"c"}),
                onnx_node("MaxPool", {"c"}, {"d"},
                          {onnx_ints("kernel_shape", {2, 2}), onnx_ints("strides", {2, 2})}),
                onnx_node("Conv", {"d", "v"}, {"y"})};
  file.initializers = {onnx_tensor<float>("w", 1, {3, 2, 3, 3}, weights(54)),
                       onnx_tensor<float>("bias", 1, {3, 1, 1}, weights(3)),
                       onnx_tensor<float>("v", 1, {2, 3, 1, 1}, weights(6))};
  file.outputs = {onnx_value("y", {1, 2, 2, 2})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(operators(*graph), "transpose conv_2d add max_pool_2d conv_2d transpose");
  EXPECT_EQ(text(graph->tensor(graph->inputs()[0]).shape), "1x2x4x4");
  EXPECT_EQ(text(graph->tensor(graph->outputs()[0]).shape), "1x2x2x2");
  EXPECT_EQ(graph->tensor(graph->outputs()[0]).name, "y");
  EXPECT_TRUE(unsupported(*graph).empty());
}

TEST(Onnx, TakesWeightsInTheOrderOfTheImageBeforeThem) {
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("Conv", {"x", "w"}, {"a"}), onnx_node("Flatten", {"a"}, {"b"}),
                onnx_node("MatMul", {"b", "m"}, {"y"})};
  // The convolution swaps the channels; the matrix picks element 1 of channel 0 and 2 of channel 1.
  std::vector<float> matrix(64, 0.0F);
  matrix[2 * 1] = 1.0F;
  matrix[2 * (16 + 2) + 1] = 1.0F;
  file.initializers = {onnx_tensor<float>("w", 1, {2, 2, 1, 1}, {0.0F, 1.0F, 1.0F, 0.0F}),
                       onnx_tensor<float>("m", 1, {32, 2}, matrix)};
  file.outputs = {onnx_value("y", {1, 2})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(operators(*graph), "transpose conv_2d reshape fully_connected");
  std::vector<float> x(32);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  const auto bytes = std::as_bytes(std::span(x));
  const auto outputs =
      run_reference(*graph, std::vector<Bytes>(1, Bytes(bytes.begin(), bytes.end())));
  ASSERT_TRUE(outputs) << text(outputs.error());
  const auto* y = reinterpret_cast<const float*>(outputs->front().data());
  EXPECT_EQ(y[0], 17.0F);
  EXPECT_EQ(y[1], 2.0F);
}

TEST(Onnx, ComputesShapesWhileReading) {
  OnnxFile file = one_relu();
  file.nodes = {
      onnx_node("Shape", {"x"}, {"shape"}), onnx_node("Gather", {"shape", "two"}, {"height"}),
      onnx_node("Unsqueeze", {"height", "zero"}, {"h"}),
      onnx_node("Concat", {"minus", "h"}, {"to"}, {OnnxMessage().put(1, "axis").integer(3, 0)}),
      onnx_node("Reshape", {"x", "to"}, {"y"})};
  file.initializers = {onnx_tensor<int64_t>("two", 7, {}, {2}),
                       onnx_tensor<int64_t>("zero", 7, {1}, {0}),
                       onnx_tensor<int64_t>("minus", 7, {1}, {-1})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(operators(*graph), "reshape");
  EXPECT_EQ(text(graph->tensor(graph->outputs()[0]).shape), "8x4");
}

TEST(Onnx, TakesAnOpenFirstDimensionAsOne) {
  OnnxFile file = one_relu();
  file.inputs = {onnx_value("x", {-1, 3})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(text(graph->tensor(graph->inputs()[0]).shape), "1x3");
  ASSERT_EQ(graph->notes().size(), 1u);
  EXPECT_EQ(graph->notes()[0], "input 'x': its open first dimension n is taken as 1");
}

TEST(Onnx, MultipliesIntegersWhoseRangeIsKnownAsTheModelRuns) {
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("DynamicQuantizeLinear", {"x"}, {"q", "scale", "zero"}),
                onnx_node("MatMulInteger", {"q", "w", "zero", "w_zero"}, {"y"})};
  file.inputs = {onnx_value("x", {1, 3})};
  file.outputs = {onnx_value("y", {1, 2})};
  file.initializers = {onnx_tensor<uint8_t>("w", 2, {3, 2}, {5, 2, 3, 2, 3, 255}),
                       onnx_tensor<uint8_t>("w_zero", 2, {}, {3})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(operators(*graph), "dynamic_quantize_linear matmul_integer");
  // From -51 to 204: steps of 1, so that the integers less their zero point are the numbers.
  const float x[] = {-51.0F, 204.0F, 2.5F};
  const auto bytes = std::as_bytes(std::span(x));
  const auto outputs =
      run_reference(*graph, std::vector<Bytes>(1, Bytes(bytes.begin(), bytes.end())));
  ASSERT_TRUE(outputs) << text(outputs.error());
  const auto* y = reinterpret_cast<const int32_t*>(outputs->front().data());
  EXPECT_EQ(y[0], -51 * 2);
  EXPECT_EQ(y[1], 51 - 204 + 2 * 252);  // a half is rounded to the even 2
}

/// One split at 0.5 and two leaves; `no` is where the split leads if it is not met.
OnnxFile one_tree(int64_t no) {
  const auto ints = [](const std::string& name, std::vector<int64_t> values) {
    return onnx_ints(name, values);
  };
  OnnxMessage tree =
      onnx_node("TreeEnsembleRegressor", {"x"}, {"y"},
                {ints("nodes_treeids", {0, 0, 0}), ints("nodes_nodeids", {0, 1, 2}),
                 ints("nodes_featureids", {3, 0, 0}), ints("nodes_truenodeids", {1, 0, 0}),
                 ints("nodes_falsenodeids", {no, 0, 0}), onnx_floats("nodes_values", {0.5F, 0, 0}),
                 onnx_words("nodes_modes", {"BRANCH_LT", "LEAF", "LEAF"}),
                 ints("target_treeids", {0, 0}), ints("target_nodeids", {1, 2}),
                 ints("target_ids", {0, 0}), onnx_floats("target_weights", {1.5F, -2.0F})});
  tree.put(7, "ai.onnx.ml");
  return {.nodes = {tree},
          .initializers = {},
          .inputs = {onnx_value("x", {-1, -1})},
          .outputs = {onnx_value("y", {-1, 1})}};
}

TEST(Onnx, ReadsATreeAndHowManyFeaturesItTakes) {
  const Result<Graph> graph = load(one_tree(2));
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(operators(*graph), "tree_ensemble");
  EXPECT_EQ(text(graph->tensor(graph->inputs()[0]).shape), "1x4");
  const float at[] = {0, 0, 0, 0.5F};  // not below 0.5
  const auto bytes = std::as_bytes(std::span(at));
  const auto outputs =
      run_reference(*graph, std::vector<Bytes>(1, Bytes(bytes.begin(), bytes.end())));
  ASSERT_TRUE(outputs) << text(outputs.error());
  EXPECT_EQ(*reinterpret_cast<const float*>(outputs->front().data()), -2.0F);
}

TEST(Onnx, RefusesATreeThatIsNone) {
  EXPECT_EQ(error_of(one_tree(0)),
            "model m: node 0 (TreeEnsembleRegressor): tree 0: 2 of its 3 nodes are not reached");
  EXPECT_EQ(error_of(one_tree(1)),
            "model m: node 0 (TreeEnsembleRegressor): tree 0: node 0: both children are 1");
  EXPECT_EQ(error_of(one_tree(7)),
            "model m: node 0 (TreeEnsembleRegressor): tree 0: node 0: child -1 of 3 nodes");
}

TEST(Onnx, ListsWhatItHasNoRuleFor) {
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("NonZero", {"x"}, {"a"}), onnx_node("Relu", {"a"}, {"y"})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  const std::vector<Unsupported> reasons = unsupported(*graph);
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].reason, "no such operator here");
  EXPECT_EQ(reasons[1].reason, "its input 'a' is made by NonZero, which cannot be run");
}

TEST(Onnx, SaysWhatIsWrong) {
  const struct {
    const char* name;
    void (*change)(OnnxFile&);
    const char* words;
  } cases[] = {
      {"a value made twice", [](OnnxFile& f) { f.nodes.push_back(f.nodes[0]); },
       "model m: node 1 (Relu): makes 'y', which is made already"},
      {"a cycle",
       [](OnnxFile& f) {
         f.nodes = {onnx_node("Add", {"x", "y"}, {"y"})};
       },
       "model m: node 0 (Add): its input 'y' is made by nothing that stands before it"},
      {"no output", [](OnnxFile& f) { f.nodes = {onnx_node("Relu", {"x"}, {})}; },
       "model m: node 0 (Relu): it has no output"},
      {"an output that nothing makes", [](OnnxFile& f) { f.outputs = {onnx_value("z", {1})}; },
       "model m: output 'z' is made by no node"},
      {"an initializer that is too short",
       [](OnnxFile& f) { f.initializers = {onnx_tensor<float>("w", 1, {1000000}, {1.0F})}; },
       "model m: initializer 'w': has 4 bytes, its shape 1000000 of f32 needs 4000000"},
      {"an initializer without end",
       [](OnnxFile& f) {
         f.initializers = {onnx_tensor<float>("w", 1, {2147483647, 2147483647, 2147483647}, {})};
       },
       "model m: initializer 'w': has 0 bytes, its shape 2147483647x2147483647x2147483647 of f32 "
       "needs 576460752303423484"},
      {"an extent beyond 31 bits",
       [](OnnxFile& f) { f.initializers = {onnx_tensor<float>("w", 1, {int64_t{1} << 40}, {})}; },
       "model m: initializer 'w': has an extent of 1099511627776"},
      {"a negative extent",
       [](OnnxFile& f) { f.initializers = {onnx_tensor<float>("w", 1, {-4}, {})}; },
       "model m: initializer 'w': has an extent of -4"},
      {"an initializer given twice",
       [](OnnxFile& f) { f.initializers.assign(2, onnx_tensor<float>("w", 1, {1}, {1.0F})); },
       "model m: initializers: 'w' is given twice"},
      {"an input given twice", [](OnnxFile& f) { f.inputs.push_back(f.inputs[0]); },
       "model m: inputs: 'x' is given twice"},
      {"a node that makes an initializer",
       [](OnnxFile& f) { f.initializers = {onnx_tensor<float>("y", 1, {1}, {1.0F})}; },
       "model m: node 0 (Relu): makes 'y', which is made already"},
      {"a node that makes an input",
       [](OnnxFile& f) { f.nodes = {onnx_node("Relu", {"x"}, {"x"})}; },
       "model m: node 0 (Relu): makes 'x', which is made already"},
      {"an open dimension",
       [](OnnxFile& f) {
         f.inputs = {onnx_value("x", {1, -1})};
       },
       "model m: input 'x': dimension 1 (n) is open; say all with --shape x=1x2x3"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    OnnxFile file = one_relu();
    c.change(file);
    EXPECT_EQ(error_of(file), c.words);
  }
}

/// An initializer of four floats in another file.
OnnxMessage elsewhere(const std::string& location, const std::string& offset = "",
                      const std::string& length = "") {
  const auto entry = [](const std::string& key, const std::string& value) {
    return OnnxMessage().put(1, key).put(2, value);
  };
  OnnxMessage tensor = OnnxMessage().integer(1, 4).integer(2, 1).put(8, "w").integer(14, 1);
  tensor.put(13, entry("location", location));
  if (!offset.empty()) tensor.put(13, entry("offset", offset));
  if (!length.empty()) tensor.put(13, entry("length", length));
  return tensor;
}

/// x [4] + w, whose four floats stand elsewhere.
Result<Graph> load_with(const OnnxMessage& tensor, const std::filesystem::path& folder) {
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("Add", {"x", "w"}, {"y"})};
  file.inputs = {onnx_value("x", {4})};
  file.initializers = {tensor};
  return load_model(file.bytes(), "m", {.folder = folder});
}

TEST(Onnx, ReadsElementsBesideTheModelAndNowhereElse) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) / "onnx_external";
  const std::filesystem::path folder = root / "model";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(folder / "data");
  const float numbers[] = {9, 1, 2, 3, 4};
  ASSERT_TRUE(write_file(folder / "data" / "w.bin", std::as_bytes(std::span(numbers))));
  ASSERT_TRUE(write_file(root / "secret.bin", std::as_bytes(std::span(numbers))));
  std::filesystem::create_symlink(root / "secret.bin", folder / "link.bin");

  const Result<Graph> graph = load_with(elsewhere("data/w.bin", "4"), folder);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_NE(graph->variant(), "") << "other data is another graph to the caches";
  const Bytes x(16, std::byte{0});
  const auto outputs = run_reference(*graph, std::vector<Bytes>{x});
  ASSERT_TRUE(outputs) << text(outputs.error());
  EXPECT_EQ(reinterpret_cast<const float*>(outputs->front().data())[3], 4.0F);

  const std::string refused = "outside of the model's folder: refused";
  const struct {
    OnnxMessage tensor;
    std::string words;
  } cases[] = {
      {elsewhere("../secret.bin"), refused},
      {elsewhere("data/../../secret.bin"), refused},
      {elsewhere((root / "secret.bin").string()), refused},
      {elsewhere("link.bin"), refused},
      {elsewhere(""), refused},
      {elsewhere("gone.bin"),
       "initializer 'w': " + (folder / "gone.bin").string() + ": no such file"},
      {elsewhere("data"), "is a directory"},
      {elsewhere("data/w.bin", "8"), "initializer 'w': has 12 bytes, its shape 4 of f32 needs 16"},
      {elsewhere("data/w.bin", "8", "16"),
       "initializer 'w': 16 bytes from byte 8 of 'data/w.bin', which has 20"},
      {elsewhere("data/w.bin", "9223372036854775807", "16"), "from byte 9223372036854775807"},
      {elsewhere("data/w.bin", "-4", "16"), "16 bytes from byte -2 of"},
      {elsewhere("data/w.bin", "4", "99999999999999999999"), "-2 bytes from byte 4 of"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    const Result<Graph> wrong = load_with(c.tensor, folder);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::input);
    EXPECT_NE(text(wrong.error()).find(c.words), std::string::npos) << text(wrong.error());
  }
  // Of bytes in memory nobody knows the folder.
  const Result<Graph> unknown = load_with(elsewhere("data/w.bin"), {});
  ASSERT_TRUE(unknown) << text(unknown.error());
  EXPECT_EQ(assay::unsupported(*unknown).at(0).reason,
            "its input 'w' is stored in 'data/w.bin'; save the model as one file (onnx.save "
            "without external data)");
}

TEST(Onnx, GathersANumberOutOfARow) {
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("Relu", {"x"}, {"a"}), onnx_node("Gather", {"a", "two"}, {"y"})};
  file.inputs = {onnx_value("x", {4})};
  file.outputs = {onnx_value("y", {})};
  file.initializers = {onnx_tensor<int64_t>("two", 7, {}, {2})};
  const Result<Graph> graph = load(file);
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(text(graph->tensor(graph->outputs()[0]).shape), "scalar");
}

TEST(Onnx, SubgraphsWithoutEndAreNotFollowed) {
  OnnxMessage graph = OnnxMessage().put(1, onnx_node("Relu", {"x"}, {"y"}));
  for (int depth = 0; depth < 2000; ++depth)
    graph = OnnxMessage().put(
        1, onnx_node("If", {"x"}, {"y"}, {OnnxMessage().put(1, "then_branch").put(6, graph)}));
  OnnxFile file = one_relu();
  file.nodes = {onnx_node("If", {"x"}, {"y"}, {OnnxMessage().put(1, "then_branch").put(6, graph)})};
  const Result<Graph> made = load(file);
  ASSERT_TRUE(made) << text(made.error());
  EXPECT_EQ(unsupported(*made).at(0).reason, "its attribute then_branch is a subgraph");
}

TEST(Onnx, SaysWhereAFileIsCutShort) {
  std::vector<std::byte> bytes = one_relu().bytes();
  bytes.resize(bytes.size() - 10);
  const Result<Graph> graph = load_model(bytes, "m");
  ASSERT_FALSE(graph);
  EXPECT_TRUE(text(graph.error()).starts_with("model m: the file is damaged or cut short"))
      << text(graph.error());
}

}  // namespace
}  // namespace assay
