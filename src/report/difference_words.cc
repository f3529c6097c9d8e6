// Sentences about differences. Every number in them stands in the records; only differences,
// shares and the choice of the largest are made here.
#include "report/difference_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "report/names.h"
#include "report/notes.h"
#include "report/numbers.h"

namespace assay {
namespace {

constexpr size_t kMostNamed = 2;

bool any_of(std::string_view field, std::initializer_list<std::string_view> fields) {
  return std::ranges::find(fields, field) != fields.end();
}

/// Which memory's components make up a figure.
std::string_view memory_of(std::string_view field) {
  if (any_of(field, {"flash_bytes", "code_bytes", "constant_bytes"})) return "flash";
  if (any_of(field, {"ram_bytes", "arena_bytes", "static_ram_bytes", "stack_bytes"})) return "ram";
  return "";
}

/// Latency, energy and the processor's share follow from the cycles.
std::string_view metric_of(std::string_view field, const RecordDifference& difference) {
  return any_of(field, {"latency_us", "energy_uj", "cpu_percent"}) ? difference.ordered_by : field;
}

const FigureChange* figure_of(const LayerChange& layer, std::string_view name) {
  const auto found = std::ranges::find(layer.figures, name, &FigureChange::name);
  return found == layer.figures.end() ? nullptr : &*found;
}

/// Those that moved as `towards` says (up if positive), most first.
std::vector<FigureChange> moved(const std::vector<FigureChange>& changes, double towards) {
  std::vector<FigureChange> found;
  for (const FigureChange& change : changes)
    if (change.delta() * towards > 0) found.push_back(change);
  std::ranges::stable_sort(found, std::greater{},
                           [](const FigureChange& each) { return std::abs(each.delta()); });
  return found;
}

/// Layers whose figure moved as `towards` says, most first.
std::vector<std::pair<const LayerChange*, const FigureChange*>> movers(
    const RecordDifference& difference, std::string_view metric, double towards) {
  std::vector<std::pair<const LayerChange*, const FigureChange*>> found;
  for (const LayerChange& layer : difference.layers)
    if (const FigureChange* change = figure_of(layer, metric);
        change && change->delta() * towards > 0)
      found.emplace_back(&layer, change);
  std::ranges::stable_sort(found, std::greater{},
                           [](const auto& each) { return std::abs(each.second->delta()); });
  return found;
}

/// "layer 7 conv_2d +38 400 (mac +30 000, load +5 000; MACs +12 000)".
std::string mover_text(const LayerChange& layer, const FigureChange& change, bool causes) {
  std::vector<std::string> about;
  if (layer.added || layer.removed) about.emplace_back(layer.added ? "new" : "no longer there");
  if (const auto moving = moved(layer.causes, change.delta()); causes && !moving.empty())
    about.push_back(first_of(moving, kMostNamed));
  if (const FigureChange* macs = figure_of(layer, "macs"); macs && change.name != "macs")
    about.push_back("MACs " + delta_text(macs->delta(), Unit::count));
  if (const std::string shape = shape_change(layer); !shape.empty()) about.push_back(shape);
  std::string text = layer.label + " " + delta_text(change.delta(), change.unit);
  if (!about.empty()) text += fmt::format(" ({})", fmt::join(about, "; "));
  return text;
}

std::string layers_moved(const RecordDifference& difference, std::string_view metric,
                         double towards, size_t most) {
  std::vector<std::string> parts;
  const bool causes = metric == "cycles";
  for (const auto& [layer, change] : movers(difference, metric, towards)) {
    if (parts.size() == most) break;
    parts.push_back(mover_text(*layer, *change, causes));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string memory_moved(const RecordDifference& difference, std::string_view memory,
                         std::string_view field, double towards) {
  std::vector<FigureChange> parts;
  for (const FigureChange& change : difference.components)
    if (change.name.starts_with(memory)) {
      parts.push_back(change);
      parts.back().name.erase(0, memory.size() + 1);
    }
  if (field != "ram_bytes" && field != "flash_bytes") parts.clear();
  std::string text = first_of(moved(parts, towards), kMostNamed);
  const bool arena = memory == "ram" && (field == "arena_bytes" || text.starts_with("arena"));
  const std::string layers = arena ? layers_moved(difference, "arena_bytes", towards, 1)
                             : memory == "flash"
                                 ? layers_moved(difference, "constant_bytes", towards, 1)
                                 : "";
  if (layers.empty()) return text;
  return text.empty() ? layers : fmt::format("{}: {}", text, layers);
}

std::string component_shares(const Record& record, std::string_view memory) {
  std::vector<const ComponentRecord*> rows;
  for (const ComponentRecord& row : record.components)
    if (row.memory == memory && value_or_zero(row.bytes) > 0) rows.push_back(&row);
  std::ranges::stable_sort(rows, std::greater{},
                           [](const ComponentRecord* row) { return value_or_zero(row->bytes); });
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(rows.size(), kMostNamed + 1); ++i)
    parts.push_back(rows[i]->name + " " + amount_text(rows[i]->bytes.number(), Unit::bytes));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string largest_shares(const Shares& shares, const Figure& total) {
  std::vector<const Share*> rows;
  for (const Share& share : shares) rows.push_back(&share);
  std::ranges::stable_sort(rows, std::greater{},
                           [](const Share* share) { return value_or_zero(share->figure); });
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(rows.size(), kMostNamed + 1); ++i)
    parts.push_back(cause_text(rows[i]->name) + " " +
                    percent(value_or_zero(rows[i]->figure), total.number()));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string layer_shares(const Record& record, Figure LayerRecord::*metric, const Figure& total) {
  if (record.layers.empty() || !total) return "";
  const LayerRecord& worst = *std::ranges::max_element(
      record.layers, {}, [&](const LayerRecord& layer) { return value_or_zero(layer.*metric); });
  std::string text = fmt::format("{} takes {}", row_label(worst),
                                 percent(value_or_zero(worst.*metric), total.number()));
  const std::string causes = largest_shares(record.causes, record.cycles);
  return causes.empty() ? text : text + "; " + causes;
}

/// The peak: the layer that needs most of the arena.
std::string arena_peak(const Record& record) {
  if (record.layers.empty()) return "";
  const LayerRecord& peak = *std::ranges::max_element(
      record.layers, {}, [](const LayerRecord& layer) { return value_or_zero(layer.arena_bytes); });
  return fmt::format("{} needs {} of arena", row_label(peak),
                     amount_text(value_or_zero(peak.arena_bytes), Unit::bytes));
}

}  // namespace

std::string first_of(const std::vector<FigureChange>& changes, size_t most) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(changes.size(), most); ++i)
    parts.push_back(cause_text(changes[i].name) + " " +
                    delta_text(changes[i].delta(), changes[i].unit));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string shape_change(const LayerChange& layer) {
  std::vector<std::string> parts;
  for (const TextChange& text : layer.texts) {
    const std::string name = text.name == "output_shape" ? "output" : cause_text(text.name);
    parts.push_back(fmt::format("{} {}, was {}", name, text.after.empty() ? "none" : text.after,
                                text.before.empty() ? "none" : text.before));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string what_moved(const RecordDifference& difference, std::string_view field, double towards) {
  const FigureChange* change = change_of(difference, field == "cpu_percent" ? "latency_us" : field);
  if (!change || change->delta() * towards <= 0) return "";
  if (const std::string_view memory = memory_of(field); !memory.empty())
    return memory_moved(difference, memory, field, towards);
  std::string text = layers_moved(difference, metric_of(field, difference), towards, kMostNamed);
  const FigureChange* clock = change_of(difference, "clock_hz");
  if (clock && clock->delta() != 0 && any_of(field, {"latency_us", "energy_uj", "cpu_percent"}))
    text = fmt::format("clock {}, was {}{}{}", clock_text(clock->after), clock_text(clock->before),
                       text.empty() ? "" : "; ", text);
  return text;
}

std::string what_takes(const Record& record, std::string_view field, std::string_view row) {
  if (!row.empty()) {
    for (const LayerRecord& layer : record.layers)
      if (row_label(layer) == row && layer.cycles)
        return largest_shares(layer.causes, layer.cycles);
    return "";
  }
  const std::string_view memory = memory_of(field);
  if (field == "arena_bytes") return arena_peak(record);
  if (memory == "ram" && field == "ram_bytes") {
    const std::string peak = arena_peak(record), parts = component_shares(record, memory);
    return peak.empty() ? parts : parts + "; " + peak;
  }
  if (field == "flash_bytes") return component_shares(record, memory);
  if (field == "instructions") {
    if (record.layers.empty() || !record.instructions) return "";
    const LayerRecord& worst = *std::ranges::max_element(
        record.layers, {},
        [](const LayerRecord& each) { return value_or_zero(each.instructions); });
    return fmt::format("{} takes {}", row_label(worst),
                       percent(value_or_zero(worst.instructions), record.instructions.number()));
  }
  if (any_of(field, {"cycles", "latency_us", "energy_uj", "cpu_percent"}))
    return layer_shares(record, &LayerRecord::cycles, record.cycles);
  return "";
}

namespace {

/// The words of `text` that `other` does not have.
std::string words_of_its_own(const std::string& text, const std::string& other) {
  const auto split = [](const std::string& line) {
    std::vector<std::string> words;
    std::istringstream stream(line);
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
  };
  std::vector<std::string> theirs = split(other), own;
  std::ranges::sort(theirs);
  for (std::string& word : split(text))
    if (!std::ranges::binary_search(theirs, word)) own.push_back(std::move(word));
  return own.empty() ? "without" : fmt::format("{}", fmt::join(own, " "));
}

}  // namespace

std::vector<std::string> made_differently(const RecordDifference& difference) {
  constexpr std::string_view kMade[] = {"assay_version", "data_hash", "part",     "core",
                                        "memory_system", "runtime",   "optimize", "compiler",
                                        "flags",         "emulator",  "semantics"};
  std::vector<std::string> ways;
  for (const TextChange& change : difference.texts) {
    if (std::ranges::find(kMade, change.name) == std::end(kMade)) continue;
    const bool compiler = change.name == "compiler";
    const std::string now = compiler ? compiler_title(change.after) : change.after;
    const std::string was = compiler ? compiler_title(change.before) : change.before;
    if (change.name == "data_hash") {
      ways.push_back(was.empty() ? "data files unknown of one of them"
                                 : "other data files of the target or its core");
      continue;
    }
    if (change.name == "flags" && !now.empty() && !was.empty()) {
      const std::string more = words_of_its_own(now, was), less = words_of_its_own(was, now);
      ways.push_back(more == less ? "flags in another order"
                                  : fmt::format("flags {}, was {}", more, less));
      continue;
    }
    ways.push_back(
        now == was
            ? fmt::format("{} {}, was {}", title_of(change.name), change.after, change.before)
            : fmt::format("{} {}, was {}", title_of(change.name), now.empty() ? "unknown" : now,
                          was.empty() ? "unknown" : was));
  }
  return ways;
}

}  // namespace assay
