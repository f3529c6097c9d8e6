// A core with its memory, run by an emulation library: memory map, registers, and a run that ends
// at every event with a reason. Knows no peripherals, no exceptions and no counting: whoever owns
// it answers those.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "hw/core.h"
#include "hw/peripherals.h"
#include "hw/target.h"
#include "util/result.h"

namespace assay {

/// Arm's; of RISC-V's a0 to a7, t0 to t2, s0, s1 stand for r0 to r12, ra for lr.
enum class Register : uint8_t {
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  r6,
  r7,
  r8,
  r9,
  r10,
  r11,
  r12,
  sp,
  lr,
  pc,
  xpsr,
  ipsr,
  msp,
  psp,
  control,
  primask,
  basepri,
  faultmask,
  fpscr
};

/// RISC-V's control and status registers of machine mode.
enum class Csr : uint8_t { mstatus, mie, mtvec, mepc, mcause, mtval };

/// What a machine tells while it runs. `user` comes back as the first argument of each.
struct MachineHooks {
  void* user = nullptr;
  /// A basic block starts. Required.
  void (*block)(void* user, uint32_t address, uint32_t bytes) = nullptr;
  /// Each access to RAM or flash by data; slows the machine down. May be null.
  void (*access)(void* user, uint32_t address, uint32_t bytes, bool is_store) = nullptr;
  /// Each instruction; for tests. May be null.
  void (*instruction)(void* user, uint32_t address, uint32_t bytes) = nullptr;
  /// Code was translated, for the first time or because it has changed. May be null.
  void (*translated)(void* user, uint32_t address) = nullptr;
  /// Peripherals and the private peripheral bus. Required.
  uint32_t (*peripheral_read)(void* user, uint32_t address, uint32_t bytes) = nullptr;
  void (*peripheral_write)(void* user, uint32_t address, uint32_t bytes, uint32_t value) = nullptr;
};

enum class StopKind : uint8_t {
  asked,             ///< by stop()
  exception,         ///< raised by the code itself; `number` is the library's
  exception_return,  ///< a jump to 0xffffff..; pc holds where to
  sleep,             ///< WFI; pc is after it
  intercept,         ///< before the instruction at `address`, which intercept() named
  split,             ///< before the instruction at `address`, which split_at() named
  bad_access,        ///< `what` says how; `address` is what was accessed
  other,             ///< the library gave up; `what` is its reason
};

struct StopEvent {
  StopKind kind = StopKind::asked;
  uint32_t number = 0, address = 0;
  std::string what = {};
};

/// Numbers of StopKind::exception.
constexpr uint32_t kExceptionUndefined = 1, kExceptionSvc = 2, kExceptionBreakpoint = 7,
                   kExceptionReturn = 8;

/// The application profile has all of floating point, but neither exceptions nor the M profile's
/// special registers.
enum class CoreProfile : uint8_t { microcontroller, application };

class Machine {
 public:
  /// The target's memory, empty; peripherals from 0x40000000 to 0x5fffffff and the private bus at
  /// 0xe0000000 call the hooks. Errors: unsupported (no such core here), environment.
  /// So do the windows of `map`, and its aliases of memory are seen, where the target has nothing.
  static Result<Machine> open(const CoreTiming& core, const Target& target, MachineHooks hooks,
                              CoreProfile profile, const PeripheralMap& map = {});
  /// "" if the core can be emulated, else why not.
  static std::string unavailable(const CoreTiming& core);

  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  uint32_t read(Register reg) const;
  void write(Register reg, uint32_t value);
  /// Of RISC-V: x0 to x31, and some control and status registers.
  uint32_t read_x(int index) const;
  void write_x(int index, uint32_t value);
  uint32_t read(Csr csr) const;
  void write(Csr csr, uint32_t value);
  /// s0 to s31 as words.
  uint32_t read_fp(int index) const;
  void write_fp(int index, uint32_t value);
  bool read(uint32_t address, std::span<std::byte> to) const;  ///< false if not all is mapped
  bool write(uint32_t address, std::span<const std::byte> from);
  bool is_memory(uint32_t address, uint32_t bytes) const;  ///< flash or RAM of the target

  /// From now on a block ends before this address, and one begins there. Before the first run.
  Status split_at(uint32_t address);
  /// From now on the instruction here is the owner's to execute. Before the first run.
  Status intercept(uint32_t address);

  /// Runs from pc until something happens.
  StopEvent run(uint32_t pc);
  /// From within a hook: ends the run before the next block; within the block hook, before that
  /// block.
  void stop();

 private:
  struct State;
  bool at_ebreak() const;
  explicit Machine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
