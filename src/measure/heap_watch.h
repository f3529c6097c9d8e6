// How much heap firmware takes: what newlib's and picolibc's _sbrk or sbrk handed out.
#pragma once

#include <cstdint>
#include <optional>

#include "measure/elf.h"

namespace assay {

/// The most that sbrk had handed out at a time.
struct HeapUse {
  enum Kind { none, followed, unknown } kind = none;  ///< none: the image has no allocator
  int64_t bytes = 0;
};

/// What the symbols alone tell: none, or unknown until somebody follows sbrk.
HeapUse heap_of(const ElfFile& elf);

class HeapWatch {
 public:
  explicit HeapWatch(const ElfFile& elf);
  bool watches(uint32_t address) const { return address == entry_ || address == back_; }
  /// Control is at a watched address, with the first argument or result in `value`.
  void reach(uint32_t address, uint32_t value, uint32_t return_address);
  HeapUse use() const;

 private:
  static constexpr uint32_t kNowhere = 0xffffffff;
  HeapUse known_;
  uint32_t entry_ = kNowhere, back_ = kNowhere;
  int64_t asked_ = 0, held_ = 0, most_ = 0;
};

}  // namespace assay
