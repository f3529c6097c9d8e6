// A block's time by instruction.
//
// What the core spends on an instruction is what the block's time grows by when it is added: the
// time of each beginning of the block, subtracted from the next. What running added to that is not
// known by instruction and is spread: waits for code by its bytes, waits for data by transfers,
// branches to the last instruction. Rounding is cumulative, so that the parts sum to the whole.
#include "measure/line_profile.h"

#include <algorithm>
#include <utility>

#include "hw/timer.h"

namespace assay {
namespace {

/// Divides `total` in proportion to the weights; to the last where all are 0.
class Division {
 public:
  Division(int64_t total, int64_t weights) : total_(total), weights_(weights) {}
  int64_t next(int64_t weight, bool is_last) {
    sum_ += weight;
    const int64_t until = is_last ? total_ : weights_ == 0 ? 0 : share(sum_);
    return until - std::exchange(given_, until);
  }

 private:
  int64_t share(int64_t weight) const {
    return total_ / weights_ * weight + total_ % weights_ * weight / weights_;
  }
  int64_t total_, weights_, sum_ = 0, given_ = 0;
};

template <class Weight, class Take>
void divide(int64_t total, std::span<const Insn> block, Weight weight, Take take) {
  if (total == 0) return;
  int64_t weights = 0;
  for (const Insn& insn : block) weights += weight(insn);
  Division division(total, weights);
  for (size_t i = 0; i < block.size(); ++i)
    take(i, division.next(weight(block[i]), i + 1 == block.size()));
}

bool waits_for_code(Cause cause) {
  return cause == Cause::flash_fetch || cause == Cause::icache_miss;
}

bool waits_for_data(Cause cause) {
  return cause == Cause::flash_data || cause == Cause::dcache_miss || cause == Cause::bus ||
         cause == Cause::unaligned;
}

/// An instruction may save what one before it would have waited: taken off there, so that no share
/// is below zero. Up to each instruction the sum is the block's time and never negative.
void settle_savings(std::vector<InsnShare>& shares) {
  for (size_t k = 0; k < kCauses; ++k) {
    const auto cause = static_cast<Cause>(k);
    for (size_t i = 0; i < shares.size(); ++i) {
      int64_t owed = std::min<int64_t>(0, shares[i].causes[cause]);
      shares[i].causes[cause] -= owed;
      for (size_t j = i; j-- > 0 && owed < 0;) {
        const int64_t paid = std::min(-owed, shares[j].causes[cause]);
        shares[j].causes[cause] -= paid;
        owed += paid;
      }
    }
  }
}

}  // namespace

std::vector<InsnShare> divide_among(const CoreTiming& core, std::span<const Insn> block,
                                    const Counts& counts) {
  std::vector<InsnShare> shares(block.size());
  if (block.empty()) return shares;
  const auto size = static_cast<int64_t>(block.size());
  const int64_t runs = counts.instructions / size;
  CauseTicks before;
  for (size_t i = 0; i < block.size(); ++i) {
    const CauseTicks until = time_block(core, block.first(i + 1)).once.causes;
    shares[i].causes.add(until, runs);
    shares[i].causes.add(before, -runs);
    before = until;
  }
  settle_savings(shares);
  CauseTicks rest = counts.causes;
  rest.add(before, -runs);
  for (size_t k = 0; k < kCauses; ++k) {
    const auto cause = static_cast<Cause>(k);
    // Of a derived region, whose counts are rounded, the runs may be too many.
    for (InsnShare& share : shares) {
      const int64_t less = std::min(share.causes[cause], std::max<int64_t>(0, -rest[cause]));
      share.causes[cause] -= less;
      rest[cause] += less;
    }
    divide(
        rest[cause], block,
        [&](const Insn& insn) -> int64_t {
          if (waits_for_code(cause)) return insn.size;
          return waits_for_data(cause) ? insn.loads + insn.stores : 0;
        },
        [&](size_t i, int64_t ticks) { shares[i].causes[cause] += ticks; });
  }
  divide(
      counts.instructions, block, [](const Insn&) { return 1; },
      [&](size_t i, int64_t part) { shares[i].instructions += part; });
  divide(
      counts.loads, block, [](const Insn& insn) { return insn.loads; },
      [&](size_t i, int64_t part) { shares[i].loads += part; });
  divide(
      counts.stores, block, [](const Insn& insn) { return insn.stores; },
      [&](size_t i, int64_t part) { shares[i].stores += part; });
  return shares;
}

}  // namespace assay
