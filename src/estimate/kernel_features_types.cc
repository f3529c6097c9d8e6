// Loop counts of the kernels that serve several operators or types: two tensors element by element,
// one tensor element by element, reductions, slices by number. What a turn costs depends on the
// operation and the type as well, which the counts do not tell apart.
#include "estimate/kernel_features.h"

namespace assay {
namespace {

Features pair(const CallShape& s) {
  const double turns = s.turns(0, s["rank"]);
  return {{"calls", 1}, {"turns", turns}, {"elements", turns * s.real("inner")}};
}

Features elements(const CallShape& s) { return {{"calls", 1}, {"elements", s.real("count")}}; }

Features reduction(const CallShape& s) {
  const double kept = s.turns(0, s["kept"]), turns = kept * s.turns(s["kept"], s["reduced"]);
  return {{"calls", 1}, {"outputs", kept}, {"turns", turns}, {"elements", turns * s.real("inner")}};
}

Features search(const CallShape& s) {
  const double rows = s.real("outer") * s.real("inner");
  return {{"calls", 1}, {"rows", rows}, {"elements", rows * s.real("count")}};
}

Features slices(const CallShape& s) {
  const double slices = s.real("batches") * s.real("outer") * s.real("count");
  return {{"calls", 1}, {"slices", slices}, {"slice_bytes", slices * s.real("run")}};
}

Features tuples(const CallShape& s) {
  return {{"calls", 1},
          {"tuples", s.real("count")},
          {"indices", s.real("count") * s.real("depth")},
          {"slice_bytes", s.real("count") * s.real("run")},
          {"zeroed_bytes", s["scatter"] != 0 ? s.real("out_bytes") : 0}};
}

constexpr KernelRow kRows[] = {
    {"pair_int", pair},         {"pair_s64", pair},
    {"pair_f32", pair},         {"pair_q", pair},
    {"pow_f32", pair},          {"floor_div_f32", pair},
    {"floor_mod_f32", pair},    {"div_s8", pair},
    {"prelu_q", pair},          {"prelu_f32", pair},
    {"copy_where", pair},       {"map_f32", elements},
    {"map_int", elements},      {"sin_f32", elements},
    {"cos_f32", elements},      {"exp_f32", elements},
    {"log_f32", elements},      {"sqrt_f32", elements},
    {"rsqrt_f32", elements},    {"elu_f32", elements},
    {"gelu_f32", elements},     {"gelu_tanh_f32", elements},
    {"rescale_int", elements},  {"cast", elements},
    {"quantize_int", elements}, {"dequantize_int", elements},
    {"put", elements},          {"reduce_f32", reduction},
    {"reduce_int", reduction},  {"reduce_s64", reduction},
    {"sum_q", reduction},       {"arg_min_s8", search},
    {"arg_min_f32", search},    {"gather", slices},
    {"gather_nd", tuples},
};

}  // namespace

const KernelFamily types_kernels = {kRows};

}  // namespace assay
