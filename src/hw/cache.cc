// Look-up and replacement. A hint by the low bits of the tag finds a line that was used lately
// without a search, however many ways there are; only misses and the first use after another line
// of the same hint search the set.
//
// Not handled: other replacement than least recently used. The Cortex-M7's is pseudo-random, ST's
// ICACHE keeps a tree of two ways, which is the same as least recently used.
#include "hw/cache.h"

#include <algorithm>

namespace assay {

Cache::Cache(const CacheSpec& spec)
    : line_bytes_(static_cast<uint32_t>(spec.line_bytes)),
      fill_bytes_(static_cast<uint32_t>(spec.fill_bytes)),
      line_shift_(static_cast<uint32_t>(std::countr_zero(line_bytes_))),
      fill_shift_(static_cast<uint32_t>(std::countr_zero(fill_bytes_))),
      sets_(static_cast<uint32_t>(spec.lines / spec.ways)),
      ways_(static_cast<uint32_t>(spec.ways)) {
  lines_.resize(static_cast<size_t>(spec.lines));
}

void Cache::clear() {
  std::ranges::fill(lines_, Line{});
  ++changes_;
}

/// -1: it is not there.
int Cache::slot_of(uint32_t tag) const {
  const uint32_t first = set(tag) * ways_;
  for (uint32_t slot = first; slot < first + ways_; ++slot)
    if (lines_[slot].tag == tag) return static_cast<int>(slot);
  return -1;
}

bool Cache::search(uint32_t address) {
  const uint32_t tag = address >> line_shift_;
  const int slot = slot_of(tag);
  if (slot < 0) return false;
  hints_[tag % kHints] = static_cast<uint32_t>(slot);
  return holds(address);
}

std::optional<Cache::Seen> Cache::find(uint32_t address) const {
  const uint32_t tag = address >> line_shift_, bit = 1u << part(address);
  const int slot = slot_of(tag);
  if (slot < 0 || (lines_[static_cast<size_t>(slot)].parts & bit) == 0) return std::nullopt;
  return Seen{static_cast<uint32_t>(slot), tag, bit};
}

bool Cache::insert(uint32_t address) {
  const uint32_t tag = address >> line_shift_;
  uint32_t& hint = hints_[tag % kHints];
  bool wrote_back = false;
  if (lines_[hint].tag != tag) {  // holds() would have found the line
    const auto first = lines_.begin() + set(tag) * ways_;
    const auto oldest = std::ranges::min_element(first, first + ways_, {}, &Line::used);
    wrote_back = oldest->dirty != 0;
    *oldest = {.tag = tag, .parts = 0, .dirty = 0, .used = 0};
    hint = static_cast<uint32_t>(oldest - lines_.begin());
  }
  Line& line = lines_[hint];
  line.parts |= static_cast<uint8_t>(1u << part(address));
  line.used = ++clock_;
  ++changes_;
  return wrote_back;
}

}  // namespace assay
