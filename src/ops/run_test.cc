#include "ops/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/control.h"
#include "test_graphs.h"

namespace assay {
namespace {

Bytes bytes_of(std::vector<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(SeededInputs, GiveThePatternOfThePublishedBaselines) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 8}, quant(1));
  const Graph graph = b.build({b.node("relu", {x}, Dtype::s8, {1, 8}, quant(1))});
  const auto inputs = seeded_inputs(graph, kDefaultSeed);
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(inputs[0], bytes_of({0x05, 0x04, 0x8b, 0xa2, 0xe8, 0x1c, 0x7e, 0x8c}));
  EXPECT_NE(seeded_inputs(graph, 1), inputs);
}

TEST(SeededInputs, AreFractionsForFloats) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 1000});
  const Graph graph = b.build({b.node("relu", {x}, Dtype::f32, {1, 1000})});
  const Bytes input = seeded_inputs(graph, kDefaultSeed)[0];
  ASSERT_EQ(input.size(), 4000U);
  std::vector<float> values(1000);
  std::memcpy(values.data(), input.data(), input.size());
  float lowest = 0;
  float highest = 0;
  for (const float value : values) {
    EXPECT_GE(value, -1.0F);
    EXPECT_LT(value, 1.0F);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  EXPECT_LT(lowest, -0.9F);
  EXPECT_GT(highest, 0.9F);
}

TEST(SeededInputs, AreTheSameFractionsInEveryPrecision) {
  const auto make = [](Dtype dtype) {
    GraphBuilder b;
    const TensorId x = b.input(dtype, {1000});
    return seeded_inputs(b.build({b.node("FANCY", {x}, dtype, {1000})}), kDefaultSeed)[0];
  };
  std::vector<float> single(1000);
  std::vector<double> twice(1000);
  std::memcpy(single.data(), make(Dtype::f32).data(), 4000);
  std::memcpy(twice.data(), make(Dtype::f64).data(), 8000);
  EXPECT_EQ(twice, std::vector<double>(single.begin(), single.end()));

  GraphBuilder b;
  const TensorId x = b.input(Dtype::f16, {1000});
  const Graph graph = b.build({b.node("dequantize", {x}, Dtype::f32, {1000})});
  const auto outputs = run_reference(graph, std::vector<Bytes>{make(Dtype::f16)});
  ASSERT_TRUE(outputs);
  std::vector<float> half(1000);
  std::memcpy(half.data(), (*outputs)[0].data(), 4000);
  for (size_t i = 0; i < 1000; ++i) {
    const float most = std::max(std::abs(single[i]) * 0x1p-11F, 0x1p-25F);
    ASSERT_NEAR(half[i], single[i], most) << i;
  }
}

TEST(RunReference, RunsAChainAndKeepsTensorsWhenAsked) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 4}, quant(0.5F, 0));
  const TensorId y = b.node("relu", {x}, Dtype::s8, {1, 4}, quant(0.5F, 0));
  const TensorId z = b.node("relu6", {y}, Dtype::s8, {1, 4}, quant(0.5F, 0));
  const Graph graph = b.build({z});
  const std::vector<Bytes> inputs{bytes_of({-3, 3, 12, 100})};
  const auto outputs = run_reference(graph, inputs);
  ASSERT_TRUE(outputs);
  EXPECT_EQ(*outputs, std::vector<Bytes>{bytes_of({0, 3, 12, 12})});
  const auto tensors = run_reference_tensors(graph, inputs);
  ASSERT_TRUE(tensors);
  EXPECT_EQ((*tensors)[static_cast<size_t>(x)], inputs[0]);
  EXPECT_EQ((*tensors)[static_cast<size_t>(y)], bytes_of({0, 3, 12, 100}));
  EXPECT_EQ((*tensors)[static_cast<size_t>(z)], bytes_of({0, 3, 12, 12}));
}

TEST(RunReference, SaysWhatIsWrong) {
  const Graph graph = chain_graph(1, {1, 4});
  const auto none = run_reference(graph, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(text(none.error()), "got 0 inputs, the model has 1");
  const std::vector<Bytes> short_input{Bytes(3)};
  const auto cut = run_reference(graph, short_input);
  ASSERT_FALSE(cut);
  EXPECT_EQ(text(cut.error()), "input 0 has 3 bytes, 1x4 of s8 needs 4");
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 4}, quant(0.5F));
  const Graph unknown = b.build({b.node("FANCY", {x}, Dtype::s8, {1, 4}, quant(0.5F))});
  const std::vector<Bytes> input{Bytes(4)};
  const auto refused = run_reference(unknown, input);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(text(refused.error()), "node 0 (FANCY): no such operator here");
  GraphBuilder fixed;
  const TensorId w = fixed.constant<int8_t>(Dtype::s8, {1}, {3}, quant(0.5F));
  const auto whole = run_reference(fixed.build({w}), {});
  ASSERT_FALSE(whole);
  EXPECT_EQ(text(whole.error()), "model test: the model has no inputs");
}

/// A variable of which y is the old value, and x the new one.
Graph delay(Bytes first = {}) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {2}, quant(1, 5));
  const TensorId kept = b.tensor(Dtype::s8, {2}, quant(1, 5), "kept");
  b.parts.tensors.back().is_variable = true;
  if (!first.empty()) b.parts.tensors.back().data = b.parts.own.emplace_back(std::move(first));
  const TensorId y = b.node("read_variable", {kept}, Dtype::s8, {2}, quant(1, 5));
  b.node_to("assign_variable", {kept, x}, {kept});
  return b.build({y});
}

TEST(RunReference, KeepsVariablesInTheState) {
  const Graph graph = delay();
  State state = initial_state(graph);
  const Bytes x = bytes_of({1, 2});
  EXPECT_EQ(run_reference(graph, {{x}}, Semantics::tflm, &state).value()[0], bytes_of({5, 5}));
  EXPECT_EQ(run_reference(graph, {{bytes_of({3, 4})}}, Semantics::tflm, &state).value()[0], x);
  EXPECT_EQ(run_reference(graph, {{x}}, Semantics::tflm, &state).value()[0], bytes_of({3, 4}));
  EXPECT_EQ(run_reference(graph, {{x}}).value()[0], bytes_of({5, 5})) << "a state of its own";
}

TEST(RunReference, BeginsWithTheVariablesFirstValues) {
  EXPECT_EQ(run_reference(delay(bytes_of({8, 9})), {{bytes_of({1, 2})}}).value()[0],
            bytes_of({8, 9}));
}

/// A graph of one boolean (and what it is given), which is always as given.
Graph always(bool value) {
  GraphBuilder b;
  b.input(Dtype::s8, {2}, quant(1, 5));
  return b.build({b.constant<uint8_t>(Dtype::boolean, {1}, {value})});
}

Graph same() {
  GraphBuilder b;
  return b.build({b.input(Dtype::s8, {2}, quant(1, 5))});
}

TEST(RunReference, EndsAWhileThatDoesNot) {
  for (const bool forever : {false, true}) {
    GraphBuilder b;
    const TensorId x = b.input(Dtype::s8, {2}, quant(1, 5));
    const TensorId condition = add_body(b.parts, always(forever), "condition");
    const TensorId body = add_body(b.parts, same(), "body");
    const Graph graph =
        b.build({b.node("while", {x, condition, body}, Dtype::s8, {2}, quant(1, 5))});
    ASSERT_TRUE(check_shapes(graph));
    const auto run = run_reference(graph, {{bytes_of({1, 2})}});
    ASSERT_EQ(static_cast<bool>(run), !forever);
    if (forever) {
      EXPECT_EQ(text(run.error()),
                "node 0 (while): its condition is still true after 100000 turns with this input");
    } else {
      EXPECT_EQ(run.value()[0], bytes_of({1, 2}));
    }
  }
}

TEST(RunReference, TakesNoBytesForABody) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {2}, quant(1, 5));
  const TensorId real = add_body(b.parts, same(), "body");
  const Bytes copy(b.parts.tensors[static_cast<size_t>(real)].data.begin(),
                   b.parts.tensors[static_cast<size_t>(real)].data.end());
  Tensor forged = b.parts.tensors[static_cast<size_t>(real)];
  forged.data = copy;
  b.parts.tensors.push_back(forged);
  const auto fake = static_cast<TensorId>(b.parts.tensors.size() - 1);
  const Graph graph = b.build({b.node("while", {x, fake, real}, Dtype::s8, {2}, quant(1, 5))});
  const Status checked = check_shapes(graph);
  ASSERT_FALSE(checked);
  EXPECT_EQ(text(checked.error()), "node 0 (while): it lacks its two subgraphs");
}

}  // namespace
}  // namespace assay
