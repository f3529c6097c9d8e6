// Inferences and layers from blocks (inference_counter.h has the idea). At each boundary the blocks
// are flushed into whatever has just ended.
//
// Not handled: recursion of the invoke function, an invoke function that is jumped to, not called.
#include "measure/inference_counter.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

Result<InferenceCounter> InferenceCounter::make(const RunRequest& request, BlockCounter& blocks) {
  InferenceCounter counter(request, blocks);
  const ElfSymbol* invoke = request.elf.find(request.invoke_symbol);
  if (!invoke) return fail(ErrorKind::input, "the image has no function {}", request.invoke_symbol);
  counter.invoke_entry_ = invoke->address;
  counter.invoke_function_ = blocks.function_at(invoke->address);
  blocks.mark(invoke->address, Block::kBoundary);
  blocks.watch(counter.invoke_function_);
  for (const std::string& name : request.layer_symbols) {
    const ElfSymbol* layer = name.empty() ? nullptr : request.elf.find_function(name);
    if (!layer && !name.empty())
      counter.notes_.push_back(fmt::format("no function {}: its cost is in no layer", name));
    counter.layer_entries_.push_back(layer ? layer->address : 0);
    if (layer) blocks.mark(layer->address, Block::kBoundary);
  }
  return counter;
}

/// The layer that begins at `address`, -1 if none does. Layers that share a function take turns.
int InferenceCounter::next_layer(uint32_t address) const {
  const size_t count = layer_entries_.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t layer = (static_cast<size_t>(last_layer_ + 1) + i) % count;
    if (layer_entries_[layer] == address && address != 0) return static_cast<int>(layer);
  }
  return -1;
}

/// sp is this low while the function's code runs.
void InferenceCounter::lower(uint32_t sp, int function) {
  lowest_sp_ = std::min(lowest_sp_, sp);
  layer_sp_ = std::min(layer_sp_, sp);
  if (function >= 0) blocks_->functions()[static_cast<size_t>(function)].stack_at(sp);
}

void InferenceCounter::stack_at(uint32_t sp) { lower(sp, blocks_->block().function); }

void InferenceCounter::attend(const Block& block, const CoreRegisters& registers) {
  if (block.marks & Block::kBoundary) boundary(block, registers);
  const int caller = blocks_->block().function;
  const bool enters = (block.marks & Block::kFunctionEntry) != 0 && caller != block.function;
  if (enters) {
    CountedFunction& function = blocks_->functions()[static_cast<size_t>(block.function)];
    ++function.entries;
    function.entry_sp = registers.sp;
  }
  if (registers.sp == 0) return;
  if (enters) lower(registers.sp, caller);
  lower(registers.sp - static_cast<uint32_t>(block.stack_drop_bytes), block.function);
}

void InferenceCounter::boundary(const Block& block, const CoreRegisters& registers) {
  if (!in_invoke_) {
    if (block.begin == invoke_entry_) begin_inference(registers);
    return;
  }
  if (block.begin == return_address_) return end_inference();
  if (!inferences_.empty()) return;  // layers of the first inference only
  const bool from_itself =
      blocks_->block().function == block.function;  // a loop to the function's entry
  const int layer = from_itself ? -1 : next_layer(block.begin);
  if (layer < 0 && block.function != invoke_function_) return;
  close_layer();
  if (layer < 0) return;
  layer_ = last_layer_ = layer;
  layer_sp_ = registers.sp;
}

void InferenceCounter::begin_inference(const CoreRegisters& registers) {
  if (inferences_.empty()) {
    blocks_->flush(startup_, nullptr);
    first_.layers.resize(layer_entries_.size());
    first_.layer_stack_bytes.resize(layer_entries_.size());
    for (CountedFunction& function : blocks_->functions()) {
      function.entries = function.frame_bytes = 0;
      function.lowest_sp = 0xffffffff;
    }
  } else {
    blocks_->flush(between_, nullptr);
  }
  in_invoke_ = true;
  layer_ = -1;
  invoke_sp_ = registers.sp;
  return_address_ = registers.lr != 0 ? registers.lr & ~1u : blocks_->block().end;
  blocks_->mark(return_address_, Block::kBoundary);
  current_ = {};
}

void InferenceCounter::flush() {
  Counts counts;
  blocks_->flush(counts, inferences_.empty() ? &by_function_ : nullptr);
  current_ += counts;
  if (layer_ >= 0) first_.layers[static_cast<size_t>(layer_)] += counts;
}

void InferenceCounter::close_layer() {
  flush();
  if (layer_ < 0) return;
  const auto layer = static_cast<size_t>(layer_);
  int64_t& deepest = first_.layer_stack_bytes[layer];
  deepest = std::max<int64_t>(deepest, int64_t{invoke_sp_} - layer_sp_);
  if (on_layer_end) on_layer_end(layer);
  layer_ = -1;
}

void InferenceCounter::end_inference() {
  in_invoke_ = false;
  if (!inferences_.empty()) {
    flush();
    inferences_.push_back(current_);
    return;
  }
  close_layer();
  first_.total = current_;
  const std::vector<CountedFunction>& functions = blocks_->functions();
  for (size_t i = 0; i < by_function_.size(); ++i) {
    if (by_function_[i].instructions == 0 && by_function_[i].cycles == 0) continue;
    FunctionCounts& row = first_.functions.emplace_back("(no symbol)", by_function_[i]);
    if (i >= functions.size()) continue;
    row.name = functions[i].name;
    row.entries = functions[i].entries;
    row.frame_bytes = functions[i].frame_bytes;
    row.stack_bytes = std::max(int64_t{0}, int64_t{invoke_sp_} - functions[i].lowest_sp);
  }
  std::ranges::sort(first_.functions, {}, &FunctionCounts::name);
  inferences_.push_back(current_);
}

std::string InferenceCounter::place() const {
  std::string text = blocks_->place();
  if (in_invoke_ && layer_ >= 0) text += fmt::format(" (layer {})", layer_);
  if (in_invoke_ && !inferences_.empty())
    text += fmt::format(" in inference {}", inferences_.size());
  return text;
}

RunFacts InferenceCounter::facts(uint32_t stack_top) const {
  RunFacts facts;
  facts.first = first_;
  facts.inferences = inferences_;
  facts.startup = startup_;
  facts.notes = notes_;
  facts.caches = blocks_->memory().caches();
  if (lowest_sp_ <= stack_top) facts.stack_bytes = stack_top - lowest_sp_;
  for (const auto& [name, executed] : blocks_->unknown()) facts.unknown.push_back({name, executed});
  return facts;
}

}  // namespace assay
