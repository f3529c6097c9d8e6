// AVR (AVRe+: ATmega): machine code to `Insn` by avr_forms.def, gcc-avr, avr-libc.
//
// The idea: an instruction is the first row of the table whose masked bits match its first word.
// Nothing stalls on AVR, so registers are not told apart: the timing asks for the class, the size
// and what is read from program memory. The one register in Insn's sets is sp, as bit 32.
//
// Program and data memory are apart: data stands from 0x800000 on, as in GNU's ELF files.
// avr5 is a part with a 16-bit program counter, avr6 one with 22 bits (GCC's names).
//
// Not handled: XMEGA, tinyAVR's reduced core, AVR-Dx (class `unknown` where encodings differ).
//
// Source: Microchip, AVR Instruction Set Manual DS40002198; e_machine: elf.h. Compiler flags: GCC 5
// manual, "AVR Options".
#include "hw/avr.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/isa_family.h"
#include "hw/target.h"

namespace assay {
namespace {

constexpr uint8_t kSpBit = 32;
constexpr uint64_t kSp = uint64_t{1} << kSpBit;

struct Form {
  std::string_view name;
  uint16_t mask, match;
  InsnClass cls;
  AluKind kind;
  std::string_view operand;
};

constexpr Form kForms[] = {
#define ASSAY_AVR(name, mask, match, cls, kind, operand) \
  {name, mask, match, InsnClass::cls, AluKind::kind, operand},
#include "hw/avr_forms.def"
#undef ASSAY_AVR
};

uint16_t word_at(std::span<const std::byte> code, size_t at = 0) {
  if (code.size() < at + 2) return 0;
  return static_cast<uint16_t>(std::to_integer<unsigned>(code[at]) |
                               std::to_integer<unsigned>(code[at + 1]) << 8);
}

const Form* find_form(uint16_t word) {
  const auto matches = [word](const Form& form) { return (word & form.mask) == form.match; };
  const auto found = std::ranges::find_if(kForms, matches);
  return found == std::end(kForms) ? nullptr : found;
}

/// LDS, STS, JMP and CALL have a second word.
bool is_long(uint16_t word) { return (word & 0xfc0f) == 0x9000 || (word & 0xfe0c) == 0x940c; }

int return_address_bytes(std::string_view isa) { return isa == "avr6" ? 3 : 2; }

/// The displacement of LDD and STD, whose bits stand in three places.
int32_t displacement(uint16_t word) { return (word & 7) | (word >> 7 & 0x18) | (word >> 8 & 0x20); }

/// Bytes that an instruction takes from the stack or puts there; calls and returns at once.
void stack(const Form& form, std::string_view isa, Insn& insn) {
  const bool address = form.operand == "call" || form.operand == "ret";
  const int bytes = address ? return_address_bytes(isa) : 1;
  const bool down = form.operand == "push" || form.operand == "call";
  if (!down && form.operand != "pop" && form.operand != "ret") return;
  (down ? insn.stores : insn.loads) = static_cast<uint8_t>(bytes);
  insn.stack_drop_bytes = down ? bytes : -bytes;
  insn.writes = kSp;
  insn.writeback = address;  // an access of several bytes that is overhead of the call
}

void control_flow(const Form& form, uint16_t word, Insn& insn) {
  const std::string_view what = form.operand;
  insn.ends_block = what == "if" || what == "skip" || what == "jump" || what == "call" ||
                    what == "ret" || what == "end" || insn.cls == InsnClass::indirect;
  insn.conditional = what == "if" || what == "skip";
  if (what == "if")
    insn.offset_bytes = (static_cast<int16_t>(static_cast<uint16_t>(word << 6)) >> 9) * 2 + 2;
  if (what == "skip") insn.skipped_bytes = 2;
}

Insn decode_one(std::span<const std::byte> code, uint32_t address, std::string_view isa) {
  const uint16_t word = word_at(code);
  Insn insn{.address = address, .size = static_cast<uint8_t>(is_long(word) ? 4 : 2)};
  if (code.size() < insn.size) {
    insn.size = static_cast<uint8_t>(code.size());
    return insn;
  }
  const Form* form = find_form(word);
  if (form == nullptr) return insn;
  insn.cls = form->cls;
  insn.kind = form->kind;
  insn.access_bytes = 1;
  if (insn.cls == InsnClass::load) insn.loads = 1;
  if (insn.cls == InsnClass::store) insn.stores = 1;
  insn.reads_code = form->operand.find("code") != std::string_view::npos;
  if (insn.cls == InsnClass::mul) insn.macs = 1;
  if (form->operand == "sp") insn.writes = kSp;
  stack(*form, isa, insn);
  control_flow(*form, word, insn);
  return insn;
}

std::vector<Insn> decode_avr(std::span<const std::byte> code, uint32_t address,
                             std::string_view isa) {
  std::vector<Insn> insns;
  insns.reserve(code.size() / 2);
  while (!code.empty()) {
    insns.push_back(decode_one(code, address, isa));
    address += insns.back().size;
    code = code.subspan(insns.back().size);
  }
  return insns;
}

uint8_t avr_bytes(const std::byte* code) { return is_long(word_at(std::span(code, 2))) ? 4 : 2; }

std::string avr_mnemonic(std::span<const std::byte> code, uint32_t, std::string_view) {
  if (code.size() < 2) return ".byte";
  const uint16_t word = word_at(code);
  const Form* form = find_form(word);
  return form ? std::string(form->name) : fmt::format(".word 0x{:04x}", word);
}

constexpr std::string_view kIsas[] = {"avr5", "avr6"};

/// By architecture, not by part: for a part GCC would tell the linker where RAM begins.
std::vector<std::string> machine_flags(const Target& target) { return {"-mmcu=" + target.isa}; }

}  // namespace

AvrAccess avr_access(std::span<const std::byte> code) {
  using Kind = AvrAccess::Kind;
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"k", Kind::direct},
      {"code", Kind::code},
      {"code+", Kind::code},
      {"ecode", Kind::extended_code},
      {"ecode+", Kind::extended_code},
      {"push", Kind::push},
      {"pop", Kind::pop},
      {"call", Kind::call},
      {"ret", Kind::ret},
      {"sp", Kind::sets_sp},
  };
  AvrAccess access;
  const uint16_t word = word_at(code);
  const Form* form = find_form(word);
  if (form == nullptr || form->operand.empty()) return access;
  access.is_store = form->cls == InsnClass::store || form->cls == InsnClass::call;
  const auto known =
      std::ranges::find(kKinds, form->operand, &std::pair<std::string_view, Kind>::first);
  if (known != std::end(kKinds)) {
    access.kind = known->second;
    if (access.kind == Kind::direct) access.offset = word_at(code, 2);
    return access;
  }
  const size_t at = form->operand.find_first_of("XYZ");
  if (at == std::string_view::npos) return access;
  access.kind = Kind::pointer;
  access.low_register = static_cast<uint8_t>(26 + 2 * (form->operand[at] - 'X'));
  if (form->operand.ends_with("+q")) access.offset = displacement(word);
  if (form->operand.starts_with("-")) access.offset = -1;
  return access;
}

const IsaFamily avr_family = {
    .name = "avr",
    .isas = kIsas,
    .elf_machine = 83,
    .untyped_functions = true,
    .stack_pointer = kSpBit,
    .program_memory_apart = true,
    .stack_reserve_bytes = 256,
    .largest_object_bytes = 32'767,
    .largest_constants_bytes = 63 << 10,  // of 64 KB, start-up and initialisers stand there too
    .c_standard = "gnu99",                // ISO C has no __flash
    .gcc = "avr-gcc",
    .packages = "gcc-avr avr-libc",
    .entry = "firmware_entry",
    .link_symbols = "",
    .makes_code_for = [](std::string_view machine) { return machine == "avr"; },
    .machine_flags = machine_flags,
    .library_flags = [](bool) { return std::vector<std::string>{}; },
    .decode = decode_avr,
    .instruction_bytes = avr_bytes,
    .mnemonic = avr_mnemonic,
};

}  // namespace assay
