/// What a pipeline's parts take, and how busy they keep the part.
///
///   from samples to answer
///   part         time                            cycles  busy
///   acquisition  32 000 B of samples
///   features     24.1 ms (23.6 .. 25.8)          2.89 M  12 %
///   inference    71.2 ms (69.8 .. 76.2)          8.54 M  36 %
///   total        95.3 ms (93.4 .. 102)           11.4 M  48 %
#include <fmt/format.h>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

std::string busy_text(const Figure& percent) {
  return percent ? amount_text(percent.number(), Unit::percent) : "";
}

Section build(const Record& record, const Notes& notes) {
  if (record.stages.empty()) return {};
  Section section{.title = "from samples to answer"};
  section.table.columns = {{.title = "part"},
                           {.title = "time"},
                           {.title = "cycles", .right = true},
                           {.title = "busy", .right = true}};
  for (const StageRecord& row : record.stages) {
    if (row.bytes)
      section.table.rows.push_back(
          {{row.name, bytes_text(row.bytes, notes) + " of samples", "", ""}});
    else
      section.table.rows.push_back(
          {{row.name,
            fmt::format("{} {}", time_text(row.latency_us, notes), time_interval(row.latency_us)),
            short_text(row.cycles, notes), busy_text(row.busy_percent)}});
  }
  if (!record.stages.back().busy_percent)
    section.lines = {record.stages.back().busy_percent.reason};
  return section;
}

}  // namespace

const SectionDef stages_section = {.id = "stages", .build = build};

}  // namespace assay
