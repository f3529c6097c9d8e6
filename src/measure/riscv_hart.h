// What a RISC-V hart does beside its instructions: machine-mode traps, the machine timer, and the
// control and status registers that the emulation library lacks or answers with the host's time.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "hw/peripherals.h"
#include "measure/elf.h"
#include "measure/machine.h"

namespace assay {

/// Causes of traps: mcause, with kInterrupt for its uppermost bit.
struct TrapCause {
  static constexpr uint32_t kInterrupt = 0x80000000;
  static constexpr uint32_t kSoftware = kInterrupt | 3, kTimer = kInterrupt | 7;
  static constexpr uint32_t kEnvironmentCall = 11;  ///< of machine mode
};

class RiscvHart {
 public:
  /// A part without a machine timer has ticks_hz 0.
  RiscvHart(const MachineTimer& timer, int64_t clock_hz) : timer_(timer), clock_hz_(clock_hz) {}

  /// Whether a word of memory is the timer's.
  bool owns(uint32_t address) const;
  uint32_t read(uint32_t address, int64_t now) const;
  void write(uint32_t address, uint32_t value, int64_t now);

  /// When the timer raises its interrupt next; a far future if it has, or never does.
  int64_t next_event(int64_t now) const;
  /// The interrupt that is pending and enabled, 0 for none; `masked`: whatever mstatus.MIE says.
  uint32_t pending(const Machine& machine, int64_t now, bool masked) const;

  /// Whether the instruction is executed here, not by the machine.
  static bool executes(uint32_t insn);
  /// Control and status registers to be executed here, and MRET: where they stand in the image.
  static std::vector<uint32_t> intercepts(const ElfFile& elf);
  /// Executes such an access; false if the instruction at pc is none.
  bool access_csr(Machine& machine, uint32_t pc, int64_t now);

 private:
  int64_t ticks(int64_t now) const;
  uint32_t csr(uint32_t number, int64_t now) const;

  MachineTimer timer_;
  int64_t clock_hz_;
  int64_t offset_ = 0;        ///< of mtime, since it was written
  uint64_t compare_ = ~0ull;  ///< mtimecmp
  bool software_ = false;
  std::unordered_map<uint32_t, uint32_t> csrs_;
};

bool is_mret(uint32_t insn);
/// Makes the trap's handler the running context and returns its address; 0 if mtvec leads nowhere.
uint32_t enter_trap(Machine& machine, uint32_t cause, uint32_t pc);
/// Ends the trap and returns where control goes on.
uint32_t leave_trap(Machine& machine);

}  // namespace assay
