// Loop counts of kernels that move bytes: kernels/copy_nd.c, kernels/pad_nd.c.
#include "estimate/kernel_features.h"

namespace assay {
namespace {

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

constexpr KernelRow kRows[] = {
    {"copy_nd", copy},
    {"pad_nd", pad},
};

}  // namespace

const KernelFamily movement_kernels = {kRows};

}  // namespace assay
