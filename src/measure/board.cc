// The loop around the machine: run until something happens, answer it, go on.
//
// An exception is taken between blocks: a look at what is pending is due after anything that may
// change it (a peripheral access, a tick, a byte, a return), when the next block is reached and
// before its owner counts it: an interrupted block runs, and is counted, after the return. SVC,
// BKPT, undefined instructions and returns stop the machine by themselves. WFI lets time pass until
// the next tick or byte. A fault that the code raises ends the run: firmware's own fault handlers
// only hang. Not handled: faults as exceptions, MPU, sleep modes that stop clocks, several cores.
#include "measure/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "hw/decode.h"
#include "hw/isa_family.h"
#include "measure/exceptions.h"

namespace assay {
namespace {

constexpr uint32_t kPrivateBus = 0xe0000000;
/// Firmware reads it; what writes there is mostly a stack that has left its RAM.
constexpr uint32_t kSystemMemory = 0x1ff00000, kSystemMemoryBytes = 0x00100000;
constexpr uint16_t kSemihosting = 0xbeab;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr size_t kMaxOutputBytes = 1 << 24;

Board& board_of(void* user) { return *static_cast<Board*>(user); }

}  // namespace

Board::Board(const CoreTiming& core, const Target& target, PeripheralMap map, uint32_t vector_table,
             BoardUser user)
    : core_(&core),
      map_(std::move(map)),
      user_(user),
      peripherals_(map_),
      nvic_(core.name, core.isa == "thumbv6m" ? 2 : map_.priority_bits, vector_table),
      hart_(map_.machine_timer, target.clock_hz),
      riscv_(isa_family(core.isa).name == "riscv") {
  peripherals_.on_output = [this](char c) { put(c); };
  nvic_.on_output = [this](char c) { put(c); };
}

MachineHooks Board::hooks(Board& board) {
  MachineHooks hooks;
  hooks.user = &board;
  hooks.block = [](void* user, uint32_t address, uint32_t bytes) {
    board_of(user).on_block(address, bytes);
  };
  hooks.peripheral_read = [](void* user, uint32_t address, uint32_t bytes) {
    return board_of(user).on_read(address, bytes);
  };
  hooks.peripheral_write = [](void* user, uint32_t address, uint32_t bytes, uint32_t value) {
    board_of(user).on_write(address, bytes, value);
  };
  if (board.user_.access)
    hooks.access = [](void* user, uint32_t address, uint32_t bytes, bool is_store) {
      const BoardUser& owner = board_of(user).user_;
      owner.access(owner.user, address, bytes, is_store);
    };
  if (board.user_.translated)
    hooks.translated = [](void* user, uint32_t address) {
      const BoardUser& owner = board_of(user).user_;
      owner.translated(owner.user, address);
    };
  return hooks;
}

Result<std::unique_ptr<Board>> Board::make(const CoreTiming& core, const Target& target,
                                           uint32_t vector_table, BoardUser user) {
  PeripheralMap map = TRY(peripherals_of(target.part));
  std::unique_ptr<Board> board(new Board(core, target, std::move(map), vector_table, user));
  Machine machine =
      TRY(Machine::open(core, target, hooks(*board), CoreProfile::microcontroller, board->map_));
  board->machine_ = std::make_unique<Machine>(std::move(machine));
  return board;
}

void Board::put(char c) {
  if (output_.size() < kMaxOutputBytes) output_ += c;
  if (on_output) on_output(c);
}

void Board::stop() {
  stop_asked_ = true;
  machine_->stop();
}

/// Settles what is pending, and when to look again.
void Board::look(int64_t now) {
  nvic_.advance(now);
  for (const int line : peripherals_.lines(now)) nvic_.raise(kFirstInterrupt + line);
  const int64_t tick = riscv_ ? hart_.next_event(now) : nvic_.next_event();
  next_look_ = std::min(tick, next_byte(now));
}

/// When a byte arrives that has not yet.
int64_t Board::next_byte(int64_t now) const {
  const int64_t byte = peripherals_.next_event();
  return byte > now ? byte : kNever;
}

/// The exception to take now, 0 for none.
int Board::deliverable() {
  if (!nvic_.any_pending()) return 0;
  next_look_ = 0;  // until it is taken, masks may change at any block
  return nvic_.deliverable({machine_->read(Register::primask), machine_->read(Register::basepri),
                            machine_->read(Register::faultmask)});
}

/// The trap to take now, 0 for none.
uint32_t Board::trap_due(bool masked) {
  const int64_t now = this->now();
  if (hart_.pending(*machine_, now, true) == 0) return 0;
  next_look_ = 0;  // as above
  return hart_.pending(*machine_, now, masked);
}

bool Board::may_take_now() { return riscv_ ? trap_due(false) != 0 : deliverable() != 0; }

bool Board::any_pending() { return riscv_ ? trap_due(true) != 0 : nvic_.any_pending(); }

std::optional<BoardEnd> Board::take_pending(uint32_t& pc) {
  if (riscv_) {
    const uint32_t cause = trap_due(false);
    return cause == 0 ? std::nullopt : enter_riscv(cause, pc);
  }
  const int exception = deliverable();
  return exception == 0 ? std::nullopt : enter(exception, pc);
}

void Board::on_block(uint32_t address, uint32_t bytes) {
  reached_ = address;
  if (const int64_t now = this->now(); now >= next_look_) {
    look(now);
    if (may_take_now() && may_interrupt_) return machine_->stop();
  }
  block_ = address;
  may_interrupt_ = user_.block(user_.user, address, bytes);
}

uint32_t Board::on_read(uint32_t address, uint32_t bytes) {
  attend();
  if (hart_.owns(address)) return hart_.read(address, now());
  if (address >= kPrivateBus) return nvic_.read(address, bytes, now());
  return peripherals_.read(address, bytes, now(), block_);
}

void Board::on_write(uint32_t address, uint32_t bytes, uint32_t value) {
  attend();
  if (hart_.owns(address)) return hart_.write(address, value, now());
  if (address - kSystemMemory < kSystemMemoryBytes) {
    bad_write_ = address;
    return machine_->stop();
  }
  if (address >= kPrivateBus) {
    nvic_.write(address, bytes, value, now());
    if (nvic_.reset_requested()) machine_->stop();
    return;
  }
  peripherals_.write(address, bytes, value, now(), block_);
}

BoardEnd Board::end(BoardEnd::Kind kind, std::string what, uint32_t pc) {
  BoardEnd ended{kind, std::move(what), pc, {}};
  for (int i = 0; i < 15; ++i)
    ended.registers[i] = machine_->read(static_cast<Register>(static_cast<int>(Register::r0) + i));
  ended.registers[15] = pc;
  ended.registers[16] = machine_->read(Register::xpsr);
  return ended;
}

BoardEnd Board::fault(std::string what, uint32_t pc) {
  return end(BoardEnd::fault, std::move(what), pc);
}

std::optional<BoardEnd> Board::enter(int exception, uint32_t& pc) {
  const bool armv8m = core_->isa.starts_with("thumbv8");
  const auto entry = enter_exception(*machine_, nvic_.vector_table(), exception, pc, armv8m);
  if (!entry) return fault(entry.error().what, pc);
  nvic_.activate(exception);
  if (user_.exception)
    user_.exception(user_.user, {exception, entry->frame, pc, entry->handler,
                                 nvic_.vector_table() + static_cast<uint32_t>(exception) * 4});
  attend();
  pc = entry->handler;
  return std::nullopt;
}

std::optional<BoardEnd> Board::sleep(uint32_t& pc) {
  for (;;) {
    if (user_.slept) user_.slept(user_.user);
    if (stop_asked_) return end(BoardEnd::asked, {}, pc);
    const int64_t now = this->now();
    look(now);
    if (any_pending()) return take_pending(pc);
    const int64_t tick = riscv_ ? hart_.next_event(now) : nvic_.next_interrupt();
    const int64_t next = std::min(tick, next_byte(now));
    if (next == kNever)
      return end(BoardEnd::asleep, "it sleeps (WFI) and nothing would wake it", pc);
    idle_cycles_ += next - now;
  }
}

/// "undefined on Cortex-M0+: sdiv": named as a core would that has it.
std::string Board::undefined_text(uint32_t pc) const {
  std::array<std::byte, 4> code{};
  machine_->read(pc, code);
  const std::string_view all = riscv_ ? std::string_view(core_->isa) : "thumbv8.1m.main";
  return fmt::format("undefined on {}: {}", core_->title, mnemonic(code, pc, all));
}

std::optional<BoardEnd> Board::enter_riscv(uint32_t cause, uint32_t& pc) {
  const uint32_t handler = enter_trap(*machine_, cause, pc);
  if (handler == 0)
    return fault(fmt::format("trap 0x{:x}: mtvec leads nowhere (0x{:08x})", cause,
                             machine_->read(Csr::mtvec)),
                 pc);
  const auto code = static_cast<int>(cause & ~TrapCause::kInterrupt);
  const int number = code + (cause & TrapCause::kInterrupt ? kFirstRiscvInterrupt : 0);
  if (user_.exception)
    user_.exception(user_.user, {number, machine_->read(Register::sp), pc, handler, 0});
  attend();
  pc = handler;
  return std::nullopt;
}

/// What the code raises: ECALL, EBREAK, or an instruction that the core lacks.
std::optional<BoardEnd> Board::handle_riscv(const StopEvent& event, uint32_t& pc) {
  constexpr std::array<uint32_t, 3> kTrap = {0x01f01013, 0x00100073, 0x40705013};  // semihosting
  constexpr uint32_t kFirstCall = 8, kIllegal = 2, kEcall = 0x73;
  if (event.number == kExceptionBreakpoint) {
    std::array<uint32_t, 3> insns{};
    machine_->read(pc - 4, std::as_writable_bytes(std::span(insns)));
    if (insns == kTrap) return end(BoardEnd::semihosting, {}, pc);
    return fault("EBREAK", pc);
  }
  if (event.number >= kFirstCall && event.number <= TrapCause::kEnvironmentCall) {
    uint32_t insn = 0;
    machine_->read(pc, std::as_writable_bytes(std::span(&insn, 1)));
    if (insn != kEcall) pc -= 4;  // the library has gone past it
    return enter_riscv(TrapCause::kEnvironmentCall, pc);
  }
  if (event.number == kExceptionUndefined || event.number == kIllegal)
    return fault(undefined_text(pc), pc);
  return fault(fmt::format("trap {} of the emulator", event.number), pc);
}

/// An instruction that the hart executes.
std::optional<BoardEnd> Board::intercepted(uint32_t& pc) {
  uint32_t insn = 0;
  machine_->read(pc, std::as_writable_bytes(std::span(&insn, 1)));
  attend();
  if (!is_mret(insn)) {
    if (!hart_.access_csr(*machine_, pc, now())) return fault(undefined_text(pc), pc);
    pc += 4;
    return std::nullopt;
  }
  const uint32_t back = leave_trap(*machine_);
  if (user_.exception)
    user_.exception(user_.user, {0, machine_->read(Register::sp), pc + 4, back, 0});
  pc = back;
  return std::nullopt;
}

std::optional<BoardEnd> Board::handle_exception(const StopEvent& event, uint32_t& pc) {
  pc = machine_->read(Register::pc) & ~1u;
  if (riscv_) return handle_riscv(event, pc);
  uint16_t insn = 0;
  machine_->read(pc, std::as_writable_bytes(std::span(&insn, 1)));
  switch (event.number) {
    case kExceptionSvc:
      nvic_.pend(kSvcall);
      return enter(kSvcall, pc);
    case kExceptionBreakpoint:
      if (insn == kSemihosting) return end(BoardEnd::semihosting, {}, pc);
      return fault(fmt::format("BKPT #{}", insn & 0xff), pc);
    case kExceptionUndefined:
      if (double_fpu_.execute(*core_, *machine_, pc)) {
        pc += 4;
        return std::nullopt;
      }
      return fault(undefined_text(pc), pc);
    default:
      return fault(fmt::format("exception {} of the emulator", event.number), pc);
  }
}

std::optional<BoardEnd> Board::handle(const StopEvent& event, uint32_t& pc) {
  switch (event.kind) {
    case StopKind::asked: {
      // RISC-V's pc is that of the block before, when the library stops at a block.
      pc = riscv_ ? reached_ : machine_->read(Register::pc) & ~1u;
      if (bad_write_) {
        BoardEnd ended =
            fault(fmt::format("write at 0x{:08x}, which is system memory", *bad_write_), pc);
        ended.address = bad_write_;
        return ended;
      }
      if (nvic_.reset_requested()) return end(BoardEnd::reset, "it asked for a reset", pc);
      if (stop_asked_) return end(BoardEnd::asked, {}, pc);
      return take_pending(pc);
    }
    case StopKind::exception:
      return handle_exception(event, pc);
    case StopKind::exception_return: {
      const auto back = return_from_exception(*machine_, event.address | 1);
      if (!back) return fault(back.error().what, machine_->read(Register::lr) & ~1u);
      nvic_.deactivate(back->from);
      if (user_.exception)
        user_.exception(user_.user, {0, back->frame, event.address, back->pc, 0});
      attend();
      pc = back->pc;
      return std::nullopt;
    }
    case StopKind::sleep:
      pc = machine_->read(Register::pc) & ~1u;
      return sleep(pc);
    case StopKind::split:
      pc = event.address;
      return std::nullopt;
    case StopKind::intercept:
      pc = event.address;
      return intercepted(pc);
    case StopKind::bad_access:
    case StopKind::other:
      break;
  }
  BoardEnd ended = fault(event.what, machine_->read(Register::pc) & ~1u);
  if (event.kind == StopKind::bad_access) ended.address = event.address;
  return ended;
}

BoardEnd Board::run(uint32_t pc) {
  stop_asked_ = false;
  for (;;) {
    const StopEvent event = machine_->run(pc);
    if (std::optional<BoardEnd> ended = handle(event, pc)) return std::move(*ended);
  }
}

}  // namespace assay
