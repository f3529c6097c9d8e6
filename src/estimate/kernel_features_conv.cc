// Loop counts of the convolution kernels: kernels/conv_2d_*.c, kernels/depthwise_conv_2d_*.c.
//
// Border and inside are told apart as the kernels do; the DSP kernels' columns and planes are
// counted as they are built. Source: those files; a test counts the same loops by walking them.
#include <algorithm>

#include "estimate/kernel_features.h"
#include "ops/op.h"

namespace assay {
namespace {

constexpr int64_t kMostLooked = 1 << 26;  // as taps_of

double real(int64_t count) { return static_cast<double>(count); }

bool clamps(const CallShape& s) { return s["out_min"] > -128 || s["out_max"] < 127; }

Axis axis_h(const CallShape& s, int64_t filter) {
  return {s["out_h"], s["stride_h"], s["pad_h"], filter, std::max<int64_t>(s["dilation_h"], 1),
          s["in_h"]};
}

Axis axis_w(const CallShape& s, int64_t filter) {
  return {s["out_w"], s["stride_w"], s["pad_w"], filter, std::max<int64_t>(s["dilation_w"], 1),
          s["in_w"]};
}

/// What assay_conv_2d_s8_dsp_bytes moves for one row of windows, whose rows are in the image.
struct RowBytes {
  int64_t words = 0, tail = 0, copies = 0, padding = 0;
};

RowBytes row_bytes(const CallShape& s) {
  const Axis w = axis_w(s, s["k_w"]);
  const int64_t run = w.dilation == 1 ? w.filter : 1, channels = s["in_c"];
  RowBytes row;
  if (saturating_product(w.out, w.filter) > kMostLooked) return row;
  for (int64_t o = 0; o < w.out; ++o)
    for (int64_t tap = 0; tap < w.filter; tap += run) {
      const int64_t x = o * w.stride - w.pad + tap * w.dilation;
      const int64_t inside =
          std::max<int64_t>(std::min(x + run, w.in) - std::max<int64_t>(x, 0), 0) * channels;
      row.words += inside / 4;
      row.tail += inside % 4;
      row.copies += inside > 0 ? 1 : 0;
      row.padding += run * channels - inside;
    }
  return row;
}

/// Building the columns of all pixels of an image.
void append_columns(const CallShape& s, double scale, Features& features) {
  const bool whole_groups = s["in_c"] % 4 == 0;
  const double k_h = s.real("k_h"), row_taps = s.real("k_w") * s.real("in_c");
  const double rows_all = s.real("out_h") * k_h;
  const double rows_in = real(taps_of(axis_h(s, s["k_h"])).inside);
  const double columns = s.real("out_h") * s.real("out_w") * scale;
  const double taps_in = rows_in * real(taps_of(axis_w(s, s["k_w"])).inside) * scale;
  const double taps_out = columns * k_h * s.real("k_w") - taps_in;
  const double groups = real((s["k_h"] * s["k_w"] * s["in_c"] + 3) / 4);
  const RowBytes row = whole_groups ? RowBytes{} : row_bytes(s);
  const double outside = (rows_all - rows_in) * s.real("out_w") * row_taps;
  const double in_groups = s.real("in_c") / 4;
  features.insert(
      features.end(),
      {{"tap_rows", whole_groups ? columns * k_h : 0},
       {"taps_inside", whole_groups ? taps_in : 0},
       {"taps_padding", whole_groups ? taps_out : 0},
       {"widened_groups", whole_groups ? taps_in * in_groups : columns * groups},
       {"filled_groups", whole_groups ? taps_out * in_groups : 0},
       {"copied_words", rows_in * real(row.words) * scale},
       {"copied_tail", rows_in * real(row.tail) * scale},
       {"copies", rows_in * real(row.copies) * scale},
       {"padded_bytes", whole_groups ? 0 : (rows_in * real(row.padding) + outside) * scale},
       {"byte_rows", whole_groups ? 0 : columns * k_h},
       {"byte_columns", whole_groups ? 0 : columns}});
}

/// Bands of a plane (kernels/depthwise_plane.h).
struct Bands {
  double bands = 0, filled = 0, gathered_rows = 0;
  int64_t columns = 0;
};

Bands bands_of(const CallShape& s, int64_t filter_h) {
  Bands all;
  const int64_t band = std::max<int64_t>(s["band"], 1), in_h = s["in_h"];
  if (s["out_h"] / band > kMostLooked) return all;
  for (int64_t y = 0; y < s["out_h"]; y += band) {
    const int64_t lines = std::min(s["out_h"] - y, band);
    const int64_t rows = (lines - 1) * s["stride_h"] + filter_h;
    const int64_t first = y * s["stride_h"] - s["pad_h"];
    const int64_t begin = first < 0 ? -first : 0;
    const int64_t end = first + rows > in_h ? in_h - first : rows;
    all.filled += real(rows * s["pitch"]);
    all.gathered_rows += real(end - begin);
    ++all.bands;
  }
  all.columns = std::min(s["in_w"], s["pitch"] - s["pad_w"]);
  return all;
}

/// Filling and gathering the planes of all channels.
Features plane_features(const CallShape& s, const Bands& planes, double filters) {
  const double images = s.real("batches"), bands = images * planes.bands;
  const double rows = images * planes.gathered_rows * s.real("in_c");
  return {{"calls", 1},
          {"bands", bands},
          {"filled", images * planes.filled},
          {"filters", bands * filters},
          {"gathered_rows", rows},
          {"gathered_fours", rows * real(planes.columns / 4)},
          {"gathered_ones", rows * real(planes.columns % 4)},
          {"line_fills", s.cache.fills(s.constant_bytes(), bands)}};
}

/// Windows inside the image and at its border, and their taps, of kernels that tell them apart.
struct Windows {
  double pixels = 0, inner = 0;              ///< places
  double taps_inside = 0, taps_padding = 0;  ///< of those at the border
  double k_h = 0, taps = 0;                  ///< of one window
};

Windows windows_of(const CallShape& s, bool tells_inner) {
  const AxisTaps h = taps_of(axis_h(s, s["k_h"])), w = taps_of(axis_w(s, s["k_w"]));
  const double images = s.real("batches");
  Windows at;
  at.k_h = s.real("k_h");
  at.taps = s.real("k_h") * s.real("k_w");
  at.pixels = images * s.real("out_h") * s.real("out_w");
  at.inner = tells_inner ? images * real(h.whole_windows) * real(w.whole_windows) : 0;
  at.taps_inside = images * real(h.inside) * real(w.inside) - at.inner * at.taps;
  at.taps_padding = (at.pixels - at.inner) * at.taps - at.taps_inside;
  return at;
}

Features conv_2d_s8_dsp(const CallShape& s) {
  const int64_t pixels = s["out_h"] * s["out_w"], channels = s["out_c"];
  const int64_t groups = (s["k_h"] * s["k_w"] * s["in_c"] + 3) / 4;
  const double images = s.real("batches"), pairs = images * real((pixels + 1) / 2);
  const double channel_pairs = pairs * real((channels + 1) / 2);
  Features features = {{"calls", 1},
                       {"pairs", pairs},
                       {"channel_pairs", channel_pairs},
                       {"odd_channels", pairs * real(channels % 2)},
                       {"blocks", channel_pairs * real((groups + 1) / 2)},
                       {"odd_groups", channel_pairs * real(groups % 2)},
                       {"clamps", clamps(s) ? pairs * 2 * real(channels) : 0}};
  // A last single pixel is made twice.
  append_columns(s, 2 * pairs / std::max(real(pixels), 1.0), features);
  features.push_back({"line_fills", s.cache.fills(s.constant_bytes(), pairs)});
  return features;
}

Features conv_2d_s8(const CallShape& s) {
  const bool runs = s["k_c"] == s["in_c"] && (s["dilation_w"] == 1 || s["k_w"] == 1);
  const Windows at = windows_of(s, runs);
  const double channels = s.real("out_c"), depth = s.real("k_c");
  const double border = (at.pixels - at.inner) * channels, inner = at.inner * channels;
  return {{"calls", 1},
          {"pixels", at.pixels},
          {"inner", inner},
          {"inner_rows", inner * at.k_h},
          {"inner_macs", inner * at.taps * depth},
          {"border", border},
          {"border_rows", border * at.k_h},
          {"border_taps", at.taps_inside * channels},
          {"border_macs", at.taps_inside * channels * depth},
          {"padding_taps", at.taps_padding * channels},
          {"padding_macs", at.taps_padding * channels * depth},
          {"line_fills", s.cache.fills(s.constant_bytes(), at.pixels)}};
}

Features conv_2d_f32(const CallShape& s) {
  const Windows at = windows_of(s, false);
  const double channels = s.real("out_c");
  const double macs = at.taps_inside * channels * s.real("k_c");
  return {{"calls", 1},
          {"pixels", at.pixels},
          {"outputs", at.pixels * channels},
          {"rows", at.pixels * channels * at.k_h},
          {"taps", at.taps_inside * channels},
          {"macs", s.is_rectified ? 0 : macs},
          {"rectified_macs", s.is_rectified ? macs : 0},
          {"padding_taps", at.taps_padding * channels},
          {"line_fills", s.cache.fills(s.constant_bytes(), at.pixels)}};
}

Features depthwise_conv_2d_3x3_s8_dsp(const CallShape& s) {
  Features features = plane_features(s, bands_of(s, 3), s.real("in_c"));
  const double lines = s.real("batches") * s.real("out_h") * s.real("in_c");
  const int64_t width = s["out_w"], twos = s["stride_w"] == 1 ? width / 2 : 0;
  features.insert(features.end(), {{"lines", lines},
                                   {"twos", lines * real(twos)},
                                   {"ones", lines * real(width - 2 * twos)},
                                   {"clamps", clamps(s) ? lines * real(width) : 0}});
  return features;
}

Features depthwise_conv_2d_s8_dsp(const CallShape& s) {
  const double channels = s.real("in_c") * s.real("multiplier"), k_h = s.real("k_h");
  Features features = plane_features(s, bands_of(s, s["k_h"]), channels);
  const double filters = features[3].value;
  const double lines = s.real("batches") * s.real("out_h") * channels;
  const double outputs = lines * s.real("out_w");
  features.insert(features.end(), {{"filter_rows", filters * k_h},
                                   {"filter_taps", filters * k_h * s.real("k_w")},
                                   {"lines", lines},
                                   {"outputs", outputs},
                                   {"rows", outputs * k_h},
                                   {"pairs", outputs * k_h * real((s["k_w"] + 1) / 2)},
                                   {"clamps", clamps(s) ? outputs : 0}});
  return features;
}

Features depthwise_conv_2d_s8(const CallShape& s) {
  const Windows at = windows_of(s, true);
  const double channels = s.real("in_c") * s.real("multiplier");
  const double border = (at.pixels - at.inner) * channels, inner = at.inner * channels;
  return {{"calls", 1},
          {"pixels", at.pixels},
          {"channels", at.pixels * s.real("in_c")},
          {"inner", inner},
          {"inner_rows", inner * at.k_h},
          {"inner_taps", inner * at.taps},
          {"border", border},
          {"border_rows", border * at.k_h},
          {"border_taps", at.taps_inside * channels},
          {"padding_taps", at.taps_padding * channels},
          {"line_fills", s.cache.fills(s.constant_bytes(), at.pixels)}};
}

Features depthwise_conv_2d_f32(const CallShape& s) {
  const Windows at = windows_of(s, false);
  const double channels = s.real("in_c") * s.real("multiplier");
  const double macs = at.taps_inside * channels;
  return {{"calls", 1},
          {"pixels", at.pixels},
          {"channels", at.pixels * s.real("in_c")},
          {"outputs", at.pixels * channels},
          {"rows", at.pixels * channels * at.k_h},
          {"macs", s.is_rectified ? 0 : macs},
          {"rectified_macs", s.is_rectified ? macs : 0},
          {"padding_taps", at.taps_padding * channels},
          {"line_fills", s.cache.fills(s.constant_bytes(), at.pixels)}};
}

constexpr KernelRow kRows[] = {
    {"conv_2d_s8_dsp", conv_2d_s8_dsp},
    {"conv_2d_s8", conv_2d_s8},
    {"conv_2d_f32", conv_2d_f32},
    {"depthwise_conv_2d_3x3_s8_dsp", depthwise_conv_2d_3x3_s8_dsp},
    {"depthwise_conv_2d_s8_dsp", depthwise_conv_2d_s8_dsp},
    {"depthwise_conv_2d_s8", depthwise_conv_2d_s8},
    {"depthwise_conv_2d_f32", depthwise_conv_2d_f32},
};

}  // namespace

const KernelFamily conv_kernels = {kRows};

}  // namespace assay
