// RISC-V, 32 bits: machine code to `Insn` by riscv*_forms.def, GCC for riscv64-unknown-elf,
// picolibc.
//
// The idea: an instruction is the first row of the table whose masked bits match; its operands are
// a letter each. Debian's Capstone (4.0) knows no RISC-V, and the encodings are regular enough to
// need none. What the operands decide is settled afterwards: a jump that keeps its return address
// is a call, an addition of nothing a move.
//
// Registers: x1 to x31 are bits 1 to 31 of Insn's sets (x0 is never in one), f0 to f31 bits 32 to
// 63. Not handled: D, Q and the 64-bit instructions (class `unknown`), what an AMO does on
// retry.
//
// Source: The RISC-V Instruction Set Manual, volume I, 20191213; Code Size Reduction 1.0 (Zcmp).
// Compiler flags: GCC 12 manual, "RISC-V Options"; e_machine: RISC-V ELF psABI.
#include <fmt/format.h>

#include <algorithm>

#include "hw/isa_family.h"
#include "hw/target.h"

namespace assay {
namespace {

constexpr uint32_t kRa = 1, kSp = 2, kFirstFp = 32;

struct Form {
  std::string_view name;
  uint32_t mask, match;
  InsnClass cls;
  AluKind kind;
  std::string_view operands;
  uint8_t bytes;  ///< of one transfer; 0: none
};

constexpr Form kForms[] = {
#define ASSAY_RV(name, mask, match, cls, kind, operands, bytes) \
  {name, mask, match, InsnClass::cls, AluKind::kind, operands, bytes},
#include "hw/riscv_forms.def"
#include "hw/riscv_vector_forms.def"
#undef ASSAY_RV
};

constexpr uint32_t field(uint32_t word, int high, int low) {
  return (word >> low) & ((2u << (high - low)) - 1);
}

/// A field of `word` as a signed number.
constexpr int32_t signed_field(uint32_t word, int high, int low) {
  return static_cast<int32_t>(word << (31 - high)) >> (31 - high + low);
}

constexpr uint64_t x(uint32_t index) { return index == 0 ? 0 : uint64_t{1} << index; }
constexpr uint64_t f(uint32_t index) { return uint64_t{1} << (kFirstFp + index); }

/// A letter of riscv_forms.def: which bits hold the register's number, and what is done with it.
struct Letter {
  char letter;
  int high, low;
  bool reads, writes, is_address = false;
  uint32_t base = 0;  ///< what the bits count from: 8 in the three-bit fields
};
constexpr Letter kLetters[] = {
    {'d', 11, 7, false, true},          {'s', 19, 15, true, false},
    {'t', 24, 20, true, false},         {'u', 31, 27, true, false},
    {'a', 19, 15, false, false, true},  {'b', 11, 7, true, true},
    {'r', 11, 7, true, false},          {'v', 6, 2, true, false},
    {'w', 4, 2, false, true, false, 8}, {'x', 4, 2, true, false, false, 8},
    {'y', 9, 7, true, false, false, 8}, {'g', 9, 7, false, false, true, 8},
    {'z', 9, 7, true, true, false, 8},
};

void operand(char letter, uint32_t word, Insn& insn) {
  if (letter == 'p') insn.address_reads |= x(kSp);
  if (letter == 'q') insn.reads |= x(kSp);
  if (letter == 'Q') insn.writes |= x(kSp);
  if (letter == 'k') insn.writes |= x(kRa);
  const bool is_fp = letter >= 'A' && letter <= 'Z';
  const char lower = is_fp ? static_cast<char>(letter - 'A' + 'a') : letter;
  const auto found = std::ranges::find(kLetters, lower, &Letter::letter);
  if (found == std::end(kLetters)) return;
  const uint32_t index = found->base + field(word, found->high, found->low);
  const uint64_t reg = is_fp ? f(index) : x(index);
  if (found->reads) insn.reads |= reg;
  if (found->writes) insn.writes |= reg;
  if (found->is_address) insn.address_reads |= reg;
}

/// s0 to s11 in the order of Zcmp's lists: x8, x9, x18 to x27.
constexpr uint32_t saved_register(uint32_t index) { return index < 2 ? 8 + index : 16 + index; }

/// Zcmp's register list: ra, then s0 and up. 12 stands for all twelve, there is none of eleven.
void register_list(uint32_t word, Insn& insn) {
  const uint32_t list = field(word, 7, 4);
  if (list < 4) {
    insn.cls = InsnClass::unknown;  // reserved
    return;
  }
  const uint32_t saved = list == 15 ? 12 : list - 4;
  const bool push = insn.cls == InsnClass::store_multiple;
  uint64_t& set = push ? insn.reads : insn.writes;
  set |= x(kRa);
  for (uint32_t i = 0; i < saved; ++i) set |= x(saved_register(i));
  (push ? insn.stores : insn.loads) = static_cast<uint8_t>(1 + saved);
  const uint32_t words = 1 + saved;
  const auto bytes = static_cast<int32_t>((words * 4 + 15) / 16 * 16 + 16 * field(word, 3, 2));
  insn.stack_drop_bytes = push ? bytes : -bytes;
  insn.writeback = true;
}

/// "cm.mva01s": a0 and a1 from two saved registers; "cm.mvsa01" the other way.
void register_pair(uint32_t word, bool to_arguments, Insn& insn) {
  const uint64_t saved =
      x(saved_register(field(word, 9, 7))) | x(saved_register(field(word, 4, 2)));
  const uint64_t arguments = x(10) | x(11);
  insn.reads = to_arguments ? saved : arguments;
  insn.writes = to_arguments ? arguments : saved;
}

/// What "addi sp, sp, n" and its short forms add to sp; 0 if it is none of them.
int32_t stack_step(const Form& form, uint32_t word) {
  if (form.name == "addi") return signed_field(word, 31, 20);
  if (form.name == "c.addi")
    return signed_field(word, 12, 12) * 32 + static_cast<int32_t>(field(word, 6, 2));
  if (form.name != "c.addi16sp") return 0;
  const uint32_t low = field(word, 4, 3) << 7 | field(word, 5, 5) << 6 | field(word, 2, 2) << 5 |
                       field(word, 6, 6) << 4;
  return signed_field(word, 12, 12) * 512 + static_cast<int32_t>(low);
}

/// What the operands decide of an instruction's class.
void refine_class(const Form& form, uint32_t word, Insn& insn) {
  const bool keeps_return = field(word, 11, 7) != 0;
  if (form.name == "jal" && !keeps_return) insn.cls = InsnClass::branch;
  if (form.name == "jalr" && !keeps_return) insn.cls = InsnClass::indirect;
  if (form.name == "addi" && (field(word, 19, 15) == 0 || field(word, 31, 20) == 0))
    insn.cls = word == 0x13 ? InsnClass::system : InsnClass::move;  // nop; li, mv
}

/// Where a conditional branch goes, from itself.
int32_t branch_offset(uint32_t word, int bytes) {
  if (bytes == 4)
    return signed_field(word, 31, 31) * 4096 + static_cast<int32_t>(field(word, 7, 7) << 11 |
                                                                    field(word, 30, 25) << 5 |
                                                                    field(word, 11, 8) << 1);
  return signed_field(word, 12, 12) * 256 +
         static_cast<int32_t>(field(word, 6, 5) << 6 | field(word, 2, 2) << 5 |
                              field(word, 11, 10) << 3 | field(word, 4, 3) << 1);
}

void control_flow(const Form& form, uint32_t word, Insn& insn) {
  switch (insn.cls) {
    case InsnClass::branch:
      insn.conditional = form.operands == "st" || form.operands == "y";
      if (insn.conditional) insn.offset_bytes = branch_offset(word, insn.size);
      insn.ends_block = true;
      break;
    case InsnClass::call:
    case InsnClass::indirect:
    case InsnClass::load_pc:
      insn.ends_block = true;
      break;
    case InsnClass::system:
      insn.ends_block = form.name == "ecall" || form.name == "ebreak" || form.name == "c.ebreak" ||
                        form.name == "mret";
      break;
    default:
      break;
  }
}

void transfers(const Form& form, Insn& insn) {
  insn.access_bytes = form.bytes;
  if (form.bytes == 0) return;
  const bool atomic = insn.cls == InsnClass::system;
  if (insn.cls == InsnClass::load || atomic) insn.loads = 1;
  if (insn.cls == InsnClass::store || atomic) insn.stores = 1;
}

const Form* find_form(uint32_t word, int bytes) {
  for (const Form& form : kForms) {
    const bool is_long = (form.match & 3) == 3;
    if (is_long == (bytes == 4) && (word & form.mask) == form.match) return &form;
  }
  return nullptr;
}

uint32_t word_at(std::span<const std::byte> code, size_t bytes) {
  uint32_t word = 0;
  for (size_t i = 0; i < bytes; ++i) word |= std::to_integer<uint32_t>(code[i]) << (8 * i);
  return word;
}

Insn decode_one(std::span<const std::byte> code, uint32_t address) {
  const bool is_long = (std::to_integer<unsigned>(code[0]) & 3) == 3;
  Insn insn{.address = address, .size = static_cast<uint8_t>(is_long ? 4 : 2)};
  if (code.size() < insn.size) {
    insn.size = static_cast<uint8_t>(code.size());
    return insn;
  }
  const uint32_t word = word_at(code, insn.size);
  const Form* form = find_form(word, insn.size);
  if (form == nullptr || form->cls == InsnClass::unknown) return insn;
  insn.cls = form->cls;
  insn.kind = form->kind;
  for (const char letter : form->operands) operand(letter, word, insn);
  refine_class(*form, word, insn);
  transfers(*form, insn);
  if (form->name.starts_with("cm.mv"))
    register_pair(word, form->name == "cm.mva01s", insn);
  else if (form->name.starts_with("cm."))
    register_list(word, insn);
  else if ((insn.writes & x(kSp)) != 0 && (insn.reads & ~x(kSp)) == 0)
    insn.stack_drop_bytes = -stack_step(*form, word);
  insn.reads |= insn.address_reads;
  if (insn.cls == InsnClass::mul || insn.cls == InsnClass::mul_long ||
      insn.cls == InsnClass::fp_mul || insn.cls == InsnClass::fp_mac)
    insn.macs = 1;
  if (insn.cls == InsnClass::fp_mac) insn.accumulator = f(field(word, 31, 27));
  control_flow(*form, word, insn);
  return insn;
}

std::vector<Insn> decode_riscv(std::span<const std::byte> code, uint32_t address,
                               std::string_view) {
  std::vector<Insn> insns;
  insns.reserve(code.size() / 2);
  while (!code.empty()) {
    insns.push_back(decode_one(code, address));
    address += insns.back().size;
    code = code.subspan(insns.back().size);
  }
  return insns;
}

uint8_t riscv_bytes(const std::byte* code) {
  return (std::to_integer<unsigned>(*code) & 3) == 3 ? 4 : 2;
}

std::string riscv_mnemonic(std::span<const std::byte> code, uint32_t, std::string_view) {
  if (code.size() < 2) return ".byte";
  const size_t bytes = (std::to_integer<unsigned>(code[0]) & 3) == 3 && code.size() >= 4 ? 4 : 2;
  const uint32_t word = word_at(code, bytes);
  if (const Form* form = find_form(word, static_cast<int>(bytes))) return std::string(form->name);
  return bytes == 4 ? fmt::format(".word 0x{:08x}", word) : fmt::format(".half 0x{:04x}", word);
}

constexpr std::string_view kIsas[] = {"rv32imc", "rv32imac", "rv32imafc", "rv32imac_zba_zbb_zbs"};

/// Debian's libraries exist for the single-letter extensions only, and GCC matches them by name.
std::vector<std::string> machine_flags(const Target& target) {
  const std::string march = target.isa.substr(0, target.isa.find('_'));
  return {"-march=" + march, march.find('f') == march.npos ? "-mabi=ilp32" : "-mabi=ilp32f",
          "-msmall-data-limit=0", "--specs=picolibc.specs"};
}

std::vector<std::string> library_flags(bool small) {
  return small ? std::vector<std::string>{}
               : std::vector<std::string>{"--picolibc-buildtype=release"};
}

}  // namespace

const IsaFamily riscv_family = {
    .name = "riscv",
    .isas = kIsas,
    .elf_machine = 243,
    .stack_pointer = kSp,
    .gcc = "riscv64-unknown-elf-gcc",
    .packages = "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
    .entry = "firmware_entry",
    .link_symbols = "",
    .makes_code_for = [](std::string_view machine) { return machine.starts_with("riscv"); },
    .machine_flags = machine_flags,
    .library_flags = library_flags,
    .decode = decode_riscv,
    .instruction_bytes = riscv_bytes,
    .mnemonic = riscv_mnemonic,
};

}  // namespace assay
