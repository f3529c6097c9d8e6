/// What a power trace of the same model on the part says, beside what was modelled.
///
///   measured (ppk2.csv, 5 windows)
///   energy     31.7 uJ (30.9 .. 32.4)    modelled 52.0 uJ: 0.610 times it
///   time       3.20 ms (3.20 .. 3.20)    modelled 1.17 ms: 2.74 times it
#include <fmt/format.h>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

std::string beside(const Figure& measured, const Figure& modelled, const std::string& text) {
  if (!measured || value_or_zero(modelled) <= 0) return "";
  return fmt::format("modelled {}: {:.3g} times it", text, measured.number() / modelled.number());
}

Section build(const Record& record, const Notes& notes) {
  if (record.measured.empty()) return {};
  const MeasuredRecord& run = record.measured.front();
  Section section{.title = fmt::format("measured ({}, n {} windows)", run.trace, run.windows)};
  section.table.columns = {{}, {}, {}};
  section.table.rows = {
      {{"energy",
        fmt::format("{} {}", energy_text(run.energy_uj, notes), energy_interval(run.energy_uj)),
        beside(run.energy_uj, record.energy_uj, energy_text(record.energy_uj, notes))}},
      {{"time",
        fmt::format("{} {}", time_text(run.latency_us, notes), time_interval(run.latency_us)),
        beside(run.latency_us, record.latency_us, time_text(record.latency_us, notes))}},
      {{"power",
        fmt::format("{} {}", power_text(run.active_uw, notes), power_interval(run.active_uw)),
        ""}}};
  return section;
}

}  // namespace

const SectionDef measured_section = {.id = "measured", .build = build};

}  // namespace assay
