// From "this block starts now" to counts by function. Knows no emulator.
//
// An emulator calls find() for each basic block as it starts, then arrive(), then, if the block is
// marked, whoever marked it looks (InferenceCounter, a region, a call tree), then start(); and
// access() for each data access. A block's cost is worked out once, when it is first met; running
// it is one addition, and so is an access that goes where the same access went before (AccessSite).
// flush() turns what the blocks did since the last flush into counts.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hw/memory_system.h"
#include "hw/timer.h"
#include "measure/elf.h"

namespace assay {

/// Where an access of a block went when it was made last, and how often it went there since the
/// last flush: most go to the same memory, or the same part of a line that a cache holds, wait for
/// nothing, and are one addition. At first, nowhere.
struct AccessSite {
  uint32_t begin = 1, span = 0;  ///< addresses from begin to begin + span
  uint32_t unaligned = ~0u;      ///< bits that an aligned address has not
  uint32_t kind = 0;             ///< kind_of()
  int64_t count = 0;
  Cache* cache = nullptr;  ///< that holds what is there, as long as it does not change
  uint64_t changes = 0;
  uint32_t slot = 0;
  uint8_t region = 0;
  int8_t counter = -1;  ///< in Counts::caches

  static constexpr uint32_t kLast = ~0u;  ///< kind of what nothing is counted at
  static constexpr uint32_t kStore = 0x100;
  static constexpr uint32_t kind_of(uint32_t bytes, bool is_store) {
    return bytes | (is_store ? kStore : 0);
  }
  /// Counts an access of its kind, if it is where the last one was.
  bool count_again(uint32_t address) {
    if (address - begin > span || (address & unaligned) != 0) return false;
    if (cache != nullptr) {
      if (cache->changes() != changes) return false;
      cache->use(slot);
    }
    ++count;
    return true;
  }
};

/// A basic block and how often it ran since the last flush. What is read at every step comes first.
struct Block {
  uint32_t begin = 0, end = 0;
  uint8_t marks = 0;  ///< kPredicted, ...
  Predictor predictor;
  TargetPredictor target;
  int32_t instructions = 0, cycles = 0, taken_cycles = 0;
  int64_t count = 0, taken = 0, mispredicted = 0;
  AccessSite* sites = nullptr;  ///< by access, in order; behind them kLast, then by instruction
  CodeRun code;                 ///< for the memory system
  Counts* memory = nullptr;     ///< what memory added: waits, accesses by region, caches
  int32_t stack_drop_bytes = 0;
  int32_t function = -1;  ///< index in BlockCounter::functions(); -1: in no symbol
  int32_t index = 0;      ///< among all blocks
  int32_t path = 0;       ///< whom the counts above are for: BlockCounter::on_path
  bool calls = false;     ///< ends in a call: what is at `end` runs after the return
  bool returns = false;   ///< ends in a jump to a register or to an address from memory
  bool conditional = false;
  bool ends_in_it = false;  ///< its last instruction is not the last of its IT block

  static constexpr uint8_t kPredicted = 1;      ///< its branch goes through the predictor
  static constexpr uint8_t kFunctionEntry = 2;  ///< a symbol begins here
  static constexpr uint8_t kLowersStack = 4;
  static constexpr uint8_t kBoundary = 8;    ///< somebody watches this address
  static constexpr uint8_t kStraddles = 16;  ///< a jump here takes longer: see straddling_target
  static constexpr uint8_t kBackward = 32;   ///< its conditional branch goes backwards
  static constexpr uint8_t kPredictedTarget = 64;  ///< an indirect branch that is predicted
  static constexpr uint8_t kWaits = 128;           ///< fetching it may take time
  static constexpr uint8_t kAttend = kBoundary | kFunctionEntry | kLowersStack;
};

/// A symbol of the image with the counts of its own code.
struct CountedFunction {
  std::string name;
  uint32_t begin = 0, end = 0;  ///< equal if the symbol has no size: up to the next one
  int64_t entries = 0;
  bool moves_sp = false;  ///< by an amount that the code alone does not tell: look at each block
};

class BlockCounter {
 public:
  /// Reads code from the emulated memory; empty if there is none.
  using ReadCode = std::function<std::vector<std::byte>(uint32_t address, uint32_t bytes)>;

  /// All three must outlive the counter.
  BlockCounter(const ElfFile& elf, const Target& target, const CoreTiming& core,
               ReadCode read_code);

  /// The record of the block at [address, address + bytes).
  Block& find(uint32_t address, uint32_t bytes) {
    const uint32_t slot = (address - code_begin_) / 2;
    if (slot < by_address_.size()) {
      Block* block = by_address_[slot];
      if (block != nullptr && block->end == address + bytes) return *block;
    }
    return meet(address, bytes);
  }

  /// Where the first block will start: not a taken branch.
  void begin_at(uint32_t address) { blocks_.front().end = address; }

  /// Control has reached `block`: settles whether the block before took its branch.
  void arrive(const Block& block) {
    Block& before = *previous_;
    const bool taken = before.end != block.begin;
    if (taken) {
      ++before.taken;
      now_cycles_ += before.taken_cycles;
      if (block.marks & Block::kStraddles) {
        block.memory->spend(Cause::branch_refill, core_->rules.straddling_target);
        now_cycles_ += core_->rules.straddling_target;
      }
    }
    const bool backward = (before.marks & Block::kBackward) != 0;
    if (((before.marks & Block::kPredicted) &&
         predictor_.mispredicts(before.predictor, backward, taken)) ||
        ((before.marks & Block::kPredictedTarget) && before.target.mispredicts(block.begin))) {
      ++before.mispredicted;
      now_cycles_ += core_->rules.mispredict;
    }
  }

  /// Control was on its way to `next` and goes to `to` instead: an exception, or a return from one.
  void divert(uint32_t next, uint32_t to) {
    Block wanted;
    wanted.begin = next;
    arrive(wanted);
    previous_ = &blocks_.front();
    previous_->end = to;
  }

  /// What `block` does from now on counts for this path, a number of the caller's; 0 at first.
  void on_path(Block& block, int32_t path) {
    if (block.path != path) switch_path(block, path);
  }

  /// `block` runs now; a boundary before it has been dealt with.
  void start(Block& block) {
    if (block.marks & Block::kWaits) [[unlikely]]
      fetch(block);
    else
      memory_.start(block.code, now_cycles_);
    now_cycles_ += block.cycles;
    ++block.count;
    instructions_left -= block.instructions;
    previous_ = &block;
    next_site_ = block.sites;
    passed_ = 0;
  }

  /// The core itself does something between two blocks: takes an exception, stacks a word.
  void spend_between(Cause cause, int64_t cycles, Counts& counts) {
    counts.spend(cause, cycles);
    now_cycles_ += cycles;
  }
  void access_between(uint32_t address, bool is_store, Counts& counts) {
    const int64_t waited = counts.cycles;
    memory_.access(address, sizeof address, is_store, counts);
    (is_store ? counts.stores : counts.loads) += 1;
    now_cycles_ += counts.cycles - waited;
  }

  /// A data access by the block that runs, in order.
  void access(uint32_t address, uint32_t bytes, bool is_store) {
    AccessSite& site = *next_site_;
    const uint32_t kind = AccessSite::kind_of(bytes, is_store);
    if (site.kind == kind && site.count_again(address)) [[likely]] {
      ++next_site_;
      ++passed_;
    } else {
      access_anew(site, address, kind);
    }
  }
  /// The same by who knows which instruction makes it: that one's site.
  void access(AccessSite& site, uint32_t address, uint32_t kind) {
    if (site.count_again(address)) [[likely]]
      ++passed_;
    else
      access_timed(site, address, kind);
  }
  /// If not, the order of accesses does not matter: who knows which instruction makes one may ask
  /// its site to count_again(), and call access_at() only if it does not.
  bool times_data() const { return times_data_; }
  AccessSite& site_of(const Block& block, size_t instruction) {
    return sites_[static_cast<size_t>(block.index)].rbegin()[static_cast<ptrdiff_t>(instruction)];
  }
  void access_at(AccessSite& site, uint32_t address, uint32_t kind);

  /// Marks the block that begins at `address`, met or yet to be met.
  void mark(uint32_t address, uint8_t marks);

  /// Marks every block of the function, met or yet to be met, as a boundary.
  void watch(int function) { watched_ = function; }

  /// Adds what ran since the last flush to `total` and, if not null, by functions() (one more
  /// element: code in no symbol). The block that runs counts as run; its branch comes later.
  void flush(Counts& total, std::vector<Counts>* by_function);
  /// The same by block and path, for whoever sums otherwise.
  using Sink = std::function<void(const Block&, const BlockCost&, int32_t path, const Counts&)>;
  void flush(const Sink& sink);

  /// The code at the address was translated anew: if it has changed, its blocks are met again.
  void translated(uint32_t address);
  int64_t rewritten_blocks() const { return rewritten_; }

  const std::vector<CountedFunction>& functions() const { return functions_; }
  std::vector<CountedFunction>& functions() { return functions_; }
  /// Index in functions(), -1 if no symbol holds the address.
  int function_at(uint32_t address) const;
  const Block& block() const { return *previous_; }  ///< the one that runs
  const Block& block(size_t index) const { return blocks_[index]; }
  std::span<const std::byte> code(size_t index) const { return code_[index]; }
  std::string place() const;  ///< "function f": where control is, for errors
  int64_t now_cycles() const { return now_cycles_; }  ///< modelled, since the start
  int64_t instructions() const;                       ///< since the start
  MemorySystem& memory() { return memory_; }
  /// Executed but not known to the decoder, by mnemonic.
  std::map<std::string, int64_t> unknown() const;

  int64_t instructions_left = 0;  ///< until the emulator wants to look around; it refills it

 private:
  Block& meet(uint32_t address, uint32_t bytes);
  void fetch(Block& block);
  void access_anew(AccessSite& site, uint32_t address, uint32_t kind);
  void access_timed(AccessSite& site, uint32_t address, uint32_t kind);
  static void settle_site(AccessSite& site, Counts& counts);
  void settle_sites(const Block& block);
  void describe(Block& block, const BlockCost& cost, std::span<const Insn> insns);
  void switch_path(Block& block, int32_t path);
  Counts counts_of(const Block& block) const;
  void flush_block(Block& block, const Sink& sink);

  const CoreTiming* core_;
  MemorySystem memory_;
  ReadCode read_code_;
  uint32_t code_begin_ = 0;
  std::vector<Block*> by_address_;  ///< by (address - code_begin_) / 2
  std::map<std::pair<uint32_t, uint32_t>, Block*> by_range_;
  std::deque<Block> blocks_;                   ///< never moves
  std::deque<std::vector<AccessSite>> sites_;  ///< by block
  std::deque<Counts> memory_counts_;           ///< by block, then one for each path more
  std::vector<BlockCost> costs_;               ///< by block
  std::vector<int64_t> flushed_;               ///< by block: runs before the last flush
  std::vector<std::pair<size_t, std::string>> unknown_insns_;  ///< block, mnemonic
  std::vector<CountedFunction> functions_;                     ///< by address
  struct Path {  ///< what a block counted for a path that it is not on now
    int64_t count = 0, taken = 0, mispredicted = 0;
    Counts* memory = nullptr;
  };
  std::unordered_map<uint64_t, Path> paths_;  ///< by path and block
  std::map<uint32_t, uint8_t> marks_;
  std::vector<std::vector<std::byte>> code_;  ///< by block, where code may change
  int64_t rewritten_ = 0;
  int watched_ = -1;
  Block* previous_ = nullptr;  ///< at first blocks_[0], which stands for all before the first block
  AccessSite* next_site_ = nullptr;  ///< of the next access
  int64_t passed_ = 0;               ///< accesses that the memory system was not told of
  bool times_data_ = false;
  BranchPredictor predictor_;
  int64_t now_cycles_ = 0;
};

}  // namespace assay
