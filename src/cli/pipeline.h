// The whole tool as one function: model and target in, record out.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hw/target.h"
#include "ir/graph.h"
#include "ops/kernel_call.h"
#include "ops/run.h"
#include "record/record.h"

namespace assay {

struct MeasureOptions {
  std::string runtime = "aot";
  Optimize optimize = Optimize::balanced;
  std::string compiler;                    ///< empty: the first on PATH that fits the target
  std::string emulator;                    ///< empty: the first that can run the target's images
  std::vector<std::string> flags;          ///< after ours
  std::vector<std::vector<Bytes>> inputs;  ///< one inference each, a buffer an input of the graph
  bool spread = false;                     ///< record the cycles of every inference
  std::vector<std::string> place;          ///< wishes of --place: "weights=ram"
  double max_seconds = 120;                ///< for the emulated run
  bool use_cache = true;
  std::filesystem::path keep_folder;  ///< if not empty: sources, image and linker script stay there
  const std::atomic<bool>* cancelled = nullptr;
};

struct Measured {
  Record record;
  std::vector<Bytes> outputs;  ///< by inference: the model's outputs, one after the other
};

/// Told what is being done: "building", "running".
using Progress = std::function<void(std::string_view stage)>;

/// Measures. What cannot be given (no toolchain, an image that does not fit) is in the record with
/// its reason. Errors: unsupported (an operator), input (the firmware faults), internal (outputs
/// differ from the reference; names the first differing layer), environment.
Result<Measured> measure_model(const Graph& graph, const Target& target,
                               const MeasureOptions& options, const Progress& progress);

}  // namespace assay
