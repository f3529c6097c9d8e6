// What a run did, by call path and region: a BlockCounter with a call tree. Knows no emulator and
// no peripherals.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/exception_timing.h"
#include "measure/block_counter.h"
#include "measure/board.h"
#include "measure/call_tree.h"
#include "measure/layer_mark.h"
#include "measure/profile.h"

namespace assay {

class Profiler {
 public:
  /// All must outlive it.
  Profiler(const ElfFile& elf, const Target& target, const CoreTiming& core,
           BlockCounter::ReadCode read_code, const SourceLines* lines = nullptr);

  /// The first block will be this, not reached by a branch.
  void begin_at(uint32_t address);
  /// A block is reached: settles the one before, and on which path this one is.
  void arrive(uint32_t address, uint32_t bytes);
  /// Whether the stack pointer is of interest now that the block is reached; then stack_at() it.
  bool wants_sp() const { return enters_ || (arrived_->marks & Block::kLowersStack) != 0; }
  void stack_at(uint32_t sp);
  /// The block that runs has moved sp here: for an emulator that sees each instruction.
  void stack_lowered(uint32_t sp);
  /// The block that was reached runs. Returns whether an exception may be taken at its end.
  bool start();
  /// An exception is taken or left.
  void exception(const ExceptionEvent& event);

  BlockCounter& blocks() { return blocks_; }
  const BlockCounter& blocks() const { return blocks_; }
  std::string place() const;  ///< "f", where control is
  /// Where the innermost call returns to; 0 if nothing that was called since the run or the running
  /// exception began has yet to return.
  uint32_t return_address() const { return tree_.return_address(); }

  void begin_region(const std::string& name);
  void end_region(const std::string& name);
  /// What was counted between begin and end; of a region still open, until now.
  ProfileRegion region(const std::string& name);
  /// (A - B) / divisor.
  ProfileRegion derived(const DerivedRegion& how);
  ProfileRegion whole_run();

 private:
  using ByPath = std::vector<Counts>;
  using ByBlock = std::vector<Counts>;  ///< empty without source lines
  struct Region {
    ByPath counts;
    ByBlock blocks;
    std::vector<int64_t> entries, entries_before;
    int64_t times = 0;
    bool open = false;
  };
  struct Sum {
    ByPath counts;
    ByBlock blocks;
    std::vector<int64_t> entries;
    int64_t times = 0;
  };

  struct Stack {  ///< of a path's innermost function, below where its thread began
    int64_t at_entry = 0, deepest = 0, frame = 0;
  };
  static void deepen(Stack& stack, int64_t depth);
  void follow(const Block& from, const Block& to);
  void follow_interrupted(const ExceptionEvent& event);
  void spend_return();
  void spend_entry(const ExceptionEvent& event, bool tail_chained);
  Counts& between(int32_t path);
  void add_layers(ProfileRegion& region, const ByPath& inclusive) const;
  int64_t deepest_below(size_t node) const;
  int function_entered(uint32_t address);
  void settle();
  std::vector<int64_t> entries() const;
  Sum sum_of(const std::string& name);
  ProfileRegion summarise(std::string name, const Sum& sum) const;
  void add_lines(const ByBlock& blocks, ProfileRegion& region) const;

  const CoreTiming* core_;
  const Target* target_;
  const SourceLines* lines_;
  BlockCounter blocks_;
  CallTree tree_;
  std::vector<ProfileFunction> functions_;  ///< symbols first, as BlockCounter has them
  std::map<uint32_t, int> entered_;         ///< functions without a symbol, by address
  std::map<std::string, Region> regions_;
  ByPath all_;
  ByBlock all_blocks_;
  std::vector<Stack> stacks_;                   ///< by path
  std::map<int, LayerMark> layers_;             ///< by function: those that are a model's layers
  std::map<int, std::vector<int64_t>> shared_;  ///< by function: further layers of its
  bool enters_ = true;                          ///< the block that is reached is a function's first
  Block* arrived_ = nullptr;
  bool jumped_ = true;  ///< the next block is not reached by the code itself
  ExceptionTiming exceptions_;
  ByPath between_;  ///< by path: what the core did between blocks
  struct Return {   ///< of an exception, whose cost is not settled yet
    uint32_t frame = 0;
    int32_t path = 0;
  };
  std::optional<Return> returned_;
};

}  // namespace assay
