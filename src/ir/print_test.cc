// A small graph in each of its printed forms, to the letter.
#include "ir/print.h"

#include <gtest/gtest.h>

#include "test_graphs.h"

namespace assay {
namespace {

Graph small() {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 4}, quant(0.5f, -1), "x");
  const TensorId w = b.constant<int8_t>(Dtype::s8, {2, 4}, counting<int8_t>(8),
                                        quant_by_channel({0.1f, 0.25f}, 0), "w");
  const TensorId y = b.node("fully_connected", {x, w, kNoTensor}, Dtype::s8, {1, 2}, quant(1.0f),
                            {{"activation", "relu"}, {"beta", 0.5}, {"dims", {1, 2}}});
  b.node("a \"foreign\" one", {y}, Dtype::f32, {});
  b.parts.nodes.back().trouble = "no such operator here";
  b.parts.notes.push_back("1 more subgraph, not read");
  return b.build({y});
}

TEST(Print, Text) {
  EXPECT_EQ(graph_text(small()), R"(test  tflite, 2 nodes, 4 tensors, 8 B of constants

  id  kind        type  shape   bytes  quantisation           name
   0  input       s8    1x4         4  0.5 -1                 x
   1  constant    s8    2x4         8  0.1..0.25 0 by axis 0  w
   2  output      s8    1x2         2  1 0                    t2
   3  activation  f32   scalar      4                         t3

  node  operator            inputs  outputs  attributes
     0  fully_connected v1  0 1 -   2        activation=relu beta=0.5 dims=[1 2]
     1  a "foreign" one v1  2       3        ! no such operator here

  inputs 0   outputs 2
  note: 1 more subgraph, not read
)");
}

TEST(Print, Json) {
  const Json made = graph_json(small());
  EXPECT_EQ(made.at("name").text(), "test");
  ASSERT_EQ(made.at("tensors").size(), 4u);
  const Json weights = made.at("tensors").at(1);
  EXPECT_EQ(weights.at("kind").text(), "constant");
  EXPECT_EQ(weights.at("quantisation").at("scale").size(), 2u);
  EXPECT_EQ(weights.at("bytes").number(), 8);
  EXPECT_TRUE(made.at("tensors").at(3).at("quantisation").is_null());
  const Json node = made.at("nodes").at(0);
  EXPECT_EQ(node.at("inputs").at(2).number(), -1);
  EXPECT_EQ(node.at("attributes").at("activation").text(), "relu");
  EXPECT_EQ(node.at("attributes").at("dims").at(1).number(), 2);
  EXPECT_FALSE(node.has("trouble"));
  EXPECT_EQ(made.at("nodes").at(1).at("trouble").text(), "no such operator here");
  EXPECT_EQ(made.at("notes").at(0).text(), "1 more subgraph, not read");
}

TEST(Print, Dot) {
  EXPECT_EQ(graph_dot(small()), R"(digraph "test" {
  node [shape=box];
  in0 [shape=ellipse, label="x"];
  n0 [label="0 fully_connected"];
  n1 [label="1 a \"foreign\" one"];
  in0 -> n0 [label="1x4 s8"];
  n0 -> n1 [label="1x2 s8"];
  out0 [shape=ellipse, label="t2"];
  n0 -> out0 [label="1x2 s8"];
}
)");
}

TEST(Print, Quantisation) {
  EXPECT_EQ(text(Quantisation{}), "");
  EXPECT_EQ(text(quant(0.023529f, -128)), "0.02353 -128");
  EXPECT_EQ(text(Quantisation{{1, 2}, {3, 4}, 1}), "1..2 3..4 by axis 1");
}

}  // namespace
}  // namespace assay
