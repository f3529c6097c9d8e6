// The host's side of semihosting: one input file, output by inference, a console, an exit code.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assay {

/// Reads or writes the emulated memory; false if part of it is not there.
struct GuestMemory {
  std::function<bool(uint32_t address, std::span<std::byte> to)> read;
  std::function<bool(uint32_t address, std::span<const std::byte> from)> write;
};

struct SemihostingHost {
  std::vector<std::byte> input;  ///< what the firmware reads as "input.bin"
  size_t input_at = 0;
  std::vector<std::vector<std::byte>> outputs;  ///< "output.bin", cut where inferences end
  size_t inferences = 0;                        ///< that have ended: where output goes
  std::string console;
  std::optional<int> exit_code;
  std::vector<std::string> notes;  ///< operations that are not answered, each once, up to 20
};

/// Answers operation r0 with argument block r1; returns the new r0.
uint32_t semihosting_call(SemihostingHost& host, const GuestMemory& memory, uint32_t r0,
                          uint32_t r1);

}  // namespace assay
