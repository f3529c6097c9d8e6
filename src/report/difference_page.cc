/// Where a difference is, largest first; a share is of all that moved, up and down.
///
///   cycles by layer                      before    after    change
///   layer 7 conv_2d    1x1              460 000  498 400   +38 400   +8.3 %  mac +30 000, load +5
///   000 3 more                                                   +1 200
#include "report/difference_page.h"

#include <fmt/format.h>

#include <cmath>

#include "record/json.h"
#include "report/difference_words.h"
#include "report/numbers.h"

namespace assay {
namespace {

constexpr size_t kMostRows = 8;

std::string value_text(const Figure& figure, Unit unit) {
  return figure ? amount_text(figure.number(), unit) : "-";
}

Row change_row(const std::string& name, const FigureChange& change, std::string about) {
  const double before = value_or_zero(change.before), after = value_or_zero(change.after);
  return {{name, value_text(change.before, change.unit), value_text(change.after, change.unit),
           delta_text(change.delta(), change.unit), change_percent(before, after),
           std::move(about)}};
}

Section empty_table(std::string title, std::string last) {
  Section section{.title = std::move(title)};
  section.table.columns = {{.title = " ", .max_width = 40, .min_width = 16},
                           {.title = "before", .right = true},
                           {.title = "after", .right = true},
                           {.title = "change", .right = true},
                           {.title = "", .right = true},
                           {.title = std::move(last)}};
  return section;
}

void add_rest(size_t shown, size_t all, double delta, Unit unit, Section& section) {
  if (all > shown)
    section.table.rows.push_back(
        {{fmt::format("{} more", all - shown), "", "", delta_text(delta, unit)}, Style::dim});
}

Section named(std::string title, const std::vector<FigureChange>& changes, bool causes) {
  if (changes.empty()) return {};
  Section section = empty_table(std::move(title), "");
  double rest = 0;
  for (size_t i = 0; i < changes.size(); ++i) {
    const FigureChange& change = changes[i];
    if (i < kMostRows)
      section.table.rows.push_back(
          change_row(causes ? cause_text(change.name) : change.name, change, ""));
    else
      rest += change.delta();
  }
  add_rest(kMostRows, changes.size(), rest, changes[0].unit, section);
  return section;
}

std::string about(const LayerChange& layer) {
  if (layer.added) return "new";
  if (layer.removed) return "no longer there";
  const std::string causes = first_of(layer.causes, 2), shape = shape_change(layer);
  return causes.empty() || shape.empty() ? causes + shape : fmt::format("{}; {}", causes, shape);
}

Section layers(const RecordDifference& difference) {
  const bool cycles = difference.ordered_by == "cycles";
  Section section = empty_table(difference.ordered_by + " by layer", "most of it");
  double rest = 0;
  size_t all = 0;
  for (const LayerChange& layer : difference.layers) {
    if (layer.delta == 0 && layer.texts.empty()) continue;
    if (++all > kMostRows) {
      rest += layer.delta;
      continue;
    }
    FigureChange change{difference.ordered_by, cycles ? Unit::cycles : Unit::instructions, {}, {}};
    for (const FigureChange& figure : layer.figures)
      if (figure.name == difference.ordered_by) change = figure;
    section.table.rows.push_back(change_row(layer.label, change, about(layer)));
  }
  if (all == 0) return {};
  add_rest(kMostRows, all, rest, cycles ? Unit::cycles : Unit::instructions, section);
  return section;
}

Json changes_json(const std::vector<FigureChange>& changes) {
  Json array = Json::array();
  for (const FigureChange& change : changes) {
    Json json = Json::object();
    json.set("name", change.name).set("before", figure_json(change.before, change.unit));
    json.set("after", figure_json(change.after, change.unit)).set("change", change.delta());
    array.push(std::move(json));
  }
  return array;
}

Json texts_json(const std::vector<TextChange>& changes) {
  Json array = Json::array();
  for (const TextChange& change : changes)
    array.push(Json::object()
                   .set("name", change.name)
                   .set("before", change.before)
                   .set("after", change.after));
  return array;
}

}  // namespace

std::vector<Section> moved_sections(const RecordDifference& difference) {
  std::vector<Section> sections;
  for (Section section :
       {layers(difference), named("cycles by cause", difference.causes, true),
        named(difference.ordered_by + " by function", difference.functions, false),
        named("bytes", difference.components, false)})
    if (!section.table.rows.empty()) sections.push_back(std::move(section));
  return sections;
}

Json difference_json(const RecordDifference& difference) {
  Json layers = Json::array();
  for (const LayerChange& layer : difference.layers) {
    Json json = Json::object();
    json.set("layer", layer.label).set("added", layer.added).set("removed", layer.removed);
    json.set("texts", texts_json(layer.texts)).set("figures", changes_json(layer.figures));
    layers.push(json.set("causes", changes_json(layer.causes)));
  }
  Json json = Json::object();
  json.set("same_inputs", difference.same_inputs);
  json.set("same_outputs",
           difference.outputs_known ? Json(difference.same_outputs) : Json(nullptr));
  json.set("texts", texts_json(difference.texts)).set("figures", changes_json(difference.figures));
  json.set("causes", changes_json(difference.causes)).set("layers", std::move(layers));
  json.set("functions", changes_json(difference.functions));
  json.set("components", changes_json(difference.components));
  return json.set("regions", changes_json(difference.regions));
}

}  // namespace assay
