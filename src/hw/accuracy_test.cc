// Intervals from small tables, by hand; and the shipped table is one.
#include "hw/accuracy.h"

#include <gtest/gtest.h>

#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kTable =
    "core,part,memory,modelled_cycles,published_cycles,fitted\n"
    "Cortex-M4,X1,\"flash, 5 WS\",100,110,no\n"
    "Cortex-M4,X1,flash,100,95,yes\n"
    "Cortex-M4,X2,TCM,200,200,no\n";

Validation of(std::string_view core, std::string_view part, std::string_view csv = kTable) {
  Result<std::optional<Validation>> found = published_runs(core, part, csv);
  EXPECT_TRUE(found && *found) << (found ? "no row" : text(found.error()));
  return found && *found ? **found : Validation{};
}

TEST(PublishedRuns, OfThePartAreStretchedByTheirNumber) {
  const Validation found = of("Cortex-M4", "X1ZI");
  EXPECT_TRUE(found.of_part);
  EXPECT_EQ(found.rows, 2);
  EXPECT_DOUBLE_EQ(found.low, 1 - 2 * 0.05);  // 1 + 2 / n is 2
  EXPECT_DOUBLE_EQ(found.high, 1 + 2 * 0.1);
  EXPECT_EQ(found.against,
            "2 published runs on X1 (1 of them fitted to): mean error 7.2 %, largest 9.1 %");
}

TEST(PublishedRuns, OfOtherPartsAreTwiceAsWide) {
  const Validation found = of("Cortex-M4", "Y9");
  EXPECT_FALSE(found.of_part);
  EXPECT_EQ(found.rows, 3);
  EXPECT_DOUBLE_EQ(found.high, 1 + 2 * (1 + 2 / 3.0) * 0.1);
}

TEST(PublishedRuns, ThatAgreeStillLeaveTwoPercent) {
  const Validation found = of("Cortex-M4", "X2");
  EXPECT_DOUBLE_EQ(found.low, 0.98);
  EXPECT_DOUBLE_EQ(found.high, 1.02);
}

TEST(PublishedRuns, AreNoneForAnUnknownCore) {
  const Result<std::optional<Validation>> found = published_runs("Cortex-M99", "X1", kTable);
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST(PublishedRuns, BadTablesSayWhere) {
  const auto error = [](std::string_view csv) {
    const auto found = published_runs("Cortex-M4", "X1", csv);
    return found ? "no error" : text(found.error());
  };
  EXPECT_EQ(error("core,part\n"), "data/accuracy.csv: line 1: no column 'memory'");
  const std::string head = "core,part,memory,modelled_cycles,published_cycles,fitted\n";
  EXPECT_EQ(error(head + "a,b\n"), "data/accuracy.csv: line 2: 2 fields, need 6");
  EXPECT_EQ(error(head + "a,b,c,-1,2,no\n"),
            "data/accuracy.csv: line 2: '-1' is no number of cycles");
}

TEST(PublishedRuns, ShippedTableHasTheValidatedParts) {
  for (const auto& [core, part] : {std::pair{"Cortex-M4", "STM32L4R5ZI"},
                                   {"Cortex-M33", "STM32U575ZI"},
                                   {"Cortex-M0+", "STM32G0B1RE"},
                                   {"Cortex-M7", "STM32F746NG"},
                                   {"Cortex-M7", "STM32H7A3ZI"}}) {
    const Result<std::optional<Validation>> found = published_runs(core, part);
    ASSERT_TRUE(found && *found) << core;
    EXPECT_TRUE((*found)->of_part) << part;
    EXPECT_GE((*found)->rows, 4) << part;
  }
}

}  // namespace
}  // namespace assay
