// Loop counts of products with a matrix: kernels/fully_connected_*.c.
#include "estimate/kernel_features.h"

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

constexpr KernelRow kRows[] = {
    {"fully_connected_s8_dsp", rows_s8_dsp},
    {"fully_connected_s8", rows_plain},
    {"fully_connected_f32", rows_plain},
};

}  // namespace

const KernelFamily matrix_kernels = {kRows};

}  // namespace assay
