// Mean, spread and quantiles; non-negative least squares.
//
// The fit frees one column after the other, always the one that helps most, and binds those that
// would become negative. Not handled: weights other than 1 / y. Source: Hyndman and Fan 1996
// (quantiles); Lawson and Hanson 1974, chapter 23, algorithm NNLS.
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

/// The least squares of the columns in `free` alone.
Eigen::VectorXd solve(const Eigen::MatrixXd& a, const Eigen::VectorXd& y,
                      const std::vector<Eigen::Index>& free) {
  Eigen::MatrixXd part(a.rows(), static_cast<Eigen::Index>(free.size()));
  for (size_t i = 0; i < free.size(); ++i) part.col(static_cast<Eigen::Index>(i)) = a.col(free[i]);
  return part.colPivHouseholderQr().solve(y);
}

/// Walks from x, which is not negative, towards the solution of the free columns, as far as none
/// becomes negative; those that reach zero are free no longer.
void walk(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, std::vector<Eigen::Index>& free,
          Eigen::VectorXd& x) {
  while (!free.empty()) {
    const Eigen::VectorXd to = solve(a, y, free);
    double step = 1;
    for (size_t i = 0; i < free.size(); ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      if (to[at] <= 0) step = std::min(step, x[free[i]] / (x[free[i]] - to[at]));
    }
    for (size_t i = 0; i < free.size(); ++i)
      x[free[i]] += step * (to[static_cast<Eigen::Index>(i)] - x[free[i]]);
    if (step == 1) return;
    std::erase_if(free, [&x](Eigen::Index c) {
      if (x[c] > 1e-12) return false;
      x[c] = 0;
      return true;
    });
  }
}

/// x >= 0 that minimises |a x - y|.
Eigen::VectorXd non_negative(const Eigen::MatrixXd& a, const Eigen::VectorXd& y) {
  constexpr double kFlat = 1e-9;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  std::vector<Eigen::Index> free;
  for (Eigen::Index turn = 0; turn < 3 * a.cols(); ++turn) {
    Eigen::VectorXd gradient = a.transpose() * (y - a * x);
    for (const Eigen::Index c : free) gradient[c] = 0;
    Eigen::Index steepest = 0;
    if (gradient.maxCoeff(&steepest) < kFlat) break;
    free.push_back(steepest);
    std::ranges::sort(free);
    walk(a, y, free, x);
  }
  return x;
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
  const auto n = static_cast<Eigen::Index>(rows.size());
  const auto columns = static_cast<Eigen::Index>(rows.empty() ? 0 : rows[0].size());
  std::vector<double> x(static_cast<size_t>(columns), 0.0);
  if (n == 0 || columns == 0) return x;
  Eigen::MatrixXd a(n, columns);
  for (Eigen::Index r = 0; r < n; ++r)
    for (Eigen::Index c = 0; c < columns; ++c)
      a(r, c) = rows[static_cast<size_t>(r)][static_cast<size_t>(c)] / y[static_cast<size_t>(r)];
  // Columns of one magnitude: what is zero to the solver is then zero in truth.
  const Eigen::RowVectorXd norm = a.colwise().norm();
  const Eigen::RowVectorXd scale = (norm.array() > 0).select(norm, 1.0);
  a.array().rowwise() /= scale.array();
  const Eigen::VectorXd found = non_negative(a, Eigen::VectorXd::Ones(n));
  for (Eigen::Index c = 0; c < columns; ++c) x[static_cast<size_t>(c)] = found[c] / scale[c];
  return x;
}

}  // namespace assay
