// Loop counts of kernels other than convolutions, the table of all, and the cache model.
//
// Constants that are read again and again cost lines: a cache that replaces what was used longest
// ago keeps, of a cyclic reading, the sets that it fits and loses the others wholly. Not handled:
// what else lives in the cache, data-dependent paths (the division of average_pool_2d, soft float
// beyond `is_rectified`).
#include "estimate/kernel_features.h"

#include <algorithm>
#include <cstring>

#include "ops/op.h"

namespace assay {
namespace {

Features rows_s8_dsp(const CallShape& s) {
  const int64_t depth = s["depth"], units = s["units"];
  const double rows = s.real("rows");
  const double blocks = rows * static_cast<double>(units / 4);
  const double singles = rows * static_cast<double>(units % 4);
  const bool clamps = s["out_min"] > -128 || s["out_max"] < 127;
  return {{"calls", 1},
          {"rows", rows},
          {"blocks", blocks},
          {"groups", blocks * static_cast<double>(depth / 4)},
          {"rest_groups", depth % 4 > 0 ? blocks : 0},
          {"singles", singles},
          {"single_groups", singles * static_cast<double>((depth + 3) / 4)},
          {"clamps", clamps ? rows * s.real("units") : 0},
          {"line_fills", s.cache.fills(s.constant_bytes(), rows)}};
}

Features rows_plain(const CallShape& s) {
  const double outputs = s.real("rows") * s.real("units");
  const double macs = outputs * s.real("depth");
  const bool zeros = s.is_rectified && s.call.kernel.ends_with("_f32");  // integers do not care
  return {{"calls", 1},
          {"rows", s.real("rows")},
          {"outputs", outputs},
          {"macs", zeros ? 0 : macs},
          {"rectified_macs", zeros ? macs : 0},
          {"line_fills", s.cache.fills(s.constant_bytes(), s.real("rows"))}};
}

Features pool(const CallShape& s) {
  const AxisTaps h = taps_of({s["out_h"], s["stride_h"], s["pad_h"], s["filter_h"], 1, s["in_h"]});
  const AxisTaps w = taps_of({s["out_w"], s["stride_w"], s["pad_w"], s["filter_w"], 1, s["in_w"]});
  const double pixels = s.real("batches") * s.real("out_h") * s.real("out_w");
  const double planes = s.real("batches") * s.real("channels");
  const double rows = planes * static_cast<double>(h.inside);
  return {{"calls", 1},
          {"pixels", pixels},
          {"outputs", pixels * s.real("channels")},
          {"rows", rows * s.real("out_w")},
          {"taps", rows * static_cast<double>(w.inside)}};
}

Features softmax(const CallShape& s) {
  return {{"calls", 1}, {"rows", s.real("rows")}, {"elements", s.real("rows") * s.real("depth")}};
}

Features elements(const CallShape& s) { return {{"calls", 1}, {"elements", s.real("count")}}; }

Features pair(const CallShape& s) {
  const double turns = s.turns(0, s["rank"]);
  return {{"calls", 1}, {"turns", turns}, {"elements", turns * s.real("inner")}};
}

Features mean(const CallShape& s) {
  const double kept = s.turns(0, s["kept"]), turns = kept * s.turns(s["kept"], s["summed"]);
  return {{"calls", 1}, {"outputs", kept}, {"turns", turns}, {"elements", turns * s.real("inner")}};
}

/// Runs of whole words are copied in another way than others.
void append_runs(const CallShape& s, double turns, Features& features) {
  const double bytes = turns * s.real("run");
  const bool in_words = s["run"] % 4 == 0;
  features.insert(features.end(), {{"runs", turns},
                                   {"run_bytes", in_words ? bytes : 0},
                                   {"odd_run_bytes", in_words ? 0 : bytes}});
}

Features copy(const CallShape& s) {
  const double turns = s["run"] > 0 ? s.turns(0, s["rank"]) : 0;
  const bool single = s["run"] == 1;
  Features features = {{"calls", 1}, {"single_bytes", single ? turns : 0}};
  append_runs(s, single ? 0 : turns, features);
  return features;
}

Features pad(const CallShape& s) {
  Features features = {{"calls", 1}, {"filled_bytes", s.real("out_bytes")}};
  append_runs(s, s["run"] > 0 ? s.turns(0, s["rank"]) : 0, features);
  return features;
}

Features arg_max(const CallShape& s) {
  const double rows = s.real("outer") * s.real("inner");
  return {{"calls", 1}, {"rows", rows}, {"elements", rows * s.real("count")}};
}

struct KernelRow {
  std::string_view kernel;
  Features (*features)(const CallShape&);
};

// clang-format off
constexpr KernelRow kKernels[] = {
    {"conv_2d_s8_dsp",              conv_2d_s8_dsp_features},
    {"conv_2d_s8",                  conv_2d_s8_features},
    {"conv_2d_f32",                 conv_2d_f32_features},
    {"depthwise_conv_2d_3x3_s8_dsp", depthwise_conv_2d_3x3_s8_dsp_features},
    {"depthwise_conv_2d_s8_dsp",    depthwise_conv_2d_s8_dsp_features},
    {"depthwise_conv_2d_s8",        depthwise_conv_2d_s8_features},
    {"depthwise_conv_2d_f32",       depthwise_conv_2d_f32_features},
    {"fully_connected_s8_dsp",      rows_s8_dsp},
    {"fully_connected_s8",          rows_plain},
    {"fully_connected_f32",         rows_plain},
    {"average_pool_2d_s8",          pool},
    {"average_pool_2d_f32",         pool},
    {"max_pool_2d_s8",              pool},
    {"max_pool_2d_f32",             pool},
    {"mean_s8",                     mean},
    {"mean_f32",                    mean},
    {"softmax_s8",                  softmax},
    {"softmax_f32",                 softmax},
    {"add_s8",                      pair},
    {"add_f32",                     pair},
    {"mul_s8",                      pair},
    {"mul_f32",                     pair},
    {"lut_8",                       elements},
    {"quantize_8",                  elements},
    {"dequantize_8",                elements},
    {"dequantize_f16",              elements},
    {"relu_f32",                    elements},
    {"relu6_f32",                   elements},
    {"leaky_relu_f32",              elements},
    {"logistic_f32",                elements},
    {"tanh_f32",                    elements},
    {"hard_swish_f32",              elements},
    {"arg_max_s8",                  arg_max},
    {"arg_max_f32",                 arg_max},
    {"copy_nd",                     copy},
    {"pad_nd",                      pad},
};
// clang-format on

const KernelRow* find_row(std::string_view kernel) {
  const auto at = std::ranges::find(kKernels, kernel, &KernelRow::kernel);
  return at == std::end(kKernels) ? nullptr : at;
}

}  // namespace

int64_t CallShape::operator[](std::string_view param) const {
  for (const Param& each : call.params)
    if (each.name == param)
      if (const auto* value = std::get_if<int64_t>(&each.value)) return *value;
  return 0;
}

int64_t CallShape::constant_bytes() const {
  int64_t bytes = 0;
  for (const Constant& each : call.constants) bytes += static_cast<int64_t>(each.bytes().size());
  return bytes;
}

double CallShape::turns(int64_t first, int64_t rank) const {
  double product = 1;
  for (const Constant& each : call.constants) {
    if (each.name != "loops") continue;
    for (int64_t row = first; row < first + rank; ++row) {
      const auto at = static_cast<size_t>(row) * 3 * sizeof(int32_t);
      if (at + sizeof(int32_t) > each.bytes().size()) break;
      int32_t count = 0;
      std::memcpy(&count, each.bytes().data() + at, sizeof count);
      product *= std::max(count, 0);
    }
  }
  return product;
}

double ConstantCache::fills(int64_t bytes, double passes) const {
  if (sets == 0) return 0;
  const int64_t lines = (bytes + line_bytes - 1) / line_bytes;
  // Of a stretch of lines, `rest` sets hold one more than the others.
  const int64_t each = lines / sets, rest = lines % sets;
  const int64_t lost =
      (each + 1 > ways ? rest * (each + 1) : 0) + (each > ways ? (sets - rest) * each : 0);
  return static_cast<double>(lines) + static_cast<double>(lost) * std::max(passes - 1, 0.0);
}

ConstantCache constant_cache(const Target& target) {
  for (const CacheSpec& cache : target.caches) {
    if (!cache.data) continue;
    const bool of_flash = std::ranges::any_of(cache.regions, [&](size_t region) {
      return target.regions[region].kind == RegionKind::flash;
    });
    if (of_flash) return {cache.line_bytes, cache.lines / cache.ways, cache.ways};
  }
  return {};
}

Features kernel_features(const CallShape& shape) {
  const KernelRow* row = find_row(shape.call.kernel);
  return row ? row->features(shape) : Features{};
}

bool has_features(std::string_view kernel) { return find_row(kernel) != nullptr; }

bool is_rectified(const Graph& graph, TensorId tensor) {
  for (const Node& node : graph.nodes()) {
    if (std::ranges::find(node.outputs, tensor) == node.outputs.end()) continue;
    const std::string activation = node.attrs.word("activation", "none");
    if (activation.starts_with("relu") || node.op.starts_with("relu")) return true;
    const bool keeps_zeros = node.op == "max_pool_2d" || node.op == "reshape" ||
                             node.op == "squeeze" || node.op == "expand_dims" || node.op == "pad";
    return keeps_zeros && !node.inputs.empty() && is_rectified(graph, node.inputs[0]);
  }
  return false;
}

AxisTaps taps_of(const Axis& axis) {
  constexpr double kMost = 1 << 26;
  AxisTaps taps{saturating_product(axis.out, axis.filter), axis.out};
  if (static_cast<double>(taps.inside) > kMost) return taps;
  taps = {};
  for (int64_t o = 0; o < axis.out; ++o) {
    int64_t inside = 0;
    for (int64_t tap = 0; tap < axis.filter; ++tap) {
      const int64_t at = o * axis.stride - axis.pad + tap * axis.dilation;
      inside += at >= 0 && at < axis.in ? 1 : 0;
    }
    taps.inside += inside;
    taps.whole_windows += inside == axis.filter ? 1 : 0;
  }
  return taps;
}

}  // namespace assay
