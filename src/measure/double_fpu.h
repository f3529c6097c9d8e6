// Double precision for a core that the emulation library has without: each such instruction runs
// alone on a second machine that has all of floating point.
#pragma once

#include <cstdint>
#include <optional>

#include "hw/core.h"
#include "measure/machine.h"

namespace assay {

class DoubleFpu {
 public:
  /// Executes the undefined instruction at pc, if it is one of floating point, with the machine's
  /// registers. False if it is not; the machine is then as it was.
  bool execute(const CoreTiming& core, Machine& machine, uint32_t pc);

 private:
  bool open(const CoreTiming& core);
  std::optional<Machine> scratch_;
};

}  // namespace assay
