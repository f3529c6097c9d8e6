// Rows -> statistics, and the rows themselves by kernel. What is fitted to them: fit.cc.
#include "bench/costs.h"

#include <algorithm>
#include <map>

#include "bench/fit.h"
#include "hw/target_power.h"
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

KernelCosts kernel_of(const std::vector<const BenchRow*>& rows) {
  KernelCosts kernel{
      .kernel = rows[0]->what.kernel, .memory = rows[0]->what.memory, .columns = {}, .rows = {}};
  for (const auto& [name, value] : rows[0]->what.features) kernel.columns.push_back(name);
  for (const char* name : {"units", "instructions", "loads", "stores", "cycles"})
    kernel.columns.emplace_back(name);
  for (const BenchRow* row : rows) {
    std::vector<double>& values = kernel.rows.emplace_back();
    for (const auto& [name, value] : row->what.features) values.push_back(value);
    for (const int64_t count :
         {row->what.units, row->instructions, row->loads, row->stores, row->cycles})
      values.push_back(static_cast<double>(count));
  }
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
              .target_hash = hash_hex(text_without_currents(target)),
              .core_hash = hash_hex(result.core.file_text),
              .low = result.core.validation.low,
              .high = result.core.validation.high,
              .lines = {},
              .kernels = {},
              .skips = result.skips,
              .fitted = fit_costs(result)};
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
