// Calibration: the smallest and largest value of each float tensor over some inferences, or less
// than that where a histogram says that int8 is better off without the outermost values.
//
// The histogram has 2048 bins over all that was seen, so it takes a second pass over the inputs.
// The mean squared error of a candidate range counts values in its bins' middles: beyond the range
// by how far they are clipped, inside by the twelfth of a squared step.
// Source: the two ways to clip are those of ONNX Runtime's calibration and of N. Migacz, "8-bit
// inference with TensorRT", 2017 (there with entropy for squares).
#include "ops/calibrate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace assay {
namespace {

constexpr size_t kBins = 2048;
constexpr double kOutermost = 1e-4;  // of the values, at each end

using Histogram = std::array<int64_t, kBins>;

bool is_float(const Tensor& tensor) { return tensor.dtype == Dtype::f32; }

/// Calls take(value) for the bytes' finite floats.
template <class Take>
void each_float(std::span<const std::byte> bytes, const Take& take) {
  for (size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float x = 0;
    std::memcpy(&x, &bytes[at], sizeof x);
    if (std::isfinite(x)) take(x);
  }
}

/// Runs all inputs; calls look(id, bytes) for each float tensor of each inference.
template <class Look>
Status run_all(const Graph& graph, std::span<const std::vector<Bytes>> inputs, const Look& look,
               std::vector<std::vector<Bytes>>* outputs) {
  for (const std::vector<Bytes>& one : inputs) {
    std::vector<Bytes> tensors = TRY(run_reference_tensors(graph, one));
    for (size_t id = 0; id < tensors.size(); ++id)
      if (is_float(graph.tensors()[id]) && !graph.tensors()[id].is_constant) look(id, tensors[id]);
    if (!outputs) continue;
    std::vector<Bytes>& kept = outputs->emplace_back();
    for (const TensorId id : graph.outputs()) kept.push_back(tensors[static_cast<size_t>(id)]);
  }
  return {};
}

double middle(const Range& range, size_t bin) {
  const double width = (double{range.high} - double{range.low}) / kBins;
  return double{range.low} + (static_cast<double>(bin) + 0.5) * width;
}

Range without_outermost(const Range& range, const Histogram& histogram) {
  int64_t all = 0;
  for (const int64_t count : histogram) all += count;
  const auto most = static_cast<int64_t>(kOutermost * static_cast<double>(all));
  size_t first = 0, last = kBins - 1;
  for (int64_t cut = histogram[first]; cut <= most && first < last; cut += histogram[++first]) {
  }
  for (int64_t cut = histogram[last]; cut <= most && last > first; cut += histogram[--last]) {
  }
  const double half = (double{range.high} - double{range.low}) / kBins / 2;
  return {static_cast<float>(middle(range, first) - half),
          static_cast<float>(middle(range, last) + half), true};
}

double squared_error(const Range& range, const Histogram& histogram, double low, double high) {
  const double step = (high - low) / 255;
  double sum = 0;
  for (size_t bin = 0; bin < kBins; ++bin) {
    const double x = middle(range, bin), beyond = std::max({0.0, low - x, x - high});
    sum += static_cast<double>(histogram[bin]) * (beyond * beyond + step * step / 12);
  }
  return sum;
}

Range of_least_error(const Range& range, const Histogram& histogram) {
  Range best = range;
  double least = squared_error(range, histogram, double{range.low}, double{range.high});
  for (int percent = 98; percent >= 20; percent -= 2) {
    const double low = double{range.low} * percent / 100, high = double{range.high} * percent / 100;
    const double error = squared_error(range, histogram, low, high);
    if (error >= least) continue;
    least = error;
    best = {static_cast<float>(low), static_cast<float>(high), true};
  }
  return best;
}

Status clip_ranges(const Graph& graph, std::span<const std::vector<Bytes>> inputs, Clip clip,
                   std::vector<Range>& ranges) {
  std::vector<Histogram> histograms(ranges.size(), Histogram{});
  const auto count = [&](size_t id, const Bytes& bytes) {
    const Range& range = ranges[id];
    const double width = (double{range.high} - double{range.low}) / kBins;
    if (width <= 0) return;
    each_float(bytes, [&](float x) {
      const double bin = (double{x} - double{range.low}) / width;
      ++histograms[id][std::min(static_cast<size_t>(std::max(bin, 0.0)), kBins - 1)];
    });
  };
  TRY_STATUS(run_all(graph, inputs, count, nullptr));
  for (size_t id = 0; id < ranges.size(); ++id) {
    const bool counted = std::ranges::any_of(histograms[id], [](int64_t n) { return n > 0; });
    if (!counted) continue;
    ranges[id] = clip == Clip::percentile ? without_outermost(ranges[id], histograms[id])
                                          : of_least_error(ranges[id], histograms[id]);
  }
  return {};
}

Status check_finite(const Graph& graph, std::span<const std::vector<Bytes>> inputs) {
  for (size_t run = 0; run < inputs.size(); ++run)
    for (size_t k = 0; k < inputs[run].size() && k < graph.inputs().size(); ++k) {
      const Tensor& tensor = graph.tensor(graph.inputs()[k]);
      if (!is_float(tensor)) continue;
      size_t finite = 0;
      each_float(inputs[run][k], [&](float) { ++finite; });
      if (finite != inputs[run][k].size() / sizeof(float))
        return fail(ErrorKind::input,
                    "row {} of input '{}' has {} elements that are no finite number", run,
                    tensor.name, inputs[run][k].size() / sizeof(float) - finite);
    }
  return {};
}

}  // namespace

void Range::take(float x) {
  low = seen ? std::min(low, x) : x;
  high = seen ? std::max(high, x) : x;
  seen = true;
}

void Range::take(const Range& other) {
  if (!other.seen) return;
  take(other.low);
  take(other.high);
}

Result<Calibration> calibrate(const Graph& graph, std::span<const std::vector<Bytes>> inputs,
                              Clip clip) {
  TRY_STATUS(check_finite(graph, inputs));
  Calibration made{std::vector<Range>(graph.tensors().size()), {}};
  const auto look = [&](size_t id, std::span<const std::byte> bytes) {
    each_float(bytes, [&](float x) { made.ranges[id].take(x); });
  };
  TRY_STATUS(run_all(graph, inputs, look, &made.outputs));
  for (const Node& node : graph.nodes())
    for (const TensorId id : node.outputs) {
      const Tensor& tensor = graph.tensor(id);
      if (is_float(tensor) && tensor.shape.elements() > 0 &&
          !made.ranges[static_cast<size_t>(id)].seen)
        return fail(ErrorKind::input, "{} held no finite number in any of {} inferences",
                    tensor_label(id, tensor), inputs.size());
    }
  if (clip != Clip::minmax) TRY_STATUS(clip_ranges(graph, inputs, clip, made.ranges));
  for (size_t id = 0; id < graph.tensors().size(); ++id)
    if (is_float(graph.tensors()[id]) && graph.tensors()[id].is_constant)
      look(id, graph.tensors()[id].data);
  return made;
}

}  // namespace assay
