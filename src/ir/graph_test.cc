// The invariants of graph.h, one bad graph each, with the words of its error.
#include "ir/graph.h"

#include <gtest/gtest.h>

#include <limits>

#include "test_graphs.h"

namespace assay {
namespace {

std::string error_of(GraphBuilder& b, std::vector<TensorId> outputs) {
  const Result<Graph> graph = b.try_build(std::move(outputs));
  if (graph) return "no error";
  EXPECT_EQ(graph.error().kind, ErrorKind::input);
  return text(graph.error());
}

TEST(Dtype, HasNamesAndSizes) {
  EXPECT_EQ(name(Dtype::s8), "s8");
  EXPECT_EQ(name(Dtype::boolean), "bool");
  EXPECT_EQ(bits(Dtype::s4), 4);
  EXPECT_EQ(bits(Dtype::f64), 64);
  EXPECT_EQ(bits(Dtype::other), 0);
}

TEST(Shape, CountsElementsWithoutOverflow) {
  EXPECT_EQ(Shape{}.elements(), 1);
  EXPECT_EQ((Shape{{2, 3, 4}}).elements(), 24);
  EXPECT_EQ((Shape{{2, 0, 4}}).elements(), 0);
  constexpr int32_t kBig = std::numeric_limits<int32_t>::max();
  EXPECT_GT((Shape{{kBig, kBig, kBig, kBig}}).elements(), int64_t{1} << 56);
  EXPECT_EQ((Shape{{kBig, kBig, kBig, 0}}).elements(), 0);
}

TEST(Shape, Prints) {
  EXPECT_EQ(text(Shape{}), "scalar");
  EXPECT_EQ(text(Shape{{25, 5, 64}}), "25x5x64");
}

TEST(Tensor, PacksFourBitElements) {
  Tensor tensor;
  tensor.dtype = Dtype::s4;
  tensor.shape = {{3}};
  EXPECT_EQ(tensor.bytes(), 2);
}

TEST(GraphMake, KeepsAGoodGraph) {
  const Graph graph = diamond_graph({1, 4, 4, 2});
  ASSERT_EQ(graph.nodes().size(), 4u);
  EXPECT_EQ(graph.nodes()[3].op, "add");
  EXPECT_EQ(graph.tensor(graph.outputs()[0]).bytes(), 32);
}

TEST(GraphMake, PutsNodesInARunnableOrder) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {4});
  const TensorId y = b.tensor(Dtype::s8, {4});
  const TensorId z = b.tensor(Dtype::s8, {4});
  const TensorId u = b.tensor(Dtype::s8, {4});
  b.node_to("third", {y}, {z});
  b.node_to("first", {x}, {y});
  b.node_to("second", {x}, {u});
  const Graph graph = b.build({z, u});
  ASSERT_EQ(graph.nodes().size(), 3u);
  EXPECT_EQ(graph.nodes()[0].op, "first");
  EXPECT_EQ(graph.nodes()[1].op, "third");
  EXPECT_EQ(graph.nodes()[2].op, "second");
}

TEST(GraphMake, KeepsTheOrderOfNodesThatTouchAVariable) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {4});
  const TensorId state = b.tensor(Dtype::s8, {4}, {}, "state");
  b.parts.tensors.back().is_variable = true;
  const TensorId made = b.tensor(Dtype::s8, {4});
  const TensorId after = b.tensor(Dtype::s8, {4});
  b.node_to("write", {state, made}, {state});  // waits for the last node
  b.node_to("read", {state}, {after});         // needs nothing but the state
  b.node_to("make", {x}, {made});
  const Graph graph = b.build({after});
  ASSERT_EQ(graph.nodes().size(), 3u);
  EXPECT_EQ(graph.nodes()[0].op, "make");
  EXPECT_EQ(graph.nodes()[1].op, "write");
  EXPECT_EQ(graph.nodes()[2].op, "read");
  EXPECT_EQ(graph.state(), std::vector<TensorId>{state});
}

TEST(GraphMake, RefusesACycleThroughAVariable) {
  GraphBuilder b;
  const TensorId state = b.tensor(Dtype::s8, {4}, {}, "state");
  b.parts.tensors.back().is_variable = true;
  const TensorId late = b.tensor(Dtype::s8, {4});
  b.node_to("write", {state, late}, {state});
  b.node_to("read", {state}, {late});
  const Result<Graph> graph = b.try_build({late});
  ASSERT_FALSE(graph);
  EXPECT_NE(text(graph.error()).find("the graph has a cycle"), std::string::npos);
}

TEST(GraphMake, RefusesFirstValuesOfAnotherLength) {
  GraphBuilder b;
  const TensorId x = b.constant<int8_t>(Dtype::s8, {4}, {1, 2, 3}, {}, "kept");
  b.parts.tensors.back().is_constant = false;
  b.parts.tensors.back().is_variable = true;
  const Result<Graph> graph = b.try_build({x});
  ASSERT_FALSE(graph);
  EXPECT_EQ(text(graph.error()),
            "tensor 0 'kept': variable begins with 3 bytes, its shape 4 of s8 needs 4");
}

TEST(GraphMake, AcceptsOptionalInputsVariablesAndEmptyTensors) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {4});
  const TensorId state = b.tensor(Dtype::s8, {4});
  b.parts.tensors.back().is_variable = true;
  const TensorId none = b.constant<int32_t>(Dtype::s32, {0}, {});
  const TensorId y = b.node("svdf", {x, kNoTensor, state, none}, Dtype::s8, {4});
  EXPECT_TRUE(b.try_build({y, y}).has_value());
}

TEST(GraphMake, RefusesBadShapes) {
  const struct {
    std::vector<int32_t> dims;
    Dtype dtype;
    const char* words;
  } cases[] = {
      {{4, -2}, Dtype::s8, "tensor 0 't0': shape 4x-2 has a negative extent"},
      {{1 << 16, 1 << 16},
       Dtype::s8,
       "tensor 0 't0': shape 65536x65536 has more than 2^31 - 1 elements"},
      {{1 << 30},
       Dtype::f32,
       "tensor 0 't0': shape 1073741824 of f32 needs 4294967296 bytes, more than 2^31 - 1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    GraphBuilder b;
    const TensorId x = b.input(c.dtype, c.dims);
    EXPECT_EQ(error_of(b, {x}), c.words);
  }
}

TEST(GraphMake, RefusesConstantsOfTheWrongLength) {
  GraphBuilder b;
  const TensorId w = b.constant<float>(Dtype::f32, {3}, {1, 2});
  EXPECT_EQ(error_of(b, {w}), "tensor 0 't0': constant has 8 bytes, its shape 3 of f32 needs 12");
}

TEST(GraphMake, RefusesBadQuantisation) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const struct {
    Quantisation quant;
    const char* words;
  } cases[] = {
      {quant(0.0f), "tensor 0 't0': scale 0 is 0, not a positive number"},
      {quant(-1.0f), "tensor 0 't0': scale 0 is -1, not a positive number"},
      {quant(kInf), "tensor 0 't0': scale 0 is inf, not a positive number"},
      {quant(1.0f, 128), "tensor 0 't0': zero point 0 is 128, outside of s8"},
      {{{1, 2}, {0}, 0}, "tensor 0 't0': 2 scales but 1 zero points"},
      {quant_by_channel({1, 2}, 2), "tensor 0 't0': quantised along axis 2 but has 2 axes"},
      {quant_by_channel({1, 2}, -1), "tensor 0 't0': quantised along axis -1 but has 2 axes"},
      {quant_by_channel({1, 2}, 1), "tensor 0 't0': 2 scales along axis 1, whose extent is 3"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    GraphBuilder b;
    const TensorId x = b.input(Dtype::s8, {2, 3}, c.quant);
    EXPECT_EQ(error_of(b, {x}), c.words);
  }
}

TEST(GraphMake, RefusesIdsOutOfRange) {
  GraphBuilder input;
  input.node("relu", {99}, Dtype::s8, {4});
  EXPECT_EQ(error_of(input, {0}), "node 0 (relu): input 0 is tensor 99, the model has 1");
  GraphBuilder output;
  const TensorId x = output.input(Dtype::s8, {4});
  output.node_to("relu", {x}, {-1});
  EXPECT_EQ(error_of(output, {x}), "node 0 (relu): output 0 is tensor -1, the model has 1");
  GraphBuilder model;
  const TensorId y = model.input(Dtype::s8, {4});
  EXPECT_EQ(error_of(model, {y, 7}), "model output 1 is tensor 7, the model has 1");
  GraphBuilder given;
  given.parts.inputs = {3};
  EXPECT_EQ(error_of(given, {}), "model input 0 is tensor 3, the model has 0");
}

TEST(GraphMake, RefusesTensorsWithoutOrWithTwoMakers) {
  GraphBuilder orphan;
  const TensorId lost = orphan.tensor(Dtype::s8, {4});
  orphan.node("relu", {lost}, Dtype::s8, {4});
  EXPECT_EQ(error_of(orphan, {1}), "node 0 (relu): input 0 is tensor 0 't0', which nothing makes");

  GraphBuilder twice;
  const TensorId x = twice.input(Dtype::s8, {4});
  const TensorId y = twice.node("relu", {x}, Dtype::s8, {4});
  twice.node_to("tanh", {x}, {y});
  EXPECT_EQ(error_of(twice, {y}),
            "node 1 (tanh): output 0 is tensor 1 't1', which node 0 (relu) makes too");

  GraphBuilder given;
  const TensorId z = given.input(Dtype::s8, {4});
  given.node_to("tanh", {z}, {z});
  EXPECT_EQ(error_of(given, {z}), "node 0 (tanh): output 0 is tensor 0 't0', a model input");

  GraphBuilder output;
  const TensorId nothing = output.tensor(Dtype::s8, {4});
  EXPECT_EQ(error_of(output, {nothing}), "model output 0 is tensor 0 't0', which nothing makes");
}

TEST(GraphMake, RefusesInputsTwiceOrConstant) {
  GraphBuilder twice;
  const TensorId x = twice.input(Dtype::s8, {4});
  twice.parts.inputs.push_back(x);
  EXPECT_EQ(error_of(twice, {x}), "model input 1 is tensor 0 't0' once more");
  GraphBuilder fixed;
  const TensorId w = fixed.constant<int8_t>(Dtype::s8, {1}, {3});
  fixed.parts.inputs = {w};
  EXPECT_EQ(error_of(fixed, {w}), "model input 0 is tensor 0 't0', which is a constant");
}

TEST(GraphMake, RefusesEmptyTensorsWithHugeExtents) {
  constexpr int32_t kBig = std::numeric_limits<int32_t>::max();
  GraphBuilder b;
  EXPECT_EQ(error_of(b, {b.input(Dtype::s8, {0, kBig, kBig, kBig})}),
            "tensor 0 't0': shape 0x2147483647x2147483647x2147483647 is empty, but its other "
            "extents exceed 2^31 - 1");
  GraphBuilder pool;
  EXPECT_EQ(error_of(pool, {pool.input(Dtype::s8, {kBig, kBig / 2, kBig / 2, 0})}),
            "tensor 0 't0': shape 2147483647x1073741823x1073741823x0 is empty, but its other "
            "extents exceed 2^31 - 1");
  GraphBuilder fine;
  EXPECT_EQ(error_of(fine, {fine.input(Dtype::s8, {0, kBig})}), "no error");
}

TEST(GraphMake, RefusesACycle) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {4});
  const TensorId back = b.tensor(Dtype::s8, {4});
  const TensorId on = b.node("add", {x, back}, Dtype::s8, {4});
  b.node_to("relu", {on}, {back});
  const TensorId after = b.node("tanh", {back}, Dtype::s8, {4});
  const std::string words = error_of(b, {after});
  EXPECT_EQ(words, "node 0 (add): needs its own output: the graph has a cycle");
}

}  // namespace
}  // namespace assay
