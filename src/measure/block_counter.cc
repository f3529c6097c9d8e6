// Counting blocks, and dividing the counts among layers and functions (block_counter.h has the
// idea).
//
// Not handled: recursion of the invoke function, interrupts (their blocks count to whatever they
// interrupt), code that changes while it runs.
#include "measure/block_counter.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/decode.h"

namespace assay {
namespace {

/// Code that the direct index covers; beyond (code in RAM) a map does. 8 bytes a halfword.
constexpr uint32_t kMaxIndexedBytes = 16 << 20;

}  // namespace

BlockCounter::BlockCounter(const RunRequest& request, ReadCode read_code)
    : request_(&request), read_code_(std::move(read_code)) {
  blocks_.emplace_back();
  costs_.emplace_back();
  previous_ = &blocks_.front();
  uint32_t begin = 0xffffffff, end = 0;
  for (const ElfSection& section : request.elf.sections) {
    if (!section.allocated || !section.executable || !section.has_bytes) continue;
    if (section.load_address != section.address) continue;
    begin = std::min(begin, section.address);
    end = std::max(end, section.address + static_cast<uint32_t>(section.bytes));
  }
  if (begin < end) {
    code_begin_ = begin & ~1u;
    by_address_.resize(std::min(end - code_begin_, kMaxIndexedBytes) / 2 + 1);
  }
  for (const ElfSymbol& symbol : request.elf.symbols) {
    if (!symbol.is_function) continue;
    if (!functions_.empty() && functions_.back().begin == symbol.address) continue;
    functions_.push_back(
        {symbol.name, symbol.address, symbol.address + static_cast<uint32_t>(symbol.bytes), 0});
  }
}

Result<BlockCounter> BlockCounter::make(const RunRequest& request, ReadCode read_code) {
  BlockCounter counter(request, std::move(read_code));
  const ElfSymbol* invoke = request.elf.find(request.invoke_symbol);
  if (!invoke) return fail(ErrorKind::input, "the image has no function {}", request.invoke_symbol);
  counter.invoke_entry_ = invoke->address;
  counter.invoke_function_ = counter.function_at(invoke->address);
  for (const std::string& name : request.layer_symbols) {
    const ElfSymbol* layer = name.empty() ? nullptr : request.elf.find_function(name);
    if (!layer && !name.empty())
      counter.notes_.push_back(fmt::format("no function {}: its cost is in no layer", name));
    counter.layer_entries_.push_back(layer ? layer->address : 0);
  }
  return counter;
}

int BlockCounter::function_at(uint32_t address) const {
  const auto after = std::ranges::upper_bound(functions_, address, {}, &Function::begin);
  if (after == functions_.begin()) return -1;
  const auto at = after - 1;
  const bool sized = at->end > at->begin;
  return !sized || address < at->end ? static_cast<int>(at - functions_.begin()) : -1;
}

Block& BlockCounter::meet(uint32_t address, uint32_t bytes) {
  Block*& block = by_range_[{address, bytes}];
  if (block == nullptr) {
    const std::vector<std::byte> code = read_code_(address, bytes);
    const std::vector<Insn> insns = decode(code, address, request_->core.isa);
    const BlockCost& cost = costs_.emplace_back(time_block(request_->core, insns));
    block = &blocks_.emplace_back();
    block->begin = address;
    block->end = address + bytes;
    block->instructions = static_cast<int32_t>(cost.once.instructions);
    block->stack_drop_bytes = cost.stack_drop_bytes;
    block->function = function_at(address);
    mark(*block, cost, insns);
    for (const Insn& insn : insns)
      if (insn.cls == InsnClass::unknown)
        unknown_insns_.emplace_back(blocks_.size() - 1,
                                    mnemonic(std::span(code).subspan(insn.address - address),
                                             insn.address, request_->core.isa));
  }
  const uint32_t slot = (address - code_begin_) / 2;
  if (slot < by_address_.size()) by_address_[slot] = block;
  return *block;
}

void BlockCounter::mark(Block& block, const BlockCost& cost, std::span<const Insn> insns) {
  if (request_->core.rules.branch_prediction && cost.conditional) block.marks |= Block::kPredicted;
  if (cost.stack_drop_bytes > 0) block.marks |= Block::kLowersStack;
  if (block.begin == return_address_ || next_layer(block.begin) >= 0)
    block.marks |= Block::kBoundary;
  if (block.function < 0) return;
  Function& function = functions_[block.function];
  if (function.begin == block.begin) block.marks |= Block::kFunctionEntry;
  if (block.function == invoke_function_) block.marks |= Block::kBoundary;
  constexpr uint64_t kSp = 1 << 13;
  const auto by_register = [](const Insn& insn) {
    return (insn.writes & kSp) != 0 && insn.stack_drop_bytes == 0;
  };
  if (!function.moves_sp && std::ranges::any_of(insns, by_register)) {
    function.moves_sp = true;
    for (Block& other : blocks_)
      if (other.function == block.function) other.marks |= Block::kLowersStack;
  }
  if (function.moves_sp) block.marks |= Block::kLowersStack;
}

/// The layer that begins at `address`, -1 if none does. Layers that share a function take turns.
int BlockCounter::next_layer(uint32_t address) const {
  const size_t count = layer_entries_.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t layer = (static_cast<size_t>(last_layer_ + 1) + i) % count;
    if (layer_entries_[layer] == address && address != 0) return static_cast<int>(layer);
  }
  return -1;
}

std::vector<BlockCounter::Tally> BlockCounter::tallies() const {
  std::vector<Tally> result;
  result.reserve(blocks_.size());
  for (const Block& block : blocks_)
    result.push_back({block.count, block.taken, block.mispredicted});
  return result;
}

Counts BlockCounter::block_counts(size_t i, const Tally& since) const {
  const Block& block = blocks_[i];
  const int64_t taken = block.taken - since.taken;
  Counts counts;
  counts.add(costs_[i].once, block.count - since.count);
  counts.cycles += taken * costs_[i].taken_cycles +
                   (block.mispredicted - since.mispredicted) * request_->core.rules.mispredict;
  counts.branches_taken += taken;
  return counts;
}

Counts BlockCounter::counts_since(const std::vector<Tally>& since) const {
  Counts counts;
  for (size_t i = 0; i < blocks_.size(); ++i)
    counts += block_counts(i, i < since.size() ? since[i] : Tally{});
  return counts;
}

void BlockCounter::attend(const Block& block, const CoreRegisters& registers) {
  if (block.marks & Block::kBoundary) boundary(block, registers);
  if ((block.marks & Block::kFunctionEntry) && previous_->function != block.function)
    ++functions_[block.function].entries;
  const uint32_t sp = registers.sp - static_cast<uint32_t>(block.stack_drop_bytes);
  lowest_sp_ = std::min(lowest_sp_, sp);
  layer_sp_ = std::min(layer_sp_, sp);
}

void BlockCounter::boundary(const Block& block, const CoreRegisters& registers) {
  if (!in_invoke_) {
    if (block.begin == invoke_entry_) begin_inference(registers);
    return;
  }
  if (block.begin == return_address_) return end_inference();
  if (!inferences_.empty()) return;  // layers of the first inference only
  const bool from_itself = previous_->function == block.function;  // a loop to the function's entry
  const int layer = from_itself ? -1 : next_layer(block.begin);
  if (layer < 0 && block.function != invoke_function_) return;
  close_layer();
  if (layer < 0) return;
  layer_ = last_layer_ = layer;
  layer_sp_ = registers.sp;
  layer_start_ = tallies();
}

void BlockCounter::begin_inference(const CoreRegisters& registers) {
  if (inferences_.empty()) {
    startup_ = counts_since({});
    first_.layers.resize(layer_entries_.size());
    first_.layer_stack_bytes.resize(layer_entries_.size());
    for (Function& function : functions_) function.entries = 0;
  }
  in_invoke_ = true;
  layer_ = -1;
  invoke_sp_ = registers.sp;
  return_address_ = registers.lr & ~1u;
  for (Block& block : blocks_)
    if (block.begin == return_address_) block.marks |= Block::kBoundary;
  inference_start_ = tallies();
}

void BlockCounter::close_layer() {
  if (layer_ < 0) return;
  first_.layers[layer_] += counts_since(layer_start_);
  int64_t& deepest = first_.layer_stack_bytes[layer_];
  deepest = std::max<int64_t>(deepest, int64_t{invoke_sp_} - layer_sp_);
  if (on_layer_end) on_layer_end(static_cast<size_t>(layer_));
  layer_ = -1;
}

void BlockCounter::end_inference() {
  in_invoke_ = false;
  if (inferences_.empty()) {
    close_layer();
    first_.total = counts_since(inference_start_);
    std::map<std::string, FunctionCounts> by_name;
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const Counts counts =
          block_counts(i, i < inference_start_.size() ? inference_start_[i] : Tally{});
      if (counts.instructions == 0) continue;
      const int function = blocks_[i].function;
      const std::string name = function < 0 ? "(no symbol)" : functions_[function].name;
      FunctionCounts& row = by_name[name];
      row.name = name;
      row.counts += counts;
      row.entries = function < 0 ? 0 : functions_[function].entries;
    }
    for (auto& [name, row] : by_name) first_.functions.push_back(std::move(row));
    inferences_.push_back(first_.total);
    return;
  }
  inferences_.push_back(counts_since(inference_start_));
}

std::string BlockCounter::place() const {
  const int function = previous_->function;
  std::string text = function < 0 ? "code without a symbol"
                                  : fmt::format("function {}", functions_[function].name);
  if (in_invoke_ && layer_ >= 0) text += fmt::format(" (layer {})", layer_);
  if (in_invoke_ && !inferences_.empty())
    text += fmt::format(" in inference {}", inferences_.size());
  return text;
}

int64_t BlockCounter::instructions() const {
  int64_t sum = 0;
  for (const Block& block : blocks_) sum += block.count * block.instructions;
  return sum;
}

RunFacts BlockCounter::facts(uint32_t stack_top) const {
  RunFacts facts;
  facts.first = first_;
  facts.inferences = inferences_;
  facts.startup = startup_;
  facts.notes = notes_;
  if (lowest_sp_ <= stack_top) facts.stack_bytes = stack_top - lowest_sp_;
  std::map<std::string, int64_t> unknown;
  for (const auto& [block, name] : unknown_insns_) unknown[name] += blocks_[block].count;
  for (const auto& [name, executed] : unknown)
    if (executed > 0) facts.unknown.push_back({name, executed});
  return facts;
}

}  // namespace assay
