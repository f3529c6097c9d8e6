// What a kernel's loops do, counted from its parameters: the numbers that its cost is linear in.
//
// Each function of kernel_features_FAMILY.cc follows the source of one kernel in kernels/ and gives
// how often each of its loops turns. Cycles = sum of coefficient * count, with coefficients that
// `assay bench` fits for each target (data/costs). A kernel is a row of its family, a family a file
// and a line of kernel_families.def. A kernel without a row is estimated by its work alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hw/target.h"
#include "ir/graph.h"
#include "ops/kernel_call.h"

namespace assay {

struct Feature {
  std::string_view name;  ///< "calls", "blocks", "line_fills"
  double value = 0;
};
/// The same names in the same order for each call of a kernel.
using Features = std::vector<Feature>;

/// The cache that constants in flash are read through: least recently used lines.
struct ConstantCache {
  int64_t line_bytes = 1, sets = 0, ways = 0;  ///< no sets: no cache

  /// Lines filled by `passes` readings of `bytes` in a row, the first one cold. Without a cache
  /// none: each product then waits for its weight all the same.
  double fills(int64_t bytes, double passes) const;
};

/// That of the target's first flash region.
ConstantCache constant_cache(const Target& target);

/// One call of a kernel as the features see it.
struct CallShape {
  const KernelCall& call;
  const ConstantCache& cache;
  bool is_rectified = false;  ///< about half of its input is zeros: it comes from a relu

  int64_t operator[](std::string_view param) const;  ///< 0 if there is none
  double real(std::string_view param) const { return static_cast<double>((*this)[param]); }
  int64_t constant_bytes() const;
  /// Product of the counts in the constant `loops` (assay_loops.h) of rows [first, first + rank).
  double turns(int64_t first, int64_t rank) const;
};

/// The loops of one call; empty for a kernel without features.
Features kernel_features(const CallShape& shape);

/// Whether that kernel has features.
bool has_features(std::string_view kernel);

/// Whether a tensor comes from a relu, perhaps by way of operators that keep its zeros.
bool is_rectified(const Graph& graph, TensorId tensor);

/// A kernel and how its loops are counted.
struct KernelRow {
  std::string_view kernel;
  Features (*features)(const CallShape&);
};

struct KernelFamily {
  std::span<const KernelRow> kernels;
};

#define ASSAY_KERNEL_FAMILY(id) extern const KernelFamily id##_kernels;
#include "estimate/kernel_families.def"
#undef ASSAY_KERNEL_FAMILY

/// Every family, in the order of kernel_families.def.
std::span<const KernelFamily* const> kernel_families();

// Those that families share.
/// One loop over `count` elements: calls, elements.
Features element_features(const CallShape& shape);
/// Two inputs that broadcast, by the constant `loops`: calls, turns, elements.
Features pair_features(const CallShape& shape);

/// Along one axis: taps of all windows that fall inside the image, and windows wholly inside.
struct AxisTaps {
  int64_t inside = 0, whole_windows = 0;
};
struct Axis {
  int64_t out = 0, stride = 1, pad = 0, filter = 1, dilation = 1, in = 0;
};
/// Of more than 2^26 taps, as only hostile files have: all of them, without looking.
AxisTaps taps_of(const Axis& axis);

}  // namespace assay
