// Which tensors may share their bytes with another.
#include <gtest/gtest.h>

#include "estimate/plan.h"
#include "test_graphs.h"

namespace assay {
namespace {

MemoryPlan plan_of(const Graph& graph) {
  std::vector<KernelCall> calls;
  for (const Node& node : graph.nodes())
    calls.push_back(find_op(node.op)->lower({graph, node}, {}));
  return plan_memory(graph, calls);
}

TEST(InPlace, LeavesAnOutputThatTheLastNodeReads) {
  GraphBuilder b;
  const Quantisation q = quant(0.5F, -3);
  const TensorId x = b.input(Dtype::s8, {64}, q);
  const TensorId first = b.node("relu", {x}, Dtype::s8, {64}, q);
  const TensorId second = b.node("relu6", {first}, Dtype::s8, {64}, q);
  const MemoryPlan plan = plan_of(b.build({first, second}));
  EXPECT_EQ(plan.arena_bytes, 128);
  EXPECT_NE(plan.offset[static_cast<size_t>(first)], plan.offset[static_cast<size_t>(second)]);
}

TEST(InPlace, LeavesAnOutputThroughAView) {
  GraphBuilder b;
  const Quantisation q = quant(0.5F, -3);
  const TensorId x = b.input(Dtype::s8, {64}, q);
  const TensorId first = b.node("relu", {x}, Dtype::s8, {64}, q);
  const TensorId view = b.node("squeeze", {first}, Dtype::s8, {64}, q);
  const TensorId second = b.node("relu6", {first}, Dtype::s8, {64}, q);
  const MemoryPlan plan = plan_of(b.build({view, second}));
  EXPECT_NE(plan.offset[static_cast<size_t>(view)], plan.offset[static_cast<size_t>(second)]);
}

TEST(InPlace, TakesOverWhatNobodyReadsAnyMore) {
  const Graph graph = chain_graph(3, {64});
  EXPECT_EQ(plan_of(graph).arena_bytes, 64);
}

}  // namespace
}  // namespace assay
