// What it takes a core to go into an exception and out of it.
#pragma once

#include "hw/core.h"
#include "util/toml.h"

namespace assay {

/// Cycles with all memory without waits; 0 where the core's file does not say.
struct ExceptionTiming {
  int entry = 0;       ///< to the handler's first instruction, eight words stacked
  int exit = 0;        ///< from the return to the next instruction, eight words unstacked
  int tail_chain = 0;  ///< from a return straight into the next handler, nothing stacked
};

/// [exceptions] of a core's file.
Result<ExceptionTiming> read_exceptions(const Toml& file);
/// The same of a core that has been read.
ExceptionTiming exception_timing(const CoreTiming& core);

}  // namespace assay
