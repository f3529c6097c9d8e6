// fully_connected: what infer refuses, what it cannot run, and the two runtimes' last bits.
#include <gtest/gtest.h>

#include "ops/op.h"
#include "test_graphs.h"

namespace assay {
extern const OpDef fully_connected_op;

namespace {

struct Case {
  std::vector<int32_t> in = {2, 3, 4}, weights = {5, 4}, bias = {5}, out = {6, 5};
  std::vector<TestAttr> attrs = {};
};

Graph build(const Case& c) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, c.in, quant(0.5F, -1));
  const TensorId w = b.constant<int8_t>(Dtype::s8, c.weights,
                                        counting<int8_t>(Shape{c.weights}.elements()), quant(0.1F));
  const TensorId bias = b.constant<int32_t>(
      Dtype::s32, c.bias, std::vector<int32_t>(static_cast<size_t>(Shape{c.bias}.elements())));
  return b.build(
      {b.node("fully_connected", {x, w, bias}, Dtype::s8, c.out, quant(0.25F), c.attrs)});
}

TEST(FullyConnected, InfersShapesAndSaysWhatIsWrong) {
  const struct {
    Case node;
    const char* says;
  } cases[] = {
      {{}, "6x5"},
      {{.attrs = {{"keep_num_dims", 1}}}, "2x3x5"},
      {{.in = {24}}, "6x5"},
      {{.in = {2, 3, 5}}, "input 2x3x5 cannot be split into rows of 4"},
      {{.in = {2, 2, 6}, .attrs = {{"keep_num_dims", 1}}},
       "input 2x2x6 does not end with the 4 of the weights"},
      {{.weights = {5, 2, 2}}, "weights have rank 3, need 2"},
      {{.weights = {5, 0}}, "weights 5x0 are empty"},
      {{.bias = {4}}, "bias has 4 elements, need one for each of 5 channels"},
  };
  for (const auto& c : cases) {
    const Graph graph = build(c.node);
    const auto shapes = fully_connected_op.infer({graph, graph.nodes()[0]});
    EXPECT_EQ(shapes ? text((*shapes)[0]) : text(shapes.error()), c.says);
  }
}

TEST(FullyConnected, CannotRunShuffledWeights) {
  const Graph graph = build({.attrs = {{"weights_format", 1}}});
  EXPECT_EQ(fully_connected_op.unsupported({graph, graph.nodes()[0]}), "shuffled weights");
}

TEST(FullyConnected, CountsWork) {
  const Graph graph = build({});
  const Work work = fully_connected_op.work({graph, graph.nodes()[0]});
  EXPECT_EQ(work.macs, 6 * 5 * 4);
  EXPECT_EQ(work.read_bytes, 6 * 5 * (2 * 4 + 4));
  EXPECT_EQ(work.write_bytes, 30);
}

/// One product with a factor of 5/16: 7 * 5/16 = 2.1875, 8 * 5/16 = 2.5, -8 * 5/16 = -2.5. TFLM
/// rounds 5/8 * x to an integer first, ties upwards: 5 -> 3, but -5 -> -3; and 11 * 5/8 = 6.875 ->
/// 7
/// -> 3.5 -> 4, where one rounding of 3.4375 gives 3.
TEST(FullyConnected, RoundsTwiceLikeTflmOrOnceLikeLitert) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 1}, quant(1.0F, 0));
  const TensorId w =
      b.constant<int8_t>(Dtype::s8, {1, 1}, std::vector<int8_t>{1}, quant(0.3125F, 0));
  const Graph graph =
      b.build({b.node("fully_connected", {x, w}, Dtype::s8, {1, 1}, quant(1.0F, 0))});
  const NodeView n{graph, graph.nodes()[0]};
  const auto run = [&n](int8_t value, Semantics semantics) {
    int8_t y = 0;
    Buffers buffers;
    buffers.inputs = {std::as_bytes(std::span(&value, 1)), n.input(1).data};
    buffers.outputs = {std::as_writable_bytes(std::span(&y, 1))};
    fully_connected_op.reference(n, buffers, semantics);
    return static_cast<int>(y);
  };
  const struct {
    int8_t x;
    int tflm, litert;
  } cases[] = {{7, 2, 2}, {8, 3, 3}, {-8, -3, -3}, {11, 4, 3}, {-11, -4, -3}};
  for (const auto& c : cases) {
    SCOPED_TRACE(int{c.x});
    EXPECT_EQ(run(c.x, Semantics::tflm), c.tflm);
    EXPECT_EQ(run(c.x, Semantics::litert), c.litert);
  }
}

}  // namespace
}  // namespace assay
