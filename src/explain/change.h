// A change that one could make to how a model is deployed: "weights=ram clock=80MHz".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "explain/resized.h"
#include "hw/target.h"
#include "measure/elf.h"
#include "ops/kernel_call.h"
#include "util/result.h"

namespace assay {

/// "caches", "icache" or "dcache": off, as it is, or of another size.
struct CacheChange {
  std::string which;
  bool on = true;
  int64_t bytes = 0;  ///< 0: as the part has it
};

struct Change {
  std::vector<std::string> place;   ///< wishes of --place: "weights=ram"
  std::optional<int64_t> clock_hz;  ///< wait states follow
  std::vector<CacheChange> caches;  ///< caches, accelerators and prefetch buffers
  std::optional<Optimize> optimize;
  std::vector<std::string> flags;  ///< of the compiler, after ours
  std::string target;              ///< another part
  bool int8 = false;               ///< its int8 twin (twin.h) instead of a float model
  Resize resize;                   ///< another model: input resolution, layers' channels

  /// Whether another image is needed to know what it brings; else the one there is runs as if.
  bool needs_build() const;
  /// Whether another model stands in for the one that was given, with made-up weights.
  bool is_twin() const { return int8 || resize.any(); }
};

/// Words "key=value": weights, code, arena (as --place takes them), clock=80MHz, caches=off,
/// icache=off, dcache=32KiB (caches of both: caches=32KiB), optimize=speed, flag=-O3, target=NAME,
/// type=int8, resolution=64, channels=4, width=0.5. Error: usage, with what there is.
Result<Change> parse_change(std::string_view text);
std::string text(const Change& change);

/// The target with that clock and caches. Its file_text differs with it, as that keys the caches.
/// Errors: usage (a faster clock than the file's, for which it has no source), unsupported (waits
/// at that clock are not known).
Result<Target> changed(const Target& target, const Change& change);

/// The target on which an image as it is takes the time that it would take with code or weights
/// placed elsewhere: the addresses where they stand now answer like the memory they would stand in.
/// What both then share (a bus) is not seen. Errors: usage (no such memory), unsupported.
Result<Target> as_if_placed(const Target& target, const ElfFile& elf, const Change& change);

}  // namespace assay
