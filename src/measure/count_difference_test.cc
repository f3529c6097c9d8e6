// A difference of counters has no part below zero, and sums as the counters did.
#include "measure/count_difference.h"

#include <gtest/gtest.h>

#include <numeric>

namespace assay {
namespace {

Counts row(std::initializer_list<std::pair<Cause, int64_t>> cycles, int64_t loads = 0) {
  Counts counts;
  for (const auto& [cause, many] : cycles) counts.spend(cause, many);
  counts.instructions = counts.cycles;
  counts.by_class[0] = counts.cycles;
  counts.loads = loads;
  return counts;
}

Counts total_of(const std::vector<Counts>& rows) {
  Counts total;
  for (const Counts& each : rows) total += each;
  return total;
}

void check_rows(const std::vector<Counts>& rows) {
  for (const Counts& each : rows) {
    check_causes(each);
    EXPECT_EQ(std::accumulate(each.by_class.begin(), each.by_class.end(), int64_t{0}),
              each.instructions);
    for (const int64_t ticks : each.causes.ticks) EXPECT_GE(ticks, 0);
    for (const int64_t count : each.by_class) EXPECT_GE(count, 0);
    EXPECT_GE(each.loads, 0);
  }
}

TEST(CountDifference, IsPlainWhereNothingOwes) {
  const auto rows = difference({row({{Cause::alu, 110}, {Cause::load, 22}}, 33)},
                               {row({{Cause::alu, 10}, {Cause::load, 2}}, 3)}, 10);
  EXPECT_EQ(rows[0].cycles, 12);
  EXPECT_EQ(rows[0].causes[Cause::alu], 10 * kTicksPerCycle);
  EXPECT_EQ(rows[0].causes[Cause::load], 2 * kTicksPerCycle);
  EXPECT_EQ(rows[0].loads, 3);
}

TEST(CountDifference, ACauseThatOwesInOneRowIsTakenOffInAnother) {
  // f was cold in what is taken off: 40 misses' cycles more, while g has 100.
  const auto rows =
      difference({row({{Cause::alu, 200}}), row({{Cause::alu, 50}, {Cause::icache_miss, 100}})},
                 {row({{Cause::icache_miss, 40}})}, 1);
  check_rows(rows);
  EXPECT_EQ(rows[0].cycles, 160) << "a row's cycles stay";
  EXPECT_EQ(rows[1].cycles, 150);
  const Counts total = total_of(rows);
  EXPECT_EQ(total.causes[Cause::alu], 250 * kTicksPerCycle) << "and so does a cause's sum";
  EXPECT_EQ(total.causes[Cause::icache_miss], 60 * kTicksPerCycle);
}

TEST(CountDifference, WhatOwesAsAWholeIsTakenOffTheLargest) {
  const auto rows = difference({row({{Cause::alu, 200}}), row({{Cause::alu, 30}})},
                               {row({}), row({{Cause::flash_fetch, 70}}, 5)}, 1);
  check_rows(rows);
  EXPECT_EQ(rows[0].cycles, 160);
  EXPECT_EQ(rows[1].cycles, 0);
  EXPECT_EQ(total_of(rows).cycles, 200 + 30 - 70);
}

TEST(CountDifference, OfLessThanNothingIsNothing) {
  const auto rows = difference({row({{Cause::alu, 5}})}, {row({{Cause::alu, 9}}, 1)}, 3);
  check_rows(rows);
  EXPECT_EQ(rows[0].cycles, 0);
  EXPECT_TRUE(difference({}, {}, 3).empty());
}

TEST(CountDifference, RoundingTakesNoCauseBelowZero) {
  Counts many;  // each cause rounds up, their sum does not
  for (size_t k = 0; k < kCauses; ++k) many.spend(static_cast<Cause>(k), 1);
  check_rows(difference({many, many, many}, {}, 4));
}

TEST(CountDifference, HoldsForAnyTwoRegions) {
  uint32_t random = 7;
  const auto next = [&random](uint32_t below) {
    return static_cast<int64_t>((random = random * 1664525 + 1013904223) >> 8) % below;
  };
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<Counts> minuend(static_cast<size_t>(next(9))), subtrahend(minuend.size() + 1);
    for (auto* rows : {&minuend, &subtrahend})
      for (Counts& each : *rows)
        each =
            row({{Cause::alu, next(50)}, {Cause::load, next(50)}, {Cause::fp, next(9)}}, next(9));
    const int64_t by = 1 + next(5), plain = total_of(minuend).cycles - total_of(subtrahend).cycles;
    const auto rows = difference(minuend, subtrahend, by);
    check_rows(rows);
    EXPECT_EQ(total_of(rows).cycles, plain < 0 ? 0 : (plain + by / 2) / by) << trial;
  }
}

}  // namespace
}  // namespace assay
