#include "util/statistics.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Statistics, SpreadOfFive) {
  // numpy.quantile([1, 2, 4, 8, 16], [0.75, 0.95]) is 8 and 14.4; std(ddof=1) 6.099.
  const std::vector<double> values = {8, 1, 16, 2, 4};
  const Spread spread = spread_of(values);
  EXPECT_DOUBLE_EQ(spread.mean, 6.2);
  EXPECT_NEAR(spread.sd, 6.0992, 1e-4);
  EXPECT_DOUBLE_EQ(spread.p75, 8);
  EXPECT_DOUBLE_EQ(spread.p95, 14.4);
  EXPECT_EQ(spread.least, 1);
  EXPECT_EQ(spread.most, 16);
}

TEST(Statistics, SpreadOfOneAndOfNone) {
  const std::vector<double> one = {3};
  EXPECT_EQ(spread_of(one).sd, 0);
  EXPECT_EQ(spread_of(one).p95, 3);
  EXPECT_EQ(spread_of({}).mean, 0);
}

TEST(Statistics, FitIsNeverNegative) {
  // y = 2 a - b: the best non-negative b is none.
  const std::vector<std::vector<double>> rows = {{1, 1}, {2, 1}, {3, 2}, {4, 1}};
  const std::vector<double> y = {1, 3, 4, 7};
  const std::vector<double> x = fit_relative(rows, y);
  EXPECT_GT(x[0], 1);
  EXPECT_EQ(x[1], 0);
}

TEST(Statistics, FitLeavesOutAColumnOfZeros) {
  const std::vector<std::vector<double>> rows = {{0, 1}, {0, 2}, {0, 3}};
  const std::vector<double> y = {2, 4, 6};
  const std::vector<double> x = fit_relative(rows, y);
  EXPECT_EQ(x[0], 0);
  EXPECT_NEAR(x[1], 2, 1e-12);
}

}  // namespace
}  // namespace assay
