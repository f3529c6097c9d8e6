// conv_2d and depthwise_conv_2d: what infer refuses, what they cannot run, what they cost.
#include <gtest/gtest.h>

#include "ops/op.h"
#include "test_graphs.h"

namespace assay {
extern const OpDef conv_2d_op;
extern const OpDef depthwise_conv_2d_op;

namespace {

/// A conv of s8, right unless a test changes something.
struct Case {
  const char* op = "conv_2d";
  std::vector<int32_t> in = {1, 8, 6, 4}, filter = {16, 3, 3, 4}, bias = {16};
  std::vector<int32_t> out = {1, 8, 6, 16};
  std::vector<TestAttr> attrs = {{"padding", "same"}, {"stride_h", 1}, {"stride_w", 1}};
  Quantisation in_q = quant(0.5F, -1), filter_q = quant(0.1F), out_q = quant(0.25F);
  Dtype dtype = Dtype::s8, filter_dtype = Dtype::s8;
  bool constant = true;
};

Graph build(const Case& c) {
  GraphBuilder b;
  const TensorId x = b.input(c.dtype, c.in, c.in_q);
  const int64_t count = Shape{c.filter}.elements() * bits(c.filter_dtype) / 8;
  const TensorId w =
      c.constant ? b.constant<int8_t>(c.filter_dtype, c.filter, counting<int8_t>(count), c.filter_q)
                 : b.input(c.filter_dtype, c.filter, c.filter_q);
  const TensorId bias = b.constant<int32_t>(
      Dtype::s32, c.bias, std::vector<int32_t>(static_cast<size_t>(Shape{c.bias}.elements())));
  return b.build({b.node(c.op, {x, w, bias}, c.dtype, c.out, c.out_q, c.attrs)});
}

std::string infer_says(const Case& c) {
  const Graph graph = build(c);
  const auto shapes = find_op(c.op)->infer({graph, graph.nodes()[0]});
  return shapes ? text((*shapes)[0]) : text(shapes.error());
}

Case depthwise() {
  Case c;
  c.op = "depthwise_conv_2d";
  c.filter = {1, 3, 3, 8};
  c.bias = {8};
  c.out = {1, 8, 6, 8};
  c.attrs.emplace_back("depth_multiplier", 2);
  return c;
}

template <class Change>
Case with(Case c, Change change) {
  change(c);
  return c;
}

TEST(Conv2d, InfersShapesAndSaysWhatIsWrong) {
  const Case good;
  const struct {
    Case node;
    const char* says;
  } cases[] = {
      {good, "1x8x6x16"},
      {with(good,
            [](Case& c) {
              c.attrs = {{"padding", "valid"}, {"stride_h", 2}};
            }),
       "1x3x4x16"},
      {with(good,
            [](Case& c) {
              c.filter = {16, 3, 3, 2};
            }),
       "1x8x6x16"},
      {with(good,
            [](Case& c) {
              c.in = {8, 6, 4};
            }),
       "input has rank 3, need 4"},
      {with(good,
            [](Case& c) {
              c.filter = {16, 9, 4};
            }),
       "filter has rank 3, need 4"},
      {with(good,
            [](Case& c) {
              c.filter = {16, 3, 3, 3};
            }),
       "4 input channels but the filter has 3"},
      {with(good,
            [](Case& c) {
              c.filter = {15, 3, 3, 2};
            }),
       "15 output channels cannot be split into 2 groups"},
      {with(good,
            [](Case& c) {
              c.in = {0, 8, 6, 4};
            }),
       "the input is empty"},
      {with(good, [](Case& c) { c.bias = {15}; }),
       "bias has 15 elements, need one for each of 16 channels"},
      {with(good,
            [](Case& c) {
              c.attrs = {{"stride_h", 0}};
            }),
       "height: stride 0 is not positive"},
      {with(good,
            [](Case& c) {
              c.attrs = {{"dilation_w", -1}};
            }),
       "width: dilation -1 is not positive"},
      {with(good,
            [](Case& c) {
              c.attrs = {{"padding", "valid"}, {"dilation_h", 4}};
            }),
       "height: a window of 9 does not fit in 8 without padding"},
      {with(good,
            [](Case& c) {
              c.filter_q = quant_by_channel({1, 2, 3}, 1);
            }),
       "the weights have 3 scales, need 1 or 16"},
      {with(good,
            [](Case& c) {
              c.filter = {3, 3, 3, 4};
              c.bias = {3};
              c.filter_q = quant_by_channel({1, 2, 3}, 1);
            }),
       "the weights' scales run along axis 1, need 0"},
      {with(good, [](Case& c) { c.in_q = {}; }), "the input has 0 scales, need 1"},
      {with(good, [](Case& c) { c.out_q = {}; }), "the output has 0 scales, need 1"},
      {with(good, [](Case& c) { c.filter_q = {}; }), "the weights have no scale"},
  };
  for (const auto& c : cases) EXPECT_EQ(infer_says(c.node), c.says);
}

TEST(Conv2d, DepthwiseInfersShapesAndSaysWhatIsWrong) {
  const Case good = depthwise();
  const struct {
    Case node;
    const char* says;
  } cases[] = {
      {good, "1x8x6x8"},
      {with(good, [](Case& c) { c.attrs.pop_back(); }), "1x8x6x8"},
      {with(good,
            [](Case& c) {
              c.filter = {2, 3, 3, 8};
            }),
       "filter 2x3x3x8 begins with 2, need 1"},
      {with(good,
            [](Case& c) {
              c.filter = {1, 3, 3, 7};
            }),
       "4 input channels but the filter has 7"},
      {with(good,
            [](Case& c) {
              c.attrs.back() = {"depth_multiplier", 3};
            }),
       "depth multiplier 3 but the shapes give 2"},
      {with(good,
            [](Case& c) {
              c.filter_q = quant_by_channel({1, 2, 3, 4, 5, 6, 7, 8}, 3);
            }),
       "1x8x6x8"},
  };
  for (const auto& c : cases) EXPECT_EQ(infer_says(c.node), c.says);
}

TEST(Conv2d, SaysWhyItCannotRun) {
  const Case good;
  const struct {
    Case node;
    const char* says;
  } cases[] = {
      {good, ""},
      {with(good,
            [](Case& c) {
              c.attrs = {{"activation", "tanh"}};
            }),
       "fused activation 'tanh'"},
      {with(good, [](Case& c) { c.constant = false; }), "weights that are not constant"},
      {with(good, [](Case& c) { c.filter_q = quant(0.1F, 3); }), "weights with a zero point"},
      {with(good, [](Case& c) { c.dtype = Dtype::s16; }), "s16 with a zero point"},
      {with(good, [](Case& c) { c.filter_dtype = Dtype::u8; }),
       "s8 input with u8 weights and s8 output; only s8 with s8 or s4 weights, s16 with s8, u8 "
       "with u8, f32 with f32 or s8"},
      {with(good, [](Case& c) { c.dtype = c.filter_dtype = Dtype::f32; }), "s32 bias; need f32"},
      {with(good,
            [](Case& c) {
              c.in_q = quant(1e15F);
              c.out_q = quant(1e-3F);
            }),
       "scales call for a factor of about 2^57"},
  };
  for (const auto& c : cases) {
    const Graph graph = build(c.node);
    EXPECT_EQ(conv_2d_op.unsupported({graph, graph.nodes()[0]}), c.says);
  }
}

TEST(Conv2d, RefusesWeightsWhoseSumsOverflow) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 300, 300, 1}, quant(1.0F, -128));
  const TensorId w = b.constant<int8_t>(Dtype::s8, {1, 300, 300, 1},
                                        std::vector<int8_t>(300 * 300, 127), quant(1.0F));
  const Graph graph = b.build(
      {b.node("conv_2d", {x, w}, Dtype::s8, {1, 1, 1, 1}, quant(1e6F), {{"padding", "valid"}})});
  EXPECT_EQ(conv_2d_op.unsupported({graph, graph.nodes()[0]}),
            "sums can reach 2926080000, beyond int32");
}

TEST(Conv2d, CountsWork) {
  const Graph conv = build({});
  const Work work = conv_2d_op.work({conv, conv.nodes()[0]});
  EXPECT_EQ(work.macs, 8 * 6 * 16 * 36);
  EXPECT_EQ(work.ops, 8 * 6 * 16);
  EXPECT_EQ(work.read_bytes, 8 * 6 * 16 * (2 * 36 + 4));
  EXPECT_EQ(work.write_bytes, 8 * 6 * 16);
  const Graph each = build(depthwise());
  EXPECT_EQ(depthwise_conv_2d_op.work({each, each.nodes()[0]}).macs, 8 * 6 * 8 * 9);
}

}  // namespace
}  // namespace assay
