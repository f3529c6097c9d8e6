// Instruction class -> cause. The classes are what data/cores gives times for; the causes are what
// a person can change (cause.def).
#include "hw/attribute.h"

#include <algorithm>

#include "hw/pipeline.h"

namespace assay {
namespace {

bool is_stack(const Insn& insn) {
  return insn.writeback && insn.stack_drop_bytes != 0 && insn.loads + insn.stores > 1;
}

}  // namespace

Cause issue_cause(const Insn& insn) {
  if (is_stack(insn)) return Cause::call;
  switch (insn.cls) {
    case InsnClass::mul:
    case InsnClass::mac:
    case InsnClass::mul_long:
    case InsnClass::mac_long:
      return Cause::mac;
    case InsnClass::alu:
      return Cause::alu;
    case InsnClass::move:
      return Cause::move;
    case InsnClass::div:
      return Cause::div;
    case InsnClass::load:
    case InsnClass::load_multiple:
      return Cause::load;
    case InsnClass::store:
    case InsnClass::store_multiple:
      return Cause::store;
    case InsnClass::branch:
    case InsnClass::table_branch:
      return Cause::branch;
    case InsnClass::call:
    case InsnClass::indirect:
    case InsnClass::load_pc:
      return Cause::call;
    case InsnClass::fp_add:
    case InsnClass::fp_mul:
    case InsnClass::fp_mac:
    case InsnClass::fp_div:
    case InsnClass::fp_move:
    case InsnClass::fp_double:
      return Cause::fp;
    case InsnClass::system:
      return Cause::system;
    case InsnClass::loop_start:
    case InsnClass::loop_end:
      return Cause::branch;
    case InsnClass::vec_load:
    case InsnClass::vec_gather:
      return Cause::load;
    case InsnClass::vec_store:
    case InsnClass::vec_scatter:
      return Cause::store;
    case InsnClass::vec_mac:
    case InsnClass::vec_fmac:
      return Cause::mac;
    case InsnClass::vec_alu:
    case InsnClass::vec_shift:
    case InsnClass::vec_narrow:
    case InsnClass::vec_mul:
    case InsnClass::vec_reduce:
    case InsnClass::vec_minmax:
    case InsnClass::vec_compare:
    case InsnClass::vec_predicate:
    case InsnClass::vec_move:
    case InsnClass::vec_fadd:
    case InsnClass::vec_fmul:
    case InsnClass::vec_fnarrow:
      return Cause::vector;
    case InsnClass::unknown:
      break;
  }
  return Cause::unknown;
}

Cause wait_cause(const Insn& insn) {
  if (is_stack(insn)) return Cause::call;
  if (insn.loads) return Cause::load_use;
  if (insn.stores) return Cause::store;
  switch (issue_cause(insn)) {
    case Cause::mac:
      return Cause::multiply_latency;
    case Cause::div:
      return Cause::div;
    case Cause::fp:
      return Cause::fp_latency;
    case Cause::vector:
      return Cause::vector_latency;
    default:
      return Cause::alu_latency;
  }
}

CauseTicks issue_ticks(const CoreTiming& core, const Insn& insn) {
  CauseTicks ticks;
  const int cycles = issue_cycles(core, insn), width = core.registers_per_cycle;
  const int transfers = (insn.loads + insn.stores + width - 1) / width;
  const int useful = std::min(cycles, std::max(1, transfers));
  ticks.spend(issue_cause(insn), useful);
  const bool branches = insn.ends_block && insn.cls != InsnClass::load_pc;
  ticks.spend(branches ? issue_cause(insn) : wait_cause(insn), cycles - useful);
  return ticks;
}

}  // namespace assay
