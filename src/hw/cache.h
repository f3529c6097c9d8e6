// Which lines a cache holds: sets, ways, least recently used first out; lines filled in parts.
// Knows no time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
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
    const uint32_t slot = hints_[tag % kHints];
    if (tags_[slot] != tag) return search(address);
    used_[slot] = ++clock_;
    return (parts_[slot] >> part(address) & 1) != 0;
  }

  /// Takes in the part of the line with that address, in the place of the line used longest ago.
  /// Returns whether a line that was written to had to go.
  bool insert(uint32_t address);

  /// The line with that address, which it holds, has been written to.
  void write(uint32_t address) { dirty_[hints_[(address >> line_shift_) % kHints]] = 1; }

  void clear();

 private:
  static constexpr uint32_t kHints = 256;
  static constexpr uint32_t kNoTag = 0xffffffff;  // no line: lines have at least two bytes

  bool search(uint32_t address);
  int find(uint32_t tag) const;
  uint32_t part(uint32_t address) const { return (address & (line_bytes_ - 1)) >> fill_shift_; }
  uint32_t set(uint32_t tag) const { return tag & (sets_ - 1); }  // a power of two of them

  uint32_t line_bytes_, fill_bytes_, line_shift_, fill_shift_, sets_, ways_;
  uint64_t clock_ = 0;
  std::array<uint32_t, kHints> hints_{};  ///< where a tag was last seen
  std::vector<uint32_t> tags_;            ///< by set, then way
  std::vector<uint64_t> used_;
  std::vector<uint8_t> parts_, dirty_;
};

}  // namespace assay
