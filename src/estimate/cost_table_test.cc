#include "estimate/cost_table.h"

#include <gtest/gtest.h>

#include "hw/target.h"

namespace assay {
namespace {

CostTable made_up() {
  CostTable table;
  table.target = "made-up";
  table.core = "cortex_m4";
  table.dsp = true;
  table.high = 1.25;
  table.image = {300, 10, 6.5, 24, 12.5, 8};
  table.library = {{"memcpy", 40}, {"memset", 20}};
  KernelCost kernel;
  kernel.kernel = "lut_8";
  kernel.code_bytes = 32;
  kernel.cold_cycles = 44;
  kernel.library = {"memcpy", "memset"};
  kernel.cases = 3;
  kernel.left_out_mean_error = 0.125;
  kernel.cycles = {{"calls", 47.5}, {"elements", 8.25}};
  table.kernels = {kernel};
  return table;
}

TEST(CostTable, ReadsBack) {
  const std::string text = cost_table_text(made_up());
  const Result<CostTable> read = read_cost_table(text, "made-up.costs");
  ASSERT_TRUE(read) << assay::text(read.error());
  EXPECT_EQ(cost_table_text(*read), text);
  EXPECT_EQ(read->library_bytes("memset"), 20);
  EXPECT_EQ(read->library_bytes("sinf"), 0);
  ASSERT_NE(read->find("lut_8"), nullptr);
  EXPECT_EQ(read->find("conv_2d_s8"), nullptr);
}

TEST(CostTable, PredictsByNameWhateverTheOrder) {
  const KernelCost kernel = made_up().kernels[0];
  const Features ordered = {{"calls", 1}, {"elements", 100}};
  const Features other = {{"elements", 100}, {"unknown", 5}, {"calls", 1}};
  EXPECT_DOUBLE_EQ(kernel.predict(ordered), 47.5 + 825);
  EXPECT_DOUBLE_EQ(kernel.predict(other), 47.5 + 825);
}

// Numbers of the linker script are symbols too; where flash begins at 0 they look like addresses.
TEST(CostTable, NoNumberOfTheLinkerScriptIsAFunction) {
  EXPECT_GE(shipped_cost_tables().size(), 40u);
  for (const CostTable& table : shipped_cost_tables())
    for (const auto& [name, bytes] : table.library)
      EXPECT_FALSE(name.starts_with("__stack_")) << table.target << ": " << name << " " << bytes;
}

TEST(CostTable, HostileFilesAreOneLine) {
  const std::string good = cost_table_text(made_up());
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"code_bytes=32", "code_bytes=many"},
                                                        {"calls=47.5", "calls=-1"},
                                                        {"calls=47.5", "calls=nan"},
                                                        {"cases=3", "case=3"},
                                                        {"library memcpy 40", "library memcpy"},
                                                        {"image ", "imago "},
                                                        {"target made-up\n", ""}}) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    const Result<CostTable> read = read_cost_table(bad, "c.costs");
    ASSERT_FALSE(read) << to;
    EXPECT_EQ(read.error().kind, ErrorKind::input);
    EXPECT_TRUE(text(read.error()).starts_with("c.costs:")) << text(read.error());
  }
}

TEST(CostTable, ShippedOnesAreOfShippedTargets) {
  ASSERT_FALSE(shipped_cost_tables().empty());
  for (const CostTable& table : shipped_cost_tables()) {
    SCOPED_TRACE(table.target);
    const Result<Target> target = load_target(table.target);
    ASSERT_TRUE(target);
    EXPECT_EQ(table.core, target->core);
    EXPECT_EQ(table.dsp, target->dsp);
    EXPECT_EQ(shipped_cost_table(table.target)->kernels.size(), table.kernels.size());
    for (const KernelCost& kernel : table.kernels)
      for (const std::string& function : kernel.library)
        EXPECT_GT(table.library_bytes(function), 0) << function;
  }
}

}  // namespace
}  // namespace assay
