// The code of an AVR part as it runs: basic blocks, each access counted and checked beforehand.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/avr.h"
#include "measure/block_counter.h"
#include "measure/simavr_part.h"

namespace assay {

/// Instructions that simavr runs by itself: one with an operand in memory, or several without.
struct AvrStep {
  AvrAccess access;
  bool is_trap = false, is_undefined = false;
  int32_t cycles = 0;  ///< by the core's file, a branch not taken
};

/// Straight-line code, as it was first met.
struct AvrStraight {
  uint32_t bytes = 0;
  bool returns_from_interrupt = false;
  std::vector<AvrStep> steps;
};

class AvrCode {
 public:
  /// All must outlive it. `one_by_one`: each instruction is a step.
  AvrCode(SimavrPart& part, const ElfFile& elf, const CoreTiming& core, bool one_by_one);

  /// A block ends here, too.
  void cut(uint32_t address);

  /// The code from pc to the next branch, function or other end; no steps: it leaves program
  /// memory.
  const AvrStraight& at(uint32_t pc);

  /// Runs a step; its accesses count in `counter`. False if it could not run, or the core runs no
  /// more: see fault(), sleeps().
  bool execute(const AvrStep& step, BlockCounter& counter);
  const std::string& fault() const { return fault_; }  ///< "a load of data at ..."; or ""
  bool sleeps() const { return sleeps_; }
  void wake() { sleeps_ = false; }

 private:
  bool data_access(BlockCounter& counter, uint32_t address, int bytes, bool is_store);
  bool code_access(BlockCounter& counter, uint32_t address);
  bool access(BlockCounter& counter, const AvrAccess& access);

  SimavrPart* part_;
  const CoreTiming* core_;
  bool one_by_one_;
  std::vector<std::unique_ptr<AvrStraight>> code_;  ///< by pc / 2
  std::vector<uint8_t> begins_block_;               ///< by address / 2
  std::string fault_;
  bool sleeps_ = false;
};

/// As the linker's symbols count: the lowest byte of stack in use, among data addresses.
inline uint32_t lowest_used(const SimavrPart& part) { return kAvrData + part.stack_pointer() + 1; }

inline bool lowers_stack(AvrAccess::Kind kind) {
  return kind == AvrAccess::push || kind == AvrAccess::call || kind == AvrAccess::sets_sp;
}

/// Program memory, for a counter. The part must outlive it.
BlockCounter::ReadCode code_reader(const SimavrPart& part);

}  // namespace assay
