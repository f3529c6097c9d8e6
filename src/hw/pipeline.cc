// In-order issue by a scoreboard: an instruction issues when its operands are there and, on the
// Cortex-M7, next to the one before if units and operands allow.
//
// The idea: for each register the cycles at which an ordinary reader, an early reader (an address,
// a shifted or extracted operand), a multiplier and an accumulator may issue. The M7 has two ALUs
// one cycle apart: a simple result made in the early one can be used by the late one in the same
// cycle. A slot that is left over at the end of a block goes to the next instruction if the branch
// is not taken or, where branches are predicted, in either case. A block that jumps to its own
// start is issued twice: what the second round takes more than the first is the branch's.
//
// Not handled: results still under way where another block goes on, banks of two loads
// whose addresses are not constants from one base, how full the store buffer is, a load of what was
// stored by way of another base register, unaligned data.
//
// Source: measured pipeline tests by jnk0le, "random", pipeline cycle test/doc/cortex_m33.md and
// cortex_m7.md (RP2350 and STM32H743); LLVM, ARMScheduleM7.td. The core files name them by rule.
#include "hw/pipeline.h"

#include <algorithm>
#include <array>
#include <bit>

#include "hw/attribute.h"

namespace assay {
namespace {

constexpr uint32_t kFirstFp = 16, kFlags = 48, kRegisters = 49;

constexpr uint64_t bit(uint32_t index) { return uint64_t{1} << index; }

bool writes_flags(const Insn& insn) { return (insn.writes & bit(kFlags)) != 0; }

bool is_multiply(const Insn& insn) {
  return insn.cls == InsnClass::mul || insn.cls == InsnClass::mac ||
         insn.cls == InsnClass::mul_long || insn.cls == InsnClass::mac_long;
}

bool is_fp_arithmetic(const Insn& insn) {
  return insn.cls == InsnClass::fp_add || insn.cls == InsnClass::fp_mul ||
         insn.cls == InsnClass::fp_mac || insn.cls == InsnClass::fp_div ||
         insn.cls == InsnClass::fp_move || insn.cls == InsnClass::fp_double;
}

bool touches_fpu(const Insn& insn) {
  constexpr uint64_t kFp = ((uint64_t{1} << 32) - 1) << kFirstFp;
  return is_fp_arithmetic(insn) || ((insn.reads | insn.writes) & kFp) != 0;
}

bool moves_fp(const Insn& insn) {
  const bool data = insn.cls == InsnClass::load || insn.cls == InsnClass::store;
  return insn.cls == InsnClass::fp_move || (data && touches_fpu(insn));
}

/// VADD, VLDM, VSTM, double words and VMOV of a constant: not while a VFMA is adding.
bool waits_for_mac(const Insn& insn) {
  if (insn.cls == InsnClass::fp_add) return true;
  if (insn.cls == InsnClass::fp_move) return insn.reads == 0;
  const bool multiple =
      insn.cls == InsnClass::load_multiple || insn.cls == InsnClass::store_multiple;
  return touches_fpu(insn) && (multiple || insn.loads + insn.stores > 1);
}

/// Bit-field, SIMD and saturation instructions, of which there is one unit.
bool is_dsp(const Insn& insn) {
  return insn.cls == InsnClass::alu && insn.kind >= AluKind::bitfield;
}

/// Uses the shifter that operands pass on their way to the arithmetic.
bool uses_shifter(const Insn& insn) {
  return insn.shifted || insn.shifted_constant || insn.shifted_reads != 0 ||
         (insn.cls == InsnClass::alu && insn.kind == AluKind::bitfield);
}

bool is_it(const Insn& insn) {
  return insn.cls == InsnClass::system && insn.size == 2 && (insn.reads & bit(kFlags)) != 0;
}

/// ADD, SUB, MOV and shifts by themselves: what the M7's early ALU does.
bool is_simple(const Insn& insn) {
  const bool alu = insn.cls == InsnClass::alu || insn.cls == InsnClass::move;
  return alu && (insn.kind == AluKind::add || insn.kind == AluKind::shift) && !insn.shifted &&
         !insn.shifted_constant;
}

/// Transfers of more than one word, divisions and what synchronises issue alone on the M7.
bool issues_alone(const Insn& insn) {
  switch (insn.cls) {
    case InsnClass::load_multiple:
    case InsnClass::store_multiple:
    case InsnClass::load_pc:
    case InsnClass::table_branch:
    case InsnClass::div:
    case InsnClass::fp_div:
    case InsnClass::unknown:
      return true;
    case InsnClass::load:
    case InsnClass::store:
      return insn.loads + insn.stores > 1;
    case InsnClass::system:
      return !is_it(insn);
    default:
      return false;
  }
}

/// Two loads from one base whose words lie in different banks (even and odd).
bool different_banks(const Insn& older, const Insn& younger) {
  const bool one_base = older.address_reads == younger.address_reads &&
                        std::popcount(older.address_reads) == 1 && !older.writeback;
  return one_base && ((older.offset_bytes ^ younger.offset_bytes) & 4) != 0;
}

/// The units of the M7: one multiplier, one store, one shifter, one FPU; bit-field and SIMD
/// instructions only as the older of two.
bool units_allow(const Insn& older, const Insn& younger) {
  if (older.ends_block || issues_alone(younger) || is_dsp(younger)) return false;
  if ((younger.shifted || younger.shifted_constant) && uses_shifter(older)) return false;
  if (is_multiply(older) && is_multiply(younger)) return false;
  if (older.stores && (younger.stores || is_multiply(younger))) return false;
  if (younger.stores && is_multiply(older)) return false;
  if (older.loads && younger.loads && !different_banks(older, younger)) return false;
  return !(is_fp_arithmetic(older) && is_fp_arithmetic(younger));
}

/// The M33 pairs a 16-bit instruction with a 16-bit branch, and anything with an IT.
bool is_branch_pair(const Insn& older, const Insn& younger) {
  if (is_it(younger)) return true;
  const bool branch = younger.ends_block && younger.loads == 0 && younger.cls != InsnClass::system;
  return branch && younger.size == 2 && older.size == 2;
}

/// Whether the block's branch leads to its own start.
bool is_loop(std::span<const Insn> block) {
  const Insn& last = block.back();
  const uint32_t target = last.address + static_cast<uint32_t>(last.offset_bytes);
  return last.conditional && target == block.front().address;
}

/// When a register's value can be used, as the cycle of the reader's issue.
struct Ready {
  int64_t late = 0, early = 0, multiply = 0, accumulate = 0, store = 0;
  int64_t beside_shifted = 0;        ///< as the plain operand of an instruction that shifts another
  Cause cause = Cause::alu_latency;  ///< what the reader waits for
};

/// The cycle at which all operands are there, and what the last of them made wait for.
struct Operands {
  int64_t ready = 0;
  Cause cause = Cause::alu_latency;
};

class Scoreboard {
 public:
  explicit Scoreboard(const CoreTiming& core) : core_(core), rules_(core.rules) {}

  void issue(const Insn& insn, BlockCost& cost) {
    Operands operands = operands_ready(insn);
    wait_for_store(insn, operands);
    paired_ = can_pair(insn, operands.ready);
    const int64_t at = paired_ ? next_ - 1 : std::max(next_, operands.ready);
    const int64_t last = at + issue_cycles(core_, insn) - 1;
    spend(insn, std::max<int64_t>(0, at - next_), operands.cause, last, cost);
    write_results(insn, at, last);
    remember_store(insn, at);
    earlier_mac_done_ = mac_done_;
    if (insn.cls == InsnClass::fp_mac) {
      fpu_free_ = at + rules_.latency.fp_mac_interval;
      mac_done_ = at + 1 + rules_.fp_mac_shadow;
    }
    older_sets_flags_ = paired_ && writes_flags(*open_);
    const bool closed = paired_ || (is_dual() && issues_alone(insn));
    open_ = closed ? nullptr : &insn;
    next_ = std::max(next_, last + 1);
  }

  int64_t next() const { return next_; }
  /// The last instruction left the second slot of its cycle empty.
  bool slot_left() const { return open_ != nullptr && is_dual(); }
  /// The last one issued beside an instruction that sets flags.
  bool paired_with_flags() const { return paired_ && older_sets_flags_; }

 private:
  bool is_dual() const { return rules_.pairing == Pairing::dual; }

  /// Books the cycles from next_ to `last`. Beside another, an instruction takes half of its cycle;
  /// alone where another could have been, it has half and the other half is lost.
  void spend(const Insn& insn, int64_t waits, Cause waits_for, int64_t last, BlockCost& cost) {
    CauseTicks ticks;
    ticks.spend(waits_for, waits);
    if (paired_) {
      ticks.spend(wait_cause(insn), std::max<int64_t>(0, last + 1 - next_));
      if (is_dual()) {
        ticks[issue_cause(insn)] += 1;
        cost.once.causes[Cause::lost_slot] -= 1;
      }
    } else {
      ticks.add(issue_ticks(core_, insn), 1);
      const bool loses = is_dual() && !issues_alone(insn);
      if (loses) {
        ticks[issue_cause(insn)] -= 1;
        ticks[Cause::lost_slot] += 1;
      }
    }
    cost.once.causes.add(ticks, 1);
  }

  int64_t ready(const Insn& insn, uint32_t reg) const {
    const Ready& r = ready_[reg];
    // A branch predicts, or waits as `flags_before_branch` says; an IT only passes them on.
    if (reg == kFlags) return insn.ends_block || is_it(insn) ? 0 : r.late;
    if (insn.address_reads & bit(reg)) return r.early;
    if (insn.stores) return rules_.early_alu ? r.store : r.accumulate;
    if (insn.accumulator & bit(reg)) return r.accumulate;
    if (is_multiply(insn)) return r.multiply;
    if (insn.shifted_reads & bit(reg)) return r.early;
    return insn.shifted_reads ? r.beside_shifted : r.late;
  }

  Operands operands_ready(const Insn& insn) const {
    Operands operands{touches_fpu(insn) ? fpu_free_ : 0, Cause::fp_latency};
    if (waits_for_mac(insn)) operands.ready = std::max(operands.ready, mac_done_);
    for (uint64_t left = insn.reads; left != 0; left &= left - 1) {
      const auto reg = static_cast<uint32_t>(std::countr_zero(left));
      const int64_t when = ready(insn, reg);
      if (when <= operands.ready) continue;
      const bool late_address =
          (insn.address_reads & bit(reg)) != 0 && ready_[reg].cause == Cause::alu_latency;
      operands = {when, late_address ? Cause::address_interlock : ready_[reg].cause};
    }
    return operands;
  }

  /// A load of a word that was stored just before waits until it is in memory.
  void wait_for_store(const Insn& insn, Operands& operands) const {
    if (insn.loads != 1 || rules_.store_to_load == 0) return;
    for (const Store& store : stores_)
      if (store.bases == insn.address_reads && store.word == insn.offset_bytes >> 2 &&
          store.done > operands.ready)
        operands = {store.done, Cause::load_use};
  }

  void remember_store(const Insn& insn, int64_t at) {
    if (rules_.store_to_load == 0) return;
    for (Store& store : stores_)
      if (store.bases & insn.writes) store = {};  // no longer known where it went
    if (insn.stores != 1 || std::popcount(insn.address_reads) != 1 || insn.writeback) return;
    stores_[next_store_++ % stores_.size()] = {insn.address_reads, insn.offset_bytes >> 2,
                                               at + rules_.store_to_load};
  }

  bool can_pair(const Insn& insn, int64_t wanted) const {
    if (open_ == nullptr || wanted > next_ - 1) return false;
    if (rules_.pairing != Pairing::dual) return is_branch_pair(*open_, insn);
    return units_allow(*open_, insn) && !mac_forbids(*open_, insn);
  }

  /// While a VFMA is adding, no VLDR, VSTR or VMOV is the younger of two or stands beside another.
  bool mac_forbids(const Insn& older, const Insn& younger) const {
    if (next_ - 1 >= earlier_mac_done_) return false;
    return moves_fp(younger) || (younger.cls == InsnClass::fp_mac && moves_fp(older));
  }

  /// In the early ALU: all operands are there a cycle early, and the instruction is the older one.
  bool goes_early(const Insn& insn, int64_t at) const {
    if (!rules_.early_alu || !is_simple(insn)) return false;
    if (paired_ && insn.kind != AluKind::shift) return false;
    for (uint64_t left = insn.reads; left != 0; left &= left - 1)
      if (ready_[std::countr_zero(left)].early > at) return false;
    return true;
  }

  int latency(const Insn& insn, int64_t at, bool fp_register) const {
    const Latencies& latency = rules_.latency;
    if (insn.loads) {
      if (fp_register) return latency.fp_load;
      return insn.access_bytes < 4 ? latency.narrow_load : latency.load;
    }
    if (insn.cls == InsnClass::fp_mac) return latency.fp_mac;
    if (is_fp_arithmetic(insn)) return fp_register ? latency.fp : latency.alu;
    if (is_multiply(insn)) return latency.multiply;
    if (insn.shifted || insn.shifted_constant) return latency.shifted;
    if (insn.cls == InsnClass::alu && (insn.kind == AluKind::dsp || insn.kind == AluKind::pack))
      return latency.dsp;
    return goes_early(insn, at) ? 0 : latency.alu;
  }

  void write_results(const Insn& insn, int64_t at, int64_t last) {
    const uint64_t bases = insn.writeback ? insn.address_reads : 0;
    const std::array<int, 2> latencies = {latency(insn, at, false), latency(insn, at, true)};
    for (uint64_t left = insn.writes; left != 0; left &= left - 1) {
      const uint32_t reg = static_cast<uint32_t>(std::countr_zero(left));
      int result = latencies[reg >= kFirstFp && reg != kFlags];
      if (bases & bit(reg)) result = rules_.early_alu ? 0 : 1;
      if (reg == kFlags) result = std::max(result, 1);
      Ready& r = ready_[reg];
      r.cause = bases & bit(reg) ? Cause::alu_latency : wait_cause(insn);
      r.late = last + result;
      r.early = r.late + rules_.latency.early_operand;
      r.multiply = r.late + (insn.loads ? rules_.latency.load_to_multiply : 0);
      const bool word = insn.loads && insn.access_bytes == 4;
      r.beside_shifted = r.late + (word ? rules_.latency.early_operand : 0);
      const bool mac = insn.cls == InsnClass::fp_mac, arithmetic = is_fp_arithmetic(insn);
      r.accumulate = mac                             ? last + rules_.latency.fp_accumulate
                     : arithmetic                    ? r.late
                     : insn.loads && reg >= kFirstFp ? r.late + rules_.latency.fp_load_to_accumulate
                                                     : last + std::min(result, 1);
      r.store = mac ? r.accumulate : arithmetic ? last + 1 : 0;
    }
  }

  struct Store {
    uint64_t bases = 0;  ///< 0: none
    int32_t word = 0;    ///< distance from the base
    int64_t done = 0;
  };

  const CoreTiming& core_;
  const CoreRules& rules_;
  std::array<Store, 8> stores_{};
  size_t next_store_ = 0;
  std::array<Ready, kRegisters> ready_{};
  int64_t next_ = 0;  ///< first cycle in which nothing has issued
  int64_t fpu_free_ = 0;
  int64_t mac_done_ = 0, earlier_mac_done_ = 0;  ///< of the last VFMA; of the one before open_
  const Insn* open_ = nullptr;                   ///< issued alone in next_ - 1, may get company
  bool paired_ = false, older_sets_flags_ = false;
};

}  // namespace

int issue_cycles(const CoreTiming& core, const Insn& insn) {
  int cycles = core.cycles[static_cast<size_t>(insn.cls)];
  const int registers = insn.loads + insn.stores, width = core.registers_per_cycle;
  const int transfers = (registers + width - 1) / width;
  switch (insn.cls) {
    case InsnClass::load_multiple:
    case InsnClass::store_multiple:
    case InsnClass::load_pc:
      cycles += transfers;
      break;
    case InsnClass::load:
    case InsnClass::store:
      cycles += transfers - 1;
      break;  // two words of a double register
    default:
      break;
  }
  const bool two_stages =
      insn.cls == InsnClass::mul || (insn.shifted_constant && (insn.writes & 0xffff) != 0);
  if (two_stages && writes_flags(insn)) cycles += core.rules.two_stage_flags;
  return cycles;
}

void issue_block(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost) {
  Scoreboard scoreboard(core);
  for (const Insn& insn : block) scoreboard.issue(insn, cost);
  const CauseTicks round = cost.once.causes;
  cost.once.cycles = scoreboard.next() - scoreboard.slot_left();
  if (scoreboard.slot_left()) {  // the cycle is the next block's first
    for (const Cause cause : {issue_cause(block.back()), Cause::lost_slot}) {
      cost.once.causes[cause] -= 1;
      cost.taken[cause] += 1;
    }
  }
  const bool late_flags = (block.back().reads & bit(kFlags)) != 0 && scoreboard.paired_with_flags();
  if (late_flags) cost.taken.spend(Cause::branch_refill, core.rules.flags_before_branch);
  if (core.rules.pairing != Pairing::dual || !is_loop(block)) return;
  BlockCost again;
  for (const Insn& insn : block) scoreboard.issue(insn, again);
  cost.taken.add(again.once.causes, 1);
  cost.taken.add(round, -1);
}

}  // namespace assay
