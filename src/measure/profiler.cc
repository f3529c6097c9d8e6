// Call paths and regions on top of a BlockCounter: each node of the call tree is a path of its.
//
// A region's counts are what the blocks did between two flushes. A function without a symbol is
// known by the address that a call went to. Self and inclusive counts of a function are sums over
// the nodes of the tree; in recursion the inclusive ones count the outermost call alone.
#include "measure/profiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "measure/count_difference.h"

namespace assay {
namespace {

constexpr uint32_t kStackedWords = 8;  ///< floating-point state is stacked lazily: not counted
constexpr size_t kMostInlined = 50;    ///< lines whose inlined calls are looked up

void add_to(std::vector<Counts>& sums, size_t at, const Counts& counts) {
  if (sums.size() <= at) sums.resize(at + 1);
  sums[at] += counts;
}

}  // namespace

void Profiler::deepen(Stack& stack, int64_t depth) {
  stack.deepest = std::max(stack.deepest, depth);
  stack.frame = std::max(stack.frame, depth - stack.at_entry);
}

Profiler::Profiler(const ElfFile& elf, const Target& target, const CoreTiming& core,
                   BlockCounter::ReadCode read_code, const SourceLines* lines)
    : core_(&core),
      target_(&target),
      lines_(lines),
      blocks_(elf, target, core, std::move(read_code)),
      exceptions_(exception_timing(core)) {
  for (const CountedFunction& function : blocks_.functions())
    functions_.push_back({demangled(function.name),
                          function.begin,
                          int64_t{function.end} - function.begin,
                          0,
                          {},
                          {}});
  for (const ElfSymbol& symbol : elf.symbols) {
    std::optional<LayerMark> mark = symbol.is_function ? layer_mark(symbol.name) : std::nullopt;
    const int function = mark ? blocks_.function_at(symbol.address) : -1;
    if (function < 0 || elf.find_function(mark->invoke) == nullptr) continue;
    const auto [at, is_new] = layers_.try_emplace(function, *std::move(mark));
    if (!is_new) shared_[function].push_back(mark->index);
  }
}

int Profiler::function_entered(uint32_t address) {
  const int known = blocks_.function_at(address);
  if (known >= 0) return known;
  const auto [at, is_new] = entered_.try_emplace(address, static_cast<int>(functions_.size()));
  if (is_new) functions_.push_back({fmt::format("0x{:08x}", address), address, 0, 0, {}, {}});
  return at->second;
}

std::string Profiler::place() const {
  const int function = tree_.function();
  return function < 0 ? "code without a symbol" : functions_[static_cast<size_t>(function)].name;
}

void Profiler::begin_at(uint32_t address) {
  tree_.begin(function_entered(address));
  blocks_.begin_at(address);
  jumped_ = enters_ = true;
}

/// A call or return whose destination an exception came before: it is reached after the exception.
void Profiler::follow_interrupted(const ExceptionEvent& event) {
  if (jumped_ || event.number == 0 || blocks_.block().end == event.from) return;
  Block next;
  next.begin = event.from;
  next.function = blocks_.function_at(event.from);
  follow(blocks_.block(), next);
}

void Profiler::exception(const ExceptionEvent& event) {
  follow_interrupted(event);
  jumped_ = enters_ = true;
  blocks_.divert(event.from, event.to);
  if (event.number != 0) {
    tree_.enter_exception(event.frame, function_entered(event.to));
    return spend_entry(event, std::exchange(returned_, std::nullopt).has_value());
  }
  returned_ = {event.frame, tree_.node()};
  tree_.leave_exception(event.frame, function_entered(event.to));
}

Counts& Profiler::between(int32_t path) {
  const auto node = static_cast<size_t>(path);
  if (between_.size() <= node) between_.resize(node + 1);
  return between_[node];
}

/// Counts for the handler. Straight after a return nothing is stacked or unstacked.
void Profiler::spend_entry(const ExceptionEvent& event, bool tail_chained) {
  if (exceptions_.entry == 0) return;
  Counts& counts = between(tree_.node());
  blocks_.spend_between(Cause::exception, tail_chained ? exceptions_.tail_chain : exceptions_.entry,
                        counts);
  if (event.vector == 0) return;  // a core that stacks no words, or where it does is not known
  blocks_.access_between(event.vector, false, counts);
  for (uint32_t word = 0; !tail_chained && word < kStackedWords; ++word)
    blocks_.access_between(event.frame + word * 4, true, counts);
}

/// Control goes on where it was interrupted, so that the frame was popped.
void Profiler::spend_return() {
  const Return from = *std::exchange(returned_, std::nullopt);
  if (exceptions_.exit == 0) return;
  Counts& counts = between(from.path);
  blocks_.spend_between(Cause::exception, exceptions_.exit, counts);
  for (uint32_t word = 0; word < kStackedWords; ++word)
    blocks_.access_between(from.frame + word * 4, false, counts);
}

void Profiler::follow(const Block& from, const Block& to) {
  const bool taken = from.end != to.begin;
  if (taken && from.calls) {
    enters_ = true;
    return tree_.call(function_entered(to.begin), from.end);
  }
  if (taken && from.returns && tree_.jump(to.begin)) return;
  if (to.function < 0 || to.function == tree_.function()) return;
  enters_ = true;
  tree_.tail_call(to.function, layers_.contains(tree_.function()));  // a kernel is its layer's
}

void Profiler::arrive(uint32_t address, uint32_t bytes) {
  if (returned_) spend_return();
  arrived_ = &blocks_.find(address, bytes);
  const Block& from = blocks_.block();
  if (!jumped_) {
    enters_ = false;
    follow(from, *arrived_);
  }
  blocks_.arrive(*arrived_);
  jumped_ = false;
}

/// A stack in another memory, or above, is another one, on which depth begins anew.
void Profiler::stack_at(uint32_t sp) {
  const auto home = [this](uint32_t address) {
    const auto holds = [address](const MemoryRegion& region) {
      return address - region.address <= static_cast<uint64_t>(region.size_bytes);
    };
    return std::ranges::find_if(target_->regions, holds);
  };
  uint32_t& base = tree_.base_sp();
  if (base < sp || home(base) != home(sp)) base = sp;
  const auto node = static_cast<size_t>(tree_.node());
  if (stacks_.size() <= node) stacks_.resize(tree_.nodes().size());
  Stack& stack = stacks_[node];
  const int64_t depth = int64_t{base} - sp, deepest = depth + arrived_->stack_drop_bytes;
  if (enters_) {
    stack.at_entry = depth;
    if (const int parent = tree_.nodes()[node].parent; parent > 0)
      deepen(stacks_[static_cast<size_t>(parent)], depth);
  }
  deepen(stack, deepest);
}

void Profiler::stack_lowered(uint32_t sp) {
  const auto node = static_cast<size_t>(tree_.node());
  if (node < stacks_.size()) deepen(stacks_[node], int64_t{tree_.base_sp()} - sp);
}

/// The deepest of a path and of all that were called on it.
int64_t Profiler::deepest_below(size_t node) const {
  int64_t deepest = node < stacks_.size() ? stacks_[node].deepest : 0;
  for (const auto& [function, child] : tree_.nodes()[node].children)
    deepest = std::max(deepest, deepest_below(static_cast<size_t>(child)));
  return deepest;
}

bool Profiler::start() {
  blocks_.on_path(*arrived_, tree_.node());
  blocks_.start(*arrived_);
  return !arrived_->ends_in_it;
}

void Profiler::settle() {
  for (size_t node = 0; node < between_.size(); ++node) {
    const Counts counts = std::exchange(between_[node], {});
    if (counts.cycles == 0) continue;
    check_causes(counts);
    add_to(all_, node, counts);
    for (auto& [name, region] : regions_)
      if (region.open) add_to(region.counts, node, counts);
  }
  blocks_.flush([&](const Block& block, const BlockCost&, int32_t path, const Counts& counts) {
    const auto node = static_cast<size_t>(path), index = static_cast<size_t>(block.index);
    add_to(all_, node, counts);
    if (lines_ != nullptr) add_to(all_blocks_, index, counts);
    for (auto& [name, region] : regions_) {
      if (!region.open) continue;
      add_to(region.counts, node, counts);
      if (lines_ != nullptr) add_to(region.blocks, index, counts);
    }
  });
}

std::vector<int64_t> Profiler::entries() const {
  std::vector<int64_t> result;
  for (const CallNode& node : tree_.nodes()) result.push_back(node.entries);
  return result;
}

void Profiler::begin_region(const std::string& name) {
  settle();
  Region& region = regions_[name];
  if (region.open) return;
  region.open = true;
  region.entries_before = entries();
}

void Profiler::end_region(const std::string& name) {
  const auto found = regions_.find(name);
  if (found == regions_.end() || !found->second.open) return;
  settle();
  Region& region = found->second;
  region.open = false;
  ++region.times;
  const std::vector<int64_t> now = entries();
  region.entries.resize(now.size());
  for (size_t i = 0; i < now.size(); ++i)
    region.entries[i] += now[i] - (i < region.entries_before.size() ? region.entries_before[i] : 0);
}

Profiler::Sum Profiler::sum_of(const std::string& name) {
  settle();
  const auto found = regions_.find(name);
  if (found == regions_.end()) return {};
  const Region& region = found->second;
  if (!region.open) return {region.counts, region.blocks, region.entries, region.times};
  return {region.counts, region.blocks, {}, region.times + 1};
}

ProfileRegion Profiler::region(const std::string& name) { return summarise(name, sum_of(name)); }

ProfileRegion Profiler::whole_run() {
  settle();
  return summarise("the whole run", {all_, all_blocks_, entries(), 1});
}

ProfileRegion Profiler::derived(const DerivedRegion& how) {
  Sum sum = sum_of(how.minuend);
  const Sum less = sum_of(how.subtrahend);
  sum.counts = difference(std::move(sum.counts), less.counts, how.divisor);
  sum.blocks = difference(std::move(sum.blocks), less.blocks, how.divisor);
  sum.entries.resize(std::max(sum.entries.size(), less.entries.size()));
  for (size_t i = 0; i < less.entries.size(); ++i) sum.entries[i] -= less.entries[i];
  for (int64_t& entries : sum.entries)
    entries = (std::max<int64_t>(entries, 0) + how.divisor / 2) / how.divisor;
  sum.times = 1;
  return summarise(how.name, sum);
}

/// Nodes' counts to functions', and to paths for who draws them.
ProfileRegion Profiler::summarise(std::string name, const Sum& sum) const {
  ProfileRegion region;
  region.name = std::move(name);
  region.times = sum.times;
  region.functions = functions_;
  const std::vector<CallNode>& nodes = tree_.nodes();
  const auto at = [](const auto& list, size_t i) {
    return i < list.size() ? list[i] : typename std::decay_t<decltype(list)>::value_type{};
  };
  ByPath inclusive = sum.counts;
  inclusive.resize(nodes.size());
  for (size_t i = nodes.size(); i-- > 1;)
    inclusive[static_cast<size_t>(nodes[i].parent)] += inclusive[i];
  for (size_t i = 1; i < nodes.size(); ++i) {
    if (nodes[i].function < 0) continue;
    ProfilePath path;
    bool outermost = true;
    for (int up = static_cast<int>(i); up > 0; up = nodes[static_cast<size_t>(up)].parent) {
      const int function = nodes[static_cast<size_t>(up)].function;
      outermost &= up == static_cast<int>(i) || function != nodes[i].function;
      path.functions.push_back(static_cast<size_t>(function));
    }
    std::ranges::reverse(path.functions);
    path.self = at(sum.counts, i);
    path.calls = at(sum.entries, i);
    ProfileFunction& function = region.functions[static_cast<size_t>(nodes[i].function)];
    function.self += path.self;
    function.calls += path.calls;
    if (outermost) function.inclusive += inclusive[i];
    const Stack stack = at(stacks_, i);
    function.frame_bytes = std::max(function.frame_bytes, stack.frame);
    function.stack_bytes = std::max(function.stack_bytes, stack.deepest);
    if (path.self.instructions != 0 || path.self.cycles != 0)
      region.paths.push_back(std::move(path));
  }
  region.total = inclusive.empty() ? Counts{} : inclusive[0];
  add_layers(region, inclusive);
  if (lines_ != nullptr) add_lines(sum.blocks, region);
  return region;
}

/// A layer is all that ran below its function.
void Profiler::add_layers(ProfileRegion& region, const ByPath& inclusive) const {
  const std::vector<CallNode>& nodes = tree_.nodes();
  std::map<int, ProfileLayer> layers;
  for (size_t i = 1; i < nodes.size(); ++i) {
    const auto mark = layers_.find(nodes[i].function);
    if (mark == layers_.end() || inclusive[i].cycles == 0) continue;
    ProfileLayer& layer = layers[mark->first];
    layer.index = mark->second.index;
    layer.op = mark->second.op;
    layer.counts += inclusive[i];
    const auto parent = static_cast<size_t>(nodes[i].parent);
    const int64_t from = parent < stacks_.size() ? stacks_[parent].at_entry : 0;
    layer.stack_bytes = std::max(layer.stack_bytes, deepest_below(i) - from);
  }
  for (auto& [function, layer] : layers) {
    layer.symbol = region.functions[static_cast<size_t>(function)].name;
    layer.calls = region.functions[static_cast<size_t>(function)].calls;
    if (const auto also = shared_.find(function); also != shared_.end()) layer.also = also->second;
    region.layers.push_back(std::move(layer));
  }
  std::ranges::sort(region.layers, {}, &ProfileLayer::index);
}

/// Blocks' counts to lines', each for the function whose code it is.
void Profiler::add_lines(const ByBlock& blocks, ProfileRegion& region) const {
  std::map<std::pair<int, int>, size_t> known;  // by function and line
  std::vector<int64_t> most;                    // of one instruction
  region.unplaced = region.total.causes;
  for (size_t index = 0; index < blocks.size(); ++index) {
    const Counts& counts = blocks[index];
    if (counts.instructions == 0 && counts.cycles == 0) continue;
    const Block& block = blocks_.block(index);
    const std::vector<Insn> insns = decode(blocks_.code(index), block.begin, core_->isa);
    const std::vector<InsnShare> shares = divide_among(*core_, insns, counts);
    for (size_t i = 0; i < insns.size(); ++i) {
      const int number = lines_->line_number_at(insns[i].address);
      const auto [at, is_new] = known.try_emplace({block.function, number}, region.lines.size());
      if (is_new) {
        most.push_back(-1);
        ProfileLine& made = region.lines.emplace_back();
        made.function = block.function;
        made.number = number;
        if (number >= 0) made.file = lines_->line(number).file;
        if (number >= 0) made.line = lines_->line(number).line;
      }
      ProfileLine& line = region.lines[at->second];
      line.instructions += shares[i].instructions;
      line.loads += shares[i].loads;
      line.stores += shares[i].stores;
      line.causes.add(shares[i].causes, 1);
      region.unplaced.add(shares[i].causes, -1);
      const int64_t ticks = shares[i].causes.sum();
      if (ticks <= most[at->second]) continue;
      most[at->second] = ticks;
      line.hottest = insns[i].address;
    }
  }
  std::ranges::stable_sort(region.lines, std::greater{},
                           [](const ProfileLine& line) { return line.causes.sum(); });
  for (size_t i = 0; i < std::min(kMostInlined, region.lines.size()); ++i)
    region.lines[i].inlined = lines_->inlined_at(region.lines[i].hottest);
}

}  // namespace assay
