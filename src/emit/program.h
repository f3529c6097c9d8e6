// Graph -> Program: the sources of a firmware-ready model. A runtime is one file and a line in
// runtimes.def.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimate/plan.h"
#include "hw/placement.h"
#include "ir/graph.h"
#include "ops/kernel_call.h"
#include "util/result.h"

namespace assay {

struct SourceFile {
  std::string name;  ///< "kws.c"; .c is compiled, .h and .inc are included
  std::string text;
};

/// One layer as the emulator will see it: a function of its own in the image.
struct LayerSymbol {
  int node = -1;       ///< index in the graph
  std::string symbol;  ///< "kws_layer_03_depthwise_conv_2d"; empty: no code (a view of its input)
  int64_t constant_bytes = 0;  ///< weights and tables that this layer alone brings
};

/// A constant array of the generated C, by its symbol.
struct ConstantSymbol {
  std::string symbol;     ///< "kws_03_weights"
  bool is_weight = true;  ///< weights or biases; else a table (multipliers, lookups)
  int64_t bytes = 0;
  int node = -1;  ///< the first that uses it
};

/// Everything that measure needs to build and run it, whatever runtime made it.
struct Program {
  std::string runtime;                 ///< "aot"
  std::string name;                    ///< C identifier made from the model's name: "kws"
  std::vector<SourceFile> sources;     ///< .c and .h to compile
  std::vector<SourceFile> deployment;  ///< more that `emit` writes: CMakeLists.txt, example, README
  std::string header;                  ///< which of `sources` an application includes
  std::string invoke_symbol;           ///< "kws_invoke"
  std::vector<LayerSymbol> layers;     ///< in the order they run
  std::vector<ConstantSymbol> constants;
  MemoryPlan plan;
  std::vector<std::string> cflags;  ///< what the sources want beyond the target's: "-O3"
  bool needs_libm = false;
};

struct EmitOptions {
  LowerOptions lower;
  std::string name;  ///< the C identifier; empty: from the graph's name
  /// What the files beside the sources shall put elsewhere than into flash and .bss, of `target`.
  RegionChoice place = {};
  const Target* target = nullptr;  ///< not null if `place` asks for something
};

struct Runtime {
  std::string_view name;
  std::string_view summary;
  Result<Program> (*emit)(const Graph& graph, const EmitOptions& options);
};

#define ASSAY_RUNTIME(id) extern const Runtime id##_runtime;
#include "emit/runtimes.def"
#undef ASSAY_RUNTIME

std::span<const Runtime* const> all_runtimes();
Result<const Runtime*> find_runtime(std::string_view name);

}  // namespace assay
