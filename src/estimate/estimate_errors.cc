// data/estimates.csv: what was estimated and what was measured, a row a model and target.
//
// bench/estimates.py writes it. None of its models was fitted to, so that the worst row is what a
// further model is held to be off by: of n models the next is the worst with probability 1/(n+1).
#include <algorithm>
#include <charconv>
#include <cmath>

#include "estimate/estimate.h"
#include "util/embedded.h"

namespace assay {
namespace {

constexpr std::string_view kFile = "data/estimates.csv";

struct ErrorRow {
  std::string_view target, core, kind;
  double flash[2] = {}, ram[2] = {}, cycles[2] = {};  ///< estimated, measured
};

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A line's cells: target,core,model,kind, then pairs of flash, RAM and cycles.
ErrorRow row_of(std::string_view line) {
  std::string_view cells[10];
  for (std::string_view& cell : cells) {
    const size_t end = std::min(line.find(','), line.size());
    cell = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return {cells[0],
          cells[1],
          cells[3],
          {number(cells[4]), number(cells[5])},
          {number(cells[6]), number(cells[7])},
          {number(cells[8]), number(cells[9])}};
}

void add_row(const ErrorRow& row, EstimateErrors& errors) {
  if (row.cycles[1] <= 0) return;
  const double off = std::abs(row.cycles[0] / row.cycles[1] - 1);
  errors.mean_cycles += off;  // divided by the number of models at the end
  errors.worst_cycles = std::max(errors.worst_cycles, off);
  errors.worst_flash_bytes =
      std::max(errors.worst_flash_bytes, std::abs(row.flash[0] - row.flash[1]));
  errors.worst_ram_bytes = std::max(errors.worst_ram_bytes, std::abs(row.ram[0] - row.ram[1]));
  ++errors.models;
}

template <class Wanted>
EstimateErrors errors_of(std::string_view kind, Wanted wanted, std::string of) {
  EstimateErrors errors;
  errors.of = std::move(of);
  const EmbeddedFile* file = find_embedded(kFile);
  std::string_view rest = file ? file->text : std::string_view();
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!wanted(line)) continue;
    const ErrorRow row = row_of(line);
    if (row.kind == kind) add_row(row, errors);
  }
  if (errors.models > 0) errors.mean_cycles /= static_cast<double>(errors.models);
  return errors;
}

}  // namespace

EstimateErrors errors_on(const Target& target, bool has_floats) {
  const std::string_view kind = has_floats ? "float32" : "int8";
  const std::string begin = target.name + ",", core = "," + target.core + ",";
  EstimateErrors own = errors_of(
      kind, [&](std::string_view line) { return line.starts_with(begin); }, target.name);
  if (own.models > 0) return own;
  return errors_of(
      kind, [&](std::string_view line) { return line.find(core) != line.npos; },
      "all targets with its core");
}

}  // namespace assay
