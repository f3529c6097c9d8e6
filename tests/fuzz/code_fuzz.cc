// Any bytes as machine code of any core: never a crash, no byte lost, no negative time.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "hw/avr.h"
#include "hw/timer.h"

namespace {

void time_as(std::string_view core_name, std::span<const std::byte> code) {
  const auto core = assay::load_core(core_name);
  if (!core) __builtin_trap();
  const auto insns = assay::decode(code, 0x8000, core->isa);
  size_t bytes = 0;
  for (const assay::Insn& insn : insns) {
    if (insn.size == 0 || insn.address != 0x8000 + bytes) __builtin_trap();
    bytes += insn.size;
  }
  const assay::BlockCost cost = assay::time_block(*core, insns);
  if (bytes != code.size() || cost.once.cycles < 0 || cost.taken_cycles() < 0) __builtin_trap();
  if (cost.once.instructions != static_cast<int64_t>(insns.size())) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const std::string_view core : {"cortex_m0", "cortex_m4", "cortex_m33", "cortex_m7", "avr6"})
    time_as(core, std::as_bytes(std::span(data, size)));
  static_cast<void>(assay::avr_access(std::as_bytes(std::span(data, size))));
  return 0;
}
