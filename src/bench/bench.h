// The device benchmark: builds and runs many small cases on a target, and keeps what each cost.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/case.h"
#include "hw/core.h"
#include "hw/target.h"
#include "util/result.h"

namespace assay {

struct BenchOptions {
  std::vector<std::string> only;  ///< programs; empty: all
  std::string compiler;           ///< empty: the first on PATH that fits the target
  bool use_cache = true;
  const std::atomic<bool>* cancelled = nullptr;
};

/// Exact counts, and cycles by the core's model, of one run of one case.
struct BenchRow {
  BenchCase what;
  int64_t instructions = 0, cycles = 0, loads = 0, stores = 0;
};

struct BenchSkip {
  std::string what, reason;  ///< "fft_f32 RAM n 1024", "RAM overflows by 1 234 B"
};

struct BenchResult {
  Target target;
  CoreTiming core;
  std::string compiler, flags, emulator;
  std::vector<BenchRow> rows;
  std::vector<BenchSkip> skips;
};

/// Told what is being done: "building int8 operators".
using BenchProgress = std::function<void(std::string_view stage)>;

/// Why a target cannot be benchmarked yet; "" if it can.
std::string cannot_bench(const Target& target);

/// Every case that fits the target. What does not is in `skips`. Each image checks its own results
/// against the host's. Errors: environment (no compiler, cancelled), unsupported (no emulator),
/// internal (a result differs; names the case).
Result<BenchResult> run_bench(const Target& target, const BenchOptions& options,
                              const BenchProgress& progress);

/// The names that `only` may hold. Error: usage, with suggestions, for one that is not there.
Status check_programs(const std::vector<std::string>& only);

}  // namespace assay
