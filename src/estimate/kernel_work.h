// What a kernel costs by its work alone: for kernels without a benchmark or without features.
//
// `assay bench` fits for each of its kernels cycles = call + unit * units, where a unit is what its
// kind does: a product, an operation, a byte moved. A kernel that was never benchmarked is held to
// be like those of its kind: their geometric mean, and an interval from the cheapest to the dearest
// of them over their cases, the wider the fewer they are.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ir/graph.h"
#include "ops/kernel_call.h"

namespace assay {

struct CostTable;

/// Work in the unit of its kind: "products", "dual_products" (of DSP kernels), "float_products",
/// "operations", "float_operations", "libm_operations", "bytes".
struct KernelWork {
  std::string_view kind = "bytes";
  double units = 0;
};
KernelWork kernel_work(const NodeView& node, const KernelCall& call);

/// Of one benchmarked kernel. Real cycles / (call + unit * units) were from low to high: the
/// quantiles 5 % and 95 % of its cases.
struct WorkCost {
  std::string kind;  ///< "" if it was not fitted
  double call = 0, unit = 0, low = 1, high = 1;
};

/// Least squares of relative errors; cases are units and cycles. Kind "" if there are none.
WorkCost fit_work(std::string_view kind, std::span<const std::pair<double, double>> cases);

/// A kernel as those of its kind would have it.
struct RoughCost {
  double cycles = 0, low = 0, high = 0;
  int64_t code_bytes = 0, layer_bytes = 0, stack_bytes = 0;  ///< the largest
  int64_t least_code_bytes = 0;
  std::string_view kind;  ///< of the kernels it is made from
  int kernels = 0;        ///< how many they are
};

/// By the kernel's own work if that was fitted, else by those like it; none if there are none.
std::optional<RoughCost> rough_cost(const CostTable& table, std::string_view kernel,
                                    const KernelWork& work);

}  // namespace assay
