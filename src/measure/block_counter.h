// From "this block starts now" to counts by layer and function. Knows no emulator.
//
// An emulator calls find() for each basic block as it starts, then, if the block is marked,
// attend(), then start(). A block's cost is worked out once, when it is first met; running it is
// one addition. Layers are told apart by the addresses of blocks alone, so the image carries no
// marker: the first block of a layer's function begins the layer, any block of the invoke function
// ends it. At such a boundary the counters of all blocks met so far are compared with those at the
// boundary before.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hw/timer.h"
#include "measure/emulator.h"

namespace assay {

/// A basic block and how often it ran. What is read at every step comes first, in one cache line.
struct Block {
  uint32_t begin = 0, end = 0;
  uint8_t marks = 0;  ///< kPredicted, ...
  Predictor predictor;
  int32_t instructions = 0;
  int64_t count = 0, taken = 0, mispredicted = 0;
  int32_t stack_drop_bytes = 0;
  int32_t function = -1;  ///< index in BlockCounter's functions; -1: in no symbol

  static constexpr uint8_t kPredicted = 1;  ///< its branch goes through the predictor
  static constexpr uint8_t kBoundary = 2;   ///< a layer or an inference may begin or end here
  static constexpr uint8_t kFunctionEntry = 4;
  static constexpr uint8_t kLowersStack = 8;
  static constexpr uint8_t kAttend = kBoundary | kFunctionEntry | kLowersStack;
};

/// The core's registers at a block's start, as attend() wants them.
struct CoreRegisters {
  uint32_t sp = 0, lr = 0;
};

class BlockCounter {
 public:
  /// Reads code from the emulated memory; empty if there is none.
  using ReadCode = std::function<std::vector<std::byte>(uint32_t address, uint32_t bytes)>;

  /// Error: input, if the image lacks the invoke function. `request` must outlive the counter.
  static Result<BlockCounter> make(const RunRequest& request, ReadCode read_code);

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
    const bool taken = previous_->end != block.begin;
    previous_->taken += taken;
    if (previous_->marks & Block::kPredicted)
      previous_->mispredicted += previous_->predictor.mispredicts(taken);
  }

  /// For blocks with one of kAttend, between arrive() and start().
  void attend(const Block& block, const CoreRegisters& registers);

  void start(Block& block) {
    ++block.count;
    instructions_left -= block.instructions;
    previous_ = &block;
  }

  /// Inferences that have ended.
  size_t inferences() const { return inferences_.size(); }
  /// "function f (layer 3)": where control is, for errors.
  std::string place() const;
  const Block& block() const { return *previous_; }  ///< the one that runs
  int64_t instructions() const;
  /// What was counted; outputs and console are the emulator's to fill in.
  RunFacts facts(uint32_t stack_top) const;

  /// Called when a layer of the first inference ends.
  std::function<void(size_t layer)> on_layer_end;
  int64_t instructions_left = 0;  ///< until the emulator wants to look around; it refills it

 private:
  struct Function {
    std::string name;
    uint32_t begin = 0, end = 0;
    int64_t entries = 0;
    bool moves_sp = false;  ///< by an amount that the code alone does not tell: look at each block
  };
  struct Tally {
    int64_t count = 0, taken = 0, mispredicted = 0;
  };

  BlockCounter(const RunRequest& request, ReadCode read_code);
  Block& meet(uint32_t address, uint32_t bytes);
  void mark(Block& block, const BlockCost& cost, std::span<const Insn> insns);
  int function_at(uint32_t address) const;
  std::vector<Tally> tallies() const;
  Counts block_counts(size_t block, const Tally& since) const;
  Counts counts_since(const std::vector<Tally>& since) const;
  void boundary(const Block& block, const CoreRegisters& registers);
  void begin_inference(const CoreRegisters& registers);
  void end_inference();
  void close_layer();
  int next_layer(uint32_t address) const;

  const RunRequest* request_;
  ReadCode read_code_;
  uint32_t code_begin_ = 0;
  std::vector<Block*> by_address_;  ///< by (address - code_begin_) / 2
  std::map<std::pair<uint32_t, uint32_t>, Block*> by_range_;
  std::deque<Block> blocks_;                                   ///< never moves
  std::vector<BlockCost> costs_;                               ///< by block
  std::vector<std::pair<size_t, std::string>> unknown_insns_;  ///< block, mnemonic
  std::vector<Function> functions_;                            ///< by address
  std::vector<uint32_t> layer_entries_;                        ///< by layer; 0: no code
  uint32_t invoke_entry_ = 0;
  int invoke_function_ = -1;
  Block* previous_ = nullptr;  ///< at first blocks_[0], which stands for all before the first block

  bool in_invoke_ = false;
  int layer_ = -1, last_layer_ = -1;  ///< the open one; the one opened last
  uint32_t return_address_ = 0, invoke_sp_ = 0, layer_sp_ = 0, lowest_sp_ = 0xffffffff;
  std::vector<Tally> inference_start_, layer_start_;
  Counts startup_;
  InferenceFacts first_;
  std::vector<Counts> inferences_;
  std::vector<std::string> notes_;
};

}  // namespace assay
