// AVR images in simavr: timers, interrupts, sleep and the serial line, by functions and lines; both
// clocks agree after every block, or the run would end in a fault.
#include "measure/avr_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "measure/emulator.h"
#include "measure/measure.h"
#include "measure/simavr_part.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct AvrPart {
  const char *target, *mcu;
  int timer, serial;     ///< their vectors
  int64_t inner_cycles;  ///< of inner(), by hand
};

Result<ProfileFacts> run(std::vector<std::byte> bytes, std::string_view on, std::string_view script,
                         int64_t limit = 1'000'000, std::string_view call = {},
                         std::vector<uint32_t> arguments = {}) {
  const Target target = TRY(load_target(on));
  const CoreTiming core = TRY(core_on(target));
  const FirmwareImage image = TRY(read_image(std::move(bytes), target, std::nullopt));
  const Result<SourceLines> lines = SourceLines::read(image.file);
  ProfileRequest request{.image = image, .target = target, .core = core};
  request.script = TRY(read_uart_script(script));
  request.max_instructions = limit;
  if (lines) request.lines = &*lines;
  if (!call.empty()) request.call = image.elf.find_function(call)->address;
  request.arguments = std::move(arguments);
  return simavr_emulator.profile(request);
}

/// An image of halfwords from address 0.
std::vector<std::byte> image_of(const std::vector<uint16_t>& words) {
  std::vector<std::byte> bytes(words.size() * 2);
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

const ProfileFunction* find(const ProfileRegion& region, std::string_view name) {
  const auto found = std::ranges::find(region.functions, name, &ProfileFunction::name);
  return found == region.functions.end() ? nullptr : &*found;
}

class AvrProfileSlow : public testing::TestWithParam<AvrPart> {
 protected:
  void SetUp() override {
    if (!SimavrPart::missing().empty()) GTEST_SKIP() << "skipped: " << SimavrPart::missing();
    const auto gcc = find_program("avr-gcc");
    if (gcc.empty()) GTEST_SKIP() << "skipped: avr-gcc not installed";
    const fs::path elf = fs::path(testing::TempDir()) / GetParam().mcu;
    const auto built = run_process({gcc, std::string("-mmcu=") + GetParam().mcu, "-O2", "-gdwarf-4",
                                    ASSAY_SOURCE_DIR "/tests/firmware/ticks.c", "-o", elf},
                                   ".");
    if (!built || built->exit_code != 0) GTEST_SKIP() << "skipped: avr-libc not installed";
    auto read = read_file(elf);
    if (read) bytes = std::move(*read);
  }
  std::vector<std::byte> bytes;
};

TEST_P(AvrProfileSlow, InterruptsSleepAndTheSerialLine) {
  const auto facts =
      run(bytes, GetParam().target, "wait ready\nsend a\nbegin r\nwait a\nend r\nsend b\nwait b\n");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  EXPECT_EQ(facts->console, "ready\nab");
  ASSERT_EQ(facts->exceptions.size(), 2u);
  EXPECT_EQ(facts->exceptions[0].first, GetParam().timer);
  EXPECT_EQ(facts->exceptions[1], (std::pair<int, int64_t>(GetParam().serial, 2)));
  // The timer's period is 1 024 cycles of the core, awake or asleep.
  const int64_t periods = (facts->cycles + facts->idle_cycles) / 1024;
  EXPECT_LE(std::abs(facts->exceptions[0].second - periods), 1);
  EXPECT_GT(facts->idle_cycles, 0);
  const ProfileRegion& region = facts->regions[0];
  EXPECT_EQ(region.name, "r");
  ASSERT_NE(find(region, "work"), nullptr);
  EXPECT_EQ(find(region, "work")->calls, 1);
  EXPECT_EQ(find(region, "inner")->calls, 100);
  EXPECT_EQ(find(region, "inner")->self.cycles, 100 * GetParam().inner_cycles);
  CauseTicks lines;
  bool of_inner = false;
  for (const ProfileLine& line : region.lines) {
    lines.add(line.causes, 1);
    of_inner |= line.file.ends_with("ticks.c") && line.line > 0;
  }
  EXPECT_TRUE(of_inner);
  lines.add(region.unplaced, 1);
  EXPECT_EQ(lines.sum(), region.total.cycles * kTicksPerCycle);
}

TEST_P(AvrProfileSlow, OneFunctionAloneWithItsArguments) {
  const auto facts = run(bytes, GetParam().target, "", 1'000'000, "work", {7});
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->ended, "the function returned");
  EXPECT_EQ(find(facts->regions[0], "inner")->calls, 7);
  EXPECT_EQ(facts->regions[0].total.calls, 7);
}

// inner(): movw, lsl, rol, add, adc, adiw (2), ret (4 or 5).
INSTANTIATE_TEST_SUITE_P(Parts, AvrProfileSlow,
                         testing::Values(AvrPart{"arduino-uno", "atmega328p", 14, 18, 11},
                                         AvrPart{"arduino-mega2560", "atmega2560", 21, 25, 12}));

class AvrProfile : public testing::Test {
 protected:
  void SetUp() override {
    if (!SimavrPart::missing().empty()) GTEST_SKIP() << "skipped: " << SimavrPart::missing();
  }
};

TEST_F(AvrProfile, EndsAsleepWithInterruptsOff) {
  const auto facts = run(image_of({0x94f8, 0xb703, 0x6001, 0xbf03, 0x9588}), "arduino-uno", "");
  ASSERT_TRUE(facts) << text(facts.error());  // cli; in, ori, out SMCR: SE; sleep
  EXPECT_EQ(facts->end, ProfileEnd::finished);
  EXPECT_NE(facts->ended.find("asleep"), std::string::npos) << facts->ended;
  EXPECT_EQ(facts->instructions, 5);
  EXPECT_EQ(facts->cycles, 5);
}

TEST_F(AvrProfile, SaysWhereItFaultedAndWhatIsKnown) {
  const struct {
    std::vector<uint16_t> code;
    const char* words;
  } cases[] = {
      {{0x0000, 0xffff}, "at 0x00002: an undefined instruction"},
      {{0x9100, 0xfff0}, "a load of data at 0xfff0, where nothing is"},
  };
  for (const auto& c : cases) {
    const auto facts = run(image_of(c.code), "arduino-uno", "");
    ASSERT_TRUE(facts) << text(facts.error());
    EXPECT_EQ(facts->end, ProfileEnd::fault);
    EXPECT_NE(facts->ended.find(c.words), std::string::npos) << facts->ended;
    EXPECT_EQ(facts->instructions, 2);  // of a block that faults, all of it
  }
}

TEST_F(AvrProfile, NopsToTheEndOfMemoryAndForEver) {
  const auto nops = run(std::vector<std::byte>(32'000, std::byte{0}), "arduino-uno", "");
  ASSERT_TRUE(nops) << text(nops.error());
  EXPECT_EQ(nops->end, ProfileEnd::fault);
  EXPECT_GT(nops->instructions, 15'900);
  const auto loop = run(image_of({0xcfff}), "arduino-uno", "", 1000);  // rjmp .-2
  ASSERT_TRUE(loop) << text(loop.error());
  EXPECT_EQ(loop->end, ProfileEnd::limit);
  EXPECT_NE(loop->ended.find("1 000 instructions"), std::string::npos) << loop->ended;
}

}  // namespace
}  // namespace assay
