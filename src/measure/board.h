// A part that runs firmware: the core with its memory, its peripherals, its interrupt controller,
// and time. Whoever owns it is told of each block, counts, and keeps the clock.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/core.h"
#include "hw/peripherals.h"
#include "hw/target.h"
#include "measure/double_fpu.h"
#include "measure/machine.h"
#include "measure/nvic.h"
#include "measure/peripherals.h"
#include "measure/riscv_hart.h"

namespace assay {

/// An exception is taken, or returned from.
struct ExceptionEvent {
  int number = 0;      ///< 0: a return; of RISC-V mcause, interrupts from kFirstRiscvInterrupt on
  uint32_t frame = 0;  ///< where what was interrupted is kept
  uint32_t from = 0;   ///< where control would have gone: of a return, EXC_RETURN
  uint32_t to = 0;
  uint32_t vector = 0;  ///< of an entry: where the handler's address stands; 0: nowhere
};

constexpr int kFirstRiscvInterrupt = 1000;

/// What a board asks of its owner.
struct BoardUser {
  void* user = nullptr;
  /// A block starts. Returns whether an exception may be taken at its end (not inside IT).
  bool (*block)(void* user, uint32_t address, uint32_t bytes) = nullptr;
  /// Data is read or written in memory; may be null.
  void (*access)(void* user, uint32_t address, uint32_t bytes, bool is_store) = nullptr;
  /// Code at the address was translated anew; may be null.
  void (*translated)(void* user, uint32_t address) = nullptr;
  /// Cycles so far, of all blocks that have run.
  int64_t (*cycles)(void* user) = nullptr;
  void (*exception)(void* user, const ExceptionEvent& event) = nullptr;  ///< may be null
  /// WFI: time is about to pass, or an interrupt is already pending. May be null; may stop().
  void (*slept)(void* user) = nullptr;
};

/// How a run ended.
struct BoardEnd {
  enum Kind { asked, fault, semihosting, reset, asleep } kind = asked;
  std::string what = {};  ///< "write of 4 bytes at 0x..., where nothing is"
  uint32_t pc = 0;
  uint32_t registers[17] = {};           ///< r0 to pc, xpsr
  std::optional<uint32_t> address = {};  ///< that could not be read or written
};

class Board {
 public:
  /// `core`, `target` must outlive it. The image is loaded by the caller, through machine(). Of
  /// RISC-V, the caller intercepts there what RiscvHart::intercepts() names.
  static Result<std::unique_ptr<Board>> make(const CoreTiming& core, const Target& target,
                                             uint32_t vector_table, BoardUser user);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  Machine& machine() { return *machine_; }
  Peripherals& peripherals() { return peripherals_; }
  int64_t now() const { return user_.cycles(user_.user) + idle_cycles_; }
  int64_t idle_cycles() const { return idle_cycles_; }  ///< asleep in WFI
  const std::string& output() const { return output_; }

  /// Runs from pc until stop(), a fault, or a BKPT of semihosting (pc is on it).
  BoardEnd run(uint32_t pc);
  void stop();
  /// A script gave input, or anything else that may raise an interrupt: look at the next block.
  void attend() { next_look_ = 0; }

  std::function<void(char)> on_output;  ///< a byte that the firmware sent

 private:
  Board(const CoreTiming& core, const Target& target, PeripheralMap map, uint32_t vector_table,
        BoardUser user);
  static MachineHooks hooks(Board& board);
  void on_block(uint32_t address, uint32_t bytes);
  uint32_t on_read(uint32_t address, uint32_t bytes);
  void on_write(uint32_t address, uint32_t bytes, uint32_t value);
  void look(int64_t now);
  int64_t next_byte(int64_t now) const;
  int deliverable();
  uint32_t trap_due(bool masked);
  bool may_take_now();
  bool any_pending();
  std::optional<BoardEnd> enter_riscv(uint32_t cause, uint32_t& pc);
  std::optional<BoardEnd> handle_riscv(const StopEvent& event, uint32_t& pc);
  std::optional<BoardEnd> intercepted(uint32_t& pc);
  std::optional<BoardEnd> take_pending(uint32_t& pc);
  std::optional<BoardEnd> handle(const StopEvent& event, uint32_t& pc);
  std::optional<BoardEnd> handle_exception(const StopEvent& event, uint32_t& pc);
  std::optional<BoardEnd> enter(int exception, uint32_t& pc);
  std::optional<BoardEnd> sleep(uint32_t& pc);
  BoardEnd end(BoardEnd::Kind kind, std::string what, uint32_t pc);
  BoardEnd fault(std::string what, uint32_t pc);
  std::string undefined_text(uint32_t pc) const;
  void put(char c);

  const CoreTiming* core_;
  PeripheralMap map_;
  BoardUser user_;
  std::unique_ptr<Machine> machine_;
  Peripherals peripherals_;
  Nvic nvic_;
  RiscvHart hart_;
  bool riscv_;
  DoubleFpu double_fpu_;
  std::string output_;
  int64_t next_look_ = 0, idle_cycles_ = 0;
  uint32_t block_ = 0;         ///< the one that runs
  uint32_t reached_ = 0;       ///< the one that is reached, and may not run yet
  bool may_interrupt_ = true;  ///< at its end
  bool stop_asked_ = false;
  std::optional<uint32_t> bad_write_ = {};
};

}  // namespace assay
