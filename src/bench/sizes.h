// What kernels weigh in an image, and what an image has besides: from linked ones.
#pragma once

#include <atomic>
#include <vector>

#include "bench/bench.h"
#include "measure/emulator.h"
#include "measure/toolchain.h"
#include "util/cache.h"

namespace assay {

struct SizesRequest {
  const Target& target;
  const CoreTiming& core;
  const Toolchain& toolchain;
  const Emulator& emulator;
  const Cache& cache;
  const std::atomic<bool>* cancelled = nullptr;
};

/// Of every kernel that fits the target by itself. Errors: as build and run.
Result<std::vector<KernelSize>> kernel_sizes(const SizesRequest& request);

/// Start-up, the invoke function, and what a layer adds to it.
Result<ImageCost> image_cost(const SizesRequest& request, const std::vector<KernelSize>& sizes);

}  // namespace assay
