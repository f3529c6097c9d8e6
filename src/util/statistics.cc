// Mean, spread and quantiles; non-negative least squares.
//
// The fit is Lawson and Hanson's idea in its simplest form: fit all columns, drop the one with the
// most negative coefficient, repeat. That is not always the best of all non-negative fits, but
// never negative and the same everywhere. Not handled: weights other than 1 / y. Source: Hyndman
// and Fan 1996 (quantiles), Lawson and Hanson 1974.
#include "util/statistics.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace assay {
namespace {

double quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(std::floor(at));
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Spread spread_of(std::span<const double> values) {
  if (values.empty()) return {};
  const Eigen::Map<const Eigen::ArrayXd> all(values.data(),
                                             static_cast<Eigen::Index>(values.size()));
  const double mean = all.mean();
  const double squares = (all - mean).square().sum();
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double n = static_cast<double>(values.size());
  return {.mean = mean,
          .sd = n > 1 ? std::sqrt(squares / (n - 1)) : 0,
          .p75 = quantile(sorted, 0.75),
          .p95 = quantile(sorted, 0.95),
          .least = sorted.front(),
          .most = sorted.back()};
}

double quantile_of(std::span<const double> values, double p) {
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return sorted.empty() ? 0 : quantile(sorted, p);
}

std::vector<double> fit_relative(std::span<const std::vector<double>> rows,
                                 std::span<const double> y) {
  const size_t columns = rows.empty() ? 0 : rows[0].size();
  std::vector<size_t> open;
  for (size_t c = 0; c < columns; ++c)
    if (std::ranges::any_of(rows, [c](const auto& row) { return row[c] != 0; })) open.push_back(c);
  std::vector<double> x(columns, 0.0);
  while (!open.empty()) {
    Eigen::MatrixXd a(static_cast<Eigen::Index>(rows.size()),
                      static_cast<Eigen::Index>(open.size()));
    for (Eigen::Index r = 0; r < a.rows(); ++r)
      for (Eigen::Index c = 0; c < a.cols(); ++c)
        a(r, c) =
            rows[static_cast<size_t>(r)][open[static_cast<size_t>(c)]] / y[static_cast<size_t>(r)];
    // Columns of one magnitude: what is zero to the solver is then zero in truth.
    const Eigen::RowVectorXd scale = a.colwise().norm();
    a.array().rowwise() /= scale.array();
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(a.rows());
    const Eigen::VectorXd found = a.colPivHouseholderQr().solve(ones);
    Eigen::Index worst = 0;
    if (found.minCoeff(&worst) >= 0) {
      for (size_t c = 0; c < open.size(); ++c)
        x[open[c]] = found[static_cast<Eigen::Index>(c)] / scale[static_cast<Eigen::Index>(c)];
      return x;
    }
    open.erase(open.begin() + worst);
  }
  return x;
}

}  // namespace assay
