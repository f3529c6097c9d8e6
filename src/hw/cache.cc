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
  const auto lines = static_cast<size_t>(spec.lines);
  tags_.resize(lines);
  used_.resize(lines);
  parts_.resize(lines);
  dirty_.resize(lines);
  clear();
}

void Cache::clear() {
  std::ranges::fill(tags_, kNoTag);
  std::ranges::fill(used_, 0);
  std::ranges::fill(parts_, 0);
  std::ranges::fill(dirty_, 0);
  clock_ = 0;
}

int Cache::find(uint32_t tag) const {
  const uint32_t first = set(tag) * ways_;
  for (uint32_t slot = first; slot < first + ways_; ++slot)
    if (tags_[slot] == tag) return static_cast<int>(slot);
  return -1;
}

bool Cache::search(uint32_t address) {
  const uint32_t tag = address >> line_shift_;
  const int slot = find(tag);
  if (slot < 0) return false;
  hints_[tag % kHints] = static_cast<uint32_t>(slot);
  return holds(address);
}

bool Cache::insert(uint32_t address) {
  const uint32_t tag = address >> line_shift_;
  const uint8_t part_bit = static_cast<uint8_t>(1u << part(address));
  bool wrote_back = false;
  int slot = find(tag);
  if (slot < 0) {
    const auto first = used_.begin() + set(tag) * ways_;
    slot = static_cast<int>(std::min_element(first, first + ways_) - used_.begin());
    const auto at = static_cast<size_t>(slot);
    wrote_back = dirty_[at] != 0;
    tags_[at] = tag;
    parts_[at] = dirty_[at] = 0;
  }
  const auto at = static_cast<size_t>(slot);
  parts_[at] |= part_bit;
  used_[at] = ++clock_;
  hints_[tag % kHints] = static_cast<uint32_t>(slot);
  return wrote_back;
}

}  // namespace assay
