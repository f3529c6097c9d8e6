#include "measure/semihosting.h"

#include <gtest/gtest.h>

#include <cstring>

namespace assay {
namespace {

/// 256 bytes of guest memory at address 0.
struct Guest {
  std::vector<std::byte> bytes = std::vector<std::byte>(256);
  GuestMemory memory{[this](uint32_t address, std::span<std::byte> to) {
                       if (address > bytes.size() || to.size() > bytes.size() - address)
                         return false;
                       std::memcpy(to.data(), bytes.data() + address, to.size());
                       return true;
                     },
                     [this](uint32_t address, std::span<const std::byte> from) {
                       if (address > bytes.size() || from.size() > bytes.size() - address)
                         return false;
                       std::memcpy(bytes.data() + address, from.data(), from.size());
                       return true;
                     }};

  uint32_t call(SemihostingHost& host, uint32_t operation, uint32_t a, uint32_t b = 0,
                uint32_t c = 0) {
    const uint32_t block[3] = {a, b, c};
    std::memcpy(bytes.data() + 200, block, sizeof block);
    return semihosting_call(host, memory, operation, 200);
  }
  void put(uint32_t address, const char* text) {
    std::memcpy(bytes.data() + address, text, std::strlen(text) + 1);
  }
};

constexpr uint32_t kOpen = 1, kWrite = 5, kRead = 6, kExitExtended = 0x20;

TEST(Semihosting, ReadsInputToItsEnd) {
  Guest guest;
  SemihostingHost host;
  host.input = {std::byte{7}, std::byte{8}, std::byte{9}};
  guest.put(0, "input.bin");
  const uint32_t file = guest.call(host, kOpen, 0, 1, 9);
  EXPECT_EQ(guest.call(host, kRead, file, 100, 2), 0u);
  EXPECT_EQ(guest.bytes[101], std::byte{8});
  EXPECT_EQ(guest.call(host, kRead, file, 100, 2), 1u) << "one byte of two is missing";
  EXPECT_EQ(guest.call(host, kRead, file, 100, 2), 2u) << "the end";
}

TEST(Semihosting, CutsOutputWhereInferencesEnd) {
  Guest guest;
  SemihostingHost host;
  guest.put(0, "output.bin");
  const uint32_t file = guest.call(host, kOpen, 0, 5, 10);
  EXPECT_EQ(guest.call(host, kWrite, file, 0, 4), 4u) << "before any inference";
  host.inferences = 1;
  EXPECT_EQ(guest.call(host, kWrite, file, 0, 4), 0u);
  host.inferences = 2;
  EXPECT_EQ(guest.call(host, kWrite, file, 4, 2), 0u);
  ASSERT_EQ(host.outputs.size(), 2u);
  EXPECT_EQ(host.outputs[0].size(), 4u);
  EXPECT_EQ(host.outputs[1][0], std::byte{'u'});
}

TEST(Semihosting, RefusesWhatIsNotThere) {
  Guest guest;
  SemihostingHost host;
  guest.put(0, "/etc/passwd");
  EXPECT_EQ(guest.call(host, kOpen, 0, 1, 11), 0xffffffffu);
  EXPECT_EQ(host.notes.at(0), "the firmware asked for the file '/etc/passwd'");
  EXPECT_EQ(guest.call(host, kWrite, 3, 250, 100), 100u) << "beyond the guest's memory";
  EXPECT_EQ(guest.call(host, kWrite, 3, 0, 0xfffffff0), 0xfffffff0u);
  EXPECT_EQ(guest.call(host, 0x99, 0), 0xffffffffu);
  EXPECT_EQ(host.notes.at(1), "semihosting operation 0x99 is not answered");
}

TEST(Semihosting, Exits) {
  Guest guest;
  SemihostingHost host;
  EXPECT_FALSE(host.exit_code);
  guest.call(host, kExitExtended, 0x20026, 42);
  EXPECT_EQ(host.exit_code, 42);
}

TEST(Semihosting, NotesWhatItDoesNotAnswerOnceAndNotForEver) {
  SemihostingHost host;
  const GuestMemory memory;
  for (int i = 0; i < 100; ++i) semihosting_call(host, memory, 0x77, 0);
  EXPECT_EQ(host.notes.size(), 1u);
  for (uint32_t operation = 0x100; operation < 0x200; ++operation)
    semihosting_call(host, memory, operation, 0);
  EXPECT_EQ(host.notes.size(), 20u);
}

}  // namespace
}  // namespace assay
