// Cycles of each kernel as a sum over what its loops do, by non-negative least squares of relative
// errors over the benchmark's shapes. What the first use of cold code cost is taken off before.
//
// Models are never fitted to: docs/accuracy.md holds the result against them. Not handled: products
// of features, and what data decide.
#include "bench/fit.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "hw/target_power.h"
#include "util/hash.h"
#include "util/statistics.h"

namespace assay {
namespace {

struct Samples {
  std::vector<std::vector<double>> features;
  std::vector<double> cycles;
};

/// Without what cold code cost, but at least half.
double warm_cycles(const BenchRow& row, double cold_cycles) {
  const auto cycles = static_cast<double>(row.cycles);
  return std::max(cycles - (row.what.is_first ? cold_cycles : 0), 0.5 * cycles);
}

Samples samples_of(const std::vector<const BenchRow*>& rows, double cold_cycles) {
  Samples samples;
  for (const BenchRow* row : rows) {
    std::vector<double>& values = samples.features.emplace_back();
    for (const auto& [name, value] : row->what.features) values.push_back(value);
    samples.cycles.push_back(warm_cycles(*row, cold_cycles));
  }
  return samples;
}

double relative_error(const std::vector<double>& x, const std::vector<double>& values, double y) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += x[i] * values[i];
  return std::abs(sum / y - 1);
}

/// The error of each sample where the others alone were fitted.
std::vector<double> left_out_errors(Samples samples) {
  std::vector<double> errors;
  for (size_t turn = 0; turn < samples.cycles.size(); ++turn) {
    const std::vector<double> out = samples.features.back();
    const double out_cycles = samples.cycles.back();
    samples.features.pop_back();
    samples.cycles.pop_back();
    errors.push_back(
        relative_error(fit_relative(samples.features, samples.cycles), out, out_cycles));
    samples.features.insert(samples.features.begin(), out);
    samples.cycles.insert(samples.cycles.begin(), out_cycles);
  }
  return errors;
}

void fit_cycles(const std::vector<const BenchRow*>& rows, KernelCost& cost) {
  const Samples samples = samples_of(rows, cost.cold_cycles);
  const std::vector<double> found = fit_relative(samples.features, samples.cycles);
  for (size_t i = 0; i < found.size(); ++i)
    if (found[i] > 0) cost.cycles.emplace_back(rows[0]->what.features[i].first, found[i]);
  const Spread errors = spread_of(left_out_errors(samples));
  cost.cases = static_cast<int64_t>(rows.size());
  cost.left_out_mean_error = errors.mean;
  cost.left_out_worst_error = errors.most;
}

/// By its kind's work; a kernel of several kinds (a copy that is an operation elsewhere) has that
/// of its first case.
WorkCost work_of(const std::vector<const BenchRow*>& rows, double cold_cycles) {
  const std::string_view kind = rows[0]->what.work.kind;
  std::vector<std::pair<double, double>> cases;
  for (const BenchRow* row : rows)
    if (row->what.work.kind == kind)
      cases.emplace_back(row->what.work.units, warm_cycles(*row, cold_cycles));
  return fit_work(kind, cases);
}

KernelCost weight_of(const KernelSize& size) {
  KernelCost cost;
  cost.kernel = size.kernel;
  cost.code_bytes = size.code_bytes;
  cost.layer_bytes = size.layer_bytes;
  cost.static_bytes = size.static_bytes;
  cost.cold_cycles = static_cast<double>(size.cold_cycles);
  for (const auto& [name, bytes] : size.library) cost.library.push_back(name);
  return cost;
}

}  // namespace

CostTable fit_costs(const BenchResult& result) {
  CostTable table;
  table.target = result.target.name;
  table.core = result.target.core;
  table.dsp = result.target.dsp;
  table.compiler = result.compiler;
  table.flags = result.flags;
  table.target_hash = hash_hex(text_without_currents(result.target));
  table.core_hash = hash_hex(result.core.file_text);
  table.low = std::min(1.0, result.core.validation.low);
  table.high = std::max(1.0, result.core.validation.high);
  table.cache = constant_cache(result.target);
  table.image = result.image;
  std::map<std::string, std::vector<const BenchRow*>> rows;
  for (const BenchRow& row : result.rows)
    if (!row.what.kernel.empty()) rows[row.what.kernel].push_back(&row);
  std::map<std::string, int64_t> library;
  for (const KernelSize& size : result.sizes) {
    KernelCost& cost = table.kernels.emplace_back(weight_of(size));
    if (const auto at = rows.find(size.kernel); at != rows.end()) {
      if (has_features(size.kernel)) fit_cycles(at->second, cost);
      cost.work = work_of(at->second, cost.cold_cycles);
      for (const BenchRow* row : at->second)
        cost.stack_bytes = std::max(cost.stack_bytes, row->stack_bytes);
    }
    for (const auto& [name, bytes] : size.library) library[name] = std::max(library[name], bytes);
  }
  table.library.assign(library.begin(), library.end());
  return table;
}

}  // namespace assay
