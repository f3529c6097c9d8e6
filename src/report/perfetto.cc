// One inference as a trace: a slice a layer, its figures as arguments, for ui.perfetto.dev and
// chrome://tracing. Records stand below one another as threads.
// Format: Chrome's "Trace Event Format" (complete events, times in microseconds).
#include <fmt/format.h>

#include <cmath>

#include "report/format.h"
#include "util/json.h"

namespace assay {
namespace {

Json event(std::string_view name, std::string_view kind, size_t thread) {
  Json json = Json::object();
  return json.set("name", name).set("ph", kind).set("pid", 1).set("tid", thread);
}

Json arguments(const LayerRecord& layer) {
  Json json = Json::object();
  json.set("name", layer.name).set("output", layer.output_shape);
  if (std::isfinite(layer.macs.number())) json.set("macs", layer.macs.number());
  if (std::isfinite(layer.cycles.number())) json.set("cycles", layer.cycles.number());
  for (const Share& cause : layer.causes) json.set(cause.name, cause.figure.number());
  return json;
}

std::string render(std::span<const Record> records, const RenderOptions&) {
  Json events = Json::array();
  for (size_t thread = 0; thread < records.size(); ++thread) {
    const Record& record = records[thread];
    const std::string title = fmt::format("{} on {}", record.model, record.target);
    events.push(event("thread_name", "M", thread).set("args", Json::object().set("name", title)));
    double now = 0;
    for (const LayerRecord& layer : record.layers) {
      if (!std::isfinite(layer.latency_us.number())) continue;
      Json slice = event(fmt::format("{} {}", layer.index, layer.op), "X", thread);
      slice.set("ts", now).set("dur", layer.latency_us.number());
      events.push(slice.set("args", arguments(layer)));
      now += layer.latency_us.number();
    }
  }
  return Json::object().set("displayTimeUnit", "ns").set("traceEvents", std::move(events)).dump();
}

}  // namespace

const Format perfetto_format = {.name = "perfetto",
                                .summary = "a slice a layer, for ui.perfetto.dev",
                                .extensions = {".perfetto.json"},
                                .render = render};

}  // namespace assay
