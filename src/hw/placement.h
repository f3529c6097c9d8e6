// Where the user wants code, weights and arena to stand: --place.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "hw/target.h"

namespace assay {

/// Names of regions; "" where nothing was asked: code and weights in the first flash, the arena in
/// the first RAM that holds it.
struct RegionChoice {
  std::string code, weights, arena;

  /// Whether start-up must copy something out of flash.
  bool moves() const { return !code.empty() || !weights.empty(); }
  bool asks() const { return moves() || !arena.empty(); }
};

/// Reads "code=ram", "weights=tcm", "arena=AXI_SRAM": flash, ram, tcm, qspi or a region's name in
/// any case. Errors: usage (a wrong word, with suggestions; code where the core cannot fetch).
Result<RegionChoice> placement_on(const Target& target, std::span<const std::string> wishes);

/// "code=ITCM weights=DTCM"; "" if nothing was asked.
std::string text(const RegionChoice& placement);

}  // namespace assay
