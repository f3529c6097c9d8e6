// Lines of source from two small images (tests/firmware/lines.c, GCC 12.2 -O2): DWARF 5, and 4
// compressed; and how a block is divided among its instructions.
#include "measure/source_lines.h"

#include <gtest/gtest.h>

#include <cstring>

#include "hw/timer.h"
#include "measure/emulator.h"
#include "measure/line_profile.h"
#include "measure/profile.h"
#include "util/files.h"

namespace assay {
namespace {

std::vector<std::byte> image_bytes(const std::string& name) {
  auto bytes = read_file(std::string(ASSAY_SOURCE_DIR "/tests/fuzz/corpus/lines/") + name);
  return bytes ? std::move(*bytes) : std::vector<std::byte>{};
}

class Dwarf : public testing::TestWithParam<const char*> {};

TEST_P(Dwarf, TellsTheInnermostLineAndWhereItWasInlined) {
  const auto bytes = image_bytes(GetParam());
  const auto lines = SourceLines::read(bytes);
  ASSERT_TRUE(lines) << text(lines.error());
  const auto elf = read_elf(bytes);
  ASSERT_TRUE(elf);
  const ElfSymbol* sum = elf->find("sum");
  ASSERT_NE(sum, nullptr);
  EXPECT_EQ(lines->at(sum->address), (SourceLine{"lines.c", 7}));
  EXPECT_FALSE(lines->at(sum->address - 0x100));  // below the code
  EXPECT_FALSE(lines->at(0x09000000));            // above
  int of_scale = 0;
  for (uint32_t at = sum->address; at < sum->address + sum->bytes; at += 2) {
    if (lines->at(at) != SourceLine{"lines.c", 4}) continue;
    ++of_scale;
    const auto chain = lines->inlined_at(at);
    ASSERT_EQ(chain.size(), 1u);
    EXPECT_EQ(chain[0].function, "scale");
    EXPECT_EQ(chain[0].at, (SourceLine{"lines.c", 10}));
  }
  EXPECT_GT(of_scale, 0);
}

TEST_P(Dwarf, CountsByLineSumToTheRun) {
  const auto bytes = image_bytes(GetParam());
  const auto lines = SourceLines::read(bytes);
  const auto target = load_target("nucleo-l4r5zi");
  ASSERT_TRUE(lines && target);
  const auto core = load_core(target->core);
  const auto image = read_image(bytes, *target, std::nullopt);
  ASSERT_TRUE(core && image);
  ProfileRequest request{.image = *image, .target = *target, .core = *core};
  request.lines = &*lines;
  const auto facts = unicorn_emulator.profile(request);
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  const ProfileRegion& region = facts->regions.front();
  CauseTicks sum;
  int64_t instructions = 0, loads = 0, multiplies = 0;
  for (const ProfileLine& line : region.lines) {
    instructions += line.instructions;
    loads += line.loads;
    sum.add(line.causes, 1);
    if (line.line == 10)  // the division by 7 is a long multiplication
      multiplies = line.causes[Cause::mac];
    if (line.line != 4) continue;  // the multiplication by 3 is an addition
    EXPECT_EQ(line.instructions, 2000);
    ASSERT_EQ(line.inlined.size(), 1u);
    EXPECT_EQ(line.inlined[0].function, "scale");
  }
  EXPECT_EQ(multiplies, 1000 * kTicksPerCycle);
  EXPECT_EQ(instructions, region.total.instructions);
  EXPECT_EQ(loads, region.total.loads);
  EXPECT_EQ(sum.ticks, region.total.causes.ticks);
  EXPECT_EQ(region.unplaced.sum(), 0);
}

INSTANTIATE_TEST_SUITE_P(Versions, Dwarf, testing::Values("dwarf5.elf", "dwarf4.elf"));

TEST(SourceLines, SaysWhenThereAreNone) {
  const auto none = SourceLines::read(std::vector<std::byte>(100));
  ASSERT_FALSE(none);
  EXPECT_FALSE(none.error().what.empty());
  auto bytes = image_bytes("dwarf5.elf");
  for (size_t i = 0; i + 6 < bytes.size(); ++i)  // no section is called .debug_ any more
    if (std::memcmp(&bytes[i], ".debug_", 7) == 0) bytes[i + 1] = std::byte{'x'};
  const auto stripped = SourceLines::read(bytes);
  ASSERT_FALSE(stripped);
  EXPECT_EQ(stripped.error().what, "the image has no DWARF (compile and link with -g)");
}

TEST(SourceLines, NamesOfCxxAreReadable) {
  EXPECT_EQ(demangled("_ZN5model6invokeEPKah"), "model::invoke(signed char const*, unsigned char)");
  EXPECT_EQ(demangled("_Zebra"), "_Zebra");
  EXPECT_EQ(demangled("main"), "main");
}

TEST(LineProfile, DividesWhatABlockDidWithoutRest) {
  const auto core = load_core("cortex_m4");
  ASSERT_TRUE(core);
  // ldr r0, [r1]; adds r0, #1; str r0, [r1]; bne .-6
  constexpr uint16_t kCode[] = {0x6808, 0x3001, 0x6008, 0xd1fb};
  const auto block = decode(std::as_bytes(std::span(kCode)), 0x100, core->isa);
  const BlockCost cost = time_block(*core, block);
  constexpr int64_t kRuns = 1001;
  Counts counts;
  counts.add(cost.once, kRuns);
  counts.causes.add(cost.taken, kRuns - 1);
  counts.cycles += (kRuns - 1) * cost.taken_cycles();
  counts.spend(Cause::flash_data, 7);   // all to the load and the store
  counts.spend(Cause::flash_fetch, 5);  // to each
  const auto shares = divide_among(*core, block, counts);
  ASSERT_EQ(shares.size(), 4u);
  CauseTicks sum;
  for (const InsnShare& share : shares) {
    EXPECT_EQ(share.instructions, kRuns);
    sum.add(share.causes, 1);
  }
  EXPECT_EQ(sum.ticks, counts.causes.ticks);
  EXPECT_EQ(shares[0].loads, kRuns);
  EXPECT_EQ(shares[2].stores, kRuns);
  EXPECT_EQ(shares[0].causes[Cause::flash_data] + shares[2].causes[Cause::flash_data], 14);
  EXPECT_EQ(shares[3].causes[Cause::branch_refill], (kRuns - 1) * kTicksPerCycle);
  EXPECT_GT(shares[1].causes[Cause::flash_fetch], 0);
}

}  // namespace
}  // namespace assay
