/// Records side by side, what they compute first.
///
///   kws: nucleo-l4r5zi against pico
///
///     outputs       equal on the same inputs
///                    nucleo-l4r5zi     pico    change
///     flash_bytes         36 168 B 35 780 B    -388 B  -1.1 %
///     latency_us           33.0 ms   210 ms  +177 ms   +536 %
///
/// Does not handle: pictures (radar, Pareto), which are the report's.
#include "report/compare_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compare/difference.h"
#include "report/difference_page.h"
#include "report/difference_words.h"
#include "report/names.h"
#include "report/numbers.h"
#include "util/text.h"

namespace assay {
namespace {

struct Shown {
  const char* title;
  Figure Record::*figure;
  Unit unit;
  bool objective;  ///< of the Pareto set
};
constexpr Shown kShown[] = {
    {"flash", &Record::flash_bytes, Unit::bytes, true},
    {"ram", &Record::ram_bytes, Unit::bytes, true},
    {"arena", &Record::arena_bytes, Unit::bytes, false},
    {"stack", &Record::stack_bytes, Unit::bytes, false},
    {"MACs", &Record::macs, Unit::count, false},
    {"instructions", &Record::instructions, Unit::instructions, false},
    {"cycles", &Record::cycles, Unit::cycles, false},
    {"latency", &Record::latency_us, Unit::microseconds, true},
    {"energy", &Record::energy_uj, Unit::microjoules, true},
};
constexpr size_t kMostLayers = 12, kMostColumns = 6;

std::string value_text(const Figure& figure, Unit unit) {
  return figure ? amount_text(figure.number(), unit) : "-";
}

std::string flags_word(const Record& record) {
  const size_t last = record.flags.rfind(" -");
  return last == std::string::npos ? record.flags : record.flags.substr(last + 1);
}

/// Fields that may tell records apart, each as a label shows it.
std::vector<std::string> traits(const Record& r) {
  return {r.model,       r.target,  r.runtime, r.optimize, compiler_title(r.compiler),
          flags_word(r), r.emulator};
}

// ---- what they compute

std::string outputs_text(const Record& first, const Record& other, const RecordDifference& d) {
  if (!d.outputs_known) return "not recorded in one of them";
  if (!d.same_inputs) return "not comparable: run on different inputs";
  if (d.same_outputs) return "equal to the byte on the same inputs";
  if (first.model_hash != other.model_hash) return "differ, as the models do";
  const bool both = first.verified.starts_with("equal") && other.verified.starts_with("equal");
  return both ? "differ in bytes, though each equals its reference within the tolerance of floats"
              : "DIFFER for the same model and inputs";
}

// ---- two records

/// Whether a difference in modelled figures may be the model's error: on one target and core the
/// error is common to both, between targets it is not.
bool overlap(const Record& a, const Record& b, const Figure& x, const Figure& y) {
  if (!x || !y || (x.how == How::exact && y.how == How::exact) || a.target == b.target)
    return false;
  const auto low = [](const Figure& f) { return f.how == How::exact ? f.number() : f.low; };
  const auto high = [](const Figure& f) { return f.how == How::exact ? f.number() : f.high; };
  return low(x) <= high(y) && low(y) <= high(x);
}

Section figures(const Labelled& a, const Labelled& b) {
  Section section;
  section.table.columns = {{.title = " "},
                           {.title = a.label, .right = true, .max_width = 30},
                           {.title = b.label, .right = true, .max_width = 30},
                           {.title = "change", .right = true},
                           {.title = "", .right = true},
                           {.title = ""}};
  for (const Shown& shown : kShown) {
    const Figure &x = a.record.*shown.figure, &y = b.record.*shown.figure;
    if (!x && !y) continue;
    Row row{{shown.title, value_text(x, shown.unit), value_text(y, shown.unit)}};
    if (x && y) {
      row.cells.push_back(delta_text(y.number() - x.number(), shown.unit));
      row.cells.push_back(change_percent(x.number(), y.number()));
      const std::string off_x = spread(x), off_y = spread(y);
      std::string about = off_x == off_y || off_y.empty() ? off_x : off_x + " / " + off_y;
      if (overlap(a.record, b.record, x, y)) about += ": intervals overlap, not told apart";
      row.cells.push_back(about);
    } else {
      row.cells.insert(row.cells.end(), {"", "", "not known: " + (x ? y.reason : x.reason)});
    }
    section.table.rows.push_back(std::move(row));
  }
  return section;
}

std::vector<Section> two(const Labelled& a, const Labelled& b) {
  const RecordDifference d = difference(a.record, b.record);
  std::vector<Section> page;
  page.push_back({.title = a.record.model == b.record.model
                               ? fmt::format("{}: {} against {}", a.record.model, b.label, a.label)
                               : fmt::format("{} against {}", b.label, a.label),
                  .lines = {"outputs " + outputs_text(a.record, b.record, d)},
                  .style = Style::strong});
  page.push_back(figures(a, b));
  for (Section& section : moved_sections(d)) page.push_back(std::move(section));
  const std::vector<std::string> ways = made_differently(d);
  if (!ways.empty())
    page.push_back({.lines = {fmt::format("made differently: {}", fmt::join(ways, "; "))},
                    .style = Style::dim});
  return page;
}

// ---- more than two

/// Objectives that all records give.
std::vector<const Shown*> objectives(std::span<const Labelled> records) {
  std::vector<const Shown*> found;
  for (const Shown& shown : kShown)
    if (shown.objective && std::ranges::all_of(records, [&](const Labelled& each) {
          return bool(each.record.*shown.figure);
        }))
      found.push_back(&shown);
  return found;
}

/// None is as good in all objectives and better in one. n is small.
bool in_pareto_set(const Labelled& one, std::span<const Labelled> records,
                   const std::vector<const Shown*>& by) {
  return std::ranges::none_of(records, [&](const Labelled& other) {
    bool better = false;
    for (const Shown* shown : by) {
      const double mine = (one.record.*shown->figure).number();
      const double theirs = (other.record.*shown->figure).number();
      if (theirs > mine) return false;
      better |= theirs < mine;
    }
    return better;
  });
}

Section many_figures(std::span<const Labelled> records) {
  Section section;
  section.table.columns = {{.title = " ", .max_width = 34, .min_width = 16}};
  constexpr size_t kColumns[] = {0, 1, 5, 6, 7, 8};  // of kShown
  for (const size_t i : kColumns) {
    section.table.columns.push_back({.title = kShown[i].title, .right = true});
    if (kShown[i].objective) section.table.columns.push_back({.title = "", .right = true});
  }
  section.table.columns.push_back({.title = "Pareto"});
  const std::vector<const Shown*> by = objectives(records);
  for (const Labelled& each : records) {
    Row row{{each.label}};
    for (const size_t i : kColumns) {
      const Figure &x = records[0].record.*kShown[i].figure, &y = each.record.*kShown[i].figure;
      const bool bytes = kShown[i].unit == Unit::bytes, count = !kShown[i].objective;
      row.cells.push_back(!y      ? "-"
                          : count ? si(y.number())
                          : bytes ? thousands(static_cast<int64_t>(y.number()))
                                  : amount_text(y.number(), kShown[i].unit));
      if (kShown[i].objective)
        row.cells.push_back(
            &each == &records[0] || !x || !y ? "" : change_percent(x.number(), y.number()));
    }
    row.cells.push_back(!by.empty() && in_pareto_set(each, records, by) ? "*" : "");
    section.table.rows.push_back(std::move(row));
  }
  std::vector<std::string> names;
  for (const Shown* shown : by) names.emplace_back(shown->title);
  section.lines.push_back(by.empty()
                              ? "no Pareto set: no figure is known of all of them"
                              : fmt::format("* no other is better in one of {} and as good in the "
                                            "rest, by value; percentages are of the first row",
                                            fmt::join(names, ", ")));
  return section;
}

/// Cycles of each layer in each record, matched with the first record's; most first.
Section many_layers(std::span<const Labelled> records) {
  Section section{.title = "cycles by layer"};
  const size_t columns = std::min(records.size(), kMostColumns);
  section.table.columns = {{.title = " ", .max_width = 34, .min_width = 16}};
  for (size_t i = 0; i < columns; ++i)
    section.table.columns.push_back({.title = records[i].label, .right = true, .max_width = 16});
  std::vector<const LayerRecord*> layers;
  for (const LayerRecord& layer : records[0].record.layers)
    if (layer.cycles) layers.push_back(&layer);
  std::ranges::stable_sort(layers, std::greater{},
                           [](const LayerRecord* layer) { return layer->cycles.number(); });
  for (size_t l = 0; l < std::min(layers.size(), kMostLayers); ++l) {
    Row row{{fmt::format("layer {} {} {}", layers[l]->index, layers[l]->op, layers[l]->detail)}};
    for (size_t i = 0; i < columns; ++i) {
      const auto& others = records[i].record.layers;
      const auto same = std::ranges::find_if(others, [&](const LayerRecord& other) {
        return other.name == layers[l]->name && other.op == layers[l]->op;
      });
      row.cells.push_back(same == others.end() || !same->cycles ? "-" : si(same->cycles.number()));
    }
    section.table.rows.push_back(std::move(row));
  }
  if (layers.size() > kMostLayers)
    section.lines.push_back(fmt::format("{} more layers in --json", layers.size() - kMostLayers));
  return section.table.rows.empty() ? Section{} : section;
}

Section many_outputs(std::span<const Labelled> records) {
  std::vector<std::pair<std::string, std::vector<std::string>>> said;
  for (const Labelled& each : records.subspan(1)) {
    const std::string what =
        outputs_text(records[0].record, each.record, difference(records[0].record, each.record));
    auto same = std::ranges::find(said, what, [](const auto& pair) { return pair.first; });
    if (same == said.end()) same = said.insert(said.end(), {what, {}});
    same->second.push_back(each.label);
  }
  Section section{.title = fmt::format("{} records against {}", records.size(), records[0].label),
                  .style = Style::strong};
  for (const auto& [what, of] : said)
    section.lines.push_back(said.size() == 1
                                ? "outputs " + what
                                : fmt::format("outputs {}: {}", what, fmt::join(of, ", ")));
  return section;
}

}  // namespace

std::vector<Labelled> labelled(std::vector<Record> records, const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> all;
  for (const Record& record : records) all.push_back(traits(record));
  std::vector<Labelled> result;
  std::set<std::string> taken;
  for (size_t i = 0; i < records.size(); ++i) {
    std::vector<std::string> parts;
    for (size_t t = 0; t < all[i].size(); ++t)
      if (std::ranges::any_of(all, [&](const auto& other) { return other[t] != all[0][t]; }))
        parts.push_back(all[i][t].empty() ? "-" : all[i][t]);
    std::string label = parts.empty() ? names[i] : fmt::format("{}", fmt::join(parts, ", "));
    while (!taken.insert(label).second) label += "'";
    result.push_back({std::move(label), std::move(records[i])});
  }
  return result;
}

std::vector<Section> compare_page(std::span<const Labelled> records) {
  if (records.size() == 2) return two(records[0], records[1]);
  std::vector<Section> page = {many_outputs(records), many_figures(records)};
  if (Section layers = many_layers(records); !layers.title.empty())
    page.push_back(std::move(layers));
  return page;
}

Json compare_json(std::span<const Labelled> records) {
  const std::vector<const Shown*> by = objectives(records);
  Json array = Json::array();
  for (const Labelled& each : records) {
    Json json = Json::object();
    json.set("label", each.label).set("model", each.record.model).set("target", each.record.target);
    json.set("pareto", !by.empty() && in_pareto_set(each, records, by));
    const RecordDifference d = difference(records[0].record, each.record);
    json.set("outputs", outputs_text(records[0].record, each.record, d));
    array.push(json.set("difference", difference_json(d)));
  }
  Json json = Json::object();
  return json.set("against", records[0].label).set("records", std::move(array));
}

}  // namespace assay
