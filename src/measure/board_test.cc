// Exact counts under interrupts, and sleep: images by hand, run whole.
#include "measure/board.h"

#include <gtest/gtest.h>

#include <cstring>

#include "measure/emulator.h"
#include "measure/profile.h"

namespace assay {
namespace {

constexpr uint32_t kFlash = 0x08000000, kHandlers = 16;
constexpr uint16_t kEnable = 1, kInterrupt = 2;  // of SysTick's control register

/// A vector table, reset code and SysTick's handler, of halfwords.
std::vector<std::byte> image(const std::vector<uint16_t>& reset, const std::vector<uint16_t>& tick,
                             uint32_t base = kFlash) {
  std::vector<uint32_t> vectors(kHandlers);
  const size_t tick_at = kHandlers * 4, reset_at = tick_at + (tick.size() * 2 + 3) / 4 * 4;
  vectors[0] = 0x20010000;
  vectors[1] = base + static_cast<uint32_t>(reset_at) + 1;
  vectors[15] = base + static_cast<uint32_t>(tick_at) + 1;
  std::vector<std::byte> bytes(reset_at + reset.size() * 2);
  std::memcpy(bytes.data(), vectors.data(), tick_at);
  std::memcpy(bytes.data() + tick_at, tick.data(), tick.size() * 2);
  std::memcpy(bytes.data() + reset_at, reset.data(), reset.size() * 2);
  return bytes;
}

Result<ProfileFacts> run(std::vector<std::byte> bytes, std::string_view script = "",
                         const std::string& board = "nucleo-l4r5zi") {
  const Target target = TRY(load_target(board));
  const CoreTiming core = TRY(load_core(target.core));
  const FirmwareImage image = TRY(read_image(std::move(bytes), target, std::nullopt));
  ProfileRequest request{.image = image, .target = target, .core = core};
  request.script = TRY(read_uart_script(script));
  request.max_instructions = 2'000'000;
  return unicorn_emulator.profile(request);
}

/// Sets SysTick up for a tick each 1 000 cycles and goes 50 000 times through nine instructions.
std::vector<uint16_t> nine_instructions(uint16_t control) {
  return {0x4908,
          0x4a09,
          0x604a,  // ldr r1, =0xe000e010; ldr r2, =999; str r2, [r1, #4]
          static_cast<uint16_t>(0x2200 | control),
          0x600a,
          0x4b08,  // ...; ldr r3, =50000
          0xbf00,
          0xbf00,
          0xbf00,
          0xbf00,
          0xbf00,
          0xbf00,
          0xbf00,
          0x3b01,
          0xd1f6,  // loop
          0x2018,
          0x4903,
          0xbeab,  // exit
          0xe010,
          0xe000,
          0x03e7,
          0x0000,
          0xc350,
          0x0000,
          0x0026,
          0x0002};
}

TEST(Board, CountsABlockThatAnInterruptComesBeforeOnce) {
  const std::vector<uint16_t> handler = {0x3401, 0x3401, 0x3401, 0x3401, 0x4770};
  const auto alone = run(image(nine_instructions(0), handler));
  const auto ticking = run(image(nine_instructions(kEnable | kInterrupt), handler));
  ASSERT_TRUE(alone && ticking);
  ASSERT_EQ(alone->end, ProfileEnd::finished) << alone->ended;
  ASSERT_EQ(ticking->end, ProfileEnd::finished) << ticking->ended;
  EXPECT_EQ(alone->instructions, 6 + 50'000 * 9 + 3);
  ASSERT_EQ(ticking->exceptions.size(), 1u);
  const int64_t ticks = ticking->exceptions[0].second;
  EXPECT_GT(ticks, 400);
  EXPECT_EQ(ticking->instructions, alone->instructions + 5 * ticks);
  const Counts& with = ticking->regions.back().total;
  const Counts& without = alone->regions.back().total;
  EXPECT_EQ(with.branches_taken, without.branches_taken + ticks);  // the handler's returns
  EXPECT_EQ(with.branches_not_taken, without.branches_not_taken);
}

/// Sets SysTick up and sleeps until the handler has counted three ticks in r4.
std::vector<uint16_t> three_sleeps(uint16_t control) {
  return {0x4905, 0x4a06, 0x604a, static_cast<uint16_t>(0x2200 | control),
          0x600a, 0xbf30, 0x2c03, 0xd1fc,  // loop: wfi; cmp r4, #3; bne loop
          0x2018, 0x4903, 0xbeab, 0xbf00,  // exit
          0xe010, 0xe000, 0x03e7, 0x0000,
          0x0026, 0x0002};
}

TEST(Board, SaysThatNothingWakesItWhenTheTickRaisesNoInterrupt) {
  const auto facts = run(image(three_sleeps(kEnable), {0x3401, 0x4770}));
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::fault);
  EXPECT_NE(facts->ended.find("nothing would wake it"), std::string::npos) << facts->ended;
}

TEST(Board, SleepsOnWhenAByteThatNobodyReadsHasArrived) {
  const auto facts =
      run(image(three_sleeps(kEnable | kInterrupt), {0x3401, 0x4770}), "send abc\nwait never\n");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  ASSERT_EQ(facts->exceptions.size(), 1u);
  EXPECT_EQ(facts->exceptions[0].second, 3);
}

/// Reads a word and ends.
std::vector<uint16_t> read_of(uint32_t address) {
  return {0x4802,
          0x6800,  // ldr r0, =address; ldr r0, [r0]
          0x2018,
          0x4902,
          0xbeab,  // exit
          0xbf00,
          static_cast<uint16_t>(address),
          static_cast<uint16_t>(address >> 16),
          0x0026,
          0x0002};
}

TEST(Board, AnswersWhereThePartHasRegistersAndFlashASecondTime) {
  const struct {
    std::string board;
    uint32_t base, address;
  } reads[] = {{"nrf52840-dk", 0, 0x10000130},   {"nrf5340-dk", 0, 0x00ff0130},
               {"pico", 0x10000100, 0xd0000000}, {"pico2", 0x10000000, 0xd0000000},
               {"nucleo-l4r5zi", kFlash, 0},     {"nucleo-f446re", kFlash, 4}};
  for (const auto& [board, base, address] : reads) {
    const auto facts = run(image(read_of(address), {0x4770}, base), "", board);
    ASSERT_TRUE(facts) << text(facts.error());
    EXPECT_EQ(facts->end, ProfileEnd::finished) << board << ": " << facts->ended;
    EXPECT_EQ(facts->touched.size(), address >= 0x1000 ? 1u : 0u) << board;
  }
}

}  // namespace
}  // namespace assay
