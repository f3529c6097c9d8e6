// The families by the instruction sets that they know, and decoding through them.
#include "hw/isa_family.h"

#include <algorithm>

namespace assay {
namespace {

constexpr const IsaFamily* kFamilies[] = {
#define ASSAY_ISA_FAMILY(id) &id##_family,
#include "hw/isa_families.def"
#undef ASSAY_ISA_FAMILY
};

}  // namespace

std::span<const IsaFamily* const> isa_families() { return kFamilies; }

const IsaFamily& isa_family(std::string_view isa) {
  for (const IsaFamily* family : kFamilies)
    if (std::ranges::find(family->isas, isa) != family->isas.end()) return *family;
  return *kFamilies[0];
}

std::vector<std::string> all_isas() {
  std::vector<std::string> isas;
  for (const IsaFamily* family : kFamilies)
    isas.insert(isas.end(), family->isas.begin(), family->isas.end());
  return isas;
}

std::vector<Insn> decode(std::span<const std::byte> code, uint32_t address, std::string_view isa) {
  return isa_family(isa).decode(code, address, isa);
}

uint8_t instruction_bytes(const std::byte* code, std::string_view isa) {
  return isa_family(isa).instruction_bytes(code);
}

std::string mnemonic(std::span<const std::byte> code, uint32_t address, std::string_view isa) {
  return isa_family(isa).mnemonic(code, address, isa);
}

}  // namespace assay
