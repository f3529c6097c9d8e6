// In-order issue of one instruction a cycle: an instruction waits until its operands are there, and
// a multiplication also until the multiplier is.
//
// The idea: for each register the cycle in which a reader may issue, and what it would wait for.
// Nothing else couples two instructions on these pipelines; what a class takes for itself (a
// division that blocks) is in [cycles].
//
// Not handled: results still under way at a block's start, two results that reach the register file
// in one cycle, alignment of data.
//
// Source: the manuals that data/cores/ names, by rule.
#include "hw/scalar.h"

#include <algorithm>
#include <array>
#include <bit>

#include "hw/attribute.h"
#include "hw/pipeline.h"

namespace assay {
namespace {

constexpr int kRegisters = 64;

bool is_multiply(const Insn& insn) {
  return insn.cls == InsnClass::mul || insn.cls == InsnClass::mul_long;
}

/// Cycles from the end of an instruction's issue to that of one that uses its result.
int latency(const Latencies& latencies, const Insn& insn) {
  if (insn.loads) return insn.access_bytes < 4 ? latencies.narrow_load : latencies.load;
  if (is_multiply(insn)) return latencies.multiply;
  return insn.cls == InsnClass::div ? latencies.divide : 1;
}

class Scoreboard {
 public:
  explicit Scoreboard(const CoreTiming& core) : core_(core), rules_(core.rules) {}

  CauseTicks issue(const Insn& insn) {
    CauseTicks ticks;
    Wait wait{next_, Cause::alu_latency};
    const uint64_t data =
        insn.stores && rules_.late_store_data ? insn.reads & ~insn.address_reads : 0;
    for (uint64_t left = insn.reads; left != 0; left &= left - 1) {
      const int reg = std::countr_zero(left);
      Wait ready = ready_[static_cast<size_t>(reg)];
      if (data >> reg & 1) --ready.until;
      wait = std::max(wait, ready);
    }
    if (is_multiply(insn)) wait = std::max(wait, Wait{multiplier_free_, Cause::multiply_latency});
    ticks.spend(wait.cause, wait.until - next_);
    ticks.add(issue_ticks(core_, insn), 1);
    const int64_t last = wait.until + issue_cycles(core_, insn) - 1;
    for (uint64_t left = insn.writes; left != 0; left &= left - 1)
      ready_[static_cast<size_t>(std::countr_zero(left))] = {last + latency(rules_.latency, insn),
                                                             wait_cause(insn)};
    if (is_multiply(insn)) multiplier_free_ = wait.until + rules_.latency.multiply_interval;
    next_ = last + 1;
    return ticks;
  }

 private:
  struct Wait {
    int64_t until = 0;
    Cause cause = Cause::alu_latency;
    bool operator<(const Wait& other) const { return until < other.until; }
  };

  const CoreTiming& core_;
  const CoreRules& rules_;
  std::array<Wait, kRegisters> ready_{};
  int64_t next_ = 0;  ///< first cycle in which nothing has issued
  int64_t multiplier_free_ = 0;
};

}  // namespace

void issue_scalar(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost) {
  Scoreboard scoreboard(core);
  for (const Insn& insn : block) {
    const CauseTicks ticks = scoreboard.issue(insn);
    cost.once.causes.add(ticks, 1);
  }
  cost.once.cycles = cost.once.causes.sum() / kTicksPerCycle;
}

}  // namespace assay
