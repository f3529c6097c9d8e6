// What reads answer: bits that follow others, held words, polls that are ended, bytes that arrive.
#include "measure/peripherals.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

PeripheralMap part() {
  PeripheralMap map;
  map.registers = {{"CR", 0x40000000, 1, 0x8000, {{1, 0, 1, 0x40000000}}}};
  map.uart_layout = {0, 0x1c, 0x24, 0x28, 0xc0, 0x20, 0x20, 0x80};
  map.uarts = {{"UART", 0x40001000, 5}};
  return map;
}

TEST(PeripheralReads, FollowTheBitsTheyReport) {
  const PeripheralMap map = part();
  Peripherals part(map);
  EXPECT_EQ(part.read(0x40000000, 4, 0, 0), 0x8003u);
  part.write(0x40000000, 4, 0, 0, 0);
  EXPECT_EQ(part.read(0x40000000, 4, 0, 0), 0x8000u);
  EXPECT_TRUE(part.touched().empty());
}

TEST(PeripheralReads, GiveBackWhatWasWrittenAndListIt) {
  const PeripheralMap map = part();
  Peripherals part(map);
  part.write(0x40002002, 1, 0x7f, 0, 0x08000100);
  EXPECT_EQ(part.read(0x40002000, 4, 0, 0x08000200), 0x7f0000u);
  ASSERT_EQ(part.touched().size(), 1u);
  EXPECT_EQ(part.touched()[0].first_pc, 0x08000100u);
}

TEST(PeripheralReads, FlipWhenPolledForever) {
  const PeripheralMap map = part();
  Peripherals part(map);
  int reads = 0;
  while (part.read(0x40002000, 4, 0, 0) == 0 && reads < 10'000) ++reads;
  EXPECT_LT(reads, 10'000);
  EXPECT_TRUE(part.touched()[0].flipped);
}

TEST(PeripheralReads, StayWhereTheyAreHeld) {
  const PeripheralMap map = part();
  Peripherals part(map);
  part.hold(0x40003000, 0x1000);
  part.write(0x40003000, 4, 0, 0, 0);
  EXPECT_EQ(part.read(0x40003000, 4, 0, 0), 0x1000u);
  EXPECT_TRUE(part.touched().empty());
}

TEST(PeripheralReads, RaiseTheLineWhileAByteWaits) {
  const PeripheralMap map = part();
  Peripherals part(map);
  part.write(0x40001000, 4, 0x20, 0, 0);
  EXPECT_TRUE(part.lines(0).empty());
  part.receive("x");
  EXPECT_EQ(part.lines(0), std::vector<int>{5});
  EXPECT_EQ(part.read(0x4000101c, 4, 0, 0), 0xe0u);
  EXPECT_EQ(part.read(0x40001024, 4, 0, 0), uint32_t{'x'});
  EXPECT_TRUE(part.lines(0).empty());
}

}  // namespace
}  // namespace assay
