// Code is cut into basic blocks when it is first reached; for each instruction of a block it is
// known beforehand where its operand stands in memory (hw/avr.h), so accesses are counted and
// checked before simavr runs it.
//
// A block ends where a function begins, too, so that code which falls through counts for its
// function. Semihosting's trap is an OUT of r24 to GPIOR0 (firmware/avr.h). Not handled: SPM.
#include "measure/avr_code.h"

#include <fmt/format.h>

#include "hw/timer.h"

namespace assay {
namespace {

constexpr uint16_t kTrap = 0xbb8e, kReti = 0x9518;  // out GPIOR0, r24
constexpr uint32_t kLongestBlock = 1024;            ///< bytes
constexpr int kZ = 30;

bool is_plain(const AvrStep& step) {
  return step.access.kind == AvrAccess::none && !step.is_trap && !step.is_undefined;
}

}  // namespace

AvrCode::AvrCode(SimavrPart& part, const ElfFile& elf, const CoreTiming& core, bool one_by_one)
    : part_(&part),
      core_(&core),
      one_by_one_(one_by_one),
      code_(part.flash().size() / 2),
      begins_block_(code_.size()) {
  for (const ElfSymbol& symbol : elf.symbols)
    if (symbol.is_function) cut(symbol.address);
}

void AvrCode::cut(uint32_t address) {
  if (address / 2 < begins_block_.size()) begins_block_[address / 2] = 1;
}

const AvrStraight& AvrCode::at(uint32_t pc) {
  std::unique_ptr<AvrStraight>& known = code_[pc / 2];
  if (known) return *known;
  known = std::make_unique<AvrStraight>();
  const std::span<const std::byte> flash = part_->flash();
  while (known->bytes < kLongestBlock && pc + known->bytes + 2 <= flash.size()) {
    const uint32_t at = pc + known->bytes;
    if (known->bytes > 0 && begins_block_[at / 2]) break;
    const uint8_t bytes = instruction_bytes(&flash[at], core_->isa);
    if (at + bytes > flash.size()) break;
    const auto code = flash.subspan(at, bytes);
    const std::vector<Insn> insn = decode(code, at, core_->isa);
    const auto cycles = static_cast<int32_t>(time_block(*core_, insn).once.cycles);
    const auto word = static_cast<uint16_t>(std::to_integer<unsigned>(code[0]) |
                                            std::to_integer<unsigned>(code[1]) << 8);
    const bool undefined = insn.back().cls == InsnClass::unknown;
    const AvrStep step{avr_access(code), word == kTrap, undefined, cycles};
    if (!one_by_one_ && is_plain(step) && !known->steps.empty() && is_plain(known->steps.back()))
      known->steps.back().cycles += cycles;
    else
      known->steps.push_back(step);
    known->bytes += bytes;
    known->returns_from_interrupt = word == kReti;
    if (insn.back().ends_block || undefined || step.is_trap) break;
  }
  return *known;
}

/// `bytes` of data memory from `address` on are read or written, one after the other.
bool AvrCode::data_access(BlockCounter& counter, uint32_t address, int bytes, bool is_store) {
  if (address + static_cast<uint32_t>(bytes) > part_->data().size()) {
    fault_ = fmt::format("a {} of data at 0x{:04x}, where nothing is", is_store ? "store" : "load",
                         address);
    return false;
  }
  for (int i = 0; i < bytes; ++i)
    counter.access(kAvrData + address + static_cast<uint32_t>(i), 1, is_store);
  return true;
}

bool AvrCode::code_access(BlockCounter& counter, uint32_t address) {
  if (address >= part_->flash().size()) {
    fault_ = fmt::format("a load from program memory at 0x{:05x}, where nothing is", address);
    return false;
  }
  counter.access(address, 1, false);
  return true;
}

/// Counts and checks the operand of an instruction that is about to run.
bool AvrCode::access(BlockCounter& counter, const AvrAccess& access) {
  const int address_bytes = part_->address_bytes();
  const uint32_t sp = part_->stack_pointer();
  switch (access.kind) {
    case AvrAccess::pointer:
      return data_access(
          counter,
          (part_->pair(access.low_register) + static_cast<uint32_t>(access.offset)) & 0xffff, 1,
          access.is_store);
    case AvrAccess::direct:
      return data_access(counter, static_cast<uint32_t>(access.offset), 1, access.is_store);
    case AvrAccess::code:
      return code_access(counter, part_->pair(kZ));
    case AvrAccess::extended_code:
      return code_access(counter, part_->pair(kZ) | part_->rampz());
    case AvrAccess::push:
      return data_access(counter, sp, 1, true);
    case AvrAccess::pop:
      return data_access(counter, sp + 1, 1, false);
    case AvrAccess::call:
      return data_access(counter, sp + 1 - static_cast<uint32_t>(address_bytes), address_bytes,
                         true);
    case AvrAccess::ret:
      return data_access(counter, sp + 1, address_bytes, false);
    case AvrAccess::none:
    case AvrAccess::sets_sp:
      break;
  }
  return true;
}

bool AvrCode::execute(const AvrStep& step, BlockCounter& counter) {
  if (step.is_undefined) {
    fault_ = "an undefined instruction";
    return false;
  }
  if (step.access.kind != AvrAccess::none && !access(counter, step.access)) return false;
  const SimavrPart::State state = part_->step(step.cycles);
  if (state == SimavrPart::State::running) return true;
  if (state == SimavrPart::State::sleeping)
    sleeps_ = true;
  else
    fault_ = "simavr gave up";
  return false;
}

BlockCounter::ReadCode code_reader(const SimavrPart& part) {
  return [&part](uint32_t address, uint32_t bytes) {
    std::vector<std::byte> code;
    const std::span<const std::byte> flash = part.flash();
    if (uint64_t{address} + bytes > flash.size()) return code;
    const auto from = flash.subspan(address, bytes);
    code.assign(from.begin(), from.end());
    return code;
  };
}

}  // namespace assay
