// What a benchmark leaves behind: a line of statistics a program, and every row for whoever fits
// costs to it. In a file data/costs/TARGET.toml (data/README.md explains each key) and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/bench.h"
#include "util/json.h"
#include "util/statistics.h"

namespace assay {

/// One line of the page: a program, from one memory, over its sizes and alignments.
struct CostLine {
  std::string program, group, title, variant, unit, memory;
  int64_t n = 0;
  Spread per_second;       ///< units a second at the target's clock
  Spread cycles_per_unit;  ///< modelled
};

/// Every case of one kernel, in numbers: features first, then "units", "instructions", "loads",
/// "stores" and "cycles".
struct KernelCosts {
  std::string kernel, memory;
  std::vector<std::string> columns;
  std::vector<std::vector<double>> rows;
};

struct Costs {
  std::string assay_version, target, part, core, core_title, memory_system;
  int64_t clock_hz = 0;
  std::string compiler, flags, emulator;
  std::string target_hash, core_hash;  ///< of the two files
  double low = 0, high = 0;            ///< published / modelled cycles: the core's [validation]
  std::vector<CostLine> lines;
  std::vector<KernelCosts> kernels;
  std::vector<BenchSkip> skips;
  CostTable fitted;  ///< not part of the file with the rows
};

Costs make_costs(const BenchResult& result);

Json costs_json(const Costs& costs);
std::string costs_toml(const Costs& costs);
/// Error: input, with file and line.
Result<Costs> read_costs(std::string_view toml, std::string_view file);

}  // namespace assay
