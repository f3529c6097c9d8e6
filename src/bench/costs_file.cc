// Costs as JSON and TOML, and back from TOML.
//
// Both have the same keys; figures keep five significant digits and a row is one string, so that
// files stay small and their differences readable. The file is hostile until read.
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "bench/costs.h"
#include "util/toml.h"

namespace assay {
namespace {

/// Five significant digits.
double rounded(double value) { return std::strtod(fmt::format("{:.5g}", value).c_str(), nullptr); }

Json spread_json(const Spread& spread) {
  return Json::object()
      .set("mean", rounded(spread.mean))
      .set("sd", rounded(spread.sd))
      .set("p75", rounded(spread.p75))
      .set("p95", rounded(spread.p95))
      .set("least", rounded(spread.least))
      .set("most", rounded(spread.most));
}

Json line_json(const CostLine& line) {
  Json made = Json::object().set("program", line.program).set("group", line.group);
  made.set("title", line.title);
  if (!line.variant.empty()) made.set("variant", line.variant);
  if (!line.memory.empty()) made.set("memory", line.memory);
  return made.set("unit", line.unit)
      .set("n", line.n)
      .set("per_second", spread_json(line.per_second))
      .set("cycles_per_unit", spread_json(line.cycles_per_unit));
}

Json kernel_json(const KernelCosts& kernel) {
  Json made = Json::object().set("kernel", kernel.kernel);
  if (!kernel.memory.empty()) made.set("memory", kernel.memory);
  Json rows = Json::array();
  for (const auto& values : kernel.rows) rows.push(fmt::format("{:.10g}", fmt::join(values, " ")));
  return made.set("columns", fmt::format("{}", fmt::join(kernel.columns, " "))).set("rows", rows);
}

template <class T>
Json list_json(const std::vector<T>& all, Json (*one)(const T&)) {
  Json list = Json::array();
  for (const T& each : all) list.push(one(each));
  return list;
}

Json skip_json(const BenchSkip& skip) {
  return Json::object().set("what", skip.what).set("reason", skip.reason);
}

Result<Spread> read_spread(const Toml& parent, std::string_view key) {
  const Toml table = TRY(parent.table(key));
  Spread spread;
  for (auto& [name, to] :
       std::initializer_list<std::pair<const char*, double*>>{{"mean", &spread.mean},
                                                              {"sd", &spread.sd},
                                                              {"p75", &spread.p75},
                                                              {"p95", &spread.p95},
                                                              {"least", &spread.least},
                                                              {"most", &spread.most}}) {
    *to = TRY(table.real(name));
    if (!std::isfinite(*to) || *to < 0)
      return std::unexpected(table.error_at(name, fmt::format("'{}' is no figure", name)));
  }
  TRY_STATUS(table.no_other_keys());
  return spread;
}

Result<CostLine> read_line(const Toml& toml) {
  CostLine line;
  line.program = TRY(toml.text("program"));
  line.group = TRY(toml.text("group"));
  line.title = TRY(toml.text("title"));
  line.variant = TRY(toml.text("variant", ""));
  line.unit = TRY(toml.text("unit"));
  line.memory = TRY(toml.text("memory", ""));
  line.n = TRY(toml.integer("n"));
  line.per_second = TRY(read_spread(toml, "per_second"));
  line.cycles_per_unit = TRY(read_spread(toml, "cycles_per_unit"));
  TRY_STATUS(toml.no_other_keys());
  return line;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) found.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return found;
}

/// A row's numbers; empty if they are not `count` figures.
std::vector<double> numbers(const std::string& row, size_t count) {
  std::vector<double> values;
  for (const std::string& word : words(row)) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) return {};
    values.push_back(value);
  }
  return values.size() == count ? values : std::vector<double>();
}

Result<KernelCosts> read_kernel(const Toml& toml) {
  KernelCosts kernel;
  kernel.kernel = TRY(toml.text("kernel"));
  kernel.memory = TRY(toml.text("memory", ""));
  kernel.columns = words(TRY(toml.text("columns")));
  const std::vector<std::string> rows = TRY(toml.texts("rows"));
  for (const std::string& row : rows) {
    kernel.rows.push_back(numbers(row, kernel.columns.size()));
    if (kernel.rows.back().empty())
      return std::unexpected(toml.error_at(
          "rows",
          fmt::format("row {} is not {} figures", kernel.rows.size() - 1, kernel.columns.size())));
  }
  TRY_STATUS(toml.no_other_keys());
  return kernel;
}

Status read_head(const Toml& toml, Costs& costs) {
  costs.assay_version = TRY(toml.text("assay_version"));
  costs.target = TRY(toml.text("target"));
  costs.part = TRY(toml.text("part"));
  costs.core = TRY(toml.text("core"));
  costs.core_title = TRY(toml.text("core_title"));
  costs.memory_system = TRY(toml.text("memory_system", ""));
  costs.clock_hz = TRY(toml.integer("clock_hz"));
  costs.compiler = TRY(toml.text("compiler"));
  costs.flags = TRY(toml.text("flags"));
  costs.emulator = TRY(toml.text("emulator"));
  costs.target_hash = TRY(toml.text("target_hash"));
  costs.core_hash = TRY(toml.text("core_hash"));
  costs.low = TRY(toml.real("low"));
  costs.high = TRY(toml.real("high"));
  return {};
}

}  // namespace

Json costs_json(const Costs& costs) {
  return Json::object()
      .set("assay_version", costs.assay_version)
      .set("target", costs.target)
      .set("part", costs.part)
      .set("core", costs.core)
      .set("core_title", costs.core_title)
      .set("memory_system", costs.memory_system)
      .set("clock_hz", costs.clock_hz)
      .set("compiler", costs.compiler)
      .set("flags", costs.flags)
      .set("emulator", costs.emulator)
      .set("target_hash", costs.target_hash)
      .set("core_hash", costs.core_hash)
      .set("low", rounded(costs.low))
      .set("high", rounded(costs.high))
      .set("line", list_json(costs.lines, line_json))
      .set("kernel", list_json(costs.kernels, kernel_json))
      .set("skipped", list_json(costs.skips, skip_json));
}

std::string costs_toml(const Costs& costs) {
  return "# Written by `assay bench`; data/README.md explains each key. Do not edit.\n" +
         toml_text(costs_json(costs));
}

Result<Costs> read_costs(std::string_view text, std::string_view file) {
  const Toml toml = TRY(Toml::parse(text, file));
  Costs costs;
  TRY_STATUS(read_head(toml, costs));
  const std::vector<Toml> lines = TRY(toml.tables("line"));
  for (const Toml& line : lines) costs.lines.push_back(TRY(read_line(line)));
  const std::vector<Toml> kernels = TRY(toml.tables("kernel"));
  for (const Toml& kernel : kernels) costs.kernels.push_back(TRY(read_kernel(kernel)));
  const std::vector<Toml> skips = TRY(toml.tables("skipped"));
  for (const Toml& skip : skips) {
    const std::string what = TRY(skip.text("what"));
    costs.skips.push_back({what, TRY(skip.text("reason"))});
    TRY_STATUS(skip.no_other_keys());
  }
  TRY_STATUS(toml.no_other_keys());
  return costs;
}

}  // namespace assay
