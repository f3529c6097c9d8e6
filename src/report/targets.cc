/// Several records side by side: one row each, in the order given; a table a model.
///
///   kws.tflite    2.66 M MACs, 22 604 parameters, 1 of 2 fit
///
///     target        core  MHz  flash B       ram B        instr  cycles  latency           energy
///     nucleo-l4r5zi M4    120  41 312   2 %  19 260  3 %  3.91 M 4.43 M  36.9 ms  +-8 %     - (1)
///     pico          M0+   125   - (2)         - (2)        - (2)  - (2)    - (2)            - (2)
///   (1) no energy: the target file has no run current
///   (2) the image does not fit: RAM overflows by 1 234 B
///
/// with a last column, "fits", and below it what the outputs were compared with and how far the
/// figures can be off.
#include <fmt/format.h>

#include <algorithm>

#include "report/names.h"
#include "report/notes.h"
#include "report/numbers.h"
#include "report/page.h"

namespace assay {
namespace {

constexpr std::string_view kNotFitting = "does not fit: ";

/// The figures that the table shows.
struct Shown {
  std::string_view name;
  Figure Record::*figure;
};
constexpr Shown kShown[] = {
    {"flash_bytes", &Record::flash_bytes},   {"ram_bytes", &Record::ram_bytes},
    {"instructions", &Record::instructions}, {"cycles", &Record::cycles},
    {"latency_us", &Record::latency_us},     {"energy_uj", &Record::energy_uj}};

constexpr std::string_view kNotValidated = "NOT validated";  // how Record::cycles_basis begins
constexpr std::string_view kIntervalNote =
    "interval carried over: no published run on this part's memory";
constexpr std::string_view kNotBenchmarked = "NOT benchmarked";
constexpr std::string_view kRelativeNote = "this target was not benchmarked: costs of a relative";
constexpr std::string_view kNo = "no: ";  // how Record::fits begins if something overflows

bool overflows(const Record& record) { return record.fits.starts_with(kNo); }

std::string why_not(const Record& record) {
  const std::string what = record.fits.substr(kNo.size());
  // The figures that the missing image would have given may say the same in other words.
  if (record.flash_bytes.reason.find(what) != std::string::npos) return record.flash_bytes.reason;
  return std::string(kNotFitting) + what;
}

/// What is to be said of the interval of a record's cycles.
std::string_view reservation(const Record& record) {
  return record.cycles_basis.starts_with(kNotValidated)     ? kIntervalNote
         : record.cycles_basis.starts_with(kNotBenchmarked) ? kRelativeNote
                                                            : "";
}

/// An estimate runs nothing: its records have no instructions, and the table no column for them.
bool has_instructions(std::span<const Record* const> records) {
  return std::ranges::any_of(records, [](const Record* r) { return r->why.empty(); });
}

/// Notes of the figures that the table shows.
Notes notes_of_table(std::span<const Record* const> records) {
  Notes notes;
  for (const Record* r : records) {
    if (overflows(*r)) notes.add(why_not(*r));
    for (const Shown& shown : kShown)
      if (shown.name != "instructions" || has_instructions(records))
        notes.add(shown.name, r->*shown.figure);
    if (r->cycles && !reservation(*r).empty()) notes.add(reservation(*r));
    for (const DutyRecord& row : r->duty) {
      notes.add("average_power_uw", row.average_power_uw);
      if (!row.battery.empty()) notes.add("battery_life_h", row.battery_life_h);
    }
  }
  return notes;
}

std::string share(const Record& record, std::string_view kind, const Figure& used) {
  return used ? whole_percent(used.number(), memory_size(record, kind)) : "";
}

std::string fits_text(const Record& record, const Notes& notes) {
  if (overflows(record)) return "no " + notes.mark(why_not(record));
  return record.fits == "yes" ? "yes" : "? " + notes.mark(record.flash_bytes);
}

/// What was varied, if the records of a target differ in it.
std::string variant(const Record& record) {
  return record.runtime + (record.optimize.empty() ? "" : " " + record.optimize);
}

bool variants_differ(std::span<const Record* const> records) {
  return std::ranges::any_of(records,
                             [&](const Record* r) { return variant(*r) != variant(*records[0]); });
}

std::string model_facts(std::span<const Record* const> records) {
  const Record& record = *records[0];
  const Notes none;
  std::vector<std::string> facts;
  if (record.macs) facts.push_back(short_text(record.macs, none) + " MACs");
  if (record.parameters) facts.push_back(exact_text(record.parameters, none) + " parameters");
  const auto fit = std::ranges::count_if(records, [](const Record* r) { return r->fits == "yes"; });
  const auto unknown = std::ranges::count_if(
      records, [](const Record* r) { return r->fits != "yes" && !overflows(*r); });
  facts.push_back(fmt::format("{} of {} fit", fit, records.size()));
  if (unknown > 0) facts.push_back(fmt::format("{} not known", unknown));
  return fmt::format("{}", fmt::join(facts, ", "));
}

Section headline(std::span<const Record* const> records) {
  return {.title = records[0]->model,
          .table = {},
          .lines = {model_facts(records)},
          .style = Style::strong};
}

Section table(std::span<const Record* const> records, const Notes& notes) {
  Section section;
  const bool varied = variants_differ(records);
  const bool counted = has_instructions(records);
  section.table.columns = {{.title = "target", .max_width = 40, .min_width = 24}};
  if (varied) section.table.columns.push_back({.title = "built"});
  for (const std::string_view title : {"core", "MHz", "flash B", "", "ram B", "", "instr", "cycles",
                                       "latency", "", "energy", "fits"})
    if (counted || title != "instr")
      section.table.columns.push_back({.title = std::string(title), .right = true});
  for (Column& column : section.table.columns)
    if (column.title == "core" || column.title == "fits") column.right = false;
  for (const Record* r : records) {
    Row row{{r->target}, overflows(*r) ? Style::bad : Style::plain};
    if (varied) row.cells.push_back(variant(*r));
    row.cells.push_back(core_short(r->core));
    row.cells.push_back(clock_mhz(r->clock_hz));
    row.cells.push_back(exact_text(r->flash_bytes, notes));
    row.cells.push_back(share(*r, "flash", r->flash_bytes));
    row.cells.push_back(exact_text(r->ram_bytes, notes));
    row.cells.push_back(share(*r, "ram", r->ram_bytes));
    if (counted) row.cells.push_back(short_text(r->instructions, notes));
    row.cells.push_back(short_text(r->cycles, notes));
    row.cells.push_back(time_text(r->latency_us, notes));
    const std::string mark = notes.mark(reservation(*r));
    row.cells.push_back(spread(r->latency_us) + (mark.empty() ? "" : " " + mark));
    row.cells.push_back(energy_text(r->energy_uj, notes));
    row.cells.push_back(fits_text(*r, notes));
    section.table.rows.push_back(std::move(row));
  }
  section.lines = notes.lines();
  return section;
}

/// How far off a figure is in the rows: one interval if all have the same, else where to find each:
/// "in its row", or "-5..+16 % (nucleo-l4r5zi), +-25 % (2 others)".
std::string intervals(std::span<const Record* const> records, const Shown& shown) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const Record* r : records) {
    const std::string off = spread(r->*shown.figure);
    if (off.empty()) continue;
    auto same = std::ranges::find(groups, off, [](const auto& group) { return group.first; });
    if (same == groups.end()) same = groups.insert(groups.end(), {off, {}});
    same->second.push_back(r->target);
  }
  if (groups.empty()) return "";
  if (groups.size() == 1) return " " + groups[0].first;
  if (shown.figure == &Record::cycles) return "";  // as the latency, which is named next
  if (shown.figure == &Record::latency_us) return " as each row says";
  std::vector<std::string> parts;
  for (const auto& [off, targets] : groups)
    parts.push_back(
        fmt::format("{} ({}{})", off, targets[0],
                    targets.size() == 1 ? "" : fmt::format(" and {} more", targets.size() - 1)));
  return fmt::format(" {}", fmt::join(parts, ", "));
}

/// "exact: flash, RAM, instructions", "modelled: cycles as each row says, ...".
std::vector<std::string> legend(std::span<const Record* const> records) {
  std::vector<std::string> lines;
  for (const How how : {How::exact, How::modelled, How::predicted, How::measured}) {
    std::vector<std::string> names;
    for (const Shown& shown : kShown) {
      const auto is_so = [&](const Record* r) {
        return r->*shown.figure && (r->*shown.figure).how == how;
      };
      if (std::ranges::none_of(records, is_so)) continue;
      names.push_back(title_of(shown.name));
      if (how != How::exact) names.back() += intervals(records, shown);
    }
    if (!names.empty()) lines.push_back(fmt::format("{}: {}", name(how), fmt::join(names, ", ")));
  }
  return lines;
}

/// What the outputs of the images that ran were compared with: one line if all say the same.
std::vector<std::string> outputs(std::span<const Record* const> records) {
  std::vector<std::pair<std::string, std::string>> said;  // what, of which targets
  for (const Record* r : records) {
    if (!r->instructions || r->verified.empty()) continue;
    const auto same =
        std::ranges::find(said, r->verified, [](const auto& pair) { return pair.first; });
    if (same == said.end())
      said.emplace_back(r->verified, r->target);
    else
      same->second += ", " + r->target;
  }
  std::vector<std::string> lines;
  for (const auto& [what, targets] : said)
    lines.push_back(said.size() == 1 ? "outputs: " + what
                                     : fmt::format("outputs on {}: {}", targets, what));
  return lines;
}

Section provenance(std::span<const Record* const> records) {
  Section section{.style = Style::dim};
  section.lines = outputs(records);
  for (std::string& line : legend(records)) section.lines.push_back(std::move(line));
  return section;
}

/// What inferences at a rate draw, with their intervals: a table of its own, for the first is wide.
Section duties(std::span<const Record* const> records, const Notes& notes) {
  Section section;
  for (const Record* r : records) {
    for (const DutyRecord& row : r->duty) {
      if (section.table.columns.empty()) {
        section.title = fmt::format("an inference every {}", time_text(row.period_us, notes));
        section.table.columns = {{.title = "target", .max_width = 40}, {.title = "average"}};
        if (!row.battery.empty())
          section.table.columns.push_back({.title = fmt::format("battery {}", row.battery)});
      }
      const auto cell = [&](const Figure& figure, std::string text, const std::string& interval) {
        return figure && !interval.empty() ? text + " " + interval : text;
      };
      Row line{{r->target, cell(row.average_power_uw, power_text(row.average_power_uw, notes),
                                power_interval(row.average_power_uw))}};
      if (!row.battery.empty())
        line.cells.push_back(cell(row.battery_life_h, life_text(row.battery_life_h, notes),
                                  life_interval(row.battery_life_h)));
      section.table.rows.push_back(std::move(line));
    }
  }
  return section;
}

Section troubles(std::span<const Record* const> records, const Notes& notes) {
  Section section{.title = "troubles"};
  section.table.columns = {{.max_width = 24}, {.max_width = 30}, {}};
  for (const Record* r : records)
    for (const TroubleRecord& trouble : r->troubles)
      if (notes.mark(trouble.reason).empty())
        section.table.rows.push_back({{r->target, trouble.where, trouble.reason}, Style::bad});
  return section.table.rows.empty() ? Section{} : section;
}

}  // namespace

std::vector<Section> targets_table(std::span<const Record> records) {
  std::vector<std::vector<const Record*>> by_model;
  for (const Record& record : records) {
    auto group = std::ranges::find_if(by_model, [&](const std::vector<const Record*>& rows) {
      return rows[0]->model == record.model && rows[0]->model_hash == record.model_hash;
    });
    if (group == by_model.end()) group = by_model.insert(by_model.end(), {{}});
    group->push_back(&record);
  }
  std::vector<Section> sections;
  for (const std::vector<const Record*>& group : by_model) {
    sections.push_back(headline(group));
    const Notes notes = notes_of_table(group);
    sections.push_back(table(group, notes));
    Section duty = duties(group, notes);
    if (!duty.title.empty()) sections.push_back(std::move(duty));
    Section trouble = troubles(group, notes);
    if (!trouble.title.empty()) sections.push_back(std::move(trouble));
    Section how = provenance(group);
    if (!how.lines.empty()) sections.push_back(std::move(how));
  }
  return sections;
}

}  // namespace assay
