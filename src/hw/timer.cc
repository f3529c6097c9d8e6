// Cycles of a basic block under a core's rules, with all code and data in zero-wait memory.
//
// The idea: a block is straight-line code, so its time is worked out once, when it is first met,
// and then only multiplied by how often it ran. Each instruction takes its class's cycles; the
// rules that the core's file switches on change that where neighbours interact.
//
// Not handled: what crosses the edge of a block (a load at the end of one block and its use at the
// start of the next), wait states, caches, operands (division takes the file's one figure).
//
// Source: data/cores/*.toml names the manual of each figure and rule.
#include "hw/timer.h"

#include <algorithm>
#include <array>
#include <bit>

#include "hw/attribute.h"
#include "hw/beats.h"
#include "hw/pipeline.h"
#include "hw/scalar.h"

namespace assay {
namespace {

constexpr uint64_t kCoreRegisters = 0x7fff;  // without pc, whose value is always at hand

bool is_load(const Insn& insn) { return insn.cls == InsnClass::load; }
bool is_store(const Insn& insn) { return insn.cls == InsnClass::store; }

constexpr uint64_t kFpRegisters = 0xffffffff0000;

/// VMOV of two registers between the core and its FPU.
bool moves_pair(const Insn& insn) {
  if (insn.cls != InsnClass::fp_move) return false;
  const auto pair = [](uint64_t from, uint64_t to) {
    return std::popcount(from & kCoreRegisters) == 2 && std::popcount(to & kFpRegisters) == 2;
  };
  return pair(insn.reads, insn.writes) || pair(insn.writes, insn.reads);
}

/// Whether `insn` needs an address that `before` has only just written. A base register that was
/// updated by indexing is there in time, and so is one of two that VMOV wrote in two cycles.
bool address_is_late(const Insn& before, const Insn& insn) {
  if (moves_pair(before)) return false;
  const uint64_t updated_bases = before.writeback ? before.address_reads : 0;
  return (insn.address_reads & before.writes & ~updated_bases & kCoreRegisters) != 0;
}

/// "LDR [any] are pipelined when possible": loads and stores after a load on whose result their
/// address does not depend.
bool pipelines(const CoreRules& rules, const Insn& before, const Insn& insn) {
  if (!rules.load_pipelining || !is_load(before) || !(is_load(insn) || is_store(insn)))
    return false;
  const bool indexed = before.writeback || insn.writeback;
  if (indexed && !rules.indexed_pipelining) return false;
  return !address_is_late(before, insn);
}

/// The words of code that an in-order core has fetched ahead of its decoder. A word that has been
/// used up is replaced by a later one after so many cycles as the queue holds words: aligned
/// instructions never wait, 32-bit ones that straddle words need two at once and outrun it.
///
/// Time is counted from the block's start; its first words come one a cycle.
class FetchQueue {
 public:
  FetchQueue(int words, uint32_t begin) : words_(words), first_(begin / 4) {}

  /// Cycles for which `insn` waits, that takes `cycles` and may begin in the last `overlap` cycles
  /// of the one before.
  int64_t wait(const Insn& insn, int64_t cycles, int64_t overlap) {
    const uint32_t last = (insn.address + insn.size - 1) / 4;
    const int64_t decoded = std::max(begun_, arrival(last));
    if ((insn.address + insn.size) / 4 != insn.address / 4) used(insn.address / 4, decoded);
    if (cycles + overlap == 0) return 0;
    if (begun_ < 0) end_ = decoded + 1;
    const int64_t ready = end_ - overlap;
    begun_ = std::max(ready, decoded + 1);
    end_ = begun_ + cycles + overlap;
    return begun_ - ready;
  }

 private:
  int64_t arrival(uint32_t word) const {
    const uint32_t index = word - first_;
    const auto words = static_cast<uint32_t>(words_);
    return index < words ? index : used_[index % words] + words_;
  }
  void used(uint32_t word, int64_t at) {
    used_[(word - first_) % static_cast<uint32_t>(words_)] = at;
  }

  int words_;
  uint32_t first_;
  std::array<int64_t, kMaxQueueWords> used_{};  ///< when, by place in the queue
  int64_t begun_ = -1, end_ = 0;                ///< of the instruction before
};

/// What a neighbour adds to an instruction's cycles, by cause; or takes from them: a negative wait
/// for a load.
void spend_neighbour(const CoreRules& rules, const Insn& before, const Insn& insn,
                     CauseTicks& ticks) {
  if (address_is_late(before, insn)) ticks.spend(Cause::address_interlock, rules.address_stall);
  if (pipelines(rules, before, insn)) ticks.spend(Cause::load_use, -1);
  const bool loads = is_load(insn) || insn.cls == InsnClass::load_multiple;
  if (is_store(before) && loads) ticks.spend(Cause::load_use, rules.load_after_store);
  const bool is_it = insn.cls == InsnClass::system && insn.size == 2 && insn.reads != 0;
  if (rules.it_folding && is_it && before.size == 2) ticks.spend(Cause::system, -1);
}

/// What AVR adds for itself: no neighbour matters there.
void spend_own(const CoreRules& rules, const Insn& insn, CauseTicks& ticks) {
  const bool jumps = insn.cls == InsnClass::branch && !insn.conditional;
  if (jumps) ticks.spend(Cause::branch_refill, rules.unconditional_branch);
  if (insn.size == 4 && (jumps || insn.cls == InsnClass::call))
    ticks.spend(issue_cause(insn), rules.second_word);
  if (insn.kind == AluKind::word) ticks.spend(Cause::alu, rules.word_arithmetic);
  if (insn.reads_code) ticks.spend(Cause::flash_data, rules.program_load);
}

/// Single issue, in order: the sum of the instructions, with what neighbours save or cost.
void issue_sequentially(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost) {
  const CoreRules& rules = core.rules;
  FetchQueue queue(rules.fetch_queue, block.front().address);
  const Insn* before = nullptr;
  for (const Insn& insn : block) {
    CauseTicks ticks = issue_ticks(core, insn);
    if (is_store(insn) && std::popcount(insn.address_reads) > 1)
      ticks.spend(Cause::store, rules.store_register_offset);
    spend_own(rules, insn, ticks);
    if (moves_pair(insn)) ticks.spend(Cause::fp, rules.pair_move);
    if (before != nullptr) spend_neighbour(rules, *before, insn, ticks);
    if (rules.fetch_queue != 0) {
      const bool overlaps = before != nullptr && pipelines(rules, *before, insn);
      ticks.spend(Cause::fetch_queue, queue.wait(insn, ticks.sum() / kTicksPerCycle, overlaps));
    }
    cost.once.causes.add(ticks, 1);
    before = &insn;
  }
  cost.once.cycles = cost.once.causes.sum() / kTicksPerCycle;
}

Counts counts_of(const Insn& insn) {
  Counts counts;
  counts.instructions = 1;
  counts.loads = insn.loads;
  counts.stores = insn.stores;
  counts.macs = insn.macs;
  counts.calls = insn.cls == InsnClass::call;
  counts.by_class[static_cast<size_t>(insn.cls)] = 1;
  return counts;
}

}  // namespace

BlockCost time_block(const CoreTiming& core, std::span<const Insn> block) {
  BlockCost cost;
  int32_t drop_bytes = 0;
  for (const Insn& insn : block) {
    cost.once += counts_of(insn);
    drop_bytes += insn.stack_drop_bytes;
    cost.stack_drop_bytes = std::max(cost.stack_drop_bytes, drop_bytes);
  }
  if (block.empty()) return cost;
  cost.straddles = block.front().size == 4 && (block.front().address & 2) != 0;
  const Insn& last = block.back();
  if (core.rules.interlock)
    issue_scalar(core, block, cost);
  else if (core.rules.pairing == Pairing::none)
    issue_sequentially(core, block, cost);
  else if (core.rules.pairing == Pairing::beats)
    issue_beats(core, block, cost);
  else
    issue_block(core, block, cost);
  check_causes(cost.once);
  if (!last.ends_block) {
    cost.taken = {};
    return cost;
  }
  if (last.cls == InsnClass::loop_end) {
    cost.ends_in_branch = true;
    return cost;
  }
  const bool loaded = last.cls == InsnClass::load_pc || last.cls == InsnClass::table_branch;
  cost.ends_in_branch = true;
  cost.conditional = last.conditional;
  cost.indirect = loaded || last.cls == InsnClass::indirect;
  if (core.rules.prediction != Prediction::none && last.conditional) return cost;
  if (core.rules.unconditional_branch > 0 && !last.conditional) return cost;
  if (last.skipped_bytes > 0) {  // a cycle more for each word that is skipped
    cost.taken.spend(Cause::branch_refill, core.branch_taken * last.skipped_bytes / 2);
    return cost;
  }
  cost.taken.spend(Cause::branch_refill, loaded ? core.loaded_branch_taken : core.branch_taken);
  return cost;
}

}  // namespace assay
