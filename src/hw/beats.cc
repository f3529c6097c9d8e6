// In-order issue on a core with dual-beat vectors: one instruction a cycle, some 16-bit pairs; a
// vector instruction holds its pipe for the cycles that its class has (two beats of 64 bits), and
// the next may start the cycle after if it goes to another pipe and its operands' first beats are
// there.
//
// The idea: for each register the cycle at which a reader may issue, for each pipe the cycle at
// which it is free. What an instruction waits for is the cause of the wait; waiting for the pipe of
// a vector before it is vector work itself. A low-overhead loop whose body is one block is issued
// twice: the second time, with pipes and registers as the first left them, is what an iteration
// costs; its LE takes no cycle, since the core keeps the loop's branch.
//
// Not handled: the store-to-load hazard between vectors, conflicts of a gather's elements, results
// under way at a block's start (but in such loops), the LE of a loop's first iteration.
//
// Source: LLVM, ARMScheduleM55.td (pipes, beats, latencies, pairs); SLOTHY, cortex_m55r1.py (beats,
// loads and stores in one pipe, a product's way into a store).
#include "hw/beats.h"

#include <algorithm>
#include <array>
#include <bit>

#include "hw/attribute.h"
#include "hw/pipeline.h"

namespace assay {
namespace {

constexpr uint32_t kFirstFp = 16, kFlags = 48, kRegisters = 64;
constexpr uint64_t kCore = 0xffff;

enum class Pipe : uint8_t { none, memory, integer, multiply, control };
constexpr size_t kPipes = 5;

constexpr uint64_t bit(uint32_t index) { return uint64_t{1} << index; }

Pipe pipe_of(const Insn& insn) {
  switch (insn.cls) {
    case InsnClass::vec_load:
    case InsnClass::vec_gather:
    case InsnClass::vec_store:
    case InsnClass::vec_scatter:
    case InsnClass::load:
    case InsnClass::store:
    case InsnClass::load_multiple:
    case InsnClass::store_multiple:
      return Pipe::memory;
    case InsnClass::vec_alu:
    case InsnClass::vec_shift:
    case InsnClass::vec_narrow:
    case InsnClass::vec_minmax:
      return Pipe::integer;
    case InsnClass::vec_mul:
    case InsnClass::vec_mac:
    case InsnClass::vec_reduce:
    case InsnClass::vec_compare:
    case InsnClass::vec_move:
    case InsnClass::vec_fadd:
    case InsnClass::vec_fmul:
    case InsnClass::vec_fmac:
    case InsnClass::vec_fnarrow:
    case InsnClass::fp_add:
    case InsnClass::fp_mul:
    case InsnClass::fp_mac:
    case InsnClass::fp_div:
    case InsnClass::fp_move:
    case InsnClass::fp_double:
      return Pipe::multiply;
    case InsnClass::vec_predicate:
      return Pipe::control;
    default:
      return Pipe::none;
  }
}

bool is_vector(const Insn& insn) { return name(insn.cls).starts_with("vec_"); }

bool is_gather(const Insn& insn) {
  return insn.cls == InsnClass::vec_gather || insn.cls == InsnClass::vec_scatter;
}

/// What may issue beside another 16-bit instruction: NOP, IT, B, ADD and SUB of a constant, MOV,
/// SXT, UXT.
bool may_pair(const Insn& insn) {
  if (insn.loads + insn.stores > 0) return false;
  if (insn.cls == InsnClass::branch || insn.cls == InsnClass::move) return true;
  if (insn.cls == InsnClass::system) return true;
  if (insn.cls != InsnClass::alu) return false;
  const bool constant = std::popcount(insn.reads & kCore) == 1 && (insn.writes & kCore) != 0;
  return (insn.kind == AluKind::add && constant) || insn.kind == AluKind::bitfield;
}

bool is_loop(std::span<const Insn> block) {
  const Insn& last = block.back();
  const uint32_t target = last.address + static_cast<uint32_t>(last.offset_bytes);
  return last.cls == InsnClass::loop_end && target == block.front().address;
}

/// When a register can be used, as the cycle of the reader's issue.
struct Ready {
  int64_t at = 0, into_store = 0;
  Cause cause = Cause::alu_latency;
};

class Pipeline {
 public:
  explicit Pipeline(const CoreTiming& core) : core_(core) {}

  /// Issues the block after whatever came before; returns its ticks by cause.
  CauseTicks issue(std::span<const Insn> block) {
    CauseTicks all;
    open_ = nullptr;  // blocks begin with a fetch of their own
    for (const Insn& insn : block) {
      const CauseTicks ticks = issue(insn);
      all.add(ticks, 1);
    }
    return all;
  }

 private:
  CauseTicks issue(const Insn& insn) {
    CauseTicks ticks;
    const auto [ready, cause] = operands_ready(insn);
    const Pipe pipe = pipe_of(insn);
    const int64_t free = pipe == Pipe::none ? 0 : free_[static_cast<size_t>(pipe)];
    if (pairs(insn, ready)) {  // it takes half of the cycle of the one before
      ticks[issue_cause(insn)] += 1;
      ticks[issue_cause(*open_)] -= 1;
      write_results(insn, next_ - 1);
      open_ = nullptr;
      return ticks;
    }
    const int64_t waits = std::max<int64_t>(0, ready - next_);
    const int64_t at = std::max({next_, ready, free});
    ticks.spend(cause, waits);
    // The pipe's beats are the work of the vector that holds it.
    ticks.spend(is_vector(insn) || holder_is_vector(pipe) ? Cause::vector : wait_cause(insn),
                at - next_ - waits);
    const int busy = is_vector(insn) ? 1 : issue_cycles(core_, insn);
    if (is_vector(insn))
      ticks.spend(issue_cause(insn), 1);
    else
      ticks.add(issue_ticks(core_, insn), 1);
    if (pipe != Pipe::none) {
      const int beats = is_vector(insn) ? core_.cycles[static_cast<size_t>(insn.cls)] : busy;
      free_[static_cast<size_t>(pipe)] = at + beats;
      vector_holds_[static_cast<size_t>(pipe)] = is_vector(insn);
    }
    write_results(insn, at + busy - 1);
    open_ = insn.size == 2 && busy == 1 ? &insn : nullptr;
    next_ = at + busy;
    return ticks;
  }

  bool holder_is_vector(Pipe pipe) const { return vector_holds_[static_cast<size_t>(pipe)]; }

  struct Operands {
    int64_t ready = 0;
    Cause cause = Cause::alu_latency;
  };

  Operands operands_ready(const Insn& insn) const {
    Operands operands;
    for (uint64_t left = insn.reads; left != 0; left &= left - 1) {
      const auto reg = static_cast<uint32_t>(std::countr_zero(left));
      if (reg == kFlags && insn.ends_block) continue;  // predicted
      const bool address = (insn.address_reads & bit(reg)) != 0;
      int64_t at = insn.stores && !address ? ready_[reg].into_store : ready_[reg].at;
      if (is_gather(insn) && address && reg >= kFirstFp && at > 0)
        at += core_.rules.latency.early_operand;
      if (at > operands.ready)
        operands = {at, address && ready_[reg].cause == Cause::alu_latency
                            ? Cause::address_interlock
                            : ready_[reg].cause};
    }
    return operands;
  }

  bool pairs(const Insn& insn, int64_t ready) const {
    if (open_ == nullptr || insn.size != 2 || ready > next_ - 1) return false;
    return !open_->ends_block && (may_pair(insn) || may_pair(*open_)) &&
           issue_cycles(core_, insn) == 1;
  }

  int latency(const Insn& insn, bool fp_register) const {
    const Latencies& latency = core_.rules.latency;
    if (is_vector(insn)) return core_.vector_latency[static_cast<size_t>(insn.cls)];
    if (insn.loads) return fp_register ? latency.fp_load : latency.load;
    switch (issue_cause(insn)) {
      case Cause::mac:
        return latency.multiply;
      case Cause::fp:
        return insn.cls == InsnClass::fp_mac ? latency.fp_mac : latency.fp;
      default:
        break;
    }
    if (insn.shifted || insn.shifted_constant) return latency.shifted;
    return insn.cls == InsnClass::alu && insn.kind == AluKind::dsp ? latency.dsp : latency.alu;
  }

  void write_results(const Insn& insn, int64_t last) {
    const uint64_t bases = insn.writeback ? insn.address_reads : 0;
    // Products reach a store a cycle early; what is narrowed does not.
    const bool forwards = pipe_of(insn) != Pipe::none && insn.cls != InsnClass::vec_narrow &&
                          insn.cls != InsnClass::vec_fnarrow && is_vector(insn);
    for (uint64_t left = insn.writes; left != 0; left &= left - 1) {
      const auto reg = static_cast<uint32_t>(std::countr_zero(left));
      const bool base = (bases & bit(reg)) != 0;
      const int result = base || reg == kFlags ? 1 : latency(insn, reg >= kFirstFp);
      const int early = forwards && result == 2 ? 1 : 0;
      ready_[reg] = {last + result, last + result - early,
                     base ? Cause::alu_latency : wait_cause(insn)};
    }
  }

  const CoreTiming& core_;
  std::array<Ready, kRegisters> ready_{};
  std::array<int64_t, kPipes> free_{};
  std::array<bool, kPipes> vector_holds_{};
  int64_t next_ = 0;            ///< first cycle in which nothing has issued
  const Insn* open_ = nullptr;  ///< 16 bits, issued alone in next_ - 1, may get company
};

}  // namespace

void issue_beats(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost) {
  Pipeline pipeline(core);
  cost.once.causes = pipeline.issue(block);
  cost.once.cycles = cost.once.causes.sum() / kTicksPerCycle;
  if (!is_loop(block)) return;
  cost.taken = pipeline.issue(block);
  cost.taken.add(cost.once.causes, -1);
}

}  // namespace assay
