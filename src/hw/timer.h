// Time of straight-line code under a core's timing model: once per block, when it is first met.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "hw/core.h"
#include "hw/decode.h"

namespace assay {

/// What running something cost: exact counts, and cycles by the core's model.
struct Counts {
  int64_t instructions = 0;
  int64_t cycles = 0;             ///< modelled
  int64_t loads = 0, stores = 0;  ///< transfers
  int64_t macs = 0;
  int64_t branches_taken = 0;
  std::array<int64_t, kInsnClasses> by_class{};

  Counts& operator+=(const Counts& other);
  /// Adds `times` runs of `other`.
  void add(const Counts& other, int64_t times);
};

/// A basic block as the emulator met it. Running it n times, t of them with its branch taken, costs
/// n * `once` + t * `taken_cycles`.
struct BlockCost {
  Counts once;               ///< with the final branch not taken
  int64_t taken_cycles = 0;  ///< more cycles when control goes elsewhere than to the next address
  int32_t stack_drop_bytes = 0;  ///< the most that sp falls below its value at the block's start
  bool ends_in_branch = false;   ///< a block cut short (page end) never counts as taken
  bool conditional = false;
};

BlockCost time_block(const CoreTiming& core, std::span<const Insn> block);

/// Two-bit branch predictor of one block's conditional branch, where the core has prediction.
struct Predictor {
  uint8_t state = 1;
  /// Whether the branch was mispredicted; learns.
  bool mispredicts(bool taken) {
    const bool predicted = state >= 2;
    state = taken ? (state < 3 ? state + 1 : 3) : (state > 0 ? state - 1 : 0);
    return predicted != taken;
  }
};

}  // namespace assay
