// What an estimate's cycles go to: each feature of a kernel stands for one kind of work.
//
// The words are the estimator's own, coarser than the causes of a measurement: a feature's
// coefficient holds everything that its turn of the loop waits for.
#include <fmt/format.h>

#include <algorithm>

#include "estimate/estimate.h"
#include "estimate/totals.h"

namespace assay {
namespace {

struct Cause {
  std::string_view feature, words;
};
constexpr std::string_view kMacs = "multiply-accumulate", kOutputs = "making outputs",
                           kWindows = "gathering windows", kConstants = "weights from flash",
                           kCalls = "calls", kElements = "work on elements", kCold = "cold code";
// clang-format off
constexpr Cause kCauses[] = {
    {"blocks", kMacs}, {"odd_groups", kMacs}, {"groups", kMacs}, {"rest_groups", kMacs},
    {"single_groups", kMacs}, {"macs", kMacs}, {"rectified_macs", kMacs}, {"inner_macs", kMacs},
    {"border_macs", kMacs}, {"padding_macs", kMacs}, {"inner_taps", kMacs}, {"border_taps", kMacs},
    {"padding_taps", kMacs}, {"taps", kMacs}, {"twos", kMacs}, {"ones", kMacs},
    {"line_fills", kConstants},
    {"channel_pairs", kOutputs}, {"odd_channels", kOutputs}, {"clamps", kOutputs},
    {"outputs", kOutputs}, {"inner", kOutputs}, {"border", kOutputs}, {"singles", kOutputs},
    {"lines", kOutputs}, {"channels", kOutputs},
    {"pairs", kWindows}, {"pixels", kWindows}, {"rows", kWindows}, {"inner_rows", kWindows},
    {"border_rows", kWindows}, {"tap_rows", kWindows}, {"taps_inside", kWindows},
    {"taps_padding", kWindows}, {"widened_groups", kWindows}, {"filled_groups", kWindows},
    {"copied_words", kWindows}, {"copied_tail", kWindows}, {"copies", kWindows},
    {"padded_bytes", kWindows}, {"byte_rows", kWindows}, {"byte_columns", kWindows},
    {"filled", kWindows}, {"gathered_rows", kWindows}, {"gathered_fours", kWindows},
    {"gathered_ones", kWindows}, {"filter_rows", kWindows}, {"filter_taps", kWindows},
    {"bands", kWindows}, {"filters", kWindows},
    {"calls", kCalls},
};
// clang-format on

std::string_view cause_of(std::string_view feature) {
  const auto at = std::ranges::find(kCauses, feature, &Cause::feature);
  return at == std::end(kCauses) ? kElements : at->words;
}

void add(LayerCauses& causes, std::string_view words, double cycles) {
  if (cycles <= 0) return;
  auto at = std::ranges::find(causes, words, [](const auto& pair) { return pair.first; });
  if (at == causes.end()) at = causes.insert(at, {words, 0});
  at->second += cycles;
}

void add_call(LayerCauses& causes, const CallShape& shape, const CostTable& table) {
  const KernelCost* cost = table.find(shape.call.kernel);
  if (!cost) return;
  for (const Feature& feature : kernel_features(shape))
    for (const auto& [name, cycles] : cost->cycles)
      if (name == feature.name) add(causes, cause_of(name), cycles * feature.value);
}

}  // namespace

LayerCauses layer_causes(const Prepared& model, const CostTable& table,
                         const LayerEstimate& layer) {
  const auto index = static_cast<size_t>(layer.node);
  LayerCauses causes;
  if (!layer.rough_kernel.empty()) {
    add(causes, kNotBenchmarked, layer.cycles);
    return causes;
  }
  add_call(causes, {model.calls[index], table.cache, model.rectified[index]}, table);
  for (const KernelCall& more : model.calls[index].then)
    add_call(causes, {more, table.cache, model.rectified[index]}, table);
  add(causes, kCold, layer.cold_cycles);
  std::ranges::stable_sort(causes, std::greater{}, [](const auto& pair) { return pair.second; });
  return causes;
}

std::string why_sentence(const Graph& graph, const Estimate& cost,
                         std::span<const LayerCauses> causes) {
  const auto most = std::ranges::max_element(cost.layers, {}, &LayerEstimate::cycles);
  if (most == cost.layers.end() || most->cycles <= 0) return {};
  const Node& node = graph.nodes()[static_cast<size_t>(most->node)];
  const std::string detail = detail_of(graph, node);
  const auto position = static_cast<size_t>(most - cost.layers.begin());
  std::string text =
      fmt::format("layer {} ({}{}{}) takes {:.0f} %", position, node.op, detail.empty() ? "" : " ",
                  detail, 100 * most->cycles / cost.cycles);
  for (size_t i = 0; i < std::min<size_t>(causes[position].size(), 2); ++i) {
    const auto& [words, cycles] = causes[position][i];
    text += fmt::format("{}{:.0f} % {}{}", i == 0 ? ": " : ", ", 100 * cycles / most->cycles,
                        i == 0 ? "of that " : "", words);
  }
  return text;
}

}  // namespace assay
