// Cycles of each layer as node data for Google's Model Explorer, which colours the graph by them.
// Keys are the names of the layers' outputs, so they are found in the .tflite file itself. A node
// has one value, so there is one record. Format: model-explorer,
// src/ui/src/components/visualizer/common/types.ts, NodeDataProviderGraphData.
#include <fmt/format.h>

#include <cmath>

#include "report/format.h"
#include "util/json.h"

namespace assay {
namespace {

Json stop(double at, std::string_view colour) {
  return Json::object().set("stop", at).set("bgColor", colour);
}

std::string render(std::span<const Record> records, const RenderOptions&) {
  Json results = Json::object();
  std::string title = "cycles";
  if (!records.empty()) {
    title = fmt::format("cycles on {}", records[0].target);
    for (const LayerRecord& layer : records[0].layers)
      if (std::isfinite(layer.cycles.number()))
        results.set(layer.name, Json::object().set("value", layer.cycles.number()));
  }
  Json gradient = Json::array();
  gradient.push(stop(0, "#fff7e0")).push(stop(1, "#d55e00"));
  Json json = Json::object();
  json.set("name", title).set("results", std::move(results));
  return json.set("gradient", std::move(gradient)).dump();
}

}  // namespace

const Format model_explorer_format = {.name = "model_explorer",
                                      .summary = "cycles a layer, for Model Explorer's node data",
                                      .extensions = {".explorer.json"},
                                      .render = render,
                                      .one_record = true};

}  // namespace assay
