// A built image that is run again and again under other assumptions.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "emit/program.h"
#include "explain/change.h"
#include "hw/core.h"
#include "hw/target.h"
#include "ir/graph.h"
#include "measure/elf.h"
#include "measure/emulator.h"
#include "measure/toolchain.h"
#include "util/cache.h"

namespace assay {

/// How the image is made where no change says otherwise.
struct SubjectOptions {
  std::string runtime = "aot";
  Optimize optimize = Optimize::balanced;
  std::string compiler = {}, emulator = {};
  std::vector<std::string> flags = {}, place = {};
  std::vector<std::byte> input = {};  ///< of one inference: the model's inputs, concatenated
  bool use_cache = true;
  const std::atomic<bool>* cancelled = nullptr;
};

struct Subject {
  Target target;
  CoreTiming core;
  Program program;
  Image image;
  ElfFile elf;  ///< views into image.elf
  Footprint footprint;
};

/// Builds the model for the target with the change in force. Errors: as measure_model's;
/// unsupported, where the image does not fit.
Result<Subject> build_subject(const Graph& graph, const Target& target, const Change& change,
                              const SubjectOptions& options);

/// One inference of the image, timed as on `timed_as`.
Result<RunFacts> run_as(const Subject& subject, const Target& timed_as,
                        const SubjectOptions& options);

}  // namespace assay
