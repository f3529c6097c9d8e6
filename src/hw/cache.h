// Which lines a cache holds: sets, ways, least recently used first out; lines filled in parts.
// Knows no time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "hw/memory.h"

namespace assay {

class Cache {
 public:
  explicit Cache(const CacheSpec& spec);

  /// The address of the part of a line (CacheSpec::fill_bytes) that holds `address`.
  uint32_t part_of(uint32_t address) const { return address & ~(fill_bytes_ - 1); }
  uint32_t fill_bytes() const { return fill_bytes_; }
  uint32_t line_bytes() const { return line_bytes_; }

  /// Whether it holds the part of the line with that address. If so, the line is the latest used.
  bool holds(uint32_t address) {
    const uint32_t tag = address >> line_shift_;
    Line& line = lines_[hints_[tag % kHints]];
    if (line.tag != tag) return search(address);
    line.used = ++clock_;
    return (line.parts >> part(address) & 1) != 0;
  }

  /// Takes in the part of the line with that address, which holds() has just said is not there, in
  /// the place of the line used longest ago. Returns whether a line that was written to had to go.
  bool insert(uint32_t address);

  /// The line with that address, which it holds, has been written to.
  void write(uint32_t address) { lines_[last_slot(address)].dirty = 1; }

  /// Parts of a line that it was seen to hold, and where.
  struct Seen {
    uint32_t slot = 0, tag = 0, parts = 0;
  };
  /// The part of the line with that address; does not count as use.
  std::optional<Seen> find(uint32_t address) const;
  bool still_holds(const Seen& seen) const {
    const Line& line = lines_[seen.slot];
    return line.tag == seen.tag && (line.parts & seen.parts) == seen.parts;
  }
  /// While this is the same, it holds what it held.
  uint64_t changes() const { return changes_; }
  /// The line there, which it still holds, is the latest used.
  void use(uint32_t slot) { lines_[slot].used = ++clock_; }
  /// Where the line with that address is, which it holds and has just been asked for.
  uint32_t last_slot(uint32_t address) const { return hints_[(address >> line_shift_) % kHints]; }

  void clear();

 private:
  static constexpr uint32_t kHints = 256;
  static constexpr uint32_t kNoTag = 0xffffffff;  // no line: lines have at least two bytes

  struct Line {
    uint32_t tag = kNoTag;
    uint8_t parts = 0;  ///< a bit each: what has been filled
    uint8_t dirty = 0;
    uint64_t used = 0;
  };

  bool search(uint32_t address);
  int slot_of(uint32_t tag) const;
  uint32_t part(uint32_t address) const { return (address & (line_bytes_ - 1)) >> fill_shift_; }
  uint32_t set(uint32_t tag) const { return tag & (sets_ - 1); }  // a power of two of them

  uint32_t line_bytes_, fill_bytes_, line_shift_, fill_shift_, sets_, ways_;
  uint64_t clock_ = 0, changes_ = 0;
  std::array<uint32_t, kHints> hints_{};  ///< where a tag was last seen
  std::vector<Line> lines_;               ///< by set, then way
};

}  // namespace assay
