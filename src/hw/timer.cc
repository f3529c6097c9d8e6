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

/// Whether `insn` needs an address that `before` has only just written. A base register that was
/// updated by indexing is there in time.
bool address_is_late(const Insn& before, const Insn& insn) {
  const uint64_t updated_bases = before.writeback ? before.address_reads : 0;
  return (insn.address_reads & before.writes & ~updated_bases & kCoreRegisters) != 0;
}

/// "LDR [any] are pipelined when possible": loads and stores after a load on whose result, or
/// updated base, their address does not depend.
bool pipelines(const CoreRules& rules, const Insn& before, const Insn& insn) {
  if (!rules.load_pipelining || !is_load(before) || !(is_load(insn) || is_store(insn)))
    return false;
  const bool indexed = before.writeback || insn.writeback;
  if (indexed && !rules.indexed_pipelining) return false;
  return (insn.address_reads & before.writes & kCoreRegisters) == 0;
}

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
  const Insn* before = nullptr;
  for (const Insn& insn : block) {
    CauseTicks ticks = issue_ticks(core, insn);
    if (is_store(insn) && std::popcount(insn.address_reads) > 1)
      ticks.spend(Cause::store, core.rules.store_register_offset);
    spend_own(core.rules, insn, ticks);
    if (before != nullptr) spend_neighbour(core.rules, *before, insn, ticks);
    cost.insn_ticks.push_back(static_cast<int32_t>(ticks.sum()));
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
