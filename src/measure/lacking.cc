// Which encodings the smaller Arm cores leave undefined: Armv6-M has of the 32-bit ones only BL,
// MSR, MRS and the barriers, and no CBZ and IT; Armv7-M without the E has no DSP extension; and
// floating point is an option of the part. The emulator runs all of them on any core.
//
// Not handled: the optional DSP extension of Armv8-M, RISC-V. Sources: Armv6-M ARM (DDI 0419E)
// A5.2, A5.3; Armv7-M ARM (DDI 0403E) A5.3, whose "DSP extension" notes are followed.
#include "measure/lacking.h"

#include <fmt/format.h>

#include "hw/decode.h"
#include "hw/isa_family.h"

namespace assay {
namespace {

constexpr uint64_t kFpRegisters = 0xffffffff0000;

bool is_in_armv6m(uint32_t first, uint32_t second, bool is_long) {
  if (!is_long) {
    const bool compare_and_branch = (first & 0xf500) == 0xb100;
    const bool it = (first & 0xff00) == 0xbf00 && (first & 0xf) != 0;
    return !compare_and_branch && !it;
  }
  const bool bl = (first & 0xf800) == 0xf000 && (second & 0xd000) == 0xd000;
  const bool msr = (first & 0xffe0) == 0xf380, mrs = (first & 0xffe0) == 0xf3e0;
  const bool barrier = (first & 0xfff0) == 0xf3b0, udf = (first & 0xfff0) == 0xf7f0;
  return bl || msr || mrs || barrier || udf;
}

/// Of a 32-bit instruction.
bool is_dsp(uint32_t first, uint32_t second) {
  const uint32_t group = first & 0xfff0, kind = second >> 4 & 0xf;
  const bool adds = (first & 0xf) != 0xf;  // an extension that also adds
  if (group == 0xeac0) return true;        // PKHBT
  if (group == 0xf320 || group == 0xf3a0) return (second & 0x70c0) == 0;  // SSAT16, USAT16
  if (group >= 0xfa00 && group <= 0xfa50 && (second & 0xf080) == 0xf080)
    return adds || group == 0xfa20 || group == 0xfa30;
  if (group >= 0xfa80 && group <= 0xfaf0 && (second & 0xf000) == 0xf000)
    return (kind & 8) == 0 || group == 0xfa80 || group == 0xfaa0;
  if (group >= 0xfb10 && group <= 0xfb70) return true;
  if (group == 0xfbc0) return kind >= 8;
  return group == 0xfbd0 || (group == 0xfbe0 && kind == 6);
}

uint32_t halfword(std::span<const std::byte> code, size_t at) {
  if (at + 2 > code.size()) return 0;
  return std::to_integer<uint32_t>(code[at]) | std::to_integer<uint32_t>(code[at + 1]) << 8;
}

/// What the part has none of: "FPU"; "" if it has it.
std::string_view missing_unit(const Target& target, const Insn& insn) {
  if (insn.cls == InsnClass::fp_double) return target.fpu == "dp" ? "" : "double-precision FPU";
  const bool is_fp = ((insn.reads | insn.writes) & kFpRegisters) != 0;
  return is_fp && target.fpu != "sp" && target.fpu != "dp" ? "FPU" : "";
}

}  // namespace

std::string lacking(const Target& target, const CoreTiming& core, uint32_t address,
                    std::span<const std::byte> code) {
  if (isa_family(core.isa).name != "arm") return "";
  for (const Insn& insn : decode(code, address, "thumbv7em")) {
    const size_t at = insn.address - address;
    const uint32_t first = halfword(code, at), second = halfword(code, at + 2);
    const bool is_long = insn.size == 4;
    const auto name = [&] { return mnemonic(code.subspan(at), insn.address, "thumbv7em"); };
    if (const std::string_view unit = missing_unit(target, insn); !unit.empty())
      return fmt::format("UsageFault (NOCP): {} at 0x{:08x}, and {} has no {}", name(),
                         insn.address, target.part, unit);
    if ((core.isa == "thumbv6m" && !is_in_armv6m(first, second, is_long)) ||
        (core.isa == "thumbv7m" && is_long && is_dsp(first, second)))
      return fmt::format("undefined on {}: {} at 0x{:08x}", core.title, name(), insn.address);
  }
  return "";
}

}  // namespace assay
