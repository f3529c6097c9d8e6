// Sums over a graph, of sizes that fit and that do not.
#include "estimate/totals.h"

#include <gtest/gtest.h>

#include <limits>

#include "test_graphs.h"

namespace assay {
namespace {

TEST(Totals, SaturateOnHostileWindows) {
  GraphBuilder b;
  const Quantisation q = quant(0.5F);
  const TensorId x = b.input(Dtype::s8, {1, 40000, 40000, 1}, q);
  const std::vector<TestAttr> huge = {{"padding", "same"},
                                      {"stride_h", 1},
                                      {"stride_w", 1},
                                      {"filter_height", 1073741823},
                                      {"filter_width", 1073741823}};
  const TensorId pool = b.node("max_pool_2d", {x}, Dtype::s8, {1, 40000, 40000, 1}, q, huge);
  const TensorId y = b.node("relu", {pool}, Dtype::s8, {1, 40000, 40000, 1}, q);
  const Graph graph = b.build({y});
  ASSERT_TRUE(check_shapes(graph));
  EXPECT_EQ(work_of(graph, graph.nodes()[0]).ops, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(work_of(graph, graph.nodes()[1]).ops, 1600000000);
}

TEST(Totals, AddMacsUpToTheLargestNumber) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 46340, 46340, 1}, quant(0.5F));
  const TensorId filter = b.input(Dtype::s8, {1, 1073741823, 1, 1}, quant(0.5F));
  std::vector<TensorId> outputs;
  for (int i = 0; i < 5; ++i)
    outputs.push_back(b.node("conv_2d", {x, filter}, Dtype::s8, {1, 46340, 46340, 1}, quant(0.5F),
                             {{"padding", "same"}, {"stride_h", 1}, {"stride_w", 1}}));
  const Graph graph = b.build(outputs);
  ASSERT_TRUE(check_shapes(graph));
  EXPECT_EQ(work_of(graph, graph.nodes()[0]).macs, int64_t{46340} * 46340 * 1073741823);
  EXPECT_EQ(totals(graph).macs, std::numeric_limits<int64_t>::max());
}

TEST(Totals, SumWhatTheNodesDo) {
  GraphBuilder b;
  const Quantisation q = quant(0.5F);
  TensorId at = b.input(Dtype::s8, {3, 2}, q);
  for (int i = 0; i < 2; ++i) {
    const TensorId w = b.constant<int8_t>(Dtype::s8, {2, 2}, {1, 2, 3, 4}, q);
    at = b.node("fully_connected", {at, w}, Dtype::s8, {3, 2}, q);
  }
  const Totals sums = totals(b.build({at}));
  EXPECT_EQ(sums.macs, 24);
  EXPECT_EQ(sums.parameters, 8);
  EXPECT_EQ(sums.constant_bytes, 8);
}

}  // namespace
}  // namespace assay
