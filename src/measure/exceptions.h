// Taking an exception and returning from it, as a Cortex-M does in hardware: the frame, the stack
// it goes to, EXC_RETURN.
#pragma once

#include <cstdint>

#include "measure/machine.h"

namespace assay {

struct ExceptionEntry {
  uint32_t handler = 0;
  uint32_t frame = 0;  ///< address of what was pushed
};

/// Pushes the frame for `exception`, to return to `return_pc`, and makes its handler the running
/// context. Error: input (the stack or the vector is not in memory).
Result<ExceptionEntry> enter_exception(Machine& machine, uint32_t vector_table, int exception,
                                       uint32_t return_pc, bool armv8m);

struct ExceptionReturn {
  uint32_t pc = 0, frame = 0;
  int from = 0;  ///< the exception that ended
};

/// Pops the frame that EXC_RETURN says. Error: input (no frame there, no exception was active).
Result<ExceptionReturn> return_from_exception(Machine& machine, uint32_t exc_return);

}  // namespace assay
