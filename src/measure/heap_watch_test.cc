// The heap by calls of sbrk.
#include "measure/heap_watch.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

ElfFile with(const char* function) {
  ElfFile elf;
  elf.symbols = {{"main", 0x100, 16, true}, {function, 0x200, 16, true}};
  return elf;
}

TEST(HeapWatch, HoldsTheMostThatSbrkHadHandedOut) {
  HeapWatch heap(with("_sbrk"));
  const auto call = [&heap](uint32_t increment, uint32_t result) {
    EXPECT_TRUE(heap.watches(0x200));
    EXPECT_FALSE(heap.watches(0x110));
    heap.reach(0x200, increment, 0x110);
    EXPECT_TRUE(heap.watches(0x110));
    heap.reach(0x110, result, 0);
  };
  call(64, 0x20000000);
  call(1000, 0xffffffff);  // refused
  call(32, 0x20000040);
  call(static_cast<uint32_t>(-96), 0x20000060);
  call(16, 0x20000000);
  EXPECT_EQ(heap.use().kind, HeapUse::followed);
  EXPECT_EQ(heap.use().bytes, 96);
}

TEST(HeapWatch, SymbolsAloneTellWhetherThereIsOne) {
  EXPECT_EQ(HeapWatch(with("memcpy")).use().kind, HeapUse::none);
  EXPECT_EQ(HeapWatch(with("malloc")).use().kind, HeapUse::unknown);
  EXPECT_EQ(HeapWatch(ElfFile()).use().kind, HeapUse::unknown) << "stripped";
  EXPECT_EQ(heap_of(with("_sbrk")).kind, HeapUse::unknown) << "nobody followed it";
}

}  // namespace
}  // namespace assay
