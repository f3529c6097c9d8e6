// Rows -> statistics and fits.
//
// A fit starts from calls and takes on, one by one, the feature that best predicts rows that were
// left out, as long as that helps by a tenth. It shows how far shapes explain what a kernel costs;
// what predicts models may fit again, from the rows. Not handled: products of features.
#include "bench/costs.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "util/hash.h"

namespace assay {
namespace {

double cycles_per_unit(const BenchRow& row) {
  return static_cast<double>(row.cycles) / static_cast<double>(row.what.units);
}

/// Rows of one line, in the order of their first.
template <class Key>
std::vector<std::vector<const BenchRow*>> grouped(const std::vector<BenchRow>& rows, Key key) {
  std::vector<std::vector<const BenchRow*>> groups;
  std::map<decltype(key(rows[0])), size_t> place;
  for (const BenchRow& row : rows) {
    const auto [at, fresh] = place.try_emplace(key(row), groups.size());
    if (fresh) groups.emplace_back();
    groups[at->second].push_back(&row);
  }
  return groups;
}

CostLine line_of(const std::vector<const BenchRow*>& rows, double clock_hz) {
  const BenchCase& first = rows[0]->what;
  std::vector<double> rates, cycles;
  for (const BenchRow* row : rows) {
    cycles.push_back(cycles_per_unit(*row));
    rates.push_back(clock_hz / cycles.back());
  }
  return {first.program,
          first.group,
          first.title,
          first.variant,
          first.unit,
          first.memory,
          static_cast<int64_t>(rows.size()),
          spread_of(rates),
          spread_of(cycles)};
}

/// What a row's cycles may be made of, best known first.
constexpr std::string_view kFeatures[] = {
    "macs",         "operations", "runs",  "ops",         "outputs",
    "inputs",       "pixels",     "units", "window_rows", "window_elements",
    "channel_rows", "channels",   "m"};

std::vector<double> feature_values(const KernelCosts& kernel, size_t row,
                                   const std::vector<std::string>& features) {
  std::vector<double> values;
  for (const std::string& feature : features) {
    const auto at = std::ranges::find(kernel.columns, feature) - kernel.columns.begin();
    values.push_back(
        feature == "calls" ? 1.0 : static_cast<double>(kernel.rows[row][static_cast<size_t>(at)]));
  }
  return values;
}

double relative_error(const std::vector<double>& x, const std::vector<double>& values, double y) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += x[i] * values[i];
  return std::abs(sum / y - 1);
}

/// The error of each row where the others alone were fitted.
std::vector<double> left_out_errors(std::vector<std::vector<double>> values,
                                    std::vector<double> y) {
  std::vector<double> errors;
  for (size_t turn = 0; turn < y.size(); ++turn) {
    const std::vector<double> out = values.back();
    const double out_y = y.back();
    values.pop_back();
    y.pop_back();
    errors.push_back(relative_error(fit_relative(values, y), out, out_y));
    values.insert(values.begin(), out);
    y.insert(y.begin(), out_y);
  }
  return errors;
}

CostFit fit_with(const KernelCosts& kernel, std::vector<std::string> features) {
  std::vector<std::vector<double>> values;
  std::vector<double> cycles, errors;
  for (size_t i = 0; i < kernel.rows.size(); ++i) {
    values.push_back(feature_values(kernel, i, features));
    cycles.push_back(static_cast<double>(kernel.rows[i].back()));
  }
  CostFit fit{.features = std::move(features), .coefficients = fit_relative(values, cycles)};
  for (size_t i = 0; i < values.size(); ++i)
    errors.push_back(relative_error(fit.coefficients, values[i], cycles[i]));
  fit.mean_error = spread_of(errors).mean;
  const Spread left_out = spread_of(left_out_errors(values, cycles));
  fit.left_out_mean_error = left_out.mean;
  fit.left_out_worst_error = left_out.most;
  return fit;
}

/// Features that the kernel has and the fit has not, alone and in pairs: an output may only tell
/// once products are told.
std::vector<std::vector<std::string>> additions(const KernelCosts& kernel, const CostFit& fit) {
  std::vector<std::string> open;
  for (const std::string_view feature : kFeatures) {
    const auto column = std::ranges::find(kernel.columns, feature);
    if (column == kernel.columns.end()) continue;
    const auto at = static_cast<size_t>(column - kernel.columns.begin());
    const bool says =
        std::ranges::any_of(kernel.rows, [at](const auto& row) { return row[at] != 0; });
    if (says && std::ranges::find(fit.features, feature) == fit.features.end())
      open.emplace_back(feature);
  }
  std::vector<std::vector<std::string>> found;
  for (size_t i = 0; i < open.size(); ++i) {
    found.push_back({open[i]});
    for (size_t j = i + 1; j < open.size(); ++j) found.push_back({open[i], open[j]});
  }
  return found;
}

CostFit fit_of(const KernelCosts& kernel) {
  constexpr double kWorthIt = 0.9, kGoodEnough = 0.001;
  if (kernel.rows.size() < 3) return {};
  CostFit best = fit_with(kernel, {"calls"});
  while (best.left_out_mean_error > kGoodEnough) {
    CostFit next = best;
    for (const std::vector<std::string>& more : additions(kernel, best)) {
      if (best.features.size() + more.size() + 1 > kernel.rows.size()) continue;
      std::vector<std::string> features = best.features;
      features.insert(features.end(), more.begin(), more.end());
      CostFit fit = fit_with(kernel, std::move(features));
      const double price = more.size() == 1 ? 1 : kWorthIt;
      if (fit.left_out_mean_error < price * next.left_out_mean_error) next = std::move(fit);
    }
    if (next.left_out_mean_error > kWorthIt * best.left_out_mean_error) break;
    best = std::move(next);
  }
  return best;
}

/// Without the features that turned out to cost nothing.
CostFit pruned(const CostFit& fit) {
  CostFit kept = fit;
  kept.features.clear();
  kept.coefficients.clear();
  for (size_t i = 0; i < fit.features.size(); ++i) {
    if (fit.coefficients[i] == 0) continue;
    kept.features.push_back(fit.features[i]);
    kept.coefficients.push_back(fit.coefficients[i]);
  }
  return kept;
}

KernelCosts kernel_of(const std::vector<const BenchRow*>& rows) {
  KernelCosts kernel{.kernel = rows[0]->what.kernel,
                     .memory = rows[0]->what.memory,
                     .columns = {},
                     .rows = {},
                     .fit = {}};
  for (const auto& [name, value] : rows[0]->what.features) kernel.columns.push_back(name);
  for (const char* name : {"units", "instructions", "loads", "stores", "cycles"})
    kernel.columns.emplace_back(name);
  for (const BenchRow* row : rows) {
    std::vector<int64_t>& values = kernel.rows.emplace_back();
    for (const auto& [name, value] : row->what.features) values.push_back(value);
    values.insert(values.end(),
                  {row->what.units, row->instructions, row->loads, row->stores, row->cycles});
  }
  kernel.fit = pruned(fit_of(kernel));
  return kernel;
}

/// Kernels are told apart by memory, and by the features they have.
std::string kernel_key(const BenchRow& row) {
  std::string key = row.what.kernel + " " + row.what.memory;
  for (const auto& [name, value] : row.what.features) key += " " + name;
  return key;
}

}  // namespace

Costs make_costs(const BenchResult& result) {
  const Target& target = result.target;
  Costs costs{.assay_version = ASSAY_VERSION,
              .target = target.name,
              .part = target.part,
              .core = target.core,
              .core_title = result.core.title,
              .memory_system = target.memory_system,
              .clock_hz = target.clock_hz,
              .compiler = result.compiler,
              .flags = result.flags,
              .emulator = result.emulator,
              .target_hash = hash_hex(target.file_text),
              .core_hash = hash_hex(result.core.file_text),
              .low = result.core.validation.low,
              .high = result.core.validation.high,
              .lines = {},
              .kernels = {},
              .skips = result.skips};
  const auto line_key = [](const BenchRow& row) {
    return row.what.program + " " + row.what.variant + " " + row.what.memory;
  };
  if (result.rows.empty()) return costs;
  for (const auto& rows : grouped(result.rows, line_key))
    costs.lines.push_back(line_of(rows, static_cast<double>(target.clock_hz)));
  for (const auto& rows : grouped(result.rows, kernel_key))
    costs.kernels.push_back(kernel_of(rows));
  return costs;
}

}  // namespace assay
