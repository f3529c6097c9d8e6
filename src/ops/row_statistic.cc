// row_statistic: one number of each row: mean, rms, std, min, max, zero crossings, a percentile:
// [..., n] -> [..., 1].
//
// Definitions are NumPy's (std over the population, percentiles in proportion between the two
// nearest ranks); a zero crossing is a pair of neighbours of which exactly one is below zero. Sums
// run in the elements' order, as in the kernel.
#include <algorithm>
#include <array>
#include <cmath>

#include "ops/elementwise.h"

namespace assay {
namespace {

/// In the order of the kernel's enum.
constexpr std::array<std::string_view, 7> kKinds = {
    "mean", "rms", "std", "min", "max", "zero_crossings", "percentile"};

size_t kind_of(const NodeView& node) {
  const auto at = std::ranges::find(kKinds, node.attrs().word("kind", ""));
  return static_cast<size_t>(at - kKinds.begin());
}

bool is_percentile(const NodeView& node) { return kKinds[kind_of(node)] == "percentile"; }

/// The rank of a percentile among n sorted elements, not a whole number.
float position_of(const NodeView& node) {
  if (!is_percentile(node)) return 0;
  const double last = node.input(0).shape.dims.back() - 1;
  return static_cast<float>(node.attrs().real("percent", 50) / 100 * last);
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  Shape out = node.input(0).shape;
  if (out.rank() < 1) return fail(ErrorKind::input, "a scalar has no rows");
  if (kind_of(node) == kKinds.size())
    return fail(ErrorKind::input, "no statistic '{}'; there are {}", node.attrs().word("kind", ""),
                "mean, rms, std, min, max, zero_crossings, percentile");
  const double percent = node.attrs().real("percent", 50);
  if (!(percent >= 0 && percent <= 100))
    return fail(ErrorKind::input, "percentile {} is not in 0 .. 100", percent);
  out.dims.back() = 1;
  return std::vector{std::move(out)};
}

float mean_of(std::span<const float> row) {
  float sum = 0;
  for (const float x : row) sum += x;
  return sum / static_cast<float>(row.size());
}

float power_of(std::span<const float> row, float centre) {
  float sum = 0;
  for (const float x : row) sum += (x - centre) * (x - centre);
  return sum / static_cast<float>(row.size());
}

float crossings_of(std::span<const float> row) {
  int crossings = 0;
  for (size_t i = 1; i < row.size(); ++i) crossings += (row[i - 1] < 0) != (row[i] < 0);
  return static_cast<float>(crossings);
}

float percentile_of(std::span<const float> row, float position) {
  std::vector<float> sorted(row.begin(), row.end());
  std::ranges::sort(sorted);
  const auto rank = static_cast<size_t>(position);
  const float low = sorted[rank], high = sorted[std::min(rank + 1, sorted.size() - 1)];
  return low + (high - low) * (position - static_cast<float>(rank));
}

float statistic_of(const NodeView& node, std::span<const float> row) {
  switch (kind_of(node)) {
    case 0:
      return mean_of(row);
    case 1:
      return std::sqrt(power_of(row, 0));
    case 2:
      return std::sqrt(power_of(row, mean_of(row)));
    case 3:
      return *std::ranges::min_element(row);
    case 4:
      return *std::ranges::max_element(row);
    case 5:
      return crossings_of(row);
    default:
      return percentile_of(row, position_of(node));
  }
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto depth = static_cast<size_t>(node.input(0).shape.dims.back());
  const auto out = buffers.out<float>();
  for (size_t row = 0; row < out.size(); ++row)
    out[row] = statistic_of(node, buffers.in<float>(0).subspan(row * depth, depth));
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from != Dtype::f32 || to != Dtype::f32) return unsupported_types(from, to, "f32");
  if (node.input(0).shape.elements() == 0) return "input has no elements";
  return "";
}

Work work(const NodeView& node) {
  return {.ops = node.input(0).shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const int64_t depth = node.input(0).shape.dims.back();
  KernelCall call;
  call.kernel = "row_statistic_f32";
  call.params = {{"rows", node.output().shape.elements()},
                 {"depth", depth},
                 {"kind", static_cast<int64_t>(kind_of(node))},
                 {"position", position_of(node)}};
  call.inputs = {0};
  call.takes_scratch = true;
  if (is_percentile(node)) call.scratch_bytes = depth * static_cast<int64_t>(sizeof(float));
  call.needs_libm = true;
  return call;
}

}  // namespace

extern const OpDef row_statistic_op = {
    .name = "row_statistic",
    .summary = "mean, rms, std, min, max, zero crossings or a percentile of each row",
    .types = "f32",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
