// What kernels cost on a target, fitted by `assay bench`: data/costs/TARGET.costs, one line each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "estimate/kernel_features.h"
#include "estimate/kernel_work.h"
#include "util/result.h"

namespace assay {

struct KernelCost {
  std::string kernel;
  int64_t code_bytes = 0;            ///< of the kernel's own file
  int64_t layer_bytes = 0;           ///< of the function that calls it
  int64_t stack_bytes = 0;           ///< deepest below the invoke function's entry
  int64_t static_bytes = 0;          ///< .data and .bss that its library functions bring
  double cold_cycles = 0;            ///< more where its code is in no cache yet
  std::vector<std::string> library;  ///< of CostTable::library: what it calls, directly or not
  int64_t cases = 0;                 ///< that were fitted to; 0: none fits the part
  double left_out_mean_error = 0;    ///< relative: each case predicted from all others
  double left_out_worst_error = 0;
  std::vector<std::pair<std::string, double>> cycles;  ///< a turn of each feature
  WorkCost work;                                       ///< the same cases by their work alone

  /// Sum of coefficient * feature. Features without a coefficient cost nothing.
  double predict(const Features& features) const;
};

/// What an image has besides kernels and constants.
struct ImageCost {
  int64_t startup_bytes = 0;
  double invoke_bytes = 0, layer_bytes = 0;  ///< of the invoke function's code, and more a layer
  int64_t stack_bytes = 0;                   ///< down to the invoke function's entry
  double cycles = 0, layer_cycles = 0;       ///< of the invoke function, and more a layer
};

struct CostTable {
  std::string target, core, compiler, flags;
  std::string target_hash, core_hash;  ///< of the two files: the table is stale when they differ
  bool dsp = false;
  double low = 1, high = 1;  ///< of the core's timing model: real cycles / modelled
  ConstantCache cache;       ///< the target's
  ImageCost image;
  std::vector<std::pair<std::string, int64_t>> library;  ///< bytes of each function
  std::vector<KernelCost> kernels;

  const KernelCost* find(std::string_view kernel) const;
  int64_t library_bytes(std::string_view function) const;  ///< 0 of one that is not listed
};

std::string cost_table_text(const CostTable& table);
/// Error: input, with file and line.
Result<CostTable> read_cost_table(std::string_view text, std::string_view file);

/// Every shipped table, read once; in the order of their targets' names.
const std::vector<CostTable>& shipped_cost_tables();
/// That of one target, or nullptr; reads no other.
const CostTable* shipped_cost_table(std::string_view target);

}  // namespace assay
