/// What would help, fastest first. What cannot be done here stands below, with the
/// reason.
///
///   what would help
///   change                 cycles  latency   gain   energy   flash B    RAM B
///   code=ram weights=ram   7.01 M  58.4 ms  -14 %  2.5 mJ          0  +36 168  the same image, as
///   if
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

std::string difference(const Figure& with, const Figure& without) {
  if (!with || !without) return "";
  const double more = with.number() - without.number();
  const std::string size = thousands(static_cast<int64_t>(std::abs(more)));
  return more == 0 ? "0" : (more < 0 ? "-" : "+") + size;
}

std::string gain(const Figure& with, const Figure& without) {
  if (!with || value_or_zero(without) <= 0) return "";
  const double percent = 100 * (with.number() / without.number() - 1) + 0.0;
  return fmt::format("{:+.{}f} %", percent, std::abs(percent) < 9.95 ? 1 : 0);
}

std::string verified_text(const AdviceRecord& row) {
  if (!row.verified_cycles) return "";
  return fmt::format("; built: {} ({:+.1f} %)", si(row.verified_cycles.number()),
                     100 * (row.cycles.number() / row.verified_cycles.number() - 1) + 0.0);
}

constexpr double kLeastGain = 0.005;

/// Worth a row: what was asked for, and what saves cycles.
bool helps(const AdviceRecord& row, const Record& record) {
  return row.says == "asked for" ||
         row.cycles.number() <= (1 - kLeastGain) * value_or_zero(record.cycles);
}

Section build(const Record& record, const Notes& notes) {
  if (record.advice.empty()) return {};
  std::vector<AdviceRecord> rows = record.advice;
  std::ranges::stable_sort(rows, {}, [](const AdviceRecord& row) {
    return row.latency_us ? row.latency_us.number() : std::numeric_limits<double>::max();
  });
  Section section{.title = "what would help: each was simulated"};
  section.table.columns = {{.title = "change"},
                           {.title = "cycles", .right = true},
                           {.title = "", .right = true},
                           {.title = "latency", .right = true},
                           {.title = "", .right = true},
                           {.title = "energy", .right = true},
                           {.title = "flash B", .right = true},
                           {.title = "RAM B", .right = true},
                           {.title = "how"}};
  std::string in_vain, without_energy, why;
  for (const AdviceRecord& row : rows) {
    if (row.cycles && !helps(row, record)) {
      in_vain += (in_vain.empty() ? "" : ", ") + row.change;
      continue;
    }
    if (!row.cycles) {
      section.lines.push_back(fmt::format("{}: {}", row.change, row.how));
      continue;
    }
    if (record.energy_uj && !row.energy_uj) {
      without_energy += (without_energy.empty() ? "" : ", ") + row.change;
      why = row.energy_uj.reason;
    }
    section.table.rows.push_back(
        {{row.change, short_text(row.cycles, notes), gain(row.cycles, record.cycles),
          time_text(row.latency_us, notes), gain(row.latency_us, record.latency_us),
          row.energy_uj ? gain(row.energy_uj, record.energy_uj) : energy_text(row.energy_uj, notes),
          difference(row.flash_bytes, record.flash_bytes),
          difference(row.ram_bytes, record.ram_bytes), row.how + verified_text(row)},
         row.cycles.number() < value_or_zero(record.cycles) ? Style::good : Style::plain});
  }
  if (const std::string off = spread(record.cycles); !off.empty() && !section.table.rows.empty())
    section.lines.push_back("cycles are modelled, " + off +
                            " here; gains compare two runs of the same model.");
  if (!without_energy.empty())
    section.lines.push_back(fmt::format("no energy with {}: {}.", without_energy, why));
  if (!in_vain.empty())
    section.lines.push_back("tried too, less than 0.5 % fewer cycles: " + in_vain + ".");
  return section;
}

}  // namespace

const SectionDef advice_section = {.id = "advice", .build = build, .view = View::reasons};

}  // namespace assay
