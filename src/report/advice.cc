/// What would help, fastest first. What cannot be done here stands below, with the
/// reason.
///
///   what would help
///   change                 cycles  latency                     energy  flash B    RAM B  how
///   code=ram weights=ram   7.01 M  58.4 ms  -14 % (-16 .. -13)  -14 %        0  +36 168  the same
///   image, as if
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

/// What is more; of a model that does not fit as it is, all.
std::string difference(const Figure& with, const Figure& without) {
  if (!with) return "";
  if (!without) return thousands(static_cast<int64_t>(with.number()));
  const double more = with.number() - without.number();
  const std::string size = thousands(static_cast<int64_t>(std::abs(more)));
  return more == 0 ? "0" : (more < 0 ? "-" : "+") + size;
}

std::string percents(double percent) {
  return fmt::format("{:+.{}f}", percent + 0.0, std::abs(percent) < 9.95 ? 1 : 0);
}

std::string gain(const Figure& with, const Figure& without) {
  if (!with || value_or_zero(without) <= 0) return "";
  return percents(100 * (with.number() / without.number() - 1)) + " %";
}

/// "-12 % (-14 .. -10)".
std::string change_text(const Figure& percent) {
  if (!percent) return "";
  return fmt::format("{} % ({} .. {})", percents(percent.number()), percents(percent.low),
                     percents(percent.high));
}

std::string verified_text(const AdviceRecord& row) {
  if (!row.verified_cycles) return "";
  return fmt::format("; built: {} ({:+.1f} %)", si(row.verified_cycles.number()),
                     100 * (row.cycles.number() / row.verified_cycles.number() - 1) + 0.0);
}

constexpr double kLeastGain = 0.005;

/// Worth a row: what was asked for, what saves cycles, and what makes a model fit.
bool helps(const AdviceRecord& row, const Record& record) {
  return !record.cycles || row.says == "asked for" ||
         row.cycles.number() <= (1 - kLeastGain) * value_or_zero(record.cycles);
}

Section build(const Record& record, const Notes& notes) {
  if (record.advice.empty()) return {};
  std::vector<AdviceRecord> rows = record.advice;
  std::ranges::stable_sort(rows, {}, [](const AdviceRecord& row) {
    return row.latency_us ? row.latency_us.number() : std::numeric_limits<double>::max();
  });
  const bool misfit = record.fits.starts_with("no:");
  Section section{.title = misfit ? "what would make it fit: each was built and run"
                                  : "what would help: each was simulated"};
  section.table.columns = {{.title = "change"},
                           {.title = "cycles", .right = true},
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
        {{row.change, short_text(row.cycles, notes), time_text(row.latency_us, notes),
          change_text(row.latency_change_percent),
          row.energy_uj ? gain(row.energy_uj, record.energy_uj) : energy_text(row.energy_uj, notes),
          difference(row.flash_bytes, record.flash_bytes),
          difference(row.ram_bytes, record.ram_bytes), row.how + verified_text(row)},
         row.cycles.number() < value_or_zero(record.cycles) ? Style::good : Style::plain});
  }
  if (misfit && section.table.rows.empty()) {
    section.table.columns.clear();
    section.lines.push_back(
        "none of these; `assay estimate MODEL --on all` shows the parts that it fits");
  }
  if (const std::string off = spread(record.cycles); !off.empty() && !section.table.rows.empty())
    section.lines.push_back("cycles are modelled, " + off +
                            " here; a gain compares two runs of that model, and what moved is off "
                            "by as much.");
  if (!without_energy.empty())
    section.lines.push_back(fmt::format("no energy with {}: {}.", without_energy, why));
  if (!in_vain.empty())
    section.lines.push_back("tried too, less than 0.5 % fewer cycles: " + in_vain + ".");
  return section;
}

}  // namespace

const SectionDef advice_section = {.id = "advice", .build = build, .view = View::reasons};

}  // namespace assay
