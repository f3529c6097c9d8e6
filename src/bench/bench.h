// The device benchmark: builds and runs many small cases on a target, and keeps what each cost.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/case.h"
#include "estimate/cost_table.h"
#include "hw/core.h"
#include "hw/target.h"
#include "util/result.h"

namespace assay {

struct BenchOptions {
  std::vector<std::string> only;  ///< programs; empty: all
  std::string compiler;           ///< empty: the first on PATH that fits the target
  bool use_cache = true;
  bool weigh = false;  ///< also what kernels weigh in an image
  const std::atomic<bool>* cancelled = nullptr;
};

/// Exact counts, and cycles by the core's model, of one run of one case.
struct BenchRow {
  BenchCase what;
  int64_t instructions = 0, cycles = 0, loads = 0, stores = 0;
  int64_t stack_bytes = 0;  ///< deepest below the invoke function's entry
};

struct BenchSkip {
  std::string what, reason;  ///< "fft_f32 RAM n 1024", "RAM overflows by 1 234 B"
};

/// What a kernel brings to an image that has no other.
struct KernelSize {
  std::string kernel;
  int64_t code_bytes = 0, layer_bytes = 0, static_bytes = 0;
  int64_t cold_cycles = 0;        ///< first inference less the second
  int64_t outer_stack_bytes = 0;  ///< of the stack, what is not below the invoke function
  std::vector<std::pair<std::string, int64_t>> library;  ///< functions with their bytes
};

struct BenchResult {
  Target target;
  CoreTiming core;
  std::string compiler, flags, emulator;
  std::vector<BenchRow> rows;
  std::vector<KernelSize> sizes;  ///< if they were to be weighed
  ImageCost image;
  std::vector<BenchSkip> skips;
};

/// Told what is being done: "building int8 operators".
using BenchProgress = std::function<void(std::string_view stage)>;

/// Every case that fits the target. What does not is in `skips`. Each image checks its own results
/// against the host's. Errors: environment (no compiler, cancelled), unsupported (no emulator),
/// internal (a result differs; names the case).
Result<BenchResult> run_bench(const Target& target, const BenchOptions& options,
                              const BenchProgress& progress);

/// The names that `only` may hold. Error: usage, with suggestions, for one that is not there.
Status check_programs(const std::vector<std::string>& only);

}  // namespace assay
