/// Time that depends on the data: cycles over the rows of --data.
///
///   1 000 rows of data   9.12 k cycles on average, half of them up to 9.11 k, 95 % up to 9.31 k,
///                        99 % up to 9.40 k
///   slowest              row 417: 9.52 k cycles, 79.3 us
#include <fmt/format.h>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

Section build(const Record& record, const Notes& notes) {
  Section section;
  for (const SpreadRecord& row : record.spread) {
    section.table.columns = {{}, {}};
    section.table.rows.push_back(
        {{thousands(row.rows) + " rows of data",
          fmt::format("{} cycles on average, half of them up to {}, 95 % up to {}, 99 % up to {}",
                      short_text(row.mean_cycles, notes), short_text(row.p50_cycles, notes),
                      short_text(row.p95_cycles, notes), short_text(row.p99_cycles, notes))}});
    section.table.rows.push_back({{"slowest", fmt::format("row {}: {} cycles, {}", row.slowest_row,
                                                          short_text(row.most_cycles, notes),
                                                          time_text(row.most_latency_us, notes))}});
  }
  return section;
}

}  // namespace

const SectionDef spread_section = {.id = "spread", .build = build};

}  // namespace assay
