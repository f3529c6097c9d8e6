// Profiles of any image in QEMU.
//
// QEMU's interface tells of no exception, so they are told from the order of blocks: a handler of
// the vector table that is reached otherwise than by the branch before it has been entered by the
// core; a return from it when nothing of the handler's calls is open leaves it. Where the block
// before ends in a conditional branch, which way it went is not known: it counts as not taken. Time
// is the host's: how often a timer interrupts differs from run to run.
// Not handled: vector tables that the firmware moves, threads that an RTOS switches (what was
// interrupted last is taken to go on), interrupts of RISC-V: their handlers count as called by
// whatever they interrupt. Frames are taken to stand in the first RAM. Source: Armv7-M ARM (DDI
// 0403E) B1.5, A7.7.12 (B), A7.7.18 (BL).
#include "profiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "hw/isa_family.h"

namespace assay {
namespace {

constexpr int kFirstFault = 3, kLastFault = 7, kMostExceptions = 512;
constexpr uint32_t kFrameBytes = 32, kMostNested = 1 << 16;
constexpr uint64_t kLr = uint64_t{1} << 14;

std::string fault_name(int number) {
  constexpr const char* kNames[] = {"HardFault", "MemManage", "BusFault", "UsageFault",
                                    "SecureFault"};
  return kNames[number - kFirstFault];
}

std::optional<uint32_t> word_at(const ElfFile& elf, uint32_t address) {
  for (const ElfSegment& segment : elf.segments) {
    const uint64_t at = uint64_t{address} - segment.load_address;
    if (address < segment.load_address || at + 4 > segment.bytes.size()) continue;
    uint32_t word = 0;
    std::memcpy(&word, segment.bytes.data() + at, sizeof word);
    return word;
  }
  return std::nullopt;
}

int32_t sign_extended(uint32_t value, int bits) {
  return static_cast<int32_t>(value << (32 - bits)) >> (32 - bits);
}

unsigned half_at(std::span<const std::byte> code, size_t at) {
  return std::to_integer<unsigned>(code[at]) | std::to_integer<unsigned>(code[at + 1]) << 8;
}

/// Of B, B<cond> and BL. `code` is the instruction, at `address`.
void find_target(std::span<const std::byte> code, uint32_t address, BlockExit& exit) {
  const unsigned first = half_at(code, 0), second = code.size() == 4 ? half_at(code, 2) : 0;
  int32_t offset = 0;
  if (code.size() == 2 && (first & 0xf800) == 0xe000) {
    offset = sign_extended((first & 0x7ff) << 1, 12);
    exit.is_certain = true;
  } else if (code.size() == 2 && (first & 0xf000) == 0xd000 && (first & 0xe00) != 0xe00) {
    offset = sign_extended((first & 0xff) << 1, 9);
  } else if (code.size() == 4 && (first & 0xf800) == 0xf000 && (second & 0x9000) == 0x9000) {
    const unsigned s = first >> 10 & 1, i1 = ~((second >> 13) ^ s) & 1,
                   i2 = ~((second >> 11) ^ s) & 1;
    offset = sign_extended(
        s << 24 | i1 << 23 | i2 << 22 | (first & 0x3ff) << 12 | (second & 0x7ff) << 1, 25);
    exit.is_certain = true;
  } else {
    return;
  }
  exit.target = address + 4 + static_cast<uint32_t>(offset);
}

uint32_t first_ram(const Target& target) {
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::ram) return region.address;
  return 0;
}

}  // namespace

Profiling::Profiling(const TraceJob& job, const ElfFile& elf, const Target& target,
                     const CoreTiming& core, BlockCounter::ReadCode read_code,
                     std::optional<SourceLines> lines)
    : lines_(std::move(lines)),
      profiler_(elf, target, core, std::move(read_code), lines_ ? &*lines_ : nullptr),
      frames_(first_ram(target)) {
  watch_.from = job.profile->from;
  watch_.to = job.profile->to;
  watch_.until = job.profile->until;
  watch_.times = job.profile->times;
  if (!job.profile->vector_table) return;
  vector_table_ = *job.profile->vector_table;
  reset_ = word_at(elf, vector_table_ + 4);
  for (int number = 2; number < kMostExceptions; ++number) {
    const auto handler = word_at(elf, vector_table_ + static_cast<uint32_t>(number) * 4);
    if (!handler) break;
    if (*handler & 1) handlers_.try_emplace(*handler & ~1u, number);
  }
}

std::optional<uint32_t> Profiling::cut(uint32_t begin, uint32_t bytes) const {
  std::optional<uint32_t> first;
  for (const auto& place : {watch_.from, watch_.to, watch_.until})
    if (place && *place > begin && *place - begin < bytes && (!first || *place < *first))
      first = place;
  return first;
}

BlockExit Profiling::exit_of(uint32_t address, std::span<const std::byte> code,
                             std::span<const Insn> insns) const {
  BlockExit exit;
  if (const auto found = handlers_.find(address); found != handlers_.end())
    exit.handler_of = found->second;
  if (handlers_.empty() || insns.empty()) return exit;
  const Insn& last = insns.back();
  exit.leaves = last.cls == InsnClass::load_pc ||
                (last.cls == InsnClass::indirect && (last.reads & kLr) != 0);
  if (last.ends_block) find_target(code.last(last.size), last.address, exit);
  return exit;
}

uint32_t Profiling::begin(uint32_t entry) {
  const uint32_t address = reset_.value_or(entry) & ~1u;
  profiler_.begin_at(address);
  return address;
}

void Profiling::translated(uint32_t address, std::span<const std::byte> code) {
  std::vector<std::byte>& known = code_[address];
  const size_t common = std::min(known.size(), code.size());
  if (!std::ranges::equal(std::span(known).first(common), code.first(common)))
    blocks().translated(address);
  known.assign(code.begin(), code.end());
}

/// Where control would have gone after the block that ran last.
uint32_t Profiling::interrupted_at() const {
  if (before_.is_certain) return before_.target;
  const uint32_t caller = profiler_.return_address();
  return before_.leaves && caller != 0 ? caller : profiler_.blocks().block().end;
}

void Profiling::enter(int exception, uint32_t handler) {
  profiler_.exception({.number = exception,
                       .frame = frames_ + depth_++ * kFrameBytes,
                       .from = interrupted_at(),
                       .to = handler,
                       .vector = vector_table_ + static_cast<uint32_t>(exception) * 4});
  ++taken_[exception];
}

/// Whether the block before was the end of an exception, which the block at `address` follows.
bool Profiling::leave_exception(uint32_t address) {
  if (depth_ == 0 || !before_.leaves || profiler_.return_address() != 0) return false;
  profiler_.exception({.frame = frames_ + --depth_ * kFrameBytes, .to = address});
  return true;
}

std::string Profiling::run(uint32_t address, uint32_t bytes, const BlockExit& exit) {
  const bool left = leave_exception(address);
  const bool by_branch = before_.target == address || profiler_.blocks().block().end == address;
  if (exit.handler_of != 0 && (left || !by_branch) && depth_ < kMostNested) {
    if (exit.handler_of >= kFirstFault && exit.handler_of <= kLastFault) {
      faulted_ = true;
      return fmt::format("fault in {}: {}", place(), fault_name(exit.handler_of));
    }
    enter(exit.handler_of, address);
  }
  profiler_.arrive(address, bytes);
  before_ = exit;
  if (watch_.watches(address))
    if (std::string why = watch_.reach(profiler_, address); !why.empty()) return why;
  profiler_.start();
  return "";
}

ProfileFacts Profiling::facts(ProfileEnd end, std::string why) {
  ProfileFacts facts;
  facts.end = end;
  facts.ended = std::move(why);
  collect_regions(watch_, {}, profiler_, facts);
  facts.exceptions.assign(taken_.begin(), taken_.end());
  if (!taken_.empty())
    facts.notes.push_back(
        "qemu does not tell of exceptions: they are told from the order of blocks; which way a "
        "conditional branch before one went is not known. Its timers go by the host's clock: how "
        "often they interrupt differs from run to run");
  return facts;
}

}  // namespace assay
