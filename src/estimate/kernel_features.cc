// What the families of kernels share: finding a kernel's row, reading its call, the cache model.
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

constexpr const KernelFamily* kFamilies[] = {
#define ASSAY_KERNEL_FAMILY(id) &id##_kernels,
#include "estimate/kernel_families.def"
#undef ASSAY_KERNEL_FAMILY
};

const KernelRow* find_row(std::string_view kernel) {
  for (const KernelFamily* family : kFamilies)
    for (const KernelRow& row : family->kernels)
      if (row.kernel == kernel) return &row;
  return nullptr;
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

Features element_features(const CallShape& s) {
  return {{"calls", 1}, {"elements", s.real("count")}};
}

Features pair_features(const CallShape& s) {
  const double turns = s.turns(0, s["rank"]);
  return {{"calls", 1}, {"turns", turns}, {"elements", turns * s.real("inner")}};
}

std::span<const KernelFamily* const> kernel_families() { return kFamilies; }

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
