/// The answer: does it fit, how fast, how much energy, and is what it computes right.
///
///   fits     flash  32 880 B of 2 MB   (1.6 %)  ram  16 760 B of 640 KB   (2.6 %)
///   latency  11.4 ms   (11.2 .. 15.4)           1.37 M cycles (1.52 per MAC), 1.21 M instructions
///   second   10.9 ms   (10.7 .. 14.7)           1.31 M cycles on the same input, caches warm
///   energy   1.62 mJ   (1.30 .. 2.00)           datasheet run current 110 uA/MHz at 3.3 V
///   arena    16 000 B                           the largest live set: no plan is smaller
///   outputs  equal to the reference (tflm) in 20 of 20 inputs
///
/// or, of an estimate, which runs nothing: "why  layer 4 (conv_2d 3x3) takes 41 %: ...".
#include <fmt/format.h>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

std::string use(const Record& record, std::string_view kind, const Figure& used,
                const Notes& notes) {
  const std::string bytes = bytes_text(used, notes);
  const double size = memory_size(record, kind);
  if (size <= 0) return fmt::format("{}  {}", kind, bytes);
  const std::string of = size_text(size);
  if (!used) return fmt::format("{}  {} of {}", kind, bytes, of);
  return fmt::format("{}  {} of {}   ({})", kind, bytes, of, percent(used.number(), size));
}

/// "not known: REASON" -> "not known (1)" where a footnote gives the reason.
std::string with_mark(const std::string& text, const Notes& notes) {
  const size_t colon = text.find(": ");
  if (colon == std::string::npos) return text;
  const std::string mark = notes.mark(text.substr(colon + 2));
  return mark.empty() ? text : text.substr(0, colon) + " " + mark;
}

void add_fits(const Record& record, const Notes& notes, Table& table) {
  const std::string flash = use(record, "flash", record.flash_bytes, notes);
  const std::string ram = use(record, "ram", record.ram_bytes, notes);
  if (record.fits == "yes") {
    table.rows.push_back({{"fits", flash, ram}, Style::good});
    return;
  }
  if (record.fits.empty())
    table.rows.push_back({{"fits", "not known " + notes.mark(record.flash_bytes)}});
  else if (record.fits.starts_with("no: "))
    table.rows.push_back({{"fits", "NO: " + record.fits.substr(4)}, Style::bad});
  else
    table.rows.push_back({{"fits", with_mark(record.fits, notes)}, Style::bad});
  table.rows.push_back({{"", flash, ram}});
}

std::string with_interval(const std::string& value, const std::string& interval) {
  return interval.empty() ? value : value + "   " + interval;
}

std::string counts(const Record& record, const Notes& notes) {
  std::string text;
  if (record.cycles) text = short_text(record.cycles, notes) + " cycles";
  if (record.cycles && value_or_zero(record.macs) > 0)
    text += fmt::format(" ({:.2f} per MAC)", record.cycles.number() / record.macs.number());
  if (record.instructions)
    text += (text.empty() ? "" : ", ") + short_text(record.instructions, notes) + " instructions";
  const std::string least = short_text(record.instructions_least, notes);
  const std::string most = short_text(record.instructions_most, notes);
  if (record.instructions_least && record.instructions_most && least != most)
    text += fmt::format(" ({} .. {} by input)", least, most);
  return text;
}

std::string arena_bound(const Record& record) {
  if (!record.arena_bytes || !record.arena_lower_bound_bytes) return "";
  const double above = record.arena_bytes.number() - record.arena_lower_bound_bytes.number();
  if (above <= 0) return "the largest live set: no plan is smaller";
  return fmt::format("{} above the largest live set, below which no plan is", size_text(above));
}

/// The second inference, where it differs: a core without caches and predictors repeats the first.
void add_second(const Record& record, const Notes& notes, Table& table) {
  if (!record.warm_cycles || !record.cycles ||
      record.warm_cycles.number() == record.cycles.number())
    return;
  table.rows.push_back(
      {{"second",
        with_interval(time_text(record.warm_latency_us, notes),
                      time_interval(record.warm_latency_us)),
        short_text(record.warm_cycles, notes) + " cycles on the same input, caches warm"}});
}

Section build(const Record& record, const Notes& notes) {
  Section section;
  Table& table = section.table;
  table.columns = {{}, {}, {}};
  add_fits(record, notes, table);
  table.rows.push_back(
      {{"latency",
        with_interval(time_text(record.latency_us, notes), time_interval(record.latency_us)),
        counts(record, notes)}});
  add_second(record, notes, table);
  table.rows.push_back(
      {{"energy",
        with_interval(energy_text(record.energy_uj, notes), energy_interval(record.energy_uj)),
        record.energy_uj ? record.energy_basis : ""}});
  table.rows.push_back({{"arena", bytes_text(record.arena_bytes, notes), arena_bound(record)}});
  if (!record.why.empty()) {
    table.rows.push_back({{"why", record.why}});
    return section;
  }
  const bool equal = record.verified.starts_with("equal");
  const std::string compared = record.verified.empty() ? "not compared with the reference"
                                                       : with_mark(record.verified, notes);
  table.rows.push_back({{"outputs", compared}, equal ? Style::good : Style::bad});
  return section;
}

}  // namespace

const SectionDef summary_section = {.id = "summary", .build = build};

}  // namespace assay
