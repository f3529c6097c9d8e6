// Small images by hand, run whole: exceptions, the serial line, calls, and ends of every kind.
#include "measure/profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>

#include "measure/emulator.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

constexpr uint32_t kFlash = 0x08000000, kHandlers = 16;

/// An image of halfwords: the vector table leads to `reset` and, by number, to handlers.
class Image {
 public:
  Image() : bytes_(kHandlers * 4) { word(0, 0x20010000); }
  void word(uint32_t at, uint32_t value) { std::memcpy(bytes_.data() + at, &value, 4); }
  /// Appends code and makes it the handler of an exception; 1 is reset.
  void handler(uint32_t number, const std::vector<uint16_t>& code) {
    while (bytes_.size() % 4 != 0) bytes_.push_back({});
    word(number * 4, kFlash + static_cast<uint32_t>(bytes_.size()) + 1);
    for (const uint16_t half : code) {
      bytes_.push_back(std::byte(half & 0xff));
      bytes_.push_back(std::byte(half >> 8));
    }
  }
  std::vector<std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// What a test changes of a request.
using Change = std::function<void(ProfileRequest&)>;

Result<ProfileFacts> run(std::vector<std::byte> bytes, std::string_view script = "",
                         int64_t limit = 1'000'000, std::string_view on = "nucleo-l4r5zi",
                         const Change& change = {}) {
  const Target target = TRY(load_target(on));
  const CoreTiming core = TRY(load_core(target.core));
  const FirmwareImage image = TRY(read_image(std::move(bytes), target, std::nullopt));
  ProfileRequest request{.image = image, .target = target, .core = core};
  request.script = TRY(read_uart_script(script));
  request.max_instructions = limit;
  if (change) change(request);
  return unicorn_emulator.profile(request);
}

// movs r0, #0x18; ldr r1, =0x20026; bkpt 0xab: the literal follows 2 halfwords later.
const std::vector<uint16_t> kExit = {0x2018, 0x4901, 0xbeab, 0xbf00, 0x0026, 0x0002};

std::vector<uint16_t> joined(std::vector<uint16_t> a, const std::vector<uint16_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Profile, TakesSvcAndReturnsWithRegistersRestored) {
  Image image;
  image.handler(11, {0x3401, 0x2007, 0x4770});  // adds r4, #1; movs r0, #7; bx lr
  // movs r0, #5; svc 0; svc 0; cmp r0, #5; bne . : r0 is the interrupted one's own
  image.handler(1, joined({0x2005, 0xdf00, 0xdf00, 0x2805, 0xd1fe, 0xbf00}, kExit));
  const auto facts = run(image.bytes());
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  ASSERT_EQ(facts->exceptions.size(), 1u);
  EXPECT_EQ(facts->exceptions[0], (std::pair<int, int64_t>(kSvcall, 2)));
}

TEST(Profile, WakesFromSleepAtEachTick) {
  Image image;
  image.handler(15, {0x3401, 0x4770});  // adds r4, #1; bx lr
  // ldr r1, =0xe000e010; ldr r2, =999; str r2, [r1, #4]; movs r2, #7; str r2, [r1];
  // loop: wfi; cmp r4, #3; bne loop; b exit; literals; exit
  image.handler(1, joined({0x4904, 0x4a05, 0x604a, 0x2207, 0x600a, 0xbf30, 0x2c03, 0xd1fc, 0xe003,
                           0xbf00, 0xe010, 0xe000, 0x03e7, 0x0000},
                          kExit));
  const auto facts = run(image.bytes());
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  ASSERT_EQ(facts->exceptions.size(), 1u);
  EXPECT_EQ(facts->exceptions[0], (std::pair<int, int64_t>(kSystick, 3)));
  EXPECT_GT(facts->idle_cycles, 2900);
  EXPECT_LT(facts->idle_cycles + facts->cycles, 3100);
}

TEST(Profile, SaysWhereItFaultedAndWhatIsKnown) {
  Image image;
  image.handler(1, {0x2000, 0x43c0, 0x6800, 0xe7fe});  // movs r0, #0; mvns r0, r0; ldr r0, [r0]
  const auto facts = run(image.bytes());
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::fault);
  EXPECT_NE(facts->ended.find("read of 4 bytes at 0xffffffff"), std::string::npos) << facts->ended;
  EXPECT_EQ(facts->regions.back().total.instructions, 4);  // the block's
}

TEST(Profile, StopsAtTheLimitInAnEndlessLoop) {
  Image image;
  image.handler(1, {0xe7fe});
  const auto facts = run(image.bytes(), "", 1000);
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::limit);
  EXPECT_NE(facts->ended.find("1 000 instructions"), std::string::npos) << facts->ended;
}

TEST(Profile, NeedsAVectorTable) {
  const auto facts = run(std::vector<std::byte>(65536, std::byte{0}));
  ASSERT_FALSE(facts);
  EXPECT_NE(text(facts.error()).find("no vector table"), std::string::npos);
}

TEST(Profile, TimesCodeThatIsWrittenWhileItRunsAnew) {
  Image image;
  // ldr r1, =0x20000000; ldr r2, =0x47702001 (movs r0, #1; bx lr); str r2, [r1]; adds r3, r1, #1;
  // blx r3; ldr r2, =0x4770b240 (sxtb r0, r0; bx lr); str r2, [r1]; blx r3; b exit
  image.handler(1, joined({0x4904, 0x4a05, 0x600a, 0x1c4b, 0x4798, 0x4a04, 0x600a, 0x4798, 0xe006,
                           0xbf00, 0x0000, 0x2000, 0x2001, 0x4770, 0xb240, 0x4770},
                          kExit));
  const auto facts = run(image.bytes());
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  ASSERT_FALSE(facts->notes.empty());
  EXPECT_NE(facts->notes[0].find("1 blocks of code were rewritten"), std::string::npos);
}

TEST(Profile, TalksOnTheSerialLineAndCountsTheRegion) {
  Image image;
  // LPUART1 0x40008000: wait for RXNE (ISR bit 5), read RDR, send it back in TDR; forever.
  // ldr r1, =0x40008000; movs r3, #0x20; loop: ldr r2, [r1, #0x1c]; tst r2, r3; beq loop;
  // ldr r0, [r1, #0x24]; str r0, [r1, #0x28]; b loop
  image.handler(1,
                {0x4903, 0x2320, 0x69ca, 0x421a, 0xd0fc, 0x6a48, 0x6288, 0xe7f9, 0x8000, 0x4000});
  const auto facts = run(image.bytes(), "send abc\nwait a\nbegin r\nwait c\nend r\n");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  EXPECT_EQ(facts->console, "abc");
  ASSERT_EQ(facts->regions.size(), 2u);
  EXPECT_EQ(facts->regions[0].name, "r");
  EXPECT_EQ(facts->regions[0].times, 1);
  EXPECT_GT(facts->regions[0].total.instructions, 100);
  int64_t sum = 0;
  for (const ProfileFunction& function : facts->regions[0].functions) sum += function.self.cycles;
  EXPECT_EQ(sum, facts->regions[0].total.cycles);
}

TEST(Profile, APathWithCyclesAloneIsNotLostByDerivation) {
  Image image;
  image.handler(11, {0x4770});
  // As above, with svc 0 after each byte: the handler is one instruction and 22 cycles.
  image.handler(1, {0x4904, 0x2320, 0x69ca, 0x421a, 0xd0fc, 0x6a48, 0x6288, 0xdf00, 0xe7f8, 0xbf00,
                    0x8000, 0x4000});
  const auto facts = run(image.bytes(),
                         "send abcd\nwait a\nbegin one\nwait b\nend one\nbegin two\nwait d\nend "
                         "two\nderive each = (two - one) / 10\n");
  ASSERT_TRUE(facts) << text(facts.error());
  const ProfileRegion& region = facts->regions[0];
  ASSERT_EQ(region.name, "each");
  int64_t in_paths = 0, in_functions = 0, without_instructions = 0;
  for (const ProfilePath& path : region.paths) {
    in_paths += path.self.cycles;
    without_instructions += path.self.instructions == 0 ? path.self.cycles : 0;
  }
  for (const ProfileFunction& function : region.functions) in_functions += function.self.cycles;
  EXPECT_GT(without_instructions, 0);
  EXPECT_EQ(in_paths, region.total.cycles);
  EXPECT_EQ(in_functions, region.total.cycles);
}

const Counts& total(const ProfileFacts& facts) { return facts.regions.back().total; }

TEST(Profile, TakingAnExceptionAndReturningCostsCycles) {
  Image image;
  image.handler(11, {0x4770});
  image.handler(1, joined({0xdf00, 0xdf00}, kExit));  // svc 0; svc 0
  const auto facts = run(image.bytes());
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(total(*facts).causes[Cause::exception], 2 * (12 + 10) * kTicksPerCycle);
  EXPECT_EQ(total(*facts).stores, 2 * 8);
  EXPECT_EQ(total(*facts).loads, 2 * (8 + 1) + 1);  // the frame and the vector; a literal
}

TEST(Profile, TailChainingStacksNothing) {
  Image image;
  // ldr r1, =0xe000ed04; movs r2, #1; lsls r2, #28; str r2, [r1]; bx lr: pends PendSV
  image.handler(11, {0x4902, 0x2201, 0x0712, 0x600a, 0x4770, 0xbf00, 0xed04, 0xe000});
  image.handler(14, {0x4770});
  image.handler(1, joined({0xdf00, 0xbf00}, kExit));
  const auto facts = run(image.bytes());
  ASSERT_TRUE(facts) << text(facts.error());
  ASSERT_EQ(facts->exceptions.size(), 2u);
  EXPECT_EQ(total(*facts).causes[Cause::exception], (12 + 6 + 10) * kTicksPerCycle);
  EXPECT_EQ(total(*facts).stores, 8 + 1);
}

TEST(Profile, RefusesInstructionsThatThePartLacks) {
  const struct {
    const char* part;
    std::vector<uint16_t> code;
    const char* words;
  } cases[] = {
      {"bluepill", {0xee30, 0x0a00}, "UsageFault (NOCP): vadd.f32 at 0x08000040"},
      {"bluepill", {0xee30, 0x0a00}, "has no FPU"},
      {"bluepill", {0xfa80, 0xf001}, "undefined on Cortex-M3: sadd8 at 0x08000040"},
      {"nucleo-g0b1re", {0xfb90, 0xf0f1}, "undefined on Cortex-M0+: sdiv at 0x08000040"},
      {"nucleo-g0b1re", {0xb100}, "undefined on Cortex-M0+: cbz"},
      {"disco-f746ng", {0xee30, 0x0b00}, "has no double-precision FPU"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    Image image;
    image.word(0, 0x20005000);
    image.handler(1, c.code);
    const auto facts = run(image.bytes(), "", 1000, c.part);
    ASSERT_TRUE(facts) << text(facts.error());
    EXPECT_EQ(facts->end, ProfileEnd::fault);
    EXPECT_NE(facts->ended.find(c.words), std::string::npos) << facts->ended;
  }
}

TEST(Profile, CountsFromAndToWithinABlockExactly) {
  Image image;
  image.handler(1, joined({0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006}, kExit));
  const uint32_t code = kFlash + kHandlers * 4;
  const auto region = run(image.bytes(), "", 1000, "nucleo-l4r5zi", [&](ProfileRequest& request) {
    request.from = code + 2;
    request.to = code + 8;
  });
  ASSERT_TRUE(region) << text(region.error());
  EXPECT_EQ(region->missed, "");
  ASSERT_EQ(region->regions.size(), 2u);
  EXPECT_EQ(region->regions[0].total.instructions, 3);
  EXPECT_EQ(total(*region).instructions, 4);  // the run ends before --to
  const auto until = run(image.bytes(), "", 1000, "nucleo-l4r5zi",
                         [&](ProfileRequest& request) { request.until = code + 4; });
  ASSERT_TRUE(until) << text(until.error());
  EXPECT_EQ(until->end, ProfileEnd::finished) << until->ended;
  EXPECT_EQ(total(*until).instructions, 2);
}

TEST(Profile, SaysWhenTheStackLeavesItsRam) {
  Image image;
  image.handler(1, {0xb5ff, 0xf7ff, 0xfffd});  // push {r0-r7, lr}; bl .-2
  for (const char* part : {"nucleo-l4r5zi", "stm32f407-discovery"}) {
    const auto facts = run(image.bytes(), "", 1'000'000, part);
    ASSERT_TRUE(facts) << text(facts.error());
    EXPECT_EQ(facts->end, ProfileEnd::fault);
    EXPECT_NE(facts->ended.find("stack overflow: 65 "), std::string::npos) << facts->ended;
    EXPECT_NE(facts->ended.find("bytes below 0x20010000 reach 0x1fff"), std::string::npos);
  }
}

TEST(Profile, SleepingWithAMaskedInterruptEndsInTime) {
  Image image;
  // cpsid i; ldr r1, =0xe000e010; movs r2, #7; str r2, [r1, #4]; str r2, [r1]; wfi; b .-2
  image.handler(1,
                {0xb672, 0x4903, 0x2207, 0x604a, 0x600a, 0xbf30, 0xe7fd, 0xbf00, 0xe010, 0xe000});
  const auto facts = run(image.bytes(), "", 1'000'000'000, "nucleo-l4r5zi",
                         [](ProfileRequest& request) { request.max_seconds = 0.05; });
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::limit);
  EXPECT_LT(facts->instructions, 4'000'000);  // fewer than between two looks at the clock
}

/// The part and the compiler's name for its core.
class ThreadsSlow : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ThreadsSlow, AreSwitchedAndCountedEachForItself) {
  const auto gcc = find_program("arm-none-eabi-gcc");
  if (gcc.empty()) GTEST_SKIP() << "skipped: arm-none-eabi-gcc not installed";
  const auto [part, cpu] = GetParam();
  const std::filesystem::path sources = ASSAY_SOURCE_DIR "/tests/firmware";
  const std::filesystem::path elf = std::filesystem::path(testing::TempDir()) / cpu;
  const auto built = run_process({gcc, std::string("-mcpu=") + cpu, "-mthumb", "-mfloat-abi=hard",
                                  "-mfpu=fpv4-sp-d16", "-O1", "-ffreestanding", "-nostdlib", "-T",
                                  sources / "threads.ld", sources / "threads.c", "-o", elf},
                                 sources);
  ASSERT_TRUE(built) << text(built.error());
  ASSERT_EQ(built->exit_code, 0) << built->out;
  auto bytes = read_file(elf);
  ASSERT_TRUE(bytes);
  const auto facts = run(std::move(*bytes), "", 10'000'000, part);
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  ASSERT_EQ(facts->exceptions.size(), 3u);
  EXPECT_EQ(facts->exceptions[0], (std::pair<int, int64_t>(kSvcall, 1)));
  EXPECT_EQ(facts->exceptions[1].second, facts->exceptions[2].second);  // PendSV at each tick
  const ProfileRegion& region = facts->regions.back();
  const auto calls = [&](std::string_view name) {
    const auto found = std::ranges::find(region.functions, name, &ProfileFunction::name);
    return found == region.functions.end() ? -1 : found->calls;
  };
  EXPECT_EQ(calls("thread_b"), 1);  // it begins once, however often it is switched to
  EXPECT_GT(calls("work_a"), 100);
  EXPECT_GT(calls("work_b"), 100);
  for (const ProfilePath& path : region.paths) {
    const bool is_work = region.functions[path.functions.back()].name == "work_b";
    EXPECT_TRUE(!is_work || path.functions.size() == 2) << "not as thread_b's callee";
  }
}

INSTANTIATE_TEST_SUITE_P(Cores, ThreadsSlow,
                         testing::Values(std::pair("nucleo-l4r5zi", "cortex-m4"),
                                         std::pair("nucleo-u575zi-q", "cortex-m33")));

// An ELF as esp-idf links it: code in RAM at the addresses of fetches, which loads see at others.
TEST(IramSlow, IsRamAtItsOtherAddress) {
  const auto gcc = find_program("riscv64-unknown-elf-gcc");
  if (gcc.empty()) GTEST_SKIP() << "skipped: riscv64-unknown-elf-gcc not installed";
  const std::filesystem::path elf = std::filesystem::path(testing::TempDir()) / "iram.elf";
  const std::filesystem::path source = std::filesystem::path(testing::TempDir()) / "iram.S";
  ASSERT_TRUE(write_text(source, R"(
  .globl _start
  .type _start, @function
_start: li sp, 0x3fc90000
  la t0, hot
  jalr t0
  bnez a0, end
  call good
end: j end
  .size _start, .-_start
  .type good, @function
good: ret
  .size good, .-good
  .section .iram, "ax"
  .type hot, @function
hot: la t1, hot
  lw a0, 0(t1)
  li t2, 0x700000
  sub t1, t1, t2
  lw a1, 0(t1)
  sub a0, a0, a1
  ret
  .size hot, .-hot
)"));
  const auto built = run_process(
      {gcc, "-march=rv32imc", "-mabi=ilp32", "-nostdlib", "-Wl,-n", "-Wl,-Ttext=0x42000020",
       "-Wl,--section-start=.iram=0x40380000", source, "-o", elf},
      ASSAY_SOURCE_DIR);
  ASSERT_TRUE(built) << text(built.error());
  ASSERT_EQ(built->exit_code, 0) << built->out;
  auto bytes = read_file(elf);
  ASSERT_TRUE(bytes);
  const auto facts = run(std::move(*bytes), "", 1000, "esp32-c3-devkit");
  ASSERT_TRUE(facts) << text(facts.error());
  const ProfileRegion& region = facts->regions.back();
  const auto calls = [&](std::string_view name) {
    const auto found = std::ranges::find(region.functions, name, &ProfileFunction::name);
    return found == region.functions.end() ? -1 : found->calls;
  };
  EXPECT_EQ(calls("hot"), 1);
  EXPECT_EQ(calls("good"), 1) << "loads at both addresses see the same";
  EXPECT_EQ(region.total.regions[1].loads, 1);
  EXPECT_EQ(region.total.other_accesses, 1) << "at the alias";
}

struct RiscvPart {
  const char *target, *march, *flash, *ram, *stack, *mtime, *mtimecmp, *uart, *ticks;
};

class TrapsSlow : public testing::TestWithParam<RiscvPart> {};

TEST_P(TrapsSlow, AreTakenAndCountedOnTheRealPart) {
  const auto gcc = find_program("riscv64-unknown-elf-gcc");
  if (gcc.empty()) GTEST_SKIP() << "skipped: riscv64-unknown-elf-gcc not installed";
  const RiscvPart& part = GetParam();
  const std::filesystem::path elf = std::filesystem::path(testing::TempDir()) / part.target;
  const auto built = run_process(
      {gcc, std::string("-march=") + part.march, "-mabi=ilp32", "-O1", "-ffreestanding",
       "-nostdlib", "-msmall-data-limit=0", "-g", std::string("-DMTIME=") + part.mtime,
       std::string("-DMTIMECMP=") + part.mtimecmp, std::string("-DUART=") + part.uart,
       std::string("-DTICKS=") + part.ticks, std::string("-Wl,-Ttext=") + part.flash,
       std::string("-Wl,-Tbss=") + part.ram, std::string("-Wl,--defsym=__stack_top=") + part.stack,
       "-Wl,-n", ASSAY_SOURCE_DIR "/tests/firmware/traps.c", "-o", elf},
      ASSAY_SOURCE_DIR);
  ASSERT_TRUE(built) << text(built.error());
  ASSERT_EQ(built->exit_code, 0) << built->out;
  auto bytes = read_file(elf);
  ASSERT_TRUE(bytes);
  const auto facts = run(std::move(*bytes), "", 10'000'000, part.target);
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  EXPECT_EQ(facts->console, "ok");
  ASSERT_EQ(facts->exceptions.size(), 2u);
  EXPECT_EQ(facts->exceptions[0], (std::pair<int, int64_t>(TrapCause::kEnvironmentCall, 1)));
  EXPECT_EQ(facts->exceptions[1], (std::pair<int, int64_t>(kFirstRiscvInterrupt + 7, 3)));
  const ProfileRegion& region = facts->regions.back();
  const auto find = [&](std::string_view name) {
    const auto found = std::ranges::find(region.functions, name, &ProfileFunction::name);
    return found == region.functions.end() ? ProfileFunction{} : *found;
  };
  EXPECT_EQ(find("handle").calls, 4);
  EXPECT_GT(find("work").calls, 3);
  EXPECT_EQ(
      find("begin").inclusive.cycles + find("_start").self.cycles + find("trap").inclusive.cycles,
      region.total.cycles);
}

INSTANTIATE_TEST_SUITE_P(
    Parts, TrapsSlow,
    testing::Values(RiscvPart{"hifive1b", "rv32imac_zicsr", "0x20010000", "0x80000000",
                              "0x80004000", "0x0200bff8", "0x02004000", "0x10013000", "4"},
                    RiscvPart{"longan-nano", "rv32imac_zicsr", "0x08000000", "0x20000000",
                              "0x20008000", "0xd1000000", "0xd1000008", "0x40013804", "1000"},
                    RiscvPart{"pico2-riscv", "rv32imac_zicsr", "0x10000000", "0x20000000",
                              "0x20080000", "0xd00001b0", "0xd00001b8", "0x40070000", "50"}));

}  // namespace
}  // namespace assay
