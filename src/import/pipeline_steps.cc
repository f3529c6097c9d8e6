// The steps of a pipeline: each says its keys, its formula, and which operators compute it.
//
// Everything is float32 along the last axis, unless a step says otherwise. Constants (windows,
// filters, cosines) are computed in double and rounded once. Definitions are SciPy's and librosa's,
// held by tests/conformance/pipeline_test.py. Sources: Slaney, Auditory Toolbox (1998), and Young
// et al., The HTK Book (2006), 5.4, for the mel scales; Davis and Mermelstein (1980) for MFCC.
#include "import/pipeline_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "util/text.h"

namespace assay {
namespace {

constexpr double kPi = std::numbers::pi;

std::vector<float> rounded(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

/// An integer key in a range.
Result<int64_t> integer_in(const Toml& step, std::string_view key, int64_t least, int64_t most) {
  const int64_t value = TRY(step.integer(key));
  if (value < least || value > most)
    return std::unexpected(
        step.error_at(key, fmt::format("'{}' is {}, not in {} .. {}", key, value, least, most)));
  return value;
}

/// One of `words`, by its place.
Result<size_t> one_of(const Toml& step, std::string_view key, std::string_view otherwise,
                      std::span<const std::string_view> words) {
  const std::string said = TRY(step.text(key, otherwise));
  const auto found = std::ranges::find(words, said);
  if (found == words.end())
    return std::unexpected(step.error_at(
        key, fmt::format("'{}' is '{}', not one of {}", key, said, fmt::join(words, ", "))));
  return static_cast<size_t>(found - words.begin());
}

/// frame: length, hop, in samples. [..., n] -> [..., frames, length].
Status frame(PipelineBuilder& builder, const Toml& step) {
  const int64_t samples = builder.depth();
  const int64_t length = TRY(integer_in(step, "length", 1, samples));
  const int64_t hop = TRY(integer_in(step, "hop", 1, samples));
  const int64_t frames = 1 + (samples - length) / hop;
  Tensor out = builder.tensor();
  out.shape = with_depth(out.shape, frames);
  out.shape.dims.push_back(static_cast<int32_t>(length));
  Attrs attrs;
  attrs.set("length", length);
  attrs.set("hop", hop);
  builder.add_as("frame", std::move(out), {}, std::move(attrs));
  return {};
}

/// x[i] - coefficient * x[i - 1], the first sample as it is.
Status preemphasis(PipelineBuilder& builder, const Toml& step) {
  const double coefficient = TRY(step.real("coefficient", 0.97));
  const TensorId from = builder.last();
  const Shape shape = builder.shape();
  const auto rank = static_cast<int32_t>(shape.rank());
  std::vector<int32_t> margins(static_cast<size_t>(2 * rank), 0), zeros(static_cast<size_t>(rank));
  margins[static_cast<size_t>(2 * rank - 2)] = 1;
  builder.add("pad", with_depth(shape, builder.depth() + 1),
              {builder.constant("margins", {{rank, 2}}, margins)});
  builder.add(
      "slice", shape,
      {builder.constant("begin", {{rank}}, zeros), builder.constant("size", {{rank}}, shape.dims)});
  builder.add("mul", shape, {builder.scalar("coefficient", coefficient)});
  const TensorId earlier = builder.last();
  builder.join("sub", {from, earlier}, shape, {});
  return {};
}

/// kind: hann, hamming, blackman, rectangular; periodic (as for spectra) or symmetric.
Status window(PipelineBuilder& builder, const Toml& step) {
  static constexpr std::array<std::string_view, 4> kKinds = {"hann", "hamming", "blackman",
                                                             "rectangular"};
  // Cosine terms: a0 - a1 cos(x) + a2 cos(2 x).
  static constexpr double kTerms[][3] = {
      {0.5, 0.5, 0}, {0.54, 0.46, 0}, {0.42, 0.5, 0.08}, {1, 0, 0}};
  const size_t kind = TRY(one_of(step, "kind", "hann", kKinds));
  const bool periodic = TRY(step.boolean("periodic", true));
  const int32_t n = builder.depth();
  std::vector<double> weights;
  for (int32_t i = 0; i < n; ++i) {
    const double x = 2 * kPi * i / std::max(periodic ? n : n - 1, 1);
    weights.push_back(kTerms[kind][0] - kTerms[kind][1] * std::cos(x) +
                      kTerms[kind][2] * std::cos(2 * x));
  }
  builder.add("mul", builder.shape(), {builder.constant("window", {{n}}, rounded(weights))});
  return {};
}

/// points (a power of two, zeros behind the samples), kind: power or magnitude.
Status spectrum(PipelineBuilder& builder, const Toml& step) {
  static constexpr std::array<std::string_view, 2> kKinds = {"power", "magnitude"};
  int64_t points = 4;
  while (points < builder.depth()) points *= 2;
  if (step.has("points")) points = TRY(integer_in(step, "points", points, 1 << 16));
  if ((points & (points - 1)) != 0)
    return std::unexpected(
        step.error_at("points", fmt::format("'points' is {}, not a power of two", points)));
  Attrs attrs;
  attrs.set("n", points);
  attrs.set("is_root", static_cast<int64_t>(TRY(one_of(step, "kind", "power", kKinds))));
  builder.add("power_spectrum", with_depth(builder.shape(), points / 2 + 1), {}, std::move(attrs));
  return {};
}

// Mel scales
// ---------------------------------------------------------------------------------------

struct MelScale {
  double (*from_hz)(double hz);
  double (*to_hz)(double mel);
};

double htk_mel(double hz) { return 2595 * std::log10(1 + hz / 700); }
double htk_hz(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

// Linear to 1000 Hz, then a factor of 6.4 each 27 steps.
constexpr double kSlaneyStep = 200.0 / 3, kSlaneyBreak = 1000 / kSlaneyStep;
double slaney_mel(double hz) {
  return hz < 1000 ? hz / kSlaneyStep : kSlaneyBreak + std::log(hz / 1000) / std::log(6.4) * 27;
}
double slaney_hz(double mel) {
  return mel < kSlaneyBreak ? mel * kSlaneyStep
                            : 1000 * std::exp(std::log(6.4) / 27 * (mel - kSlaneyBreak));
}

/// Triangles whose corners stand at equal distances on the scale, as spans of weights.
struct Triangles {
  std::vector<int32_t> spans;  ///< [bands][2]
  std::vector<double> weights;
};

Triangles triangles(const std::vector<double>& corners_hz, double bin_hz, int32_t bins,
                    bool of_equal_area) {
  Triangles made;
  for (size_t band = 0; band + 2 < corners_hz.size(); ++band) {
    const double low = corners_hz[band], middle = corners_hz[band + 1], high = corners_hz[band + 2];
    const double height = of_equal_area ? 2 / (high - low) : 1;
    int32_t first = 0, count = 0;
    for (int32_t bin = 0; bin < bins; ++bin) {
      const double hz = bin * bin_hz;
      const double weight = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      if (weight <= 0) continue;
      if (count == 0) first = bin;
      ++count;
      made.weights.push_back(weight * height);
    }
    made.spans.insert(made.spans.end(), {first, count});
  }
  return made;
}

/// bands, low_hz, high_hz, scale: htk or slaney, norm: none or slaney (equal areas).
Status mel(PipelineBuilder& builder, const Toml& step) {
  static constexpr std::array<std::string_view, 2> kScales = {"htk", "slaney"};
  static constexpr std::array<std::string_view, 2> kNorms = {"none", "slaney"};
  const double rate_hz = builder.facts().rate_hz;
  if (rate_hz <= 0)
    return std::unexpected(
        step.error_at("op", "mel needs rate_hz in [input]: which bin is which frequency"));
  const int64_t bands = TRY(integer_in(step, "bands", 1, 1024));
  const double low_hz = TRY(step.real("low_hz", 0)),
               high_hz = TRY(step.real("high_hz", rate_hz / 2));
  if (!(low_hz >= 0 && low_hz < high_hz && high_hz <= rate_hz / 2))
    return std::unexpected(step.error_at(
        "high_hz",
        fmt::format("a band of {} .. {} Hz out of 0 .. {} Hz", low_hz, high_hz, rate_hz / 2)));
  const MelScale scale = TRY(one_of(step, "scale", "htk", kScales)) == 0
                             ? MelScale{htk_mel, htk_hz}
                             : MelScale{slaney_mel, slaney_hz};
  const bool of_equal_area = TRY(one_of(step, "norm", "none", kNorms)) == 1;
  const int32_t bins = builder.depth();
  if (bins < 2) return std::unexpected(step.error_at("op", "mel needs a spectrum before it"));
  std::vector<double> corners_hz;
  const double low = scale.from_hz(low_hz), high = scale.from_hz(high_hz);
  for (int64_t i = 0; i < bands + 2; ++i)
    corners_hz.push_back(
        scale.to_hz(low + (high - low) * static_cast<double>(i) / static_cast<double>(bands + 1)));
  const Triangles filters = triangles(corners_hz, rate_hz / 2 / (bins - 1), bins, of_equal_area);
  if (filters.weights.empty())
    return std::unexpected(step.error_at("bands", "no band holds a bin of the spectrum"));
  const auto rows = static_cast<int32_t>(bands),
             taps = static_cast<int32_t>(filters.weights.size());
  builder.add("band_sums", with_depth(builder.shape(), bands),
              {builder.constant("bands", {{rows, 2}}, filters.spans),
               builder.constant("weights", {{taps}}, rounded(filters.weights))});
  return {};
}

// -------------------------------------------------------------------------------------------------

/// log(max(x, floor)), natural, to the base 10, or in dB of power.
Status logarithm(PipelineBuilder& builder, const Toml& step) {
  static constexpr std::array<std::string_view, 3> kKinds = {"natural", "log10", "db"};
  static constexpr double kFactors[] = {1, 1 / std::numbers::ln10, 10 / std::numbers::ln10};
  const size_t kind = TRY(one_of(step, "kind", "natural", kKinds));
  const double floor = TRY(step.real("floor", 1e-10));
  if (!(floor > 0 && std::isfinite(static_cast<float>(floor)) && static_cast<float>(floor) > 0))
    return std::unexpected(
        step.error_at("floor", fmt::format("'floor' is {}, not above 0", floor)));
  const Shape shape = builder.shape();
  builder.add("maximum", shape, {builder.scalar("floor", floor)});
  builder.add("log", shape);
  if (kind > 0) builder.add("mul", shape, {builder.scalar("factor", kFactors[kind])});
  return {};
}

/// coefficients of the orthonormal DCT-II.
Status dct(PipelineBuilder& builder, const Toml& step) {
  const int32_t n = builder.depth();
  const int64_t count = TRY(integer_in(step, "coefficients", 1, n));
  std::vector<double> cosines;
  for (int64_t k = 0; k < count; ++k)
    for (int32_t i = 0; i < n; ++i)
      cosines.push_back(std::sqrt((k == 0 ? 1.0 : 2.0) / n) *
                        std::cos(kPi * static_cast<double>(k) * (2 * i + 1) / (2.0 * n)));
  Attrs attrs;
  attrs.set("keep_num_dims", int64_t{1});
  builder.add("fully_connected", with_depth(builder.shape(), count),
              {builder.constant("cosines", {{static_cast<int32_t>(count), n}}, rounded(cosines)),
               kNoTensor},
              std::move(attrs));
  return {};
}

/// of = ["mean", "rms", ...]: these of each row side by side; percentile with `percent`.
Status statistics(PipelineBuilder& builder, const Toml& step) {
  const std::vector<std::string> wanted = TRY(step.texts("of"));
  const double percent = TRY(step.real("percent", 50));
  if (wanted.empty())
    return std::unexpected(step.error_at("op", "statistics needs of = [\"mean\", ...]"));
  const TensorId from = builder.last();
  const Shape row = with_depth(builder.shape(), 1);
  std::vector<TensorId> made;
  for (const std::string& kind : wanted) {
    builder.go_back_to(from);
    Attrs attrs;
    attrs.set("kind", kind);
    attrs.set("percent", percent);
    builder.add("row_statistic", row, {}, std::move(attrs));
    made.push_back(builder.last());
  }
  if (made.size() == 1) return {};
  Attrs attrs;
  attrs.set("axis", int64_t{-1});
  const auto columns = static_cast<int64_t>(made.size());
  builder.join("concatenation", made, with_depth(row, columns), std::move(attrs));
  return {};
}

/// (x - mean) / std; each one number, or one for each element of the last axis.
Status normalise(PipelineBuilder& builder, const Toml& step) {
  const std::vector<double> mean = TRY(step.reals("mean")), std = TRY(step.reals("std"));
  const auto constant = [&](std::string_view key, std::vector<double> values) -> Result<TensorId> {
    const auto count = static_cast<int32_t>(values.size());
    if (count != 1 && count != builder.depth())
      return std::unexpected(step.error_at(
          key, fmt::format("'{}' has {} numbers for {} elements", key, count, builder.depth())));
    return builder.constant(std::string(key), {{count}}, rounded(values));
  };
  const Shape shape = builder.shape();
  if (!mean.empty()) builder.add("sub", shape, {TRY(constant("mean", mean))});
  if (std.empty()) return {};
  std::vector<double> factors;
  for (const double each : std) {
    if (!(each > 0)) return std::unexpected(step.error_at("std", "'std' is not above 0"));
    factors.push_back(1 / each);
  }
  builder.add("mul", shape, {TRY(constant("std", factors))});
  return {};
}

/// An image as height, width, channels, whatever stands before them.
Status require_image(const PipelineBuilder& builder, const Toml& step) {
  if (builder.shape().rank() == 4) return {};
  return std::unexpected(step.error_at(
      "op", fmt::format("needs an image, batch x height x width x channels; there is {}",
                        text(builder.shape()))));
}

/// top, left, height, width.
Status crop(PipelineBuilder& builder, const Toml& step) {
  TRY_STATUS(require_image(builder, step));
  const Shape& in = builder.shape();
  const int64_t height = TRY(integer_in(step, "height", 1, in[1]));
  const int64_t width = TRY(integer_in(step, "width", 1, in[2]));
  const int64_t centre_top = (in[1] - height) / 2, centre_left = (in[2] - width) / 2;
  const int64_t top =
      step.has("top") ? TRY(integer_in(step, "top", 0, in[1] - height)) : centre_top;
  const int64_t left =
      step.has("left") ? TRY(integer_in(step, "left", 0, in[2] - width)) : centre_left;
  Tensor out = builder.tensor();
  out.shape.dims[1] = static_cast<int32_t>(height);
  out.shape.dims[2] = static_cast<int32_t>(width);
  const std::vector<int32_t> begin = {0, static_cast<int32_t>(top), static_cast<int32_t>(left), 0};
  const std::vector<int32_t> size = out.shape.dims;
  builder.add_as("slice", std::move(out),
                 {builder.constant("begin", {{4}}, begin), builder.constant("size", {{4}}, size)});
  return {};
}

/// height, width, method: bilinear (centres of pixels, as most image libraries) or nearest.
Status resize(PipelineBuilder& builder, const Toml& step) {
  static constexpr std::array<std::string_view, 2> kMethods = {"bilinear", "nearest"};
  TRY_STATUS(require_image(builder, step));
  Tensor out = builder.tensor();
  out.shape.dims[1] = static_cast<int32_t>(TRY(integer_in(step, "height", 1, 16384)));
  out.shape.dims[2] = static_cast<int32_t>(TRY(integer_in(step, "width", 1, 16384)));
  const size_t method = TRY(one_of(step, "method", "bilinear", kMethods));
  Attrs attrs;
  attrs.set("half_pixel_centers", int64_t{1});
  const std::vector<int32_t> size = {out.shape[1], out.shape[2]};
  builder.add_as(method == 0 ? "resize_bilinear" : "resize_nearest_neighbor", std::move(out),
                 {builder.constant("size", {{2}}, size)}, std::move(attrs));
  return {};
}

/// shape = "1x49x10".
Status reshape(PipelineBuilder& builder, const Toml& step) {
  const std::vector<double> extents = TRY(step.reals("shape"));
  Tensor out = builder.tensor();
  const int64_t elements = out.shape.elements();
  out.shape.dims.clear();
  for (const double extent : extents)
    out.shape.dims.push_back(static_cast<int32_t>(std::clamp(extent, 0.0, 1e9)));
  if (extents.empty() || extents.size() > 8 || out.shape.elements() != elements)
    return std::unexpected(step.error_at(
        "shape", fmt::format("{} does not hold the {} elements", text(out.shape), elements)));
  const auto rank = static_cast<int32_t>(extents.size());
  const std::vector<int32_t> dims = out.shape.dims;
  builder.add_as("reshape", std::move(out), {builder.constant("shape", {{rank}}, dims)});
  return {};
}

struct Step {
  std::string_view name;
  Status (*add)(PipelineBuilder& builder, const Toml& step);
  bool takes_any_type = false;  ///< else an integer input becomes float32 before it
};

constexpr Step kSteps[] = {
    {"frame", frame, true},
    {"preemphasis", preemphasis},
    {"window", window},
    {"spectrum", spectrum},
    {"mel", mel},
    {"log", logarithm},
    {"dct", dct},
    {"statistics", statistics},
    {"normalise", normalise},
    {"crop", crop, true},
    {"resize", resize},
    {"reshape", reshape, true},
};

}  // namespace

std::string step_names() {
  std::string names;
  for (const Step& step : kSteps) names += (names.empty() ? "" : ", ") + std::string(step.name);
  return names;
}

Status add_step(PipelineBuilder& builder, const Toml& step) {
  const std::string wanted = TRY(step.text("op"));
  const auto found = std::ranges::find(kSteps, wanted, &Step::name);
  if (found == std::end(kSteps))
    return std::unexpected(
        step.error_at("op", fmt::format("no step '{}'; there are {}", wanted, step_names())));
  if (!found->takes_any_type && builder.tensor().dtype != Dtype::f32)
    builder.add("dequantize", builder.shape());
  TRY_STATUS(found->add(builder, step));
  return step.no_other_keys();
}

}  // namespace assay
