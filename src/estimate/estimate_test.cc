#include "estimate/estimate.h"

#include <gtest/gtest.h>

#include "estimate/totals.h"
#include "test_graphs.h"

namespace assay {
namespace {

/// Two relus of 16 bytes.
Graph two_relus() {
  GraphBuilder b;
  const Quantisation q = quant(0.1F, -3);
  const TensorId x = b.input(Dtype::s8, {1, 16}, q);
  const TensorId y = b.node("relu", {x}, Dtype::s8, {1, 16}, q, {});
  return b.build({b.node("relu6", {y}, Dtype::s8, {1, 16}, q, {})});
}

CostTable table_of_lut() {
  CostTable table;
  table.target = "made-up";
  table.image = {300, 10, 6, 24, 5, 8};
  table.library = {{"memcpy", 40}};
  KernelCost kernel;
  kernel.kernel = "lut_8";
  kernel.code_bytes = 32;
  kernel.layer_bytes = 16;
  kernel.stack_bytes = 12;
  kernel.cold_cycles = 100;
  kernel.library = {"memcpy"};
  kernel.cycles = {{"calls", 50}, {"elements", 3}};
  table.kernels = {kernel};
  return table;
}

TEST(Estimate, SumsWhatTheLinkerWould) {
  const Graph graph = two_relus();
  const Result<Prepared> model = prepare(graph, {});
  ASSERT_TRUE(model) << text(model.error());
  const Estimate cost = estimate(*model, table_of_lut());
  EXPECT_EQ(cost.kernels_bytes, 32);  // once
  EXPECT_EQ(cost.library_bytes, 40);
  EXPECT_EQ(cost.model_code_bytes, 2 * 16 + 10 + 2 * 6);
  EXPECT_EQ(cost.stack_bytes, 24 + 12);
  EXPECT_EQ(cost.arena_bytes, 16);
  EXPECT_EQ(cost.flash_bytes, cost.weights_bytes + cost.tables_bytes + 32 + 40 + 56 + 300);
  // Code is cold once: 2 * (50 + 3 * 16) + 100, and the invoke function.
  EXPECT_DOUBLE_EQ(cost.cycles, 2 * 98 + 100 + 5 + 2 * 8);
  std::vector<LayerCauses> causes;
  for (const LayerEstimate& layer : cost.layers)
    causes.push_back(layer_causes(*model, table_of_lut(), layer));
  EXPECT_EQ(
      why_sentence(graph, *model, cost, causes),
      "layer 0 takes 62 %: relu (kernel lut_8), bound by cold code (51 % of it); another 25 % "
      "is calls");
}

TEST(Estimate, SaysWhichKernelHasNoCosts) {
  const Graph graph = two_relus();
  CostTable table = table_of_lut();
  table.kernels.clear();
  const Estimate cost = estimate(*prepare(graph, {}), table);
  EXPECT_EQ(cost.no_cycles, "lut_8 was not benchmarked on made-up, and nothing like it");
}

TEST(FillRegions, PutsTheArenaWhereTheLinkerDoes) {
  Target target;
  target.isa = "thumbv7em";
  const auto add = [&target](const char* name, RegionKind kind, int64_t bytes) {
    MemoryRegion& region = target.regions.emplace_back();
    region.name = name;
    region.kind = kind;
    region.size_bytes = bytes;
  };
  add("FLASH", RegionKind::flash, 1000);
  add("DTCM", RegionKind::ram, 4096);
  add("SRAM", RegionKind::ram, 8192);
  Estimate cost;
  cost.flash_bytes = 1200;
  cost.static_bytes = 8;
  const struct {
    int64_t arena;
    int64_t left_in_dtcm, left_in_sram;
  } cases[] = {{2000, 4096 - 8 - 1024 - 2000, 8192},
               {3000, 4096 - 8 - 1024, 8192 - 3000},
               {9000, 4096 - 8 - 1024, 8192 - 9000}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.arena);
    cost.arena_bytes = c.arena;
    const std::vector<RegionUse> uses = fill_regions(cost, target);
    EXPECT_EQ(uses[0].left(), -200);
    EXPECT_EQ(uses[1].left(), c.left_in_dtcm);
    EXPECT_EQ(uses[2].left(), c.left_in_sram);
  }
}

TEST(CostSource, OfAnUnknownTargetIsItsNearestRelative) {
  Target own = *load_target("pico");
  EXPECT_TRUE(cost_source(own)->basis.empty());
  own.name = "my-board";
  const Result<CostSource> source = cost_source(own);
  ASSERT_TRUE(source) << text(source.error());
  EXPECT_FALSE(source->relatives.empty());
  EXPECT_TRUE(source->basis.starts_with("my-board was not benchmarked: costs of "))
      << source->basis;
  own.core = "cortex_m85";  // there is none
  EXPECT_EQ(cost_source(own).error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace assay
