// What the families of operators (pairs, reductions, slices by number) refuse, in their own words;
// what they compute is compared with the runtimes by tests/conformance/graphs_test.py.
#include <gtest/gtest.h>

#include <functional>

#include "ops/op.h"
#include "test_graphs.h"

namespace assay {
namespace {

struct Refusal {
  const char* op;
  std::function<std::vector<TensorId>(GraphBuilder&)> build;
  std::vector<TestAttr> attrs;
  Dtype out;
  const char* words;
};

std::function<std::vector<TensorId>(GraphBuilder&)> two(Dtype a, Dtype b, Quantisation of_a = {}) {
  return [=](GraphBuilder& builder) {
    const TensorId x = builder.input(a, {2}, of_a);
    return std::vector{x, builder.input(b, {2}, of_a)};
  };
}

TEST(Families, RefuseTypesAndScales) {
  const Refusal refusals[] = {
      {"div",
       two(Dtype::s64, Dtype::s64),
       {},
       Dtype::s64,
       "type s64 is not supported, only s8 s32 f32"},
      {"minimum",
       two(Dtype::s32, Dtype::f32),
       {},
       Dtype::s32,
       "types s32 -> f32 are not supported, only equal types"},
      {"less",
       two(Dtype::s32, Dtype::s32),
       {},
       Dtype::s32,
       "type s32 is not supported, only s8 s16 s32 s64 u8 f32"},
      {"add",
       two(Dtype::s32, Dtype::s32),
       {{"activation", "relu"}},
       Dtype::s32,
       "fused relu of s32 is not supported"},
      {"maximum",
       two(Dtype::s8, Dtype::s8, quant(0.5F)),
       {},
       Dtype::s8,
       "inputs and output are quantised differently"},
      {"squared_difference",
       two(Dtype::s8, Dtype::s8, quant(1e9F)),
       {},
       Dtype::s8,
       "the inputs' scales are too large for the output's"},
      {"gather",
       two(Dtype::f32, Dtype::u8),
       {{"axis", 0}},
       Dtype::f32,
       "indices are u8, only s16, s32 and s64 are supported"},
      {"sum", two(Dtype::s32, Dtype::s32), {}, Dtype::s32, "axes is not a constant"},
      {"fill", two(Dtype::s32, Dtype::s32), {}, Dtype::s32, "shape is not a constant"},
      {"cast",
       [](GraphBuilder& b) { return std::vector{b.input(Dtype::f64, {2})}; },
       {},
       Dtype::s8,
       "types f64 -> s8 are not supported, only s8 s16 s32 s64 u8 bool f32"},
      {"sin",
       [](GraphBuilder& b) { return std::vector{b.input(Dtype::s32, {2})}; },
       {},
       Dtype::s32,
       "type s32 is not supported, only f32"},
  };
  for (const Refusal& refusal : refusals) {
    SCOPED_TRACE(std::string(refusal.op) + ": " + refusal.words);
    GraphBuilder b;
    const std::vector<TensorId> inputs = refusal.build(b);
    const TensorId out =
        b.tensor(refusal.out, {2}, refusal.out == Dtype::s8 ? quant(0.1F) : Quantisation{});
    b.node_to(refusal.op, inputs, {out}, refusal.attrs);
    const Graph graph = b.build({out});
    EXPECT_EQ(find_op(refusal.op)->unsupported({graph, graph.nodes()[0]}), refusal.words);
  }
}

struct Misfit {
  const char* op;
  std::vector<int32_t> shape;
  std::vector<std::vector<int32_t>> constants;
  std::vector<TestAttr> attrs;
  const char* words;
};

TEST(Families, RefuseShapes) {
  const Misfit misfits[] = {
      {"tile", {2, 3}, {{2}}, {}, "multiples has 1 elements, the input 2 axes"},
      {"tile", {2}, {{-1}}, {}, "axis 0 cannot repeat -1 times"},
      {"tile", {2}, {{2147483647}}, {}, "axis 0 cannot repeat 2147483647 times"},
      {"broadcast_to", {2, 3}, {{2, 4}}, {}, "2x3 and 2x4 cannot be broadcast"},
      {"broadcast_to", {3}, {{1}}, {}, "3 does not repeat into 1"},
      {"broadcast_to", {1}, {{65536, 65536}}, {}, "shape has more than 2^31 elements"},
      {"reverse_v2", {2}, {{1}}, {}, "axis 1 is outside of rank 1"},
      {"space_to_depth",
       {1, 3, 4, 1},
       {},
       {{"block_size", 2}},
       "1x3x4x1 does not divide into blocks of 2"},
      {"depth_to_space", {1, 2, 2, 3}, {}, {{"block_size", 2}}, "3 channels are no blocks of 2"},
      {"depth_to_space", {1, 2, 2, 3}, {}, {{"block_size", 0}}, "block size 0 is out of range"},
      {"space_to_batch_nd",
       {1, 3, 3, 1},
       {{2, 2}, {0, 0, 0, 0}},
       {},
       "axis 1 has 3 elements when padded, no blocks of 2"},
      {"batch_to_space_nd", {3, 2, 2, 1}, {{2, 2}, {0, 0, 0, 0}}, {}, "3 batches are no 4 blocks"},
      {"batch_to_space_nd",
       {4, 1, 1, 1},
       {{2, 2}, {3, 0, 0, 0}},
       {},
       "axis 1 has -1 elements when cropped"},
      {"batch_to_space_nd",
       {4, 1, 1, 1},
       {{2, 0}, {0, 0, 0, 0}},
       {},
       "axis 2 has blocks of 0 and margins of 0 and 0"},
      {"gather", {2, 3}, {{0, 1}}, {{"axis", 2}}, "axis 2 is outside of rank 2"},
      {"gather", {2, 3}, {{0, 1}}, {{"axis", 0}, {"batch_dims", 1}}, "1 batch axes before axis 0"},
      {"gather_nd", {2, 3}, {{0, 1, 0}}, {}, "indices 3 for 2x3"},
      {"unpack", {2, 3}, {}, {{"axis", 1}}, "axis 1 has 3 elements for 1 outputs"},
      {"sum", {2, 3}, {{2}}, {}, "axis 2 is outside of rank 2"},
  };
  for (const Misfit& misfit : misfits) {
    SCOPED_TRACE(std::string(misfit.op) + ": " + misfit.words);
    GraphBuilder b;
    std::vector<TensorId> inputs = {b.input(Dtype::f32, misfit.shape)};
    for (const auto& values : misfit.constants)
      inputs.push_back(
          b.constant<int32_t>(Dtype::s32, {static_cast<int32_t>(values.size())}, values));
    const TensorId out = b.tensor(Dtype::f32, {1});
    b.node_to(misfit.op, inputs, {out}, misfit.attrs);
    const Graph graph = b.build({out});
    const auto shapes = find_op(misfit.op)->infer({graph, graph.nodes()[0]});
    ASSERT_FALSE(shapes);
    EXPECT_EQ(shapes.error().kind, ErrorKind::input);
    EXPECT_EQ(text(shapes.error()), misfit.words);
  }
}

}  // namespace
}  // namespace assay
