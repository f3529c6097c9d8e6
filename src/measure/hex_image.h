// Intel HEX and Motorola S-record files: addresses and bytes. Hostile until checked.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

/// Bytes that stand together.
struct HexPiece {
  uint32_t address = 0;
  std::vector<std::byte> bytes;
};

/// By address, none overlapping, each as long as it can be. Errors: input, naming the line.
Result<std::vector<HexPiece>> read_intel_hex(std::string_view text);
Result<std::vector<HexPiece>> read_s_records(std::string_view text);

}  // namespace assay
