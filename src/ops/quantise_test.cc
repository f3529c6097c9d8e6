// Float graphs made int8: what the scales are, what stays float, how near the outputs are.
#include "ops/quantise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "test_graphs.h"

namespace assay {
namespace {

std::vector<std::vector<Bytes>> inputs_for(const Graph& graph, int count = 6) {
  std::vector<std::vector<Bytes>> inputs;
  for (int i = 0; i < count; ++i)
    inputs.push_back(seeded_inputs(graph, 17 + static_cast<uint64_t>(i) * 0x9E3779B9U));
  return inputs;
}

std::vector<float> fractions(int64_t count) {
  std::vector<float> values = counting<float>(count);
  for (float& value : values) value /= 100;
  return values;
}

Result<Graph> quantised(Graph graph, Clip clip = Clip::minmax) {
  const auto source = std::make_shared<const Graph>(std::move(graph));
  return quantise(source, inputs_for(*source), clip);
}

std::vector<std::string> operators(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(node.op);
  return names;
}

/// "outputs differ ... by X % of their range on average".
double average_percent(const Graph& graph) {
  const std::string& note = graph.notes().back();
  return std::stod(note.substr(note.find(" by ") + 4));
}

/// conv_2d, softmax over its pixels' channels.
Graph classifier(const std::vector<float>& bias = {0.5F, -0.5F, 0.25F, 0}) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 6, 6, 3});
  const TensorId w = b.constant<float>(Dtype::f32, {4, 3, 3, 3}, fractions(108));
  const TensorId of = b.constant<float>(Dtype::f32, {4}, bias);
  const TensorId y = b.node("conv_2d", {x, w, of}, Dtype::f32, {1, 4, 4, 4}, {},
                            {{"stride_h", 1}, {"stride_w", 1}, {"padding", "valid"}});
  return b.build({b.node("softmax", {y}, Dtype::f32, {1, 4, 4, 4}, {}, {{"beta", 1.0}})});
}

TEST(Quantise, ConvolutionsGetAScaleAChannelAndSoftmaxItsOwn) {
  for (const Clip clip : {Clip::minmax, Clip::percentile, Clip::mse}) {
    const Result<Graph> graph = quantised(classifier(), clip);
    ASSERT_TRUE(graph) << text(graph.error());
    EXPECT_EQ(operators(*graph), (std::vector<std::string>{"conv_2d", "softmax"}));
    const NodeView conv{*graph, graph->nodes()[0]};
    EXPECT_EQ(conv.input(0).dtype, Dtype::s8);
    EXPECT_EQ(conv.input(1).quant.scale.size(), 4U);
    EXPECT_EQ(conv.input(2).dtype, Dtype::s32);
    EXPECT_FLOAT_EQ(conv.input(2).quant.scale[1],
                    conv.input(0).quant.scale[0] * conv.input(1).quant.scale[1]);
    const Tensor& out = graph->tensor(graph->outputs()[0]);
    EXPECT_EQ(out.quant, quant(1.0F / 256, -128));
    EXPECT_LT(average_percent(*graph), 2) << graph->notes().back();
    EXPECT_EQ(graph->tensors().size(), 5U) << "no float weights are left";
  }
}

TEST(Quantise, ScalesGrowWhereABiasWouldNotFit) {
  const Result<Graph> graph = quantised(classifier({3e7F, 0, 0, 0}));
  ASSERT_TRUE(graph) << text(graph.error());
  const NodeView conv{*graph, graph->nodes()[0]};
  const int32_t bias = conv.input(2).values<int32_t>()[0];
  EXPECT_NEAR(static_cast<double>(bias) * static_cast<double>(conv.input(2).quant.scale[0]), 3e7,
              3e7 * 1e-6);
  EXPECT_LE(bias, 1 << 30);
}

TEST(Quantise, WhatCannotBeInt8StaysFloatBetweenConversions) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 8});
  const TensorId a = b.node("relu", {x}, Dtype::f32, {1, 8});
  const TensorId c = b.node("sin", {a}, Dtype::f32, {1, 8});
  const TensorId d = b.node("relu", {c}, Dtype::f32, {1, 8});
  const Result<Graph> graph = quantised(b.build({d}));
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(operators(*graph),
            (std::vector<std::string>{"relu", "dequantize", "sin", "quantize", "relu"}));
  EXPECT_NE(graph->notes().back().find("2 of 3 nodes"), std::string::npos);
  EXPECT_LT(average_percent(*graph), 1);
}

TEST(Quantise, TensorsThatAreMovedShareAScale) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 4}), y = b.input(Dtype::f32, {1, 4});
  const TensorId ten = b.constant<float>(Dtype::f32, {1}, {10});
  const TensorId large = b.node("mul", {x, ten}, Dtype::f32, {1, 4}, {}, {{"activation", "none"}});
  const TensorId both = b.node("concatenation", {large, y}, Dtype::f32, {1, 8}, {},
                               {{"axis", 1}, {"activation", "none"}});
  const Result<Graph> graph = quantised(b.build({both}));
  ASSERT_TRUE(graph) << text(graph.error());
  const NodeView joined{*graph, graph->nodes().back()};
  EXPECT_EQ(joined.input(0).quant, joined.output().quant);
  EXPECT_EQ(joined.input(1).quant, joined.output().quant);
  EXPECT_LT(average_percent(*graph), 1);
}

TEST(Quantise, OfOneRangeOutliersAreCut) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 30000});
  const Graph graph = b.build({b.node("relu", {x}, Dtype::f32, {1, 30000})});
  std::vector<float> values = fractions(30000);
  values[7] = 1000;
  const auto bytes = std::as_bytes(std::span(values));
  const std::vector<std::vector<Bytes>> inputs = {{Bytes(bytes.begin(), bytes.end())}};
  const auto high = [&](Clip clip) {
    return calibrate(graph, inputs, clip)->ranges[static_cast<size_t>(graph.outputs()[0])].high;
  };
  EXPECT_FLOAT_EQ(high(Clip::minmax), 1000);
  EXPECT_LT(high(Clip::percentile), 3);
  EXPECT_LE(high(Clip::mse), 1000);
}

TEST(Quantise, RefusesWhatIsQuantisedOrHasNoFiniteNumber) {
  const Result<Graph> twice = quantised(chain_graph(2, {1, 4}));
  ASSERT_FALSE(twice);
  EXPECT_NE(text(twice.error()).find("quantised already"), std::string::npos);
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 2});
  const Graph graph = b.build({b.node("relu", {x}, Dtype::f32, {1, 2})});
  const std::vector<float> nothing(2, std::numeric_limits<float>::quiet_NaN());
  const auto bytes = std::as_bytes(std::span(nothing));
  const std::vector<std::vector<Bytes>> inputs = {{Bytes(bytes.begin(), bytes.end())}};
  EXPECT_FALSE(calibrate(graph, inputs, Clip::minmax));
}

}  // namespace
}  // namespace assay
