// Which exception is taken: enables, priorities, masks; and the clocks of the private bus.
#include "measure/nvic.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

constexpr uint32_t kEnable = 0xe000e100, kPriority = 0xe000e400, kIcsr = 0xe000ed04;

TEST(Nvic, DeliversTheMostUrgentThatIsEnabled) {
  Nvic nvic("cortex_m4", 4, 0);
  nvic.pend(16 + 3);
  EXPECT_EQ(nvic.deliverable({}), 0);
  nvic.write(kEnable, 4, 1u << 3 | 1u << 5, 0);
  EXPECT_EQ(nvic.deliverable({}), 19);
  nvic.write(kPriority + 3, 1, 0x80, 0);
  nvic.pend(16 + 5);
  EXPECT_EQ(nvic.deliverable({}), 21);
  EXPECT_EQ(nvic.deliverable({.primask = 1}), 0);
  nvic.write(kPriority + 5, 1, 0x40, 0);
  EXPECT_EQ(nvic.deliverable({.basepri = 0x40}), 0);
  EXPECT_EQ(nvic.deliverable({.basepri = 0x50}), 21);
}

TEST(Nvic, PreemptsOnlyWhatIsLessUrgent) {
  Nvic nvic("cortex_m4", 4, 0);
  nvic.write(kEnable, 4, 3, 0);
  nvic.write(kPriority, 1, 0x40, 0);
  nvic.activate(16);
  nvic.write(kPriority + 1, 1, 0x40, 0);
  nvic.pend(17);
  EXPECT_EQ(nvic.deliverable({}), 0);
  nvic.write(kPriority + 1, 1, 0x30, 0);
  EXPECT_EQ(nvic.deliverable({}), 17);
}

TEST(Nvic, KeepsOnlyThePriorityBitsOfThePart) {
  Nvic nvic("cortex_m0plus", 2, 0);
  nvic.write(kPriority, 1, 0xff, 0);
  EXPECT_EQ(nvic.read(kPriority, 1, 0), 0xc0u);
}

TEST(Nvic, LeavesALineThatStaysHighToTheEndOfItsHandler) {
  Nvic nvic("cortex_m4", 4, 0);
  nvic.write(kEnable, 4, 1, 0);
  nvic.raise(16);
  nvic.activate(16);
  nvic.raise(16);
  EXPECT_FALSE(nvic.any_pending());
  nvic.deactivate(16);
  nvic.raise(16);
  EXPECT_TRUE(nvic.any_pending());
}

TEST(Nvic, CountsSystickAndCyclesByTheClock) {
  Nvic nvic("cortex_m4", 4, 0);
  nvic.write(0xe000e014, 4, 999, 0);
  nvic.write(0xe000e010, 4, 7, 100);
  EXPECT_EQ(nvic.next_event(), 1100);
  EXPECT_EQ(nvic.read(0xe000e018, 4, 200), 900u);
  nvic.advance(1100);
  EXPECT_EQ(nvic.deliverable({}), kSystick);
  EXPECT_EQ(nvic.next_event(), 2100);
  nvic.write(0xe0001004, 4, 0, 1000);
  EXPECT_EQ(nvic.read(0xe0001004, 4, 1250), 250u);
  nvic.write(kIcsr, 4, 1u << 28, 0);
  EXPECT_EQ(nvic.read(kIcsr, 4, 0) >> 28 & 1, 1u);
}

TEST(Nvic, KeepsTheValueOfSystickWhileItIsOff) {
  Nvic nvic("cortex_m4", 4, 0);
  nvic.write(0xe000e014, 4, 999, 0);
  nvic.write(0xe000e010, 4, 5, 0);
  nvic.write(0xe000e010, 4, 4, 300);
  EXPECT_EQ(nvic.read(0xe000e018, 4, 5000), 700u);
  nvic.write(0xe000e010, 4, 5, 6000);
  EXPECT_EQ(nvic.read(0xe000e018, 4, 6100), 600u);
  nvic.write(0xe000e010, 4, 4, 6100);
  nvic.write(0xe000e018, 4, 1, 6100);
  EXPECT_EQ(nvic.read(0xe000e018, 4, 6200), 0u);
}

TEST(Nvic, StartsSystickWhenItsReloadComesLast) {
  Nvic nvic("cortex_m4", 4, 0);
  nvic.write(0xe000e010, 4, 7, 100);
  nvic.write(0xe000e014, 4, 999, 5000);
  EXPECT_EQ(nvic.next_event(), 6000);
  EXPECT_EQ(nvic.next_interrupt(), 6000);
  nvic.write(0xe000e010, 4, 5, 5100);
  EXPECT_EQ(nvic.next_event(), 6000);
  EXPECT_GT(nvic.next_interrupt(), 1'000'000'000);
}

}  // namespace
}  // namespace assay
