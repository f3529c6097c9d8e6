// Arm's M profile: Thumb code, GCC for arm-none-eabi, newlib. Source of the flags: GCC 12 manual,
// "ARM Options"; of the machine number: ELF for the Arm Architecture (IHI 0044).
#include <algorithm>

#include "hw/isa_family.h"
#include "hw/target.h"
#include "hw/thumb.h"

namespace assay {
namespace {

constexpr std::string_view kIsas[] = {"thumbv6m", "thumbv7m", "thumbv7em", "thumbv8m.main",
                                      "thumbv8.1m.main"};

bool is_helium_core(std::string_view core) {
  return core == "cortex_m52" || core == "cortex_m55" || core == "cortex_m85";
}

std::vector<std::string> machine_flags(const Target& target) {
  std::string cpu =
      target.core;  // "cortex_m0plus" -> "cortex-m0plus": GCC's names but for the dash
  std::ranges::replace(cpu, '_', '-');
  if (target.core == "cortex_m33" && !target.dsp) cpu += "+nodsp";
  // GCC's default for the core is all of it: integer and float MVE, half to double precision.
  const bool helium = is_helium_core(target.core);
  if (helium && !target.mve) cpu += "+nomve";
  if (helium && target.fpu == "none") cpu += "+nofp";
  std::vector<std::string> flags = {"-mcpu=" + cpu, "-mthumb"};
  if (target.fpu == "none") {
    flags.push_back("-mfloat-abi=soft");
    return flags;
  }
  flags.push_back("-mfloat-abi=hard");
  if (target.core == "cortex_m4")
    flags.push_back("-mfpu=fpv4-sp-d16");
  else if (helium)
    flags.push_back("-mfpu=auto");  // any other would switch the float vectors off
  else
    flags.push_back(target.fpu == "dp" ? "-mfpu=fpv5-d16" : "-mfpu=fpv5-sp-d16");
  return flags;
}

/// newlib-nano's memcpy goes byte by byte: small, but slow where speed was asked for.
std::vector<std::string> library_flags(bool small) {
  return small ? std::vector<std::string>{"--specs=nano.specs"} : std::vector<std::string>{};
}

}  // namespace

const IsaFamily arm_family = {
    .name = "arm",
    .isas = kIsas,
    .elf_machine = 40,
    .odd_function_addresses = true,
    .stack_pointer = 13,
    .gcc = "arm-none-eabi-gcc",
    .packages = "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    .entry = "firmware_reset",
    .link_symbols = "__aeabi_unwind_cpp_pr0 = 0;\n",
    .makes_code_for =
        [](std::string_view machine) {
          return machine.starts_with("arm-") && machine.ends_with("eabi");
        },
    .machine_flags = machine_flags,
    .library_flags = library_flags,
    .decode = decode_thumb,
    .instruction_bytes = thumb_bytes,
    .mnemonic = thumb_mnemonic,
};

}  // namespace assay
