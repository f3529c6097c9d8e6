#include "estimate/kernel_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "estimate/estimate.h"
#include "estimate/totals.h"
#include "ops/op.h"
#include "test_graphs.h"

namespace assay {
namespace {

Graph two_layers() {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 8, 8, 4});
  const TensorId y = b.node("tanh", {x}, Dtype::f32, {1, 8, 8, 4}, {}, {});
  const TensorId z = b.node("relu", {y}, Dtype::f32, {1, 8, 8, 4}, {}, {});
  return b.build({z});
}

CostTable table_without(std::string_view target, std::string_view kernel) {
  CostTable table = *shipped_cost_table(target);
  std::erase_if(table.kernels, [&](const KernelCost& each) { return each.kernel == kernel; });
  return table;
}

TEST(FitWork, FindsALine) {
  const std::pair<double, double> cases[] = {{10, 120}, {100, 300}, {1000, 2100}};
  const WorkCost cost = fit_work("operations", cases);
  EXPECT_NEAR(cost.call, 100, 1e-6);
  EXPECT_NEAR(cost.unit, 2, 1e-9);
  EXPECT_NEAR(cost.low, 1, 1e-9);
  EXPECT_NEAR(cost.high, 1, 1e-9);
  EXPECT_EQ(fit_work("operations", {}).kind, "");
}

TEST(KernelWork, IsOfItsKind) {
  const Graph graph = two_layers();
  const std::vector<KernelCall> calls = lower_for_plan(graph, {}, {});
  const KernelWork tanh = kernel_work({graph, graph.nodes()[0]}, calls[0]);
  EXPECT_EQ(tanh.kind, "libm_operations");
  EXPECT_EQ(tanh.units, 256);
  EXPECT_EQ(kernel_work({graph, graph.nodes()[1]}, calls[1]).kind, "float_operations");
}

TEST(RoughCost, OfAKernelThatNoTableHas) {
  const Graph graph = two_layers();
  const Prepared model = *prepare(graph, {});
  const Estimate known = estimate(model, *shipped_cost_table("nucleo-l4r5zi"));
  const Estimate rough = estimate(model, table_without("nucleo-l4r5zi", "relu_f32"));
  EXPECT_EQ(rough.no_cycles, "");
  EXPECT_EQ(rough.layers[1].rough_kernel, "relu_f32");
  EXPECT_EQ(rough.layers[0].rough_kernel, "");
  EXPECT_EQ(rough.layers[0].cycles, known.layers[0].cycles);
  EXPECT_LT(rough.layers[1].low_cycles, known.layers[1].cycles);
  EXPECT_GT(rough.layers[1].high_cycles, known.layers[1].cycles);
  EXPECT_LT(rough.low_cycles, known.cycles);
  EXPECT_GT(rough.high_cycles, known.cycles);
  EXPECT_LE(std::abs(rough.flash_bytes - known.flash_bytes), rough.code_off_bytes);
  EXPECT_EQ(known.low_cycles, known.cycles);
  EXPECT_EQ(known.code_off_bytes, 0);
}

TEST(RoughCost, NoneWhereNothingIsLikeIt) {
  CostTable table;
  table.target = "bare";
  EXPECT_FALSE(rough_cost(table, "conv_2d_s8", {"products", 1000}));
  const Estimate none = estimate(*prepare(two_layers(), {}), table);
  EXPECT_EQ(none.no_cycles, "tanh_f32 was not benchmarked on bare, and nothing like it");
}

// Each kernel of each table as if the others were all there is: the interval has to hold what its
// own fit says in nine of ten cases.
TEST(RoughCost, HoldsKernelsThatAreLeftOut) {
  int held = 0, all = 0;
  for (const CostTable& table : shipped_cost_tables())
    for (const KernelCost& kernel : table.kernels) {
      if (kernel.work.kind.empty()) continue;
      const auto kind = std::string_view(kernel.work.kind);
      if (std::ranges::count(table.kernels, kind, [](const auto& k) { return k.work.kind; }) < 2)
        continue;
      const CostTable others = table_without(table.target, kernel.kernel);
      for (const double units : {500.0, 20000.0}) {
        const double own = kernel.work.call + kernel.work.unit * units;
        const auto rough = rough_cost(others, kernel.kernel, {kind, units});
        ASSERT_TRUE(rough) << kernel.kernel;
        held += rough->low <= own && own <= rough->high ? 1 : 0;
        ++all;
      }
    }
  RecordProperty("held", held);
  EXPECT_GT(all, 2000);
  EXPECT_GE(held, all * 9 / 10) << held << " of " << all;
}

}  // namespace
}  // namespace assay
