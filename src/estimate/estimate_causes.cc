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
constexpr std::string_view kMacs = "multiply-accumulate", kOutputs = kMakingOutputs,
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

/// "conv_2d 3x3 on 64 channels (kernel conv_2d_s8_dsp)".
std::string what_runs(const Graph& graph, const Node& node, const KernelCall& call) {
  std::string text = node.op;
  if (const std::string detail = detail_of(graph, node); !detail.empty()) text += " " + detail;
  const bool windows = node.attrs.integer("stride_h", 0) > 0 && !node.inputs.empty();
  if (windows && graph.tensor(node.inputs[0]).shape.rank() == 4)
    text += fmt::format(" on {} channels", graph.tensor(node.inputs[0]).shape[3]);
  if (!call.kernel.empty()) text += fmt::format(" (kernel {})", call.kernel);
  return text;
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

std::string why_sentence(const Graph& graph, const Prepared& model, const Estimate& cost,
                         std::span<const LayerCauses> causes) {
  const auto most = std::ranges::max_element(cost.layers, {}, &LayerEstimate::cycles);
  if (most == cost.layers.end() || most->cycles <= 0) return {};
  const auto position = static_cast<size_t>(most - cost.layers.begin());
  const auto index = static_cast<size_t>(most->node);
  std::string text =
      fmt::format("layer {} takes {:.0f} %: {}", position, 100 * most->cycles / cost.cycles,
                  what_runs(graph, graph.nodes()[index], model.calls[index]));
  const auto share = [&](size_t i) { return 100 * causes[position][i].second / most->cycles; };
  if (!causes[position].empty())
    text += fmt::format(", bound by {} ({:.0f} % of it)", causes[position][0].first, share(0));
  if (causes[position].size() > 1 && share(1) >= 1)
    text += fmt::format("; another {:.0f} % is {}", share(1), causes[position][1].first);
  return text;
}

}  // namespace assay
