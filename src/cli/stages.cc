// Sums over the layers of a pipeline's parts. Their intervals add up: they come from one core.
#include "cli/stages.h"

#include <string>

namespace assay {
namespace {

void add(Figure& sum, const Figure& part) {
  if (!sum) return;
  if (!part) {
    sum = Figure::none(part.reason);
    return;
  }
  sum.value = sum.number() + part.number();
  sum.how = part.how;
  sum.low += part.low;
  sum.high += part.high;
}

/// Of the time between two inferences.
Figure busy(const Figure& latency_us, double every_s) {
  if (every_s <= 0)
    return Figure::none("the pipeline file does not say how often: every = \"20 ms\"");
  if (!latency_us) return Figure::none(latency_us.reason);
  const double percent = 100 / (every_s * 1e6);
  Figure made = latency_us;
  made.value = latency_us.number() * percent;
  made.low *= percent;
  made.high *= percent;
  return made;
}

StageRecord stage(std::string name) {
  StageRecord made;
  made.name = std::move(name);
  made.bytes = Figure::none("only of the samples");
  made.cycles = made.latency_us = Figure::exact(0);
  return made;
}

}  // namespace

void add_stages(Record& record, const Graph& graph, std::span<const int> nodes) {
  if (!graph.pipeline()) return;
  const Pipeline& pipeline = *graph.pipeline();
  StageRecord samples;
  samples.name = "acquisition";
  samples.bytes = Figure::exact(graph.tensor(graph.inputs()[0]).bytes());
  samples.cycles = samples.latency_us = samples.busy_percent =
      Figure::none("samples come by DMA or interrupts, which are not in the image");
  StageRecord parts[] = {stage("features"), stage("inference"), stage("total")};
  for (size_t i = 0; i < nodes.size() && i < record.layers.size(); ++i) {
    StageRecord& part = parts[nodes[i] < pipeline.feature_nodes ? 0 : 1];
    const LayerRecord& layer = record.layers[i];
    add(part.cycles, layer.cycles);
    add(part.latency_us, layer.latency_us);
  }
  parts[2].cycles = record.cycles;
  parts[2].latency_us = record.latency_us;
  record.stages.push_back(std::move(samples));
  for (StageRecord& part : parts) {
    part.busy_percent = busy(part.latency_us, pipeline.every_s);
    record.stages.push_back(std::move(part));
  }
}

}  // namespace assay
