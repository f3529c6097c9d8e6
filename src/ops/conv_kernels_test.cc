// The kernels of conv_2d, depthwise_conv_2d and fully_connected against their references, on random
// shapes, on the host. Included as C++: that they compile as such is part of the test.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "host_kernel.h"
#include "ops/op.h"
#include "test_graphs.h"

// clang-format off
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a kernel and its parameters share a name
#include "../kernels/conv_2d_f32.c"
#include "../kernels/conv_2d_f32_s8.c"
#include "../kernels/conv_2d_s16.c"
#include "../kernels/conv_2d_s16_dsp.c"
#include "../kernels/conv_2d_s16_s32.c"
#include "../kernels/conv_2d_u8.c"
#include "../kernels/conv_2d_s8.c"
#include "../kernels/conv_2d_s8_dsp.c"
#include "../kernels/depthwise_conv_2d_3x3_s8_dsp.c"
#include "../kernels/depthwise_conv_2d_f32.c"
#include "../kernels/depthwise_conv_2d_f32_s8.c"
#include "../kernels/depthwise_conv_2d_s16.c"
#include "../kernels/depthwise_conv_2d_u8.c"
#include "../kernels/depthwise_conv_2d_s8.c"
#include "../kernels/depthwise_conv_2d_s8_dsp.c"
#include "../kernels/fully_connected_f32.c"
#include "../kernels/fully_connected_f32_s8.c"
#include "../kernels/fully_connected_s16.c"
#include "../kernels/fully_connected_s16_s32.c"
#include "../kernels/fully_connected_u8.c"
#include "../kernels/fully_connected_s8.c"
#include "../kernels/fully_connected_s8_dsp.c"
#pragma GCC diagnostic pop
// clang-format on

namespace assay {
extern const OpDef conv_2d_op;
extern const OpDef depthwise_conv_2d_op;
extern const OpDef fully_connected_op;

namespace {

/// Types of a node: input and output, weights, bias.
struct Types {
  Dtype x = Dtype::s8, weights = Dtype::s8, bias = Dtype::s32;
};

constexpr Types kTypes[] = {
    {},
    {.weights = Dtype::s4},
    {Dtype::f32, Dtype::f32, Dtype::f32},
    {Dtype::f32, Dtype::s8, Dtype::f32},
    {Dtype::s16, Dtype::s8, Dtype::s64},
    {Dtype::s16, Dtype::s8, Dtype::s32},
    {Dtype::u8, Dtype::u8, Dtype::s32},
};

/// A random node and an input for it.
class Dice {
 public:
  explicit Dice(uint32_t seed) : random_(seed) {}

  int upto(int lowest, int highest) {
    return lowest + static_cast<int>(random_() % static_cast<uint32_t>(highest - lowest + 1));
  }
  bool coin() { return upto(0, 1) == 1; }
  float real(float lowest, float highest) {
    return std::uniform_real_distribution<float>(lowest, highest)(random_);
  }
  const char* activation() {
    static constexpr const char* kAll[] = {"none", "relu", "relu6", "relu_n1_to_1"};
    return kAll[upto(0, 3)];
  }

  template <class T>
  std::vector<T> values(int64_t count) {
    std::vector<T> all;
    for (int64_t i = 0; i < count; ++i) {
      if constexpr (std::is_same_v<T, float>)
        all.push_back(real(-1.0F, 1.0F));
      else if constexpr (sizeof(T) == 1)
        all.push_back(static_cast<T>(upto(-128, 127)));
      else
        all.push_back(static_cast<T>(upto(-3000, 3000)));
    }
    return all;
  }

  TensorId weights(GraphBuilder& b, Dtype dtype, std::vector<int32_t> dims, int axis, bool large) {
    const int64_t count = Shape{dims}.elements();
    if (dtype == Dtype::f32) return b.constant<float>(dtype, dims, values<float>(count));
    Quantisation q = quant(scale(large));
    if (dtype == Dtype::u8) q.zero_point[0] = upto(0, 255);
    if (dtype != Dtype::u8 && coin()) {
      std::vector<float> scales;
      for (int32_t i = 0; i < dims[static_cast<size_t>(axis)]; ++i) scales.push_back(scale(large));
      q = quant_by_channel(scales, axis);
    }
    return b.constant<int8_t>(dtype, dims,
                              values<int8_t>(dtype == Dtype::s4 ? (count + 1) / 2 : count), q);
  }
  TensorId bias(GraphBuilder& b, Dtype dtype, int32_t channels) {
    if (upto(0, 3) == 0) return kNoTensor;
    if (dtype == Dtype::f32)
      return b.constant<float>(Dtype::f32, {channels}, values<float>(channels));
    if (dtype == Dtype::s64)
      return b.constant<int64_t>(dtype, {channels}, values<int64_t>(channels));
    return b.constant<int32_t>(Dtype::s32, {channels}, values<int32_t>(channels));
  }
  /// Small as in models; large ones give factors above 1/2, which other code serves.
  float scale(bool large) { return large ? real(0.3F, 40.0F) : real(0.0005F, 0.02F); }
  Quantisation activations(Dtype dtype, float s) {
    if (dtype == Dtype::f32) return {};
    if (dtype == Dtype::s16) return quant(s / 256);
    return quant(s, dtype == Dtype::u8 ? upto(0, 255) : upto(-128, 127));
  }
  HostBytes input(const NodeView& n) {
    const int64_t count = n.input(0).shape.elements();
    HostBytes bytes(static_cast<size_t>(n.input(0).bytes()));
    const auto fill = [&bytes](const auto& all) {
      std::memcpy(bytes.data(), all.data(), bytes.size());
    };
    n.input(0).dtype == Dtype::f32 ? fill(values<float>(count))
                                   : fill(values<int8_t>(std::ssize(bytes)));
    return bytes;
  }

 private:
  std::mt19937 random_;
};

/// Gives the output its shape by way of `infer`, which a builder cannot know beforehand.
Graph finish(GraphBuilder b, const OpDef& op, std::vector<TensorId> inputs, Dtype dtype,
             const Quantisation& q, const std::vector<TestAttr>& attrs) {
  GraphParts copy = b.parts;
  GraphBuilder probe;
  probe.parts = std::move(b.parts);
  const TensorId y = probe.node(std::string(op.name), inputs, dtype, {1}, q, attrs);
  probe.parts.outputs = {y};
  const auto made = Graph::make(std::move(probe.parts));
  if (!made) throw std::logic_error(text(made.error()));
  const auto shapes = op.infer({*made, made->nodes()[0]});
  if (!shapes) throw std::logic_error(text(shapes.error()));
  GraphParts parts;
  GraphBuilder last;
  last.parts.name = "test";
  for (const Tensor& t : copy.tensors) {
    last.parts.tensors.push_back(t);
    if (!t.is_constant) continue;
    last.parts.own.emplace_back(t.data.begin(), t.data.end());
    last.parts.tensors.back().data = last.parts.own.back();
  }
  last.parts.inputs = copy.inputs;
  const TensorId out =
      last.node(std::string(op.name), std::move(inputs), dtype, (*shapes)[0].dims, q, attrs);
  return last.build({out});
}

Graph random_convolution(Dice& dice, const Types& types, bool depthwise, bool large) {
  const Dtype dtype = types.x;
  GraphBuilder b;
  const int32_t k_h = dice.upto(1, 4), k_w = dice.upto(1, 4);
  const int32_t depth = dice.upto(1, 9), groups = dice.coin() || depthwise ? 1 : dice.upto(1, 3);
  const int32_t out_c = depthwise ? depth * dice.upto(1, 3) : groups * dice.upto(1, 7);
  const int32_t dilation = dice.upto(0, 3) == 0 ? 2 : 1;
  const std::vector<int32_t> in = {dice.upto(1, 2), dice.upto(7, 12), dice.upto(7, 12),
                                   depth * groups};
  const TensorId x = b.input(dtype, in, dice.activations(dtype, 0.05F));
  const TensorId w = depthwise ? dice.weights(b, types.weights, {1, k_h, k_w, out_c}, 3, large)
                               : dice.weights(b, types.weights, {out_c, k_h, k_w, depth}, 0, large);
  const TensorId bias = dice.bias(b, types.bias, out_c);
  return finish(std::move(b), depthwise ? depthwise_conv_2d_op : conv_2d_op, {x, w, bias}, dtype,
                dice.activations(dtype, dice.real(0.02F, 0.3F)),
                {{"padding", dice.coin() ? "same" : "valid"},
                 {"stride_h", dice.upto(1, 2)},
                 {"stride_w", dice.upto(1, 2)},
                 {"dilation_h", dilation},
                 {"dilation_w", dilation},
                 {"activation", dice.activation()}});
}

Graph random_rows(Dice& dice, const Types& types, bool large) {
  const Dtype dtype = types.x;
  GraphBuilder b;
  const int32_t depth = dice.upto(1, 40), units = dice.upto(1, 11);
  const TensorId x =
      b.input(dtype, {dice.upto(1, 3), dice.upto(1, 2), depth}, dice.activations(dtype, 0.05F));
  const TensorId w = dice.weights(b, types.weights, {units, depth}, 0, large);
  const TensorId bias = dice.bias(b, types.bias, units);
  return finish(std::move(b), fully_connected_op, {x, w, bias}, dtype,
                dice.activations(dtype, dice.real(0.02F, 0.3F)),
                {{"keep_num_dims", dice.upto(0, 1)}, {"activation", dice.activation()}});
}

HostBytes run_reference_of(const OpDef& op, const NodeView& n, const HostBytes& x) {
  HostBytes y(static_cast<size_t>(n.output().bytes()));
  Buffers buffers;
  buffers.inputs = {x, n.input(1).data};
  if (n.has_input(2)) buffers.inputs.emplace_back(n.input(2).data);
  buffers.outputs = {y};
  op.reference(n, buffers, Semantics::tflm);
  return y;
}

HostBytes run_lowered(const NodeView& n, const KernelCall& call, const HostBytes& x) {
#define ASSAY_RUN(kernel_name) \
  if (call.kernel == #kernel_name) return run_kernel(n, call, x, assay_##kernel_name)
  ASSAY_RUN(conv_2d_f32);
  ASSAY_RUN(conv_2d_f32_s8);
  ASSAY_RUN(conv_2d_s16);
  ASSAY_RUN(conv_2d_s16_dsp);
  ASSAY_RUN(conv_2d_s16_s32);
  ASSAY_RUN(conv_2d_s8);
  ASSAY_RUN(conv_2d_s8_dsp);
  ASSAY_RUN(conv_2d_u8);
  ASSAY_RUN(depthwise_conv_2d_3x3_s8_dsp);
  ASSAY_RUN(depthwise_conv_2d_f32);
  ASSAY_RUN(depthwise_conv_2d_f32_s8);
  ASSAY_RUN(depthwise_conv_2d_s16);
  ASSAY_RUN(depthwise_conv_2d_s8);
  ASSAY_RUN(depthwise_conv_2d_s8_dsp);
  ASSAY_RUN(depthwise_conv_2d_u8);
  ASSAY_RUN(fully_connected_f32);
  ASSAY_RUN(fully_connected_f32_s8);
  ASSAY_RUN(fully_connected_s16);
  ASSAY_RUN(fully_connected_s16_s32);
  ASSAY_RUN(fully_connected_s8);
  ASSAY_RUN(fully_connected_s8_dsp);
  ASSAY_RUN(fully_connected_u8);
#undef ASSAY_RUN
  throw std::logic_error("the test does not know kernel " + call.kernel);
}

/// Every kernel that any options choose gives the reference's bytes.
void expect_kernels_equal_reference(const OpDef& op, const Graph& graph, Dice& dice) {
  const NodeView n{graph, graph.nodes()[0]};
  ASSERT_EQ(op.unsupported(n), "");
  const HostBytes x = dice.input(n);
  const HostBytes expected = run_reference_of(op, n, x);
  for (const bool dsp : {false, true})
    for (const Optimize optimize : {Optimize::size, Optimize::balanced, Optimize::speed}) {
      const KernelCall call = op.lower(n, {.isa = {.dsp = dsp}, .optimize = optimize});
      EXPECT_EQ(run_lowered(n, call, x), expected)
          << call.kernel << ", " << text(n.input(0).shape) << " by " << text(n.input(1).shape);
    }
}

constexpr int kShapes = 300;

/// Large scales in a fifth of the nodes; s16 allows no such factors.
bool is_large(const Types& types, int i) { return types.x != Dtype::s16 && i % 5 == 0; }

TEST(ConvKernels, EqualTheReferences) {
  for (const Types& types : kTypes)
    for (const bool depthwise : {false, true}) {
      if (depthwise && types.x == Dtype::s16 && types.bias == Dtype::s32) continue;
      Dice dice(depthwise ? 11 : 12);
      for (int i = 0; i < kShapes && !testing::Test::HasFailure(); ++i) {
        const Graph graph = random_convolution(dice, types, depthwise, is_large(types, i));
        expect_kernels_equal_reference(depthwise ? depthwise_conv_2d_op : conv_2d_op, graph, dice);
      }
    }
}

TEST(ConvKernels, RowsEqualTheReferences) {
  for (const Types& types : kTypes) {
    Dice dice(13);
    for (int i = 0; i < kShapes && !testing::Test::HasFailure(); ++i)
      expect_kernels_equal_reference(fully_connected_op,
                                     random_rows(dice, types, is_large(types, i)), dice);
  }
}

TEST(ConvKernels, OneWindowIsAProductOfRows) {
  Dice dice(16);
  for (const int32_t extent : {1, 3}) {
    GraphBuilder b;
    const TensorId x = b.input(Dtype::s8, {2, extent, extent, 5}, quant(0.05F, 7));
    const TensorId w = dice.weights(b, Dtype::s8, {7, extent, extent, 5}, 0, false);
    const TensorId bias = dice.bias(b, Dtype::s8, 7);
    const Graph graph = finish(std::move(b), conv_2d_op, {x, w, bias}, Dtype::s8, quant(0.2F, -3),
                               {{"padding", "valid"}});
    const NodeView n{graph, graph.nodes()[0]};
    EXPECT_EQ(conv_2d_op.lower(n, {.isa = {.dsp = true}}).kernel, "fully_connected_s8_dsp");
    expect_kernels_equal_reference(conv_2d_op, graph, dice);
  }
}

TEST(ConvKernels, WindowsLargerThanTheirImageStayOutOfScratch) {
  Dice dice(17);
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 40, 40, 1}, quant(0.05F, 7));
  const TensorId w = dice.weights(b, Dtype::s8, {1, 39, 39, 1}, 0, false);
  const Graph graph = finish(std::move(b), conv_2d_op, {x, w, kNoTensor}, Dtype::s8,
                             quant(0.2F, -3), {{"padding", "valid"}});
  const NodeView n{graph, graph.nodes()[0]};
  EXPECT_EQ(conv_2d_op.lower(n, {.isa = {.dsp = true}}).kernel, "conv_2d_s8");
  expect_kernels_equal_reference(conv_2d_op, graph, dice);
}

TEST(ConvKernels, DeadChannelsKeepTheDspKernel) {
  Dice dice(14);
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 3, 3, 4}, quant(0.05F, 7));
  const TensorId w = b.constant<int8_t>(Dtype::s8, {4, 1, 1, 4}, dice.values<int8_t>(16),
                                        quant_by_channel({0.01F, 1e-9F, 0.01F, 1e-12F}, 0));
  const TensorId bias =
      b.constant<int32_t>(Dtype::s32, {4}, std::vector<int32_t>{5, 1 << 30, -7, -(1 << 30)});
  const Graph graph =
      finish(std::move(b), conv_2d_op, {x, w, bias}, Dtype::s8, quant(0.02F, -3), {});
  const NodeView n{graph, graph.nodes()[0]};
  EXPECT_EQ(conv_2d_op.lower(n, {.isa = {.dsp = true}}).kernel, "conv_2d_s8_dsp");
  expect_kernels_equal_reference(conv_2d_op, graph, dice);
}

TEST(ConvKernels, LargeFactorsTakeThePortableKernel) {
  Dice dice(15);
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 2}, quant(1.0F, 0));
  const TensorId w =
      b.constant<int8_t>(Dtype::s8, {1, 2}, std::vector<int8_t>{3, -4}, quant(0.6F, 0));
  const Graph graph =
      finish(std::move(b), fully_connected_op, {x, w, kNoTensor}, Dtype::s8, quant(1.0F, 1), {});
  const NodeView n{graph, graph.nodes()[0]};
  EXPECT_EQ(fully_connected_op.lower(n, {.isa = {.dsp = true}}).kernel, "fully_connected_s8");
  expect_kernels_equal_reference(fully_connected_op, graph, dice);
}

}  // namespace
}  // namespace assay
