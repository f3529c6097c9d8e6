// One instruction at a time, with all registers carried there and back: slow, for the few that
// firmware compiled for single precision has (printf, conversions). Memory is never touched: VLDR
// and VSTR of doubles are no arithmetic, and every FPU has them. The IT state moves on as the
// core's own would.
#include "measure/double_fpu.h"

#include <array>

namespace assay {
namespace {

constexpr uint32_t kCode = 0x08000000, kCodeBytes = 1 << 20;
constexpr uint16_t kBreakpoint = 0xbe00;
constexpr int kFpRegisters = 32;

/// VADD.F64 and the like: coprocessors 10 and 11, but not their loads and stores.
bool is_floating_point(uint16_t first, uint16_t second) {
  const unsigned coprocessor = second >> 8 & 0xf;
  const bool is_arithmetic = (first & 0xef00) == 0xee00 || (first & 0xffe0) == 0xec40;
  return is_arithmetic && (coprocessor == 10 || coprocessor == 11);
}

void copy_registers(const Machine& from, Machine& to) {
  for (int i = 0; i <= static_cast<int>(Register::r12); ++i)
    to.write(static_cast<Register>(i), from.read(static_cast<Register>(i)));
  to.write(Register::lr, from.read(Register::lr));
  for (int i = 0; i < kFpRegisters; ++i) to.write_fp(i, from.read_fp(i));
  to.write(Register::fpscr, from.read(Register::fpscr));
}

/// ITSTATE after one instruction; in xPSR its bits are 26:25 (1:0) and 15:10 (7:2).
uint32_t after_one(uint32_t xpsr) {
  const uint32_t it = (xpsr >> 25 & 3) | (xpsr >> 8 & 0xfc);
  const uint32_t next = (it & 7) == 0 ? 0 : (it & 0xe0) | (it << 1 & 0x1f);
  return (xpsr & ~0x0600fc00u) | (next & 3) << 25 | (next & 0xfc) << 8;
}

}  // namespace

bool DoubleFpu::open(const CoreTiming& core) {
  if (scratch_) return true;
  Target target;
  target.regions.resize(1);
  target.regions[0].name = "CODE";
  target.regions[0].address = kCode;
  target.regions[0].size_bytes = kCodeBytes;
  MachineHooks hooks;
  hooks.block = [](void*, uint32_t, uint32_t) {};
  hooks.peripheral_read = [](void*, uint32_t, uint32_t) -> uint32_t { return 0; };
  hooks.peripheral_write = [](void*, uint32_t, uint32_t, uint32_t) {};
  Result<Machine> machine = Machine::open(core, target, hooks, CoreProfile::application);
  if (!machine) return false;
  scratch_.emplace(std::move(*machine));
  return true;
}

bool DoubleFpu::execute(const CoreTiming& core, Machine& machine, uint32_t pc) {
  std::array<uint16_t, 3> code = {0, 0, kBreakpoint};
  if (!machine.read(pc, std::as_writable_bytes(std::span(code).first(2)))) return false;
  if (!is_floating_point(code[0], code[1]) || !open(core)) return false;
  // Each instruction has a place of its own, so that none runs as translated before.
  const uint32_t at = kCode + (pc / 2 * 8) % kCodeBytes;
  std::array<uint16_t, 3> there{};
  scratch_->read(at, std::as_writable_bytes(std::span(there)));
  if (there != code) {
    if (there != std::array<uint16_t, 3>{}) scratch_.reset();  // what was there is translated
    if (!open(core)) return false;
    scratch_->write(at, std::as_bytes(std::span(code)));
  }
  copy_registers(machine, *scratch_);
  const StopEvent event = scratch_->run(at);
  if (event.kind != StopKind::exception || event.number != kExceptionBreakpoint) return false;
  copy_registers(*scratch_, machine);
  machine.write(Register::xpsr, after_one(machine.read(Register::xpsr)));
  return true;
}

}  // namespace assay
