// Counting blocks (block_counter.h has the idea).
//
// A block counts for one path at a time; what it counted for others is set aside. Not handled:
// interrupts (their blocks count to whatever function they are in, unless the owner gives them a
// path of their own).
#include "measure/block_counter.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/decode.h"
#include "hw/isa_family.h"

namespace assay {
namespace {

/// Code that the direct index covers; beyond (code in RAM) a map does. 8 bytes a halfword.
constexpr uint32_t kMaxIndexedBytes = 16 << 20;

/// Whether code, read as Thumb instructions, ends within an IT block.
bool ends_in_it(std::span<const std::byte> code) {
  int left = 0;
  for (size_t at = 0; at + 2 <= code.size();) {
    const unsigned first =
        std::to_integer<unsigned>(code[at]) | std::to_integer<unsigned>(code[at + 1]) << 8;
    if (left > 0) --left;
    const unsigned mask = first & 0xf;
    if ((first & 0xff00) == 0xbf00 && mask != 0) left = 4 - __builtin_ctz(mask);
    at += first >= 0xe800 ? 4 : 2;
  }
  return left > 0;
}

std::vector<AccessSite> sites_for(int64_t accesses, size_t instructions) {
  std::vector<AccessSite> sites(static_cast<size_t>(accesses) + 1 + instructions);
  sites[static_cast<size_t>(accesses)].kind = AccessSite::kLast;
  return sites;
}

/// Of a core without [vector_latency]: the class is counted, but there is no time for it.
bool is_untimed_vector(const CoreTiming& core, InsnClass cls) {
  const bool is_vector = cls >= InsnClass::vec_load && cls <= InsnClass::vec_fnarrow;
  return is_vector && core.vector_latency[static_cast<size_t>(cls)] == 0;
}

/// How fast a block runs by the core's timing alone.
CodeRun code_run(const Block& block, const Counts& once) {
  const int64_t ticks = once.cycles * kCycle, accesses = once.loads + once.stores;
  const int64_t bytes = std::max(block.end - block.begin, 1u);
  return {block.begin, block.end, static_cast<int32_t>(ticks / bytes),
          static_cast<int32_t>(ticks / std::max<int64_t>(accesses, 1))};
}

}  // namespace

BlockCounter::BlockCounter(const ElfFile& elf, const Target& target, const CoreTiming& core,
                           ReadCode read_code)
    : core_(&core),
      memory_(target, core.rules),
      read_code_(std::move(read_code)),
      times_data_(memory_.times_data()),
      predictor_(core.rules.prediction) {
  blocks_.emplace_back().memory = &memory_counts_.emplace_back();
  blocks_.front().sites = sites_.emplace_back(sites_for(0, 0)).data();
  next_site_ = blocks_.front().sites;
  costs_.emplace_back();
  flushed_.push_back(0);
  code_.emplace_back();
  previous_ = &blocks_.front();
  uint32_t begin = 0xffffffff, end = 0;
  for (const ElfSection& section : elf.sections) {
    if (!section.allocated || !section.executable || !section.has_bytes) continue;
    if (section.load_address != section.address) continue;
    begin = std::min(begin, section.address);
    end = std::max(end, section.address + static_cast<uint32_t>(section.bytes));
  }
  if (begin < end) {
    code_begin_ = begin & ~1u;
    by_address_.resize(std::min(end - code_begin_, kMaxIndexedBytes) / 2 + 1);
  }
  for (const ElfSymbol& symbol : elf.symbols) {
    if (!symbol.is_function) continue;
    if (!functions_.empty() && functions_.back().begin == symbol.address) continue;
    functions_.push_back(
        {symbol.name, symbol.address, symbol.address + static_cast<uint32_t>(symbol.bytes)});
  }
}

int BlockCounter::function_at(uint32_t address) const {
  const auto after = std::ranges::upper_bound(functions_, address, {}, &CountedFunction::begin);
  if (after == functions_.begin()) return -1;
  const auto at = after - 1;
  const bool sized = at->end > at->begin;
  return !sized || address < at->end ? static_cast<int>(at - functions_.begin()) : -1;
}

Block& BlockCounter::meet(uint32_t address, uint32_t bytes) {
  Block*& block = by_range_[{address, bytes}];
  if (block == nullptr) {
    const std::vector<std::byte> code = read_code_(address, bytes);
    std::vector<Insn> insns = decode(code, address, core_->isa);
    if (!insns.empty() && insns.back().skipped_bytes > 0)
      if (const auto next = read_code_(address + bytes, 2); next.size() == 2)
        insns.back().skipped_bytes = instruction_bytes(next.data(), core_->isa);
    BlockCost& cost = costs_.emplace_back(time_block(*core_, insns));
    flushed_.push_back(0);
    block = &blocks_.emplace_back();
    block->begin = address;
    block->end = address + bytes;
    block->index = static_cast<int32_t>(blocks_.size() - 1);
    block->memory = &memory_counts_.emplace_back();
    code_.push_back(code);
    describe(*block, cost, insns);
    const int64_t accesses = cost.once.loads + cost.once.stores;
    block->sites = sites_.emplace_back(sites_for(accesses, insns.size())).data();
    if (memory_.times_code(address))
      block->marks |= Block::kWaits;
    else
      memory_.fetch(block->code, now_cycles_, cost.once);
    for (const Insn& insn : insns)
      if (insn.cls == InsnClass::unknown || is_untimed_vector(*core_, insn.cls))
        unknown_insns_.emplace_back(
            blocks_.size() - 1,
            mnemonic(std::span(code).subspan(insn.address - address), insn.address, core_->isa));
  }
  const uint32_t slot = (address - code_begin_) / 2;
  if (slot < by_address_.size()) by_address_[slot] = block;
  return *block;
}

void BlockCounter::describe(Block& block, const BlockCost& cost, std::span<const Insn> insns) {
  block.instructions = static_cast<int32_t>(cost.once.instructions);
  block.cycles = static_cast<int32_t>(cost.once.cycles);
  block.taken_cycles = static_cast<int32_t>(cost.taken_cycles());
  if (core_->rules.target_prediction && cost.indirect) block.marks |= Block::kPredictedTarget;
  block.code = code_run(block, cost.once);
  block.stack_drop_bytes = cost.stack_drop_bytes;
  const InsnClass last = insns.empty() ? InsnClass::unknown : insns.back().cls;
  block.calls = last == InsnClass::call;
  block.returns = last == InsnClass::indirect || last == InsnClass::load_pc;
  block.ends_in_it =
      isa_family(core_->isa).name == "arm" && ends_in_it(code_[static_cast<size_t>(block.index)]);
  block.conditional = cost.conditional;
  block.function = function_at(block.begin);
  if (core_->rules.prediction != Prediction::none && cost.conditional)
    block.marks |= Block::kPredicted;
  if (core_->rules.straddling_target > 0 && cost.straddles) block.marks |= Block::kStraddles;
  if (cost.conditional && insns.back().offset_bytes < 0) block.marks |= Block::kBackward;
  if (cost.stack_drop_bytes > 0) block.marks |= Block::kLowersStack;
  if (const auto found = marks_.find(block.begin); found != marks_.end())
    block.marks |= found->second;
  if (block.function < 0) return;
  if (block.function == watched_) block.marks |= Block::kBoundary;
  CountedFunction& function = functions_[static_cast<size_t>(block.function)];
  if (function.begin == block.begin) block.marks |= Block::kFunctionEntry;
  const uint64_t sp = uint64_t{1} << isa_family(core_->isa).stack_pointer;
  const auto by_register = [sp](const Insn& insn) {
    return (insn.writes & sp) != 0 && insn.stack_drop_bytes == 0;
  };
  if (!function.moves_sp && std::ranges::any_of(insns, by_register)) {
    function.moves_sp = true;
    for (Block& other : blocks_)
      if (other.function == block.function) other.marks |= Block::kLowersStack;
  }
  if (function.moves_sp) block.marks |= Block::kLowersStack;
}

void BlockCounter::mark(uint32_t address, uint8_t marks) {
  uint8_t& all = marks_[address];
  if ((all & marks) == marks) return;
  all |= marks;
  for (Block& block : blocks_)
    if (block.begin == address) block.marks |= all;
}

void BlockCounter::switch_path(Block& block, int32_t path) {
  const auto key = [&](int32_t of) {
    return uint64_t{static_cast<uint32_t>(of)} << 32 | static_cast<uint32_t>(block.index);
  };
  settle_sites(block);
  paths_[key(block.path)] = {block.count, block.taken, block.mispredicted, block.memory};
  Path& next = paths_[key(path)];
  if (next.memory == nullptr) next.memory = &memory_counts_.emplace_back();
  block.path = path;
  block.count = next.count;
  block.taken = next.taken;
  block.mispredicted = next.mispredicted;
  block.memory = next.memory;
}

Counts BlockCounter::counts_of(const Block& block) const {
  const BlockCost& cost = costs_[static_cast<size_t>(block.index)];
  Counts counts = *block.memory;
  counts.add(cost.once, block.count);
  counts.causes.add(cost.taken, block.taken);
  counts.cycles += block.taken * block.taken_cycles;
  counts.spend(Cause::misprediction, block.mispredicted * core_->rules.mispredict);
  counts.mispredicted += block.mispredicted;
  counts.branches_taken += block.taken;
  if (block.conditional) counts.branches_not_taken += block.count - block.taken;
  return counts;
}

void BlockCounter::settle_site(AccessSite& site, Counts& counts) {
  if (site.count == 0) return;
  RegionTraffic& traffic = counts.regions[site.region];
  const bool is_store = (site.kind & AccessSite::kStore) != 0;
  (is_store ? traffic.stores : traffic.loads) += site.count;
  (is_store ? traffic.store_bytes : traffic.load_bytes) +=
      site.count * (site.kind & ~AccessSite::kStore);
  if (site.counter >= 0) counts.caches[static_cast<size_t>(site.counter)].hits += site.count;
  site.count = 0;
}

/// What was counted at the block's sites is of the path that it is on.
void BlockCounter::settle_sites(const Block& block) {
  for (AccessSite& site : sites_[static_cast<size_t>(block.index)])
    settle_site(site, *block.memory);
}

void BlockCounter::flush_block(Block& block, const Sink& sink) {
  if (block.count == 0 && block.taken == 0 && block.mispredicted == 0) return;
  const Counts counts = counts_of(block);
  check_causes(counts);
  sink(block, costs_[static_cast<size_t>(block.index)], block.path, counts);
  flushed_[static_cast<size_t>(block.index)] += block.count;
  block.count = block.taken = block.mispredicted = 0;
  *block.memory = {};
}

void BlockCounter::flush(const Sink& sink) {
  for (Block& block : blocks_) {
    settle_sites(block);
    flush_block(block, sink);
  }
  for (auto& [key, path] : paths_) {
    const auto number = static_cast<int32_t>(key >> 32);
    Block block = blocks_[static_cast<uint32_t>(key)];
    if (block.path == number) continue;  // what is set aside is of before: it is on this path
    block.path = number;
    block.count = path.count;
    block.taken = path.taken;
    block.mispredicted = path.mispredicted;
    block.memory = path.memory;
    flush_block(block, sink);
    path = {0, 0, 0, path.memory};
  }
}

void BlockCounter::flush(Counts& total, std::vector<Counts>* by_function) {
  if (by_function != nullptr) by_function->resize(functions_.size() + 1);
  flush([&](const Block& block, const BlockCost&, int32_t, const Counts& counts) {
    total += counts;
    if (by_function == nullptr) return;
    const size_t function =
        block.function < 0 ? functions_.size() : static_cast<size_t>(block.function);
    (*by_function)[function] += counts;
  });
}

void BlockCounter::translated(uint32_t address) {
  for (auto at = by_range_.lower_bound({address, 0});
       at != by_range_.end() && at->first.first == address;) {
    const auto [begin, bytes] = at->first;
    if (read_code_(begin, bytes) == code_[static_cast<size_t>(at->second->index)]) {
      ++at;
      continue;
    }
    ++rewritten_;
    const uint32_t slot = (begin - code_begin_) / 2;
    if (slot < by_address_.size()) by_address_[slot] = nullptr;
    at = by_range_.erase(at);
  }
}

void BlockCounter::fetch(Block& block) {
  Counts& counts = *block.memory;
  const int64_t waited = counts.cycles;
  memory_.fetch(block.code, now_cycles_, counts);
  now_cycles_ += counts.cycles - waited;
}

/// An access of another kind, or to another memory, than the last at that site, or to be timed.
void BlockCounter::access_anew(AccessSite& site, uint32_t address, uint32_t kind) {
  if (site.kind != AccessSite::kLast) ++next_site_;
  access_timed(site, address, kind);
}

void BlockCounter::access_timed(AccessSite& site, uint32_t address, uint32_t kind) {
  memory_.pass(passed_);
  passed_ = 0;
  access_at(site, address, kind);
}

void BlockCounter::access_at(AccessSite& site, uint32_t address, uint32_t kind) {
  Counts& counts = *previous_->memory;
  const int64_t waited = counts.cycles;
  const uint32_t bytes = kind & ~AccessSite::kStore;
  const bool is_store = (kind & AccessSite::kStore) != 0;
  memory_.access(address, bytes, is_store, counts);
  now_cycles_ += counts.cycles - waited;
  if (site.kind == AccessSite::kLast || bytes == 0) return;
  const auto there = memory_.immediate(address, bytes, is_store);
  if (!there || there->last - there->begin < bytes - 1) return;
  settle_site(site, counts);
  site = {.begin = there->begin,
          .span = there->last - there->begin - (there->cache != nullptr ? bytes - 1 : 0),
          .unaligned = bytes - 1,
          .kind = kind,
          .cache = there->cache,
          .changes = there->changes,
          .slot = there->slot,
          .region = static_cast<uint8_t>(there->region),
          .counter = static_cast<int8_t>(there->counter)};
}

std::string BlockCounter::place() const {
  const int function = previous_->function;
  return function < 0 ? "code without a symbol"
                      : fmt::format("function {}", functions_[static_cast<size_t>(function)].name);
}

int64_t BlockCounter::instructions() const {
  int64_t sum = 0;
  for (size_t i = 0; i < blocks_.size(); ++i)
    sum += (flushed_[i] + blocks_[i].count) * blocks_[i].instructions;
  for (const auto& [key, path] : paths_) {
    const Block& block = blocks_[static_cast<uint32_t>(key)];
    if (block.path != static_cast<int32_t>(key >> 32)) sum += path.count * block.instructions;
  }
  return sum;
}

std::map<std::string, int64_t> BlockCounter::unknown() const {
  std::map<std::string, int64_t> executed;
  for (const auto& [block, name] : unknown_insns_)
    if (const int64_t runs = flushed_[block] + blocks_[block].count; runs > 0)
      executed[name] += runs;
  return executed;
}

}  // namespace assay
