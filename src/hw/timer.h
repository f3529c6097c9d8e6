// Time of straight-line code under a core's timing model: once per block, when it is first met.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "hw/core.h"
#include "hw/counts.h"
#include "hw/decode.h"

namespace assay {

/// A basic block as the emulator met it. Running it n times, t of them with its branch taken, costs
/// n * `once` + t * `taken`.
struct BlockCost {
  Counts once;                   ///< with the final branch not taken
  CauseTicks taken;              ///< more when control goes elsewhere than to the next address
  int32_t stack_drop_bytes = 0;  ///< the most that sp falls below its value at the block's start
  bool ends_in_branch = false;   ///< a block cut short (page end) never counts as taken
  bool conditional = false;
  bool straddles = false;  ///< begins with 32 bits in two words
  bool indirect = false;   ///< goes where a register or memory says

  int64_t taken_cycles() const { return taken.sum() / kTicksPerCycle; }
};

/// Checks that the causes of what it returns sum to its cycles.
BlockCost time_block(const CoreTiming& core, std::span<const Insn> block);

/// A two-bit counter of one block's conditional branch.
struct Predictor {
  uint8_t state = 1;
  /// Whether the branch was mispredicted; learns.
  bool mispredicts(bool taken) {
    const bool predicted = state >= 2;
    state = taken ? (state < 3 ? state + 1 : 3) : (state > 0 ? state - 1 : 0);
    return predicted != taken;
  }
};

/// The core's branch prediction: knows nothing but counters, addresses and the last branch.
class BranchPredictor {
 public:
  explicit BranchPredictor(Prediction kind) : kind_(kind) {}

  /// Whether a conditional branch, whose counter is `own`, was mispredicted; learns.
  bool mispredicts(Predictor& own, bool backward, bool taken) {
    if (kind_ == Prediction::two_bit) return own.mispredicts(taken);
    if (kind_ == Prediction::backward) return backward != taken;
    const bool predicted = last_ == &own;
    if (taken && backward) last_ = &own;
    if (!taken && predicted) last_ = nullptr;
    return predicted != taken;
  }

 private:
  Prediction kind_;
  const Predictor* last_ = nullptr;  ///< the backward branch that was last taken
};

/// Predicts that a branch to a register or from memory goes where it went last.
struct TargetPredictor {
  uint32_t last = 0;
  bool mispredicts(uint32_t target) { return std::exchange(last, target) != target; }
};

}  // namespace assay
