// Divides what a BlockCounter counts among inferences and layers.
//
// Layers are told apart by the addresses of blocks alone, so the image carries no marker: the first
// block of a layer's function begins the layer, any block of the invoke function ends it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "measure/block_counter.h"
#include "measure/emulator.h"

namespace assay {

/// The core's registers at a block's start, as attend() wants them.
struct CoreRegisters {
  uint32_t sp = 0;  ///< 0: the emulator cannot read it, and no stack is known
  uint32_t lr = 0;  ///< 0: not known; then a call returns to the end of the block that called
};

class InferenceCounter {
 public:
  /// Error: input, if the image lacks the invoke function. Both must outlive it.
  static Result<InferenceCounter> make(const RunRequest& request, BlockCounter& blocks);

  /// For blocks with one of Block::kAttend, between BlockCounter's arrive() and start().
  void attend(const Block& block, const CoreRegisters& registers);

  /// sp is this low now: for an emulator that sees each instruction which moves it.
  void stack_at(uint32_t sp);
  size_t inferences() const { return inferences_.size(); }  ///< that have ended
  /// "function f (layer 3)": where control is, for errors.
  std::string place() const;
  /// What was counted; outputs and console are the emulator's to fill in.
  RunFacts facts(uint32_t stack_top) const;

  /// Called when a layer of the first inference ends.
  std::function<void(size_t layer)> on_layer_end;

 private:
  InferenceCounter(const RunRequest& request, BlockCounter& blocks)
      : request_(&request), blocks_(&blocks) {}
  void lower(uint32_t sp, int function);
  void boundary(const Block& block, const CoreRegisters& registers);
  void begin_inference(const CoreRegisters& registers);
  void end_inference();
  void close_layer();
  void flush();
  int next_layer(uint32_t address) const;

  const RunRequest* request_;
  BlockCounter* blocks_;
  std::vector<uint32_t> layer_entries_;  ///< by layer; 0: no code
  uint32_t invoke_entry_ = 0;
  int invoke_function_ = -1;
  bool in_invoke_ = false;
  int layer_ = -1, last_layer_ = -1;  ///< the open one; the one opened last
  uint32_t return_address_ = 0, invoke_sp_ = 0, layer_sp_ = 0, lowest_sp_ = 0xffffffff;
  Counts startup_, between_, current_;
  std::vector<Counts> by_function_;  ///< of the first inference
  InferenceFacts first_;
  std::vector<Counts> inferences_;
  std::vector<std::string> notes_;
};

}  // namespace assay
