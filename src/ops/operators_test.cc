// What operators refuse, in their own words, and what they compute, by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "ops/op.h"
#include "ops/run.h"
#include "test_graphs.h"

namespace assay {
namespace {

using Dims = std::vector<int32_t>;
using Attributes = std::vector<TestAttr>;

/// A node under construction: build() adds tensors and gives the node's inputs.
struct Refusal {
  const char* op;
  std::function<std::vector<TensorId>(GraphBuilder&)> build;
  Attributes attrs;
  const char* words;
  int outputs = 1;
};

TensorId s8(GraphBuilder& b, Dims dims, float scale = 0.5F) {
  return b.input(Dtype::s8, std::move(dims), quant(scale, -3));
}
TensorId integers(GraphBuilder& b, const std::vector<int32_t>& values) {
  return b.constant<int32_t>(Dtype::s32, {static_cast<int32_t>(values.size())}, values);
}

/// Shape of the first input, constants of the others.
std::function<std::vector<TensorId>(GraphBuilder&)> with(
    Dims dims, std::vector<std::vector<int32_t>> constants = {}) {
  return [dims = std::move(dims), constants = std::move(constants)](GraphBuilder& b) {
    std::vector<TensorId> inputs = {s8(b, dims)};
    for (const auto& values : constants) inputs.push_back(integers(b, values));
    return inputs;
  };
}
std::function<std::vector<TensorId>(GraphBuilder&)> two(Dims first, Dims second) {
  return [first = std::move(first), second = std::move(second)](GraphBuilder& b) {
    const TensorId a = s8(b, first);
    return std::vector{a, s8(b, second)};
  };
}

const Attributes kPool = {{"padding", "valid"},
                          {"stride_h", 1},
                          {"stride_w", 1},
                          {"filter_height", 2},
                          {"filter_width", 2}};

std::vector<Refusal> refusals() {
  return {
      {"relu", [](GraphBuilder&) { return std::vector<TensorId>{}; }, {}, "has 0 inputs, needs 1"},
      {"add", with({2}), {}, "has 1 inputs, needs 2"},
      {"tanh", [](GraphBuilder&) { return std::vector{kNoTensor}; }, {}, "input 0 is missing"},
      {"leaky_relu", with({2}), {{"alpha", std::nan("")}}, "alpha is nan, not a finite number"},
      {"softmax", with({}), {{"beta", 1.0}}, "input is a scalar, needs an axis"},
      {"softmax", with({2}), {{"beta", INFINITY}}, "beta is inf, not a finite number"},
      {"mul", two({2, 3}, {3, 2}), {}, "2x3 and 3x2 cannot be broadcast"},
      {"average_pool_2d", with({4, 4}), kPool, "input has rank 2, needs 4"},
      {"average_pool_2d", with({536870911, 2, 2, 0}), kPool, "the input is empty"},
      {"max_pool_2d", with({0, 2, 2, 2147483}), kPool, "the input is empty"},
      {"mean", with({2, 3}, {{2}}), {}, "axis 2 is outside of rank 2"},
      {"reshape",
       with({2, 3}, {{4, -1}}),
       {},
       "6 elements do not fit the new shape of 4 times any"},
      {"reshape", with({2, 3}, {{5}}), {}, "6 elements do not fit the new shape of 5"},
      {"reshape", with({2, 3}, {{-1, -1}}), {}, "new shape has 2 open extents"},
      {"reshape", with({2, 3}, {{-2}}), {}, "new shape has an extent of -2"},
      {"reshape",
       with({2, 3}, {{2147483647, 2147483647}}),
       {},
       "new shape has more than 2^31 elements"},
      {"squeeze",
       with({1, 3}),
       {{"squeeze_dims", std::vector<int64_t>{1}}},
       "axis 1 has 3 elements, not 1"},
      {"expand_dims", with({2}, {{5}}), {}, "axis 5 is outside of rank 2"},
      {"expand_dims", with({2}, {{0, 1}}), {}, "axis has 2 elements, needs 1"},
      {"transpose", with({2, 3}, {{0}}), {}, "permutation has 1 elements, the input 2 axes"},
      {"transpose", with({2, 3}, {{1, 1}}), {}, "permutation names axis 1 twice"},
      {"slice", with({4}, {{2}, {3}}), {}, "3 elements from 2 on lie outside of axis 0 with 4"},
      {"slice", with({4}, {{-1}, {1}}), {}, "1 elements from -1 on lie outside of axis 0 with 4"},
      {"strided_slice", with({4}, {{0}, {4}, {0}}), {}, "stride 0 is 0"},
      {"strided_slice",
       with({4}, {{0, 0}, {4, 1}, {1, 1}}),
       {},
       "begin names 2 axes, the input has 1"},
      {"strided_slice",
       with({4}, {{0}, {4, 1}, {1}}),
       {},
       "begin, end and strides have 1, 2 and 1 elements"},
      {"strided_slice",
       with({4}, {{4}, {5}, {1}}),
       {{"shrink_axis_mask", 1}},
       "element 4 is outside of 4"},
      {"pad", with({2, 2}, {{1, 1, 1}}), {}, "paddings has 3 elements, needs 4"},
      {"pad", with({2}, {{-1, 1}}), {}, "axis 0 is padded by -1 and 1"},
      {"pad",
       with({2}, {{2147483647, 1}}),
       {},
       "axis 0 has more than 2^31 - 1 elements when padded"},
      {"concatenation", two({2, 3}, {2}), {{"axis", 0}}, "input 1 has rank 1, input 0 rank 2"},
      {"concatenation",
       two({2, 3}, {2, 4}),
       {{"axis", 0}},
       "input 1 is 2x4, which does not join 2x3 along axis 0"},
      {"split_v", with({4}, {{3, 2}, {0}}), {}, "sizes add up to 5, the axis has 4", 2},
      {"split_v", with({4}, {{-1, -1}, {0}}), {}, "sizes has an extent of -1", 2},
      {"split_v", with({4}, {{4}, {0}}), {}, "sizes has 1 elements for 2 outputs", 2},
      {"arg_max", with({4, 0}, {{1}}), {}, "axis 1 has no elements"},
  };
}

TEST(Infer, RefusesInWords) {
  for (const Refusal& refusal : refusals()) {
    SCOPED_TRACE(std::string(refusal.op) + ": " + refusal.words);
    GraphBuilder b;
    const std::vector<TensorId> inputs = refusal.build(b);
    std::vector<TensorId> outputs;
    for (int i = 0; i < refusal.outputs; ++i)
      outputs.push_back(b.tensor(Dtype::s8, {1}, quant(0.5F)));
    b.node_to(refusal.op, inputs, outputs, refusal.attrs);
    const Graph graph = b.build(outputs);
    const auto shapes = find_op(refusal.op)->infer({graph, graph.nodes()[0]});
    ASSERT_FALSE(shapes);
    EXPECT_EQ(shapes.error().kind, ErrorKind::input);
    EXPECT_EQ(text(shapes.error()), refusal.words);
  }
}

TEST(Infer, RefusesAnUnevenSplit) {
  GraphBuilder b;
  const TensorId axis = integers(b, {0});
  const TensorId x = s8(b, {5});
  const std::vector outputs = {b.tensor(Dtype::s8, {2}), b.tensor(Dtype::s8, {2})};
  b.node_to("split", {axis, x}, outputs);
  const Graph graph = b.build(outputs);
  const auto shapes = find_op("split")->infer({graph, graph.nodes()[0]});
  ASSERT_FALSE(shapes);
  EXPECT_EQ(text(shapes.error()), "axis 0 of 5 cannot be split into 2 equal pieces");
}

/// A node of s8 tensors that is valid but cannot be run here.
struct Limit {
  const char* op;
  Quantisation in, out;
  Attributes attrs;
  const char* words;
};

TEST(Unsupported, SaysWhichQuantisation) {
  const Quantisation plain = quant(0.1F, 3);
  const std::vector<Limit> limits = {
      {"relu", {}, plain, {}, "input has no scale, one scale is supported"},
      {"relu",
       plain,
       quant_by_channel({1, 2}, 0),
       {},
       "output has 2 scales, one scale is supported"},
      {"relu",
       quant(1e9F),
       quant(1e-9F),
       {},
       "scale 1000000000 to scale 1e-09 is too large a factor"},
      {"leaky_relu", plain, plain, {{"alpha", 1e30}}, "alpha 1e+30 is too large a factor"},
      {"tanh", plain, plain, {}, "output is not quantised with scale 1/128 and zero point 0"},
      {"tanh", quant(1e-9F), quant(1.0F / 128), {}, "input's scale is out of range"},
      {"logistic",
       plain,
       plain,
       {},
       "output is not quantised with scale 1/256 and zero point -128"},
      {"softmax", plain, quant(1.0F / 256, -128), {{"beta", 0.0}}, "beta 0 is not positive"},
      {"softmax",
       plain,
       plain,
       {{"beta", 1.0}},
       "output is not quantised with scale 1/256 and zero point -128"},
      {"hard_swish",
       quant(1000.0F),
       quant(0.001F),
       {},
       "input's and output's scales are too far apart"},
      {"hard_swish",
       quant(3e38F),
       quant(1e-3F),
       {},
       "input's and output's scales are too far apart"},
      {"relu", quant(3e38F), quant(1e-3F), {}, "scale 3e+38 to scale 0.001 is too large a factor"},
  };
  for (const Limit& limit : limits) {
    SCOPED_TRACE(std::string(limit.op) + ": " + limit.words);
    GraphBuilder b;
    const TensorId x = b.input(Dtype::s8, {2}, limit.in);
    const Graph graph = b.build({b.node(limit.op, {x}, Dtype::s8, {2}, limit.out, limit.attrs)});
    EXPECT_EQ(find_op(limit.op)->unsupported({graph, graph.nodes()[0]}), limit.words);
  }
}

TEST(Unsupported, RefusesFactorsThatAreNoNumbers) {
  const struct {
    const char* op;
    float in, out;
    const char* words;
  } cases[] = {
      {"add", 3e38F, 1e35F, ""},
      {"sub", 3e38F, 1e35F, ""},
      {"sub", 3e38F, 1e30F, "the inputs' scales are too large for the output's"},
      {"sub", 1e37F, 1e32F, ""},
      {"add", 3e38F, 1e-30F, "the inputs' scales are too large for the output's"},
      {"mul", 3e38F, 1e-30F, "the inputs' scales are too large for the output's"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(fmt::format("{} {} {}", c.op, c.in, c.out));
    GraphBuilder b;
    const TensorId x = s8(b, {2}, c.in);
    const Graph graph =
        b.build({b.node(c.op, {x, s8(b, {2}, c.in)}, Dtype::s8, {2}, quant(c.out))});
    EXPECT_EQ(find_op(c.op)->unsupported({graph, graph.nodes()[0]}), c.words);
  }
  GraphBuilder b;
  const TensorId x = s8(b, {1, 2}, 1e30F);
  const TensorId w = b.constant<int8_t>(Dtype::s8, {1, 2}, {1, 2}, quant(1e30F));
  const Graph graph = b.build({b.node("fully_connected", {x, w}, Dtype::s8, {1, 1}, quant(1.0F))});
  EXPECT_EQ(find_op("fully_connected")->unsupported({graph, graph.nodes()[0]}),
            "scales call for a factor beyond all numbers");
}

TEST(Unsupported, WantsConstantsWhereShapesDependOnThem) {
  GraphBuilder b;
  const TensorId x = s8(b, {2, 2});
  const TensorId axes = b.input(Dtype::s32, {1});
  const Graph graph = b.build({b.node("mean", {x, axes}, Dtype::s8, {2}, quant(0.5F))});
  EXPECT_TRUE(check_shapes(graph));
  EXPECT_EQ(unsupported(graph).at(0).reason, "axes is not a constant");
}

/// One node, its inputs and its output as numbers.
struct Sample {
  const char* op;
  Dims in_dims;
  std::vector<float> in;
  Dims out_dims;
  std::vector<float> out;
  Attributes attrs = {};
  std::vector<std::vector<int32_t>> constants = {};
};

std::vector<Sample> samples() {
  const std::vector<float> six = {1, 2, 3, 4, 5, 6};
  return {
      {"relu", {3}, {-1, 0, 2}, {3}, {0, 0, 2}},
      {"relu6", {3}, {-1, 5, 7}, {3}, {0, 5, 6}},
      {"leaky_relu", {2}, {-4, 2}, {2}, {-1, 2}, {{"alpha", 0.25}}},
      {"hard_swish", {4}, {-4, -1, 1, 4}, {4}, {0, -1.0F / 3, 2.0F / 3, 4}},
      {"tanh", {2}, {0, 100}, {2}, {0, 1}},
      {"logistic", {3}, {0, 100, -200}, {3}, {0.5F, 1, 0}},
      {"softmax", {2, 2}, {1, 1, 0, 200}, {2, 2}, {0.5F, 0.5F, 0, 1}, {{"beta", 1.0}}},
      {"average_pool_2d", {1, 2, 3, 1}, six, {1, 1, 2, 1}, {3, 4}, kPool},
      {"max_pool_2d", {1, 2, 3, 1}, six, {1, 1, 2, 1}, {5, 6}, kPool},
      {"mean", {2, 3}, six, {3}, {2.5F, 3.5F, 4.5F}, {}, {{0}}},
      {"mean", {2, 3}, six, {2, 1}, {2, 5}, {{"keep_dims", 1}}, {{-1}}},
      {"pad", {1, 2}, {1, 2}, {2, 3}, {0, 0, 0, 0, 1, 2}, {}, {{1, 0, 1, 0}}},
      {"reshape", {2, 3}, six, {3, 2}, six, {}, {{-1, 2}}},
      {"squeeze", {1, 2, 1, 3}, six, {2, 1, 3}, six, {{"squeeze_dims", std::vector<int64_t>{0}}}},
      {"expand_dims", {2, 3}, six, {2, 1, 3}, six, {}, {{-2}}},
      {"transpose", {2, 3}, six, {3, 2}, {1, 4, 2, 5, 3, 6}, {}, {{1, 0}}},
      {"slice", {2, 3}, six, {2, 2}, {2, 3, 5, 6}, {}, {{0, 1}, {-1, 2}}},
      {"strided_slice",
       {2, 3},
       six,
       {3},
       {6, 5, 4},
       {{"shrink_axis_mask", 1}, {"end_mask", 2}},
       {{1, 2}, {0, 0}, {1, -1}}},
      {"strided_slice",
       {2, 3},
       six,
       {2, 1, 2},
       {1, 3, 4, 6},
       {{"ellipsis_mask", 1}, {"new_axis_mask", 2}},
       {{0, 0, 0}, {0, 0, 3}, {1, 1, 2}}},
  };
}

TEST(Reference, ComputesByHand) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.op);
    GraphBuilder b;
    std::vector<TensorId> inputs = {b.input(Dtype::f32, sample.in_dims)};
    for (const auto& values : sample.constants) inputs.push_back(integers(b, values));
    const Graph graph =
        b.build({b.node(sample.op, inputs, Dtype::f32, sample.out_dims, {}, sample.attrs)});
    const Status agreed = check_shapes(graph);
    ASSERT_TRUE(agreed) << text(agreed.error());
    const auto bytes = std::as_bytes(std::span(sample.in));
    const std::vector<Bytes> given = {{bytes.begin(), bytes.end()}};
    const auto outputs = run_reference(graph, given);
    ASSERT_TRUE(outputs) << text(outputs.error());
    const auto* values = reinterpret_cast<const float*>((*outputs)[0].data());
    ASSERT_EQ((*outputs)[0].size(), sample.out.size() * sizeof(float));
    for (size_t i = 0; i < sample.out.size(); ++i) EXPECT_FLOAT_EQ(values[i], sample.out[i]) << i;
  }
}

TEST(Reference, BroadcastsArithmetic) {
  struct Arithmetic {
    const char* op;
    std::vector<float> out;
  };
  const std::vector<float> a = {1, 2, 3, 4};
  const std::vector<float> row = {10, 20};
  for (const Arithmetic& c :
       {Arithmetic{"add", {11, 22, 13, 24}}, Arithmetic{"sub", {-9, -18, -7, -16}},
        Arithmetic{"mul", {10, 40, 30, 80}}}) {
    SCOPED_TRACE(c.op);
    GraphBuilder b;
    const TensorId x = b.input(Dtype::f32, {2, 2});
    const TensorId y = b.constant<float>(Dtype::f32, {2}, row);
    const Graph graph = b.build({b.node(c.op, {x, y}, Dtype::f32, {2, 2})});
    ASSERT_TRUE(check_shapes(graph));
    const auto bytes = std::as_bytes(std::span(a));
    const std::vector<Bytes> given = {{bytes.begin(), bytes.end()}};
    const auto outputs = run_reference(graph, given).value();
    for (size_t i = 0; i < 4; ++i)
      EXPECT_EQ(reinterpret_cast<const float*>(outputs[0].data())[i], c.out[i]);
  }
}

TEST(Lower, CopiesAConstantThatIsReshaped) {
  GraphBuilder b;
  const TensorId x = b.constant<int8_t>(Dtype::s8, {2}, {1, 2}, quant(1));
  const TensorId y = b.input(Dtype::s8, {1, 2}, quant(1));
  const TensorId view = b.node("reshape", {x, integers(b, {1, 2})}, Dtype::s8, {1, 2}, quant(1));
  const TensorId other = b.node("reshape", {y, integers(b, {2})}, Dtype::s8, {2}, quant(1));
  const Graph graph = b.build({view, other});
  const OpDef& op = *find_op("reshape");
  EXPECT_EQ(op.lower({graph, graph.nodes()[0]}, {}).kernel, "copy_nd");
  EXPECT_EQ(op.lower({graph, graph.nodes()[1]}, {}).kernel, "");
}

}  // namespace
}  // namespace assay
