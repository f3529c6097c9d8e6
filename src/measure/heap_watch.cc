// Heap from calls of sbrk: each asks for a number of bytes, and returns -1 if it gets none.
//
// Not handled: an allocator that takes its memory elsewhere (an RTOS's pools), of which only
// malloc's name tells; then the heap is not known. Source: newlib's manual, 'Required OS
// Subroutines' (sbrk).
#include "measure/heap_watch.h"

#include <algorithm>

namespace assay {
namespace {

constexpr const char* kSbrk[] = {"_sbrk", "sbrk"};
constexpr const char* kAllocators[] = {"malloc", "_malloc_r", "pvPortMalloc", "k_malloc"};

}  // namespace

HeapUse heap_of(const ElfFile& elf) {
  const auto has = [&elf](const char* name) { return elf.find_function(name) != nullptr; };
  const bool any = std::ranges::any_of(kSbrk, has) || std::ranges::any_of(kAllocators, has);
  return {any || elf.symbols.empty() ? HeapUse::unknown : HeapUse::none, 0};
}

HeapWatch::HeapWatch(const ElfFile& elf) : known_(heap_of(elf)) {
  for (const char* name : kSbrk)
    if (const ElfSymbol* symbol = elf.find_function(name); symbol && entry_ == kNowhere)
      entry_ = symbol->address;
}

void HeapWatch::reach(uint32_t address, uint32_t value, uint32_t return_address) {
  constexpr uint32_t kFailed = 0xffffffff;
  if (address == entry_) {
    asked_ = static_cast<int32_t>(value);
    back_ = return_address;
    return;
  }
  back_ = kNowhere;
  if (value != kFailed) held_ += asked_;
  most_ = std::max(most_, held_);
}

HeapUse HeapWatch::use() const {
  if (entry_ == kNowhere) return known_;
  return {HeapUse::followed, most_};
}

}  // namespace assay
