// Thumb machine code to `Insn`: what the timing model needs to know of each instruction.
//
// The idea: Capstone names the instruction and its operands; what is read and what is written
// follows from one table row an instruction (class, shape), not from Capstone's access flags, which
// are wrong for a good part of the forms (4.0.2: SSAT, SXTAB, VLDM, write-back, LDRD, 32-bit S
// bits). Sizes come from the first halfword. IT blocks are followed here, because Capstone's own
// IT state would leak from one call into the next; it never sees an IT instruction.
//
// Armv8.1-M's own instructions (MVE, loops) are decode_mve.cc's.
//
// Not handled: Advanced SIMD (class `unknown`, as everything that the table lacks), a block
// that begins inside an IT block (its instructions look unconditional), the GE and Q flags.
//
// Source: Arm DDI 0403E (Armv7-M ARM), A5 "The Thumb Instruction Set Encoding" and A7; the few
// Armv8-M encodings that Capstone 4 lacks from DDI 0553 (Armv8-M ARM), C2.
#include "hw/thumb.h"

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <memory>

#include "hw/decode_mve.h"

namespace assay {
namespace {

constexpr uint32_t kSp = 13, kLr = 14, kPc = 15, kFlags = 48;

constexpr uint64_t bit(uint32_t index) { return uint64_t{1} << index; }

/// How the register operands are used.
enum class Shape : uint8_t {
  dest,      ///< the first is written, the others are read; with two operands of a three-operand
             ///< form (`in_place`) the first is read as well
  in_place,  ///< as `dest`, for ADD, LSL and the like, whose short form is "op rd, rm"
  dest2,     ///< the first two are written
  update,    ///< the first is read and written: MOVT, BFI, VMLA
  update2,   ///< the first two are read and written: UMLAL
  sources,   ///< all are read: CMP, VCMP
  load,      ///< registers, then a memory operand
  store,     ///< the same, the other way
  store_status,  ///< STREX: the first is written
  load_list,     ///< base, then a list: LDM, VLDM
  store_list,    ///< STM, VSTM
  pop,           ///< a list, base sp
  push,
  jump,  ///< B, BX, CBZ, TBB: registers are read, ends the block
  none,  ///< operands are of no interest: DSB, IT, PLD
};

struct Form {
  InsnClass cls = InsnClass::unknown;
  Shape shape = Shape::none;
  uint8_t macs = 0;
  AluKind kind = AluKind::add;
};

using FormTable = std::array<Form, ARM_INS_ENDING>;

constexpr void set(FormTable& table, Form form, std::initializer_list<arm_insn> ids) {
  for (const arm_insn id : ids) table[id] = form;
}

constexpr FormTable kForms = [] {
  FormTable table;
  table.fill(Form{});  // GCC 12 forgets the members' own initialisers in `FormTable table{}`
#define ASSAY_FORM(cls, shape, macs, kind, ...) \
  set(table, {InsnClass::cls, Shape::shape, macs, AluKind::kind}, {__VA_ARGS__});
#include "hw/thumb_forms.def"
#undef ASSAY_FORM
  return table;
}();

/// The bits of a register operand; 0 for those that no rule looks at (FPSCR, d16 and up).
uint64_t register_bits(unsigned id) {
  if (id >= ARM_REG_R0 && id <= ARM_REG_R12) return bit(id - ARM_REG_R0);
  if (id >= ARM_REG_S0 && id <= ARM_REG_S31) return bit(16 + id - ARM_REG_S0);
  if (id >= ARM_REG_D0 && id <= ARM_REG_D15) return uint64_t{3} << (16 + 2 * (id - ARM_REG_D0));
  switch (id) {
    case ARM_REG_SP:
      return bit(kSp);
    case ARM_REG_LR:
      return bit(kLr);
    case ARM_REG_PC:
      return bit(kPc);
    case ARM_REG_APSR_NZCV:
      return bit(kFlags);
    default:
      return 0;
  }
}

uint8_t size_of(uint16_t first) { return (first >> 11) >= 0x1d ? 4 : 2; }

bool is_double(unsigned id) { return id >= ARM_REG_D0 && id <= ARM_REG_D31; }

std::span<const cs_arm_op> operands(const cs_arm& detail) {
  return {detail.operands, detail.op_count};
}

void read_memory_operand(const cs_arm_op& op, Insn& insn) {
  insn.address_reads |= register_bits(op.mem.base) | register_bits(op.mem.index);
}

/// SXTB, UXTB16 and their like rotate in the unit that extends, not in the shifter of operands.
bool extends(const Insn& insn, const cs_arm_op& op) {
  return op.shift.type == ARM_SFT_ROR &&
         (insn.kind == AluKind::extend || insn.kind == AluKind::dsp);
}

/// Data-processing operands: the first `written` are results, which `also_read` reads too.
void data_operands(const cs_arm& detail, int written, bool also_read, Insn& insn) {
  int index = 0;
  for (const cs_arm_op& op : operands(detail)) {
    if (op.type == ARM_OP_REG) {
      const uint64_t reg = register_bits(op.reg);
      if (index < written) insn.writes |= reg;
      if (index >= written || also_read) insn.reads |= reg;
      if (op.shift.type != ARM_SFT_INVALID && !extends(insn, op)) {
        insn.shifted = true;
        insn.shifted_reads |= reg;
      }
    }
    ++index;
  }
}

/// Two for the VMOVs that write two registers ("vmov r0, r1, d2", "vmov s2, s3, r0, r1").
int results(const cs_arm& detail, unsigned id) {
  if (id != ARM_INS_VMOV) return 1;
  const bool from_double = detail.op_count == 3 && is_double(detail.operands[2].reg);
  return detail.op_count == 4 || from_double ? 2 : 1;
}

int words(unsigned reg) { return is_double(reg) ? 2 : 1; }

void count_transfer(bool is_load, int count, Insn& insn) {
  uint8_t& counter = is_load ? insn.loads : insn.stores;
  counter = static_cast<uint8_t>(counter + count);
}

uint8_t access_bytes(unsigned id) {
  switch (id) {
    case ARM_INS_LDRB:
    case ARM_INS_LDRSB:
    case ARM_INS_LDRBT:
    case ARM_INS_LDRSBT:
    case ARM_INS_LDREXB:
    case ARM_INS_LDAB:
    case ARM_INS_LDAEXB:
    case ARM_INS_STRB:
    case ARM_INS_STRBT:
    case ARM_INS_STREXB:
    case ARM_INS_STLB:
    case ARM_INS_STLEXB:
    case ARM_INS_TBB:
      return 1;
    case ARM_INS_LDRH:
    case ARM_INS_LDRSH:
    case ARM_INS_LDRHT:
    case ARM_INS_LDRSHT:
    case ARM_INS_LDREXH:
    case ARM_INS_LDAH:
    case ARM_INS_LDAEXH:
    case ARM_INS_STRH:
    case ARM_INS_STRHT:
    case ARM_INS_STREXH:
    case ARM_INS_STLH:
    case ARM_INS_STLEXH:
    case ARM_INS_TBH:
      return 2;
    default:
      return 4;
  }
}

/// LDR, STR, LDRD, STRD, VLDR, STREX: registers, a memory operand, perhaps a post-index.
void memory_operands(const cs_arm& detail, Shape shape, Insn& insn) {
  int64_t displacement = 0;
  bool status = shape == Shape::store_status;
  for (const cs_arm_op& op : operands(detail)) {
    if (op.type == ARM_OP_MEM) {
      read_memory_operand(op, insn);
      displacement = op.mem.disp;
      insn.offset_bytes = op.mem.disp;
    } else if (op.type == ARM_OP_IMM) {
      displacement = op.subtracted ? -int64_t{op.imm} : op.imm;
    } else if (op.type == ARM_OP_REG) {
      const bool is_load = shape == Shape::load;
      (is_load || status ? insn.writes : insn.reads) |= register_bits(op.reg);
      if (!status) count_transfer(is_load, words(op.reg), insn);
      status = false;
    }
  }
  if (!detail.writeback) return;
  insn.writeback = true;
  insn.writes |= insn.address_reads;
  if (insn.address_reads & bit(kSp)) insn.stack_drop_bytes = static_cast<int32_t>(-displacement);
}

/// LDM, STM, PUSH, POP and their VFP sisters.
void list_operands(const cs_arm& detail, Shape shape, Insn& insn) {
  const bool is_load = shape == Shape::load_list || shape == Shape::pop;
  const bool on_stack = shape == Shape::pop || shape == Shape::push;
  bool base = !on_stack;
  if (on_stack) insn.address_reads = bit(kSp);
  for (const cs_arm_op& op : operands(detail)) {
    if (op.type != ARM_OP_REG) continue;
    if (base) {
      insn.address_reads = register_bits(op.reg);
      base = false;
      continue;
    }
    (is_load ? insn.writes : insn.reads) |= register_bits(op.reg);
    count_transfer(is_load, words(op.reg), insn);
  }
  if (!on_stack && !detail.writeback) return;
  insn.writeback = true;
  insn.writes |= insn.address_reads;
  if (insn.address_reads & bit(kSp))
    insn.stack_drop_bytes = 4 * (is_load ? -insn.loads : insn.stores);
}

void jump_operands(unsigned id, const cs_arm& detail, Insn& insn) {
  for (const cs_arm_op& op : operands(detail)) {
    if (op.type == ARM_OP_REG) insn.reads |= register_bits(op.reg);
    if (op.type == ARM_OP_MEM) read_memory_operand(op, insn);
    if (op.type == ARM_OP_IMM)
      insn.offset_bytes = static_cast<int32_t>(static_cast<uint32_t>(op.imm) - insn.address);
  }
  if (insn.cls == InsnClass::table_branch) insn.loads = 1;
  if (insn.cls == InsnClass::call) insn.writes |= bit(kLr);
  insn.writes |= bit(kPc);
  const bool on_flags = id == ARM_INS_B && detail.cc != ARM_CC_AL && detail.cc != ARM_CC_INVALID;
  insn.conditional = on_flags || id == ARM_INS_CBZ || id == ARM_INS_CBNZ;
  if (on_flags) insn.reads |= bit(kFlags);
}

/// "sub sp, #16" and "add sp, sp, #16".
void static_stack_change(unsigned id, const cs_arm& detail, Insn& insn) {
  if ((insn.writes & bit(kSp)) == 0 || (insn.reads & ~bit(kSp) & 0xffff) != 0) return;
  const cs_arm_op& last = detail.operands[detail.op_count - 1];
  if (last.type != ARM_OP_IMM) return;
  if (id == ARM_INS_SUB || id == ARM_INS_SUBW) insn.stack_drop_bytes = last.imm;
  if (id == ARM_INS_ADD || id == ARM_INS_ADDW) insn.stack_drop_bytes = -last.imm;
}

void all_operands(unsigned id, const cs_arm& detail, Shape shape, Insn& insn) {
  switch (shape) {
    case Shape::dest:
      data_operands(detail, results(detail, id), false, insn);
      break;
    case Shape::in_place:
      data_operands(detail, 1, detail.op_count == 2, insn);
      static_stack_change(id, detail, insn);
      break;
    case Shape::dest2:
      data_operands(detail, 2, false, insn);
      break;
    case Shape::update:
      data_operands(detail, 1, true, insn);
      break;
    case Shape::update2:
      data_operands(detail, 2, true, insn);
      break;
    case Shape::sources:
      data_operands(detail, 0, false, insn);
      break;
    case Shape::load:
    case Shape::store:
    case Shape::store_status:
      memory_operands(detail, shape, insn);
      break;
    case Shape::load_list:
    case Shape::store_list:
    case Shape::pop:
    case Shape::push:
      list_operands(detail, shape, insn);
      break;
    case Shape::jump:
      jump_operands(id, detail, insn);
      break;
    case Shape::none:
      break;
  }
  insn.reads |= insn.address_reads;
  if (insn.loads + insn.stores > 0) insn.access_bytes = access_bytes(id);
}

/// Whether the encoding sets N, Z, C or V. Capstone tells only for the 16-bit ones.
bool sets_flags(const Insn& insn, uint16_t first, uint16_t second, bool in_it, bool capstone_says) {
  if (insn.size == 2) {
    const bool compare = (insn.writes & 0xffff) == 0;  // also sets them inside an IT block
    return capstone_says && (compare || !in_it);
  }
  const bool s_bit = (first & 0x10) != 0;
  if ((first & 0xfe00) == 0xea00) return s_bit;                            // shifted register
  if ((first & 0xfa00) == 0xf000 && (second & 0x8000) == 0) return s_bit;  // modified immediate
  return (first & 0xff80) == 0xfa00 && (second & 0xf0) == 0 && s_bit;      // shift by register
}

void flags(unsigned id, const cs_arm& detail, uint16_t first, uint16_t second, bool in_it,
           Insn& insn) {
  switch (insn.cls) {
    case InsnClass::alu:
    case InsnClass::move:
    case InsnClass::mul:
      if (sets_flags(insn, first, second, in_it, detail.update_flags)) insn.writes |= bit(kFlags);
      break;
    default:
      break;
  }
  if (id == ARM_INS_ADC || id == ARM_INS_SBC || id == ARM_INS_RRX) insn.reads |= bit(kFlags);
  if (id == ARM_INS_VSELEQ || id == ARM_INS_VSELGE || id == ARM_INS_VSELGT || id == ARM_INS_VSELVS)
    insn.reads |= bit(kFlags);
}

/// The registers that a multiply or an extension only adds to its result.
uint64_t accumulator(unsigned id, const cs_arm& detail, const Insn& insn) {
  switch (id) {
    case ARM_INS_SXTAB:
    case ARM_INS_SXTAH:
    case ARM_INS_SXTAB16:
    case ARM_INS_UXTAB:
    case ARM_INS_UXTAH:
    case ARM_INS_UXTAB16:
      return register_bits(detail.operands[1].reg);
    default:
      break;
  }
  switch (insn.cls) {
    case InsnClass::mac:
      return register_bits(detail.operands[3].reg);
    case InsnClass::mac_long:
    case InsnClass::fp_mac:
      return insn.writes;
    default:
      return 0;
  }
}

/// Modified immediate constants are 8 bits repeated (patterns 0 to 3) or 8 bits rotated.
bool has_shifted_constant(const Insn& insn, uint16_t first, uint16_t second) {
  const bool modified_immediate = (first & 0xfa00) == 0xf000 && (second & 0x8000) == 0;
  return insn.size == 4 && modified_immediate && ((first & 0x0400) | (second & 0x4000)) != 0;
}

/// Registers whose bits go through the shifter before anything else is done with them.
uint64_t extracted(const cs_arm& detail, const Insn& insn) {
  if (insn.cls != InsnClass::alu || detail.op_count < 2) return 0;
  const bool packs = insn.kind == AluKind::pack;
  if (!packs && insn.kind != AluKind::bitfield) return 0;
  const cs_arm_op& op = detail.operands[packs ? detail.op_count - 1 : 1];
  return op.type == ARM_OP_REG ? register_bits(op.reg) : 0;  // BFC extracts none
}

/// The class that operands decide: a result in pc, double precision.
void refine_class(const cs_arm& detail, Insn& insn) {
  switch (insn.cls) {
    case InsnClass::alu:
    case InsnClass::move:
      if (insn.writes & bit(kPc)) insn.cls = InsnClass::indirect;
      break;
    case InsnClass::load:
    case InsnClass::load_multiple:
      if (insn.writes & bit(kPc)) insn.cls = InsnClass::load_pc;
      break;
    case InsnClass::fp_add:
    case InsnClass::fp_mul:
    case InsnClass::fp_mac:
    case InsnClass::fp_div:
      if (detail.op_count > 0 && is_double(detail.operands[0].reg)) insn.cls = InsnClass::fp_double;
      break;
    default:
      break;
  }
}

/// Advanced SIMD and MVE share their mnemonics with the scalar FPU; M-profile parts with these core
/// files have neither.
bool is_vector_encoding(uint16_t first) {
  return (first & 0xef00) == 0xef00 || (first & 0xff10) == 0xf900;
}

/// What Armv6-M lacks of Thumb: CBZ, CBNZ and IT; of 32 bits it has BL, MSR, MRS and barriers only.
bool is_in_v6m(uint16_t first, uint16_t second) {
  if (size_of(first) == 2)
    return (first & 0xf500) != 0xb100 && ((first & 0xff00) != 0xbf00 || (first & 0xf) == 0);
  const bool bl = (first & 0xf800) == 0xf000 && (second & 0xd000) == 0xd000;
  const bool msr = (first & 0xfff0) == 0xf380 && (second & 0xff00) == 0x8800;
  const bool mrs_or_barrier = (first == 0xf3ef || first == 0xf3bf) && (second & 0xf000) == 0x8000;
  return bl || msr || mrs_or_barrier;
}

/// Armv8-M encodings that Capstone 4 takes for something else or for nothing.
bool decode_v8m(uint16_t first, uint16_t second, Insn& insn) {
  const auto reg = [](unsigned field) { return bit(field & 15); };
  if ((first & 0xff07) == 0x4704) {  // BXNS, BLXNS
    const bool is_call = (first & 0x80) != 0;
    insn.cls = is_call ? InsnClass::call : InsnClass::indirect;
    insn.reads = reg(first >> 3);
    insn.writes = bit(kPc) | (is_call ? bit(kLr) : 0);
    return true;
  }
  if (first == 0xe97f && second == 0xe97f) {  // SG
    insn.cls = InsnClass::system;
    return true;
  }
  if ((first & 0xfff0) == 0xe840 && (second & 0xf03f) == 0xf000) {  // TT, TTT, TTA, TTAT
    insn.cls = InsnClass::system;
    insn.reads = reg(first);
    insn.writes = reg(second >> 8);
    return true;
  }
  if ((first & 0xffe0) == 0xec20 && second == 0x0a00) {  // VLSTM, VLLDM: 32 + FPSCR words at most
    insn.cls = (first & 0x10) ? InsnClass::load_multiple : InsnClass::store_multiple;
    insn.reads = insn.address_reads = reg(first);
    ((first & 0x10) ? insn.loads : insn.stores) = 17;
    insn.access_bytes = 4;
    return true;
  }
  if ((first & 0xfff0) == 0xf380 && (second & 0xff00) == 0x8800) {  // MSR of new registers
    insn.cls = InsnClass::system;
    insn.reads = reg(first);
    return true;
  }
  if (first == 0xf3ef && (second & 0xf000) == 0x8000) {  // MRS of new registers
    insn.cls = InsnClass::system;
    insn.writes = reg(second >> 8);
    return true;
  }
  return false;
}

struct CloseHandle {
  void operator()(csh* handle) const {
    cs_close(handle);
    delete handle;
  }
};
struct FreeInsn {
  void operator()(cs_insn* insn) const { cs_free(insn, 1); }
};

/// One Capstone handle with its scratch instruction. Opening costs more than decoding a block.
class Disassembler {
 public:
  explicit Disassembler(bool v8) : handle_(new csh{}) {
    const int mode = CS_MODE_THUMB | CS_MODE_MCLASS | (v8 ? CS_MODE_V8 : 0);
    if (cs_open(CS_ARCH_ARM, static_cast<cs_mode>(mode), handle_.get()) != CS_ERR_OK) return;
    cs_option(*handle_, CS_OPT_DETAIL, CS_OPT_ON);
    insn_.reset(cs_malloc(*handle_));
  }

  /// The first instruction of `code`, or nullptr.
  const cs_insn* decode(std::span<const std::byte> code, uint32_t address) {
    if (!insn_) return nullptr;
    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(code.data());
    size_t size = code.size();
    uint64_t at = address;
    return cs_disasm_iter(*handle_, &bytes, &size, &at, insn_.get()) ? insn_.get() : nullptr;
  }

 private:
  std::unique_ptr<csh, CloseHandle> handle_;
  std::unique_ptr<cs_insn, FreeInsn> insn_;
};

/// Which encodings exist.
enum class Isa : uint8_t { v6m, v7m, v8m, v81m };

Isa isa_of(std::string_view name) {
  if (name == "thumbv6m") return Isa::v6m;
  if (name.starts_with("thumbv8.1")) return Isa::v81m;
  return name.starts_with("thumbv8") ? Isa::v8m : Isa::v7m;
}

/// This thread's handle. It keeps nothing between two instructions (see IT above).
Disassembler& disassembler(Isa isa) {
  thread_local Disassembler v7m(false), v8m(true);
  return isa >= Isa::v8m ? v8m : v7m;
}

uint16_t halfword(std::span<const std::byte> code, size_t at) {
  if (at + 2 > code.size()) return 0;
  return static_cast<uint16_t>(std::to_integer<unsigned>(code[at]) |
                               std::to_integer<unsigned>(code[at + 1]) << 8);
}

/// How many instructions an IT instruction covers; 0 if it is none.
int it_length(uint16_t first) {
  if ((first & 0xff00) != 0xbf00 || (first & 0xf) == 0) return 0;
  int length = 4;
  for (unsigned mask = first & 0xf; (mask & 1) == 0; mask >>= 1) --length;
  return length;
}

void decode_with_capstone(const cs_insn& found, uint16_t first, uint16_t second, bool in_it,
                          Insn& insn) {
  const cs_arm& detail = found.detail->arm;
  const Form form = found.id < kForms.size() ? kForms[found.id] : Form{};
  insn.cls = form.cls;
  if (insn.cls == InsnClass::unknown) return;
  insn.macs = form.macs;
  insn.kind = form.kind;
  all_operands(found.id, detail, form.shape, insn);
  refine_class(detail, insn);
  flags(found.id, detail, first, second, in_it, insn);
  insn.accumulator = accumulator(found.id, detail, insn);
  insn.shifted_reads |= extracted(detail, insn);
  insn.shifted_constant = has_shifted_constant(insn, first, second);
  insn.ends_block = (insn.writes & bit(kPc)) != 0 || found.id == ARM_INS_BKPT ||
                    found.id == ARM_INS_SVC || found.id == ARM_INS_UDF;
}

Insn decode_one(std::span<const std::byte> code, uint32_t address, Isa isa, bool in_it) {
  const uint16_t first = halfword(code, 0), second = halfword(code, 2);
  Insn insn{.address = address, .size = size_of(first)};
  if (code.size() < insn.size) {
    insn.size = static_cast<uint8_t>(code.size());
    return insn;
  }
  if (isa == Isa::v6m && !is_in_v6m(first, second)) return insn;
  if (it_length(first) > 0) {
    insn.cls = InsnClass::system;
    insn.reads = bit(kFlags);
    return insn;
  }
  if (isa == Isa::v81m && insn.size == 4 && decode_mve(first, second, insn)) {
    // nothing more: vectors, loops
  } else if (isa >= Isa::v8m && decode_v8m(first, second, insn)) {
    insn.ends_block = (insn.writes & bit(kPc)) != 0;
  } else if (!is_vector_encoding(first)) {
    const cs_insn* found = disassembler(isa).decode(code.first(insn.size), address);
    if (found != nullptr && found->size == insn.size)
      decode_with_capstone(*found, first, second, in_it, insn);
  }
  if (in_it) {
    insn.reads |= bit(kFlags);
    insn.conditional = insn.ends_block;
  }
  return insn;
}

}  // namespace

uint8_t thumb_bytes(const std::byte* code) { return size_of(halfword({code, 2}, 0)); }

std::vector<Insn> decode_thumb(std::span<const std::byte> code, uint32_t address,
                               std::string_view isa) {
  std::vector<Insn> insns;
  insns.reserve(code.size() / 2);
  const Isa which = isa_of(isa);
  int it_left = 0;
  while (!code.empty()) {
    insns.push_back(decode_one(code, address, which, it_left > 0));
    if (it_left > 0) --it_left;
    if (const int covers = it_length(halfword(code, 0)); covers > 0) it_left = covers;
    address += insns.back().size;
    code = code.subspan(insns.back().size);
  }
  return insns;
}

std::string thumb_mnemonic(std::span<const std::byte> code, uint32_t address,
                           std::string_view isa) {
  if (code.size() < 2) return ".byte";
  const uint16_t first = halfword(code, 0);
  const uint8_t size = size_of(first);
  if (code.size() >= size && it_length(first) == 0) {
    const cs_insn* found = disassembler(isa_of(isa)).decode(code.first(size), address);
    if (found != nullptr && found->size == size) return found->mnemonic;
  }
  if (it_length(first) > 0) return "it";
  if (size == 2 || code.size() < 4) return fmt::format(".hword 0x{:04x}", first);
  return fmt::format(".hword 0x{:04x}, 0x{:04x}", first, halfword(code, 2));
}

}  // namespace assay
