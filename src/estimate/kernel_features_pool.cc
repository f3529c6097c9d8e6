// Loop counts of kernels that make one value of many: pools, mean, arg_max, softmax.
#include "estimate/kernel_features.h"

namespace assay {
namespace {

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

Features mean(const CallShape& s) {
  const double kept = s.turns(0, s["kept"]), turns = kept * s.turns(s["kept"], s["summed"]);
  return {{"calls", 1}, {"outputs", kept}, {"turns", turns}, {"elements", turns * s.real("inner")}};
}

Features arg_max(const CallShape& s) {
  const double rows = s.real("outer") * s.real("inner");
  return {{"calls", 1}, {"rows", rows}, {"elements", rows * s.real("count")}};
}

Features softmax(const CallShape& s) {
  return {{"calls", 1}, {"rows", s.real("rows")}, {"elements", s.real("rows") * s.real("depth")}};
}

constexpr KernelRow kRows[] = {
    {"average_pool_2d_s8", pool},
    {"average_pool_2d_f32", pool},
    {"max_pool_2d_s8", pool},
    {"max_pool_2d_f32", pool},
    {"mean_s8", mean},
    {"mean_f32", mean},
    {"arg_max_s8", arg_max},
    {"arg_max_f32", arg_max},
    {"softmax_s8", softmax},
    {"softmax_s8_s16", softmax},
    {"softmax_f32", softmax},
    {"log_softmax_s8", softmax},
    {"log_softmax_f32", softmax},
};

}  // namespace

const KernelFamily pool_kernels = {kRows};

}  // namespace assay
