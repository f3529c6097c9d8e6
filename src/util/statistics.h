// Statistics of a handful of numbers. Over Eigen, which only statistics.cc sees.
#pragma once

#include <span>
#include <vector>

namespace assay {

/// Of n > 0 values; all 0 of none.
struct Spread {
  double mean = 0;
  double sd = 0;            ///< of a sample: divided by n - 1; 0 if n is 1
  double p75 = 0, p95 = 0;  ///< quantiles, linear between order statistics (Hyndman and Fan's 7)
  double least = 0, most = 0;
};
Spread spread_of(std::span<const double> values);

/// The quantile p (0 to 1) of the same kind; 0 of no values.
double quantile_of(std::span<const double> values, double p);

/// x >= 0 that minimises the sum of ((row . x) / y - 1)^2 over the rows with y: relative errors,
/// all rows alike. Of a column of zeros x is 0.
std::vector<double> fit_relative(std::span<const std::vector<double>> rows,
                                 std::span<const double> y);

}  // namespace assay
