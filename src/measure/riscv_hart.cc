// Machine mode alone: MSTATUS.MIE and MPIE, MEPC, MCAUSE, MTVEC direct and vectored.
//
// The emulation library executes the standard registers and MRET; MRET is executed here so that the
// return is seen, and so are counters (cycle, time, instret read the modelled cycle, so that two
// runs are equal) and vendors' registers, which read back what was written. Those instructions are
// found in the image before it runs: a word that looks like one but is data does no harm. Not
// handled: user and supervisor mode, external interrupts (PLIC, ECLIC), nested vectored tables of
// the CLIC. Source: The RISC-V Instruction Set Manual, volume II, 3.1 (machine-level CSRs)
// and 3.2.1 (mtime, mtimecmp).
#include "measure/riscv_hart.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace assay {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr uint32_t kMie = 1u << 3, kMpie = 1u << 7, kMpp = 3u << 11;  // of mstatus
constexpr uint32_t kMret = 0x30200073;
constexpr size_t kMaxIntercepts = 4096;

bool is_csr_access(uint32_t insn) { return (insn & 0x7f) == 0x73 && (insn >> 12 & 3) != 0; }

/// Counters, and what vendors have added.
bool is_ours(uint32_t csr) {
  const bool counter = (csr & 0xf60) == 0xb00 || (csr & 0xf60) == 0xc00 || csr == 0x320;
  const bool custom = (csr >= 0x7c0 && csr < 0x800) || (csr >= 0xbc0 && csr < 0xc00) ||
                      (csr >= 0xfc0 && csr <= 0xfff);
  const bool clic = csr == 0x307 || (csr >= 0x345 && csr <= 0x34a);
  return counter || custom || clic;
}

uint32_t word_at(const Machine& machine, uint32_t address) {
  uint32_t word = 0;
  machine.read(address, std::as_writable_bytes(std::span(&word, 1)));
  return word;
}

}  // namespace

bool is_mret(uint32_t insn) { return insn == kMret; }

bool RiscvHart::executes(uint32_t insn) {
  return is_mret(insn) || (is_csr_access(insn) && is_ours(insn >> 20));
}

std::vector<uint32_t> RiscvHart::intercepts(const ElfFile& elf) {
  std::vector<uint32_t> found;
  for (const ElfSegment& segment : elf.segments)
    for (size_t at = 0; at + 4 <= segment.bytes.size() && found.size() < kMaxIntercepts; at += 2) {
      uint32_t insn = 0;
      std::memcpy(&insn, segment.bytes.data() + at, sizeof insn);
      if (executes(insn)) found.push_back(segment.run_address + static_cast<uint32_t>(at));
    }
  return found;
}

bool RiscvHart::owns(uint32_t address) const {
  if (timer_.ticks_hz == 0) return false;
  return address - timer_.mtime < 8 || address - timer_.mtimecmp < 8 || address == timer_.software;
}

int64_t RiscvHart::ticks(int64_t now) const {
  if (timer_.ticks_hz == 0) return now;
  const double seconds = static_cast<double>(now) / static_cast<double>(clock_hz_);
  return offset_ + static_cast<int64_t>(seconds * static_cast<double>(timer_.ticks_hz));
}

uint32_t RiscvHart::read(uint32_t address, int64_t now) const {
  if (address == timer_.software) return software_ ? 1 : 0;
  const bool is_time = address - timer_.mtime < 8;
  const uint64_t value = is_time ? static_cast<uint64_t>(ticks(now)) : compare_;
  return static_cast<uint32_t>(value >> (address & 4 ? 32 : 0));
}

void RiscvHart::write(uint32_t address, uint32_t value, int64_t now) {
  if (address == timer_.software) {
    software_ = (value & 1) != 0;
    return;
  }
  const int shift = address & 4 ? 32 : 0;
  const auto with = [&](uint64_t old) {
    return (old & ~(uint64_t{0xffffffff} << shift)) | uint64_t{value} << shift;
  };
  if (address - timer_.mtime < 8)
    offset_ += static_cast<int64_t>(with(static_cast<uint64_t>(ticks(now)))) - ticks(now);
  else
    compare_ = with(compare_);
}

int64_t RiscvHart::next_event(int64_t now) const {
  if (timer_.ticks_hz == 0 || compare_ > uint64_t{1} << 52) return kNever;
  const int64_t missing = static_cast<int64_t>(compare_) - ticks(now);
  if (missing <= 0) return kNever;
  const double cycles = static_cast<double>(missing) * static_cast<double>(clock_hz_) /
                        static_cast<double>(timer_.ticks_hz);
  return now + static_cast<int64_t>(std::min(cycles, 1e15)) + 1;
}

uint32_t RiscvHart::pending(const Machine& machine, int64_t now, bool masked) const {
  const bool timer = timer_.ticks_hz != 0 && static_cast<uint64_t>(ticks(now)) >= compare_;
  if (!timer && !software_) return 0;
  if (!masked && (machine.read(Csr::mstatus) & kMie) == 0) return 0;
  const uint32_t enabled = machine.read(Csr::mie);
  if (software_ && (enabled & kMie) != 0) return TrapCause::kSoftware;
  return timer && (enabled & kMpie) != 0 ? TrapCause::kTimer : 0;
}

uint32_t RiscvHart::csr(uint32_t number, int64_t now) const {
  const uint32_t base = number & ~0x80u;
  if (base == 0xb00 || base == 0xb02 || base == 0xc00 || base == 0xc01 || base == 0xc02 ||
      base == 0x7e2) {  // the last one is the ESP32-C3's
    const auto value = static_cast<uint64_t>(base == 0xc01 ? ticks(now) : now);
    return static_cast<uint32_t>(value >> (number & 0x80 ? 32 : 0));
  }
  const auto found = csrs_.find(number);
  return found == csrs_.end() ? 0 : found->second;
}

bool RiscvHart::access_csr(Machine& machine, uint32_t pc, int64_t now) {
  const uint32_t insn = word_at(machine, pc);
  if (!is_csr_access(insn)) return false;
  const uint32_t number = insn >> 20, source = insn >> 15 & 31;
  const uint32_t operand = insn >> 14 & 1 ? source : machine.read_x(static_cast<int>(source));
  const uint32_t old = csr(number, now);
  const uint32_t kind = insn >> 12 & 3;
  if (kind == 1)
    csrs_[number] = operand;
  else if (source != 0)
    csrs_[number] = kind == 2 ? old | operand : old & ~operand;
  machine.write_x(static_cast<int>(insn >> 7 & 31), old);
  return true;
}

uint32_t enter_trap(Machine& machine, uint32_t cause, uint32_t pc) {
  const uint32_t vector = machine.read(Csr::mtvec), base = vector & ~63u;
  const bool vectored = (vector & 3) == 1 && (cause & TrapCause::kInterrupt) != 0;
  const uint32_t handler = (vector & 3) > 1 ? base
                           : vectored       ? (vector & ~3u) + 4 * (cause & 0xff)
                                            : vector & ~3u;
  if (handler == 0 || !machine.is_memory(handler, 2)) return 0;
  const uint32_t status = machine.read(Csr::mstatus);
  machine.write(Csr::mepc, pc);
  machine.write(Csr::mcause, cause);
  machine.write(Csr::mtval, 0);
  machine.write(Csr::mstatus, (status & ~(kMie | kMpie)) | (status & kMie ? kMpie : 0) | kMpp);
  return handler;
}

uint32_t leave_trap(Machine& machine) {
  const uint32_t status = machine.read(Csr::mstatus);
  machine.write(Csr::mstatus, (status & ~kMie) | (status & kMpie ? kMie : 0) | kMpie | kMpp);
  return machine.read(Csr::mepc) & ~1u;
}

}  // namespace assay
