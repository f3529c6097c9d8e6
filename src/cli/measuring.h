// Measuring as several commands do it: how an image is built and run, on one target or many; and
// records, from a file or freshly measured.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "cli/common.h"
#include "cli/pipeline.h"
#include "record/record.h"

namespace assay {

// clang-format off
/// How a model is built, run and verified.
inline constexpr std::array kMeasureOptions = {
    Option{"optimize", "LEVEL", "size: smallest code; balanced; speed: kernels specialised to each shape",
           Option::value, false, "balanced", "size|balanced|speed"},
    Option{"runtime", "NAME", "what turns the model into code", Option::value, false, "aot", "none"},
    Option{"compiler", "FILE", "the cross compiler, if not the first on PATH"},
    Option{"emulator", "NAME", "which one runs the image, if not the one that suits the target",
           Option::value, false, {}, "unicorn|qemu"},
    Option{"flags", "\"FLAGS\"", "more compiler flags, after ours: \"-O3 -funroll-loops\"",
           Option::value, false, {}, "none"},
    kPlaceOption,
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    Option{"input", "FILE",
           "an input, one inference a file: .npy, .npz (an array an input) or .bin, in the type, shape "
           "and order of axes that `assay inspect` shows; may be given several times", Option::values},
    Option{"inputs", "N", "how many made-up inputs to verify on, if no --input is given",
           Option::value, false, "20", "none"},
    Option{"seed", "N", "of the first made-up input; the next have the next seeds", Option::value,
           false, "12345", "none"},
    Option{"seconds", "N", "end each emulated run after so much time", Option::value, false, "120", "none"},
    Option{"no-cache", "", "build and run again", Option::flag},
};
// clang-format on

/// A command's options: its own first ones, how to measure, its own last ones.
template <size_t N, size_t M>
constexpr std::array<Option, N + kMeasureOptions.size() + M> with_measure_options(
    const Option (&first)[N], const Option (&last)[M]) {
  std::array<Option, N + kMeasureOptions.size() + M> all{};
  size_t at = 0;
  for (const Option& option : first) all[at++] = option;
  for (const Option& option : kMeasureOptions) all[at++] = option;
  for (const Option& option : last) all[at++] = option;
  return all;
}

Result<MeasureOptions> measure_options(const Args& args, const Graph& graph,
                                       const std::vector<Target>& targets, Terminal& terminal);

/// Measures on every target; results in the order asked for.
std::vector<Result<Measured>> measure_all(const Graph& graph, const std::vector<Target>& targets,
                                          const MeasureOptions& options, Terminal& terminal);

/// Records of a file that `assay measure --json` wrote, those of --on's targets if it is given; or
/// of a model, measured on --on's targets. Errors: the first target's that cannot be measured.
Result<std::vector<Record>> records_of(const std::string& file, const Args& args,
                                       Terminal& terminal);

/// Records of a file; error: input, naming it.
Result<std::vector<Record>> read_records(const std::string& file);

/// What measuring could not do for lack of a tool: environment; exit 5. An image that does not fit
/// is no such thing.
Status require_measured(const std::vector<Record>& records);

}  // namespace assay
