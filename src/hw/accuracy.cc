// data/accuracy.csv -> interval of a core's modelled cycles.
//
// The idea: published / modelled cycles of each row is a factor by which the model was wrong; the
// interval goes from the smallest to the largest of them. Few rows say little of the next one, so
// either end's distance from 1 is stretched: by 1 + 2 / n for n rows, twice that where the rows are
// of other parts. It is a range that was seen, not a confidence level.
//
// Not handled: which rows were fitted to (the text says how many), workloads.
#include "hw/accuracy.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <vector>

#include "util/embedded.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kTable = "data/accuracy.csv";
constexpr double kLeast = 0.02;  ///< no end is closer to 1

struct Run {
  std::string core, part, memory;
  double modelled = 0, published = 0;
  bool fitted = false;

  double factor() const { return published / modelled; }
  double error() const { return modelled / published - 1; }
};

/// A line's fields: commas separate, quotes protect.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else if (c != '\r')
      fields.back() += c;
  }
  return fields;
}

Result<double> cycles_in(const std::string& field, size_t line) {
  char* end = nullptr;
  const double cycles = std::strtod(field.c_str(), &end);
  if (field.empty() || *end != '\0' || !(cycles > 0) || !std::isfinite(cycles))
    return fail(ErrorKind::input, "{}: line {}: '{}' is no number of cycles", kTable, line, field);
  return cycles;
}

Result<std::vector<Run>> read_runs(std::string_view csv) {
  const std::vector<std::string> wanted = {
      "core", "part", "memory", "modelled_cycles", "published_cycles", "fitted"};
  std::map<std::string, size_t> column;
  std::vector<Run> runs;
  size_t line_number = 0;
  while (!csv.empty()) {
    const size_t end = std::min(csv.find('\n'), csv.size());
    const std::vector<std::string> fields = fields_of(csv.substr(0, end));
    csv.remove_prefix(std::min(end + 1, csv.size()));
    ++line_number;
    if (line_number == 1) {
      for (size_t i = 0; i < fields.size(); ++i) column[fields[i]] = i;
      for (const std::string& name : wanted)
        if (!column.contains(name))
          return fail(ErrorKind::input, "{}: line 1: no column '{}'", kTable, name);
      continue;
    }
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != column.size())
      return fail(ErrorKind::input, "{}: line {}: {} fields, need {}", kTable, line_number,
                  fields.size(), column.size());
    Run& run = runs.emplace_back();
    run.core = fields[column["core"]];
    run.part = fields[column["part"]];
    run.memory = fields[column["memory"]];
    run.modelled = TRY(cycles_in(fields[column["modelled_cycles"]], line_number));
    run.published = TRY(cycles_in(fields[column["published_cycles"]], line_number));
    run.fitted = fields[column["fitted"]] == "yes";
  }
  return runs;
}

/// "33 published runs on STM32L4R5 (2 of them fitted to): mean error 0.9 %, largest 3.1 %".
std::string describe(const std::vector<Run>& runs) {
  std::vector<std::string> parts;
  double sum = 0, largest = 0;
  int64_t fitted = 0;
  for (const Run& run : runs) {
    if (std::ranges::find(parts, run.part) == parts.end()) parts.push_back(run.part);
    sum += std::abs(run.error());
    largest = std::max(largest, std::abs(run.error()));
    fitted += run.fitted;
  }
  std::string names;
  for (const std::string& part : parts) names += (names.empty() ? "" : "; ") + part;
  return fmt::format("{} published run{} on {}{}: mean error {:.1f} %, largest {:.1f} %",
                     runs.size(), runs.size() == 1 ? "" : "s", names,
                     fitted == 0 ? "" : fmt::format(" ({} of them fitted to)", fitted),
                     100 * sum / static_cast<double>(runs.size()), 100 * largest);
}

}  // namespace

Result<std::optional<Validation>> published_runs(std::string_view core, std::string_view part,
                                                 std::string_view csv) {
  std::vector<Run> runs = TRY(read_runs(csv));
  std::erase_if(runs, [&](const Run& run) { return run.core != core; });
  if (runs.empty()) return std::optional<Validation>{};
  const auto of_part = [&](const Run& run) { return part.starts_with(run.part); };
  Validation validation;
  validation.of_part = std::ranges::any_of(runs, of_part);
  if (validation.of_part) std::erase_if(runs, std::not_fn(of_part));
  const double stretch = (1 + 2 / static_cast<double>(runs.size())) * (validation.of_part ? 1 : 2);
  const auto [low, high] = std::ranges::minmax(runs, {}, &Run::factor);
  validation.low = 1 - std::max(kLeast, stretch * (1 - low.factor()));
  validation.high = 1 + std::max(kLeast, stretch * (high.factor() - 1));
  validation.low = std::max(validation.low, 0.01);
  validation.rows = static_cast<int>(runs.size());
  validation.against = describe(runs);
  return std::optional(validation);
}

Result<std::optional<Validation>> published_runs(std::string_view core, std::string_view part) {
  const EmbeddedFile* file = find_embedded(kTable);
  if (file == nullptr) return fail(ErrorKind::internal, "{} is not built in", kTable);
  return published_runs(core, part, file->text);
}

}  // namespace assay
