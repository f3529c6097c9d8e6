// The differences of two records, by walking `describe`.
//
// Layers keep their names when a model is retrained or when shapes change, so names come first; a
// converter may rename all of them, so what is left over is matched by operator in the order of the
// layers. A name that a record has twice matches nothing. Names with nothing in common but their
// place are not matched: a layer taken out must not make every later one "changed".
//
// Does not handle: layers split into several or fused, which show as removed and added.
#include "compare/difference.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <type_traits>

#include "compare/field.h"

namespace assay {
namespace {

double value_or_zero(const Figure& figure) {
  return std::isfinite(figure.number()) ? figure.number() : 0;
}

/// Figures that differ in value; `all`: also those that do not, but that either has.
template <class Row>
std::vector<FigureChange> figure_changes(const Row* before, const Row* after, bool all) {
  std::vector<FigureChange> changes;
  const auto visit = [&](const Row& row, bool later) {
    size_t at = 0;
    describe(row, [&](std::string_view field, const auto& member, Unit unit, std::string_view) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>) {
        if (at == changes.size()) changes.push_back({std::string(field), unit, {}, {}});
        (later ? changes[at].after : changes[at].before) = member;
        ++at;
      }
    });
  };
  if (before) visit(*before, false);
  if (after) visit(*after, true);
  std::erase_if(changes, [&](const FigureChange& change) {
    return all ? !change.before && !change.after : change.delta() == 0;
  });
  return changes;
}

template <class Row>
std::vector<TextChange> text_changes(const Row& before, const Row& after) {
  std::vector<TextChange> changes;
  describe(before, [&](std::string_view field, const auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::string>)
      changes.push_back({std::string(field), member, {}});
  });
  size_t at = 0;
  describe(after, [&](std::string_view, const auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::string>)
      changes[at++].after = member;
  });
  std::erase_if(changes, [](const TextChange& each) { return each.before == each.after; });
  return changes;
}

void largest_first(std::vector<FigureChange>& changes) {
  std::erase_if(changes, [](const FigureChange& change) { return change.delta() == 0; });
  std::ranges::stable_sort(changes, std::greater{},
                           [](const FigureChange& change) { return std::abs(change.delta()); });
}

/// Changes of named figures: causes, components.
std::vector<FigureChange> named_changes(const Shares& before, const Shares& after, Unit unit) {
  std::vector<FigureChange> changes;
  std::map<std::string, size_t> by_name;
  for (const bool later : {false, true})
    for (const Share& share : later ? after : before) {
      const auto [found, is_new] = by_name.emplace(share.name, changes.size());
      if (is_new) changes.push_back({share.name, unit, {}, {}});
      FigureChange& change = changes[found->second];
      (later ? change.after : change.before) = share.figure;
    }
  largest_first(changes);
  return changes;
}

template <class Row, class Name>
Shares shares_of(const std::vector<Row>& rows, Figure Row::*figure, Name name) {
  Shares shares;
  for (const Row& row : rows) shares.push_back({name(row), row.*figure});
  return shares;
}

using Pair = std::pair<const LayerRecord*, const LayerRecord*>;

/// Rows by a key that only one row has.
std::map<std::string, size_t> unique_names(const std::vector<LayerRecord>& layers) {
  std::map<std::string, size_t> places;
  std::map<std::string, int> times;
  for (size_t i = 0; i < layers.size(); ++i) {
    places[layers[i].name] = i;
    ++times[layers[i].name];
  }
  std::erase_if(places,
                [&](const auto& entry) { return entry.first.empty() || times[entry.first] > 1; });
  return places;
}

/// In the order of the later record; what only the earlier has comes last.
std::vector<Pair> matched(const std::vector<LayerRecord>& before,
                          const std::vector<LayerRecord>& after) {
  const auto names = unique_names(before), own = unique_names(after);
  std::vector<const LayerRecord*> partner(after.size(), nullptr);
  std::vector<bool> taken(before.size(), false);
  for (size_t i = 0; i < after.size(); ++i) {
    const auto found = own.contains(after[i].name) ? names.find(after[i].name) : names.end();
    if (found == names.end() || before[found->second].op != after[i].op) continue;
    partner[i] = &before[found->second];
    taken[found->second] = true;
  }
  std::map<std::string, std::deque<size_t>> left;
  for (size_t i = 0; i < before.size(); ++i)
    if (!taken[i]) left[before[i].op].push_back(i);
  std::vector<Pair> pairs;
  for (size_t i = 0; i < after.size(); ++i) {
    std::deque<size_t>& same_op = left[after[i].op];
    if (!partner[i] && !same_op.empty()) {
      partner[i] = &before[same_op.front()];
      taken[same_op.front()] = true;
      same_op.pop_front();
    }
    pairs.emplace_back(partner[i], &after[i]);
  }
  for (size_t i = 0; i < before.size(); ++i)
    if (!taken[i]) pairs.emplace_back(&before[i], nullptr);
  return pairs;
}

LayerChange layer_change(const Pair& pair, const std::string& ordered_by) {
  const auto [before, after] = pair;
  LayerChange change{.label = row_label(after ? *after : *before),
                     .added = before == nullptr,
                     .removed = after == nullptr,
                     .texts = {},
                     .figures = figure_changes(before, after, false),
                     .causes = named_changes(before ? before->causes : Shares{},
                                             after ? after->causes : Shares{}, Unit::cycles)};
  if (before && after) change.texts = text_changes(*before, *after);
  std::erase_if(change.texts, [](const TextChange& each) { return each.name == "name"; });
  for (const FigureChange& figure : change.figures)
    if (figure.name == ordered_by) change.delta = figure.delta();
  return change;
}

std::vector<LayerChange> layer_changes(const Record& before, const Record& after,
                                       const std::string& ordered_by) {
  std::vector<LayerChange> layers;
  for (const Pair& pair : matched(before.layers, after.layers)) {
    LayerChange change = layer_change(pair, ordered_by);
    if (change.figures.empty() && change.texts.empty() && pair.first && pair.second) continue;
    layers.push_back(std::move(change));
  }
  std::ranges::stable_sort(layers, std::greater{},
                           [](const LayerChange& layer) { return std::abs(layer.delta); });
  return layers;
}

}  // namespace

double FigureChange::delta() const { return value_or_zero(after) - value_or_zero(before); }

RecordDifference difference(const Record& before, const Record& after) {
  RecordDifference d;
  d.texts = text_changes(before, after);
  d.figures = figure_changes(&before, &after, true);
  d.ordered_by = before.cycles && after.cycles ? "cycles" : "instructions";
  d.causes = named_changes(before.causes, after.causes, Unit::cycles);
  const auto component = [](const ComponentRecord& row) { return row.memory + " " + row.name; };
  d.components =
      named_changes(shares_of(before.components, &ComponentRecord::bytes, component),
                    shares_of(after.components, &ComponentRecord::bytes, component), Unit::bytes);
  const auto region = [](const RegionRecord& row) { return row.name; };
  d.regions =
      named_changes(shares_of(before.regions, &RegionRecord::used_bytes, region),
                    shares_of(after.regions, &RegionRecord::used_bytes, region), Unit::bytes);
  const auto function = [](const FunctionRecord& row) { return row.name; };
  const bool by_cycles = d.ordered_by == "cycles";
  const auto cost = by_cycles ? &FunctionRecord::cycles : &FunctionRecord::instructions;
  d.functions = named_changes(shares_of(before.functions, cost, function),
                              shares_of(after.functions, cost, function),
                              by_cycles ? Unit::cycles : Unit::instructions);
  d.layers = layer_changes(before, after, d.ordered_by);
  d.outputs_known = !before.outputs_hash.empty() && !after.outputs_hash.empty();
  d.same_inputs = !before.inputs_hash.empty() && before.inputs_hash == after.inputs_hash;
  d.same_outputs = d.outputs_known && before.outputs_hash == after.outputs_hash;
  return d;
}

RecordDifference worse_first(RecordDifference d) {
  const auto growth = [](double delta) { return delta > 0 ? delta : 0; };
  // Stable: what shrank stays with the largest first.
  const auto reorder = [&](std::vector<FigureChange>& changes) {
    std::ranges::stable_sort(changes, std::greater{},
                             [&](const FigureChange& change) { return growth(change.delta()); });
  };
  for (std::vector<FigureChange>* each : {&d.causes, &d.components, &d.regions, &d.functions})
    reorder(*each);
  for (LayerChange& layer : d.layers) reorder(layer.causes);
  std::ranges::stable_sort(d.layers, std::greater{},
                           [&](const LayerChange& layer) { return growth(layer.delta); });
  return d;
}

const FigureChange* change_of(const RecordDifference& difference, std::string_view field) {
  const auto found = std::ranges::find(difference.figures, field, &FigureChange::name);
  return found == difference.figures.end() ? nullptr : &*found;
}

}  // namespace assay
