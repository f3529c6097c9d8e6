// Work -> cycles of kernels like it.
//
// The interval was checked by leaving each benchmarked kernel out (docs/accuracy.md). Not handled:
// what a kernel does beside its products (tables, sorting, 64-bit sums), which the interval has to
// hold.
#include "estimate/kernel_work.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "estimate/cost_table.h"
#include "ops/op.h"
#include "util/statistics.h"

namespace assay {

namespace {

bool is_real(const Tensor& tensor) {
  return tensor.dtype == Dtype::f32 || tensor.dtype == Dtype::f16;
}

bool has_reals(const NodeView& node) {
  return (node.has_input(0) && is_real(node.input(0))) ||
         (node.outputs() > 0 && is_real(node.output(0)));
}

/// Kinds to look for, the likest first. A scalar product of integers costs about what one of floats
/// does where there is an FPU; so do DSP cores' only scalar kernels.
std::vector<std::string_view> like(std::string_view kind, bool has_fpu) {
  if (kind == "products" && has_fpu) return {kind, "float_products", "dual_products"};
  if (kind == "products") return {kind, "dual_products"};
  if (kind == "dual_products") return {kind, "products"};
  if (kind == "libm_operations") return {kind, "float_operations"};
  if (kind == "bytes") return {kind, "operations"};
  return {kind};
}

/// From the cheapest to the dearest of n kernels, and so much further.
double widening(int kernels) { return 1 + 4.0 / kernels; }

void add_kernel(const KernelCost& kernel, double units, RoughCost& rough, double& sum_of_logs) {
  const WorkCost& work = kernel.work;
  const double cycles = std::max(work.call + work.unit * units, 1.0);
  const bool first = rough.kernels++ == 0;
  sum_of_logs += std::log(cycles);
  rough.low = first ? cycles * work.low : std::min(rough.low, cycles * work.low);
  rough.high = std::max(rough.high, cycles * work.high);
  rough.code_bytes = std::max(rough.code_bytes, kernel.code_bytes);
  rough.least_code_bytes =
      first ? kernel.code_bytes : std::min(rough.least_code_bytes, kernel.code_bytes);
  rough.layer_bytes = std::max(rough.layer_bytes, kernel.layer_bytes);
  rough.stack_bytes = std::max(rough.stack_bytes, kernel.stack_bytes);
}

}  // namespace

KernelWork kernel_work(const NodeView& node, const KernelCall& call) {
  const OpDef* op = find_op(node.node.op);
  if (!op || !op->work) return {};
  const Work work = op->work(node);
  if (work.macs > 0) {
    const bool dual = call.kernel.ends_with("_dsp");
    return {dual              ? "dual_products"
            : has_reals(node) ? "float_products"
                              : "products",
            static_cast<double>(work.macs)};
  }
  if (work.ops > 0)
    return {call.needs_libm   ? "libm_operations"
            : has_reals(node) ? "float_operations"
                              : "operations",
            static_cast<double>(work.ops)};
  return {"bytes", static_cast<double>(work.write_bytes)};
}

WorkCost fit_work(std::string_view kind, std::span<const std::pair<double, double>> cases) {
  if (cases.empty()) return {};
  std::vector<std::vector<double>> rows;
  std::vector<double> cycles;
  for (const auto& [units, taken] : cases) {
    rows.push_back({1, units});
    cycles.push_back(taken);
  }
  const std::vector<double> x = fit_relative(rows, cycles);
  std::vector<double> ratios;
  for (const auto& [units, taken] : cases) ratios.push_back(taken / (x[0] + x[1] * units));
  return {std::string(kind), x[0], x[1], quantile_of(ratios, 0.05), quantile_of(ratios, 0.95)};
}

std::optional<RoughCost> rough_cost(const CostTable& table, std::string_view kernel,
                                    const KernelWork& work) {
  if (const KernelCost* own = table.find(kernel); own && own->work.kind == work.kind) {
    RoughCost rough{.kind = work.kind};
    double log = 0;
    add_kernel(*own, work.units, rough, log);
    rough.cycles = std::exp(log);
    return rough;
  }
  const bool has_fpu = table.flags.find("-mfloat-abi=hard") != std::string::npos;
  for (const std::string_view kind : like(work.kind, has_fpu)) {
    RoughCost rough{.kind = kind};
    double sum_of_logs = 0;
    for (const KernelCost& each : table.kernels)
      if (each.work.kind == kind) add_kernel(each, work.units, rough, sum_of_logs);
    if (rough.kernels == 0) continue;
    rough.cycles = std::exp(sum_of_logs / rough.kernels);
    rough.low /= widening(rough.kernels);
    rough.high *= widening(rough.kernels);
    return rough;
  }
  return {};
}

}  // namespace assay
