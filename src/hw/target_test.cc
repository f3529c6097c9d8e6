// Target files: what is read, what is refused and in which words, and that every shipped file is
// complete, documented and sourced.
#include "hw/target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "hw/core.h"
#include "util/embedded.h"
#include "util/text.h"

namespace assay {
namespace {

// Line 1 is the first of these.
constexpr std::string_view kBoard = R"(description = "a board"
part = "X1"
core = "cortex_m4"
fpu = "sp"
dsp = true
clock_hz = 100_000_000
image_offset_bytes = 256
[[memory]]
name = "FLASH"
kind = "flash"
address = 0x0800_0000
size_bytes = 65_536
waits = [{ max_clock_hz = 50_000_000, wait_states = 0 }, { max_clock_hz = 90_000_000, wait_states = 1 }]
[[memory]]
name = "RAM"
kind = "ram"
address = 0x2000_0000
size_bytes = 8_192
[[run_current]]
condition = "from flash"
clock_hz = 80_000_000
voltage_v = 3
current_ma = 10.5
source = "data sheet, table 1"
)";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ReadTarget, TakesEveryKey) {
  const auto board = read_target(kBoard, "boards/My_Board.toml");
  ASSERT_TRUE(board) << text(board.error());
  EXPECT_EQ(board->name, "my_board");
  EXPECT_EQ(board->part, "X1");
  EXPECT_EQ(board->clock_hz, 100'000'000);
  EXPECT_EQ(board->flash_bytes(), 65'536 - 256);
  EXPECT_EQ(board->ram_bytes(), 8'192);
  ASSERT_EQ(board->regions.size(), 2u);
  EXPECT_EQ(board->regions[0].address, 0x08000000u);
  ASSERT_EQ(board->run_currents.size(), 1u);
  EXPECT_DOUBLE_EQ(board->run_currents[0].current_ma, 10.5);
  EXPECT_EQ(board->file_text, kBoard);
}

TEST(MemoryRegion, WaitStatesRiseWithTheClockAndEndWithTheFile) {
  const auto board = read_target(kBoard, "b.toml");
  ASSERT_TRUE(board);
  const MemoryRegion &flash = board->regions[0], &ram = board->regions[1];
  EXPECT_EQ(flash.wait_states(50'000'000), 0);
  EXPECT_EQ(flash.wait_states(50'000'001), 1);
  EXPECT_EQ(flash.wait_states(90'000'001), std::nullopt);
  EXPECT_EQ(ram.wait_states(1), std::nullopt) << "not known is not zero";
}

TEST(ReadTarget, RefusesAndSaysWhy) {
  const struct {
    const char *name, *from, *to, *words;
  } cases[] = {
      {"a misspelt key", "clock_hz = 100", "clok_hz = 100", "b.toml:"},
      {"a key too many", "fpu =", "color = 'red'\nfpu =", "b.toml:4: unknown key 'color'"},
      {"a misspelt key of a region", "size_bytes = 8", "size_byte = 8",
       "missing key 'size_bytes'; is 'size_byte' a misspelling of it?"},
      {"a misspelt optional key", "dsp = true", "dps = true", "dsp"},
      {"an unknown region key", "kind = \"ram\"", "kind = \"ram\"\nsorce = 'x'",
       "b.toml:17: memory[1]: unknown key 'sorce'; did you mean source?"},
      {"another type", "part = \"X1\"", "part = 1", "b.toml:2: 'part' is of type integer"},
      {"an FPU that is none", "fpu = \"sp\"", "fpu = \"quad\"",
       "b.toml:4: 'fpu' is 'quad', need none, sp or dp"},
      {"an FPU the core cannot have", "fpu = \"sp\"", "fpu = \"dp\"",
       "b.toml:4: cortex_m4 has no double-precision FPU"},
      {"a core without timing", "core = \"cortex_m4\"", "core = \"cortex_m44\"",
       "b.toml:3: no core 'cortex_m44'; did you mean cortex_m4"},
      {"DSP denied", "dsp = true", "dsp = false", "cortex_m4 always has the DSP instructions"},
      {"no clock", "clock_hz = 100_000_000", "clock_hz = 0", "b.toml:6: 'clock_hz' is 0, need 1"},
      {"an empty part", "\"X1\"", "\"\"", "b.toml:2: 'part' is empty"},
      {"an escape sequence for the terminal", "\"X1\"", "\"\\u001b[2J\"", "not one printable line"},
      {"an empty region", "size_bytes = 8_192", "size_bytes = 0", "'size_bytes' is 0, need 1"},
      {"a huge region", "size_bytes = 8_192", "size_bytes = 0x8000_0000", "need 1 to 2147483647"},
      {"an address of 33 bits", "address = 0x2000_0000", "address = 0x1_0000_0000", "'address' is"},
      {"a negative address", "address = 0x2000_0000", "address = -1", "'address' is -1, need 0"},
      {"beyond the end", "address = 0x2000_0000", "address = 0xffff_ffff",
       "RAM ends beyond the 32-bit address space"},
      {"an overlap", "address = 0x2000_0000", "address = 0x0800_ffff",
       "FLASH (0x08000000, 65536 B) and RAM (0x0800ffff, 8192 B) overlap"},
      {"one name twice", "name = \"RAM\"", "name = \"FLASH\"", "two regions are called FLASH"},
      {"a name that the linker would not take", "\"RAM\"", "\"RAM (rwx) : \"", "is no region name"},
      {"another kind", "kind = \"ram\"", "kind = \"rom\"",
       "'kind' is 'rom', need flash, ram or code_ram"},
      {"no RAM", "kind = \"ram\"", "kind = \"flash\"", "no [[memory]] of kind ram"},
      {"clocks that fall", "max_clock_hz = 90", "max_clock_hz = 50",
       "'max_clock_hz' 50000000 is not above the row before (50000000)"},
      {"negative wait states", "wait_states = 1", "wait_states = -1",
       "'wait_states' is -1, need 0"},
      {"an image outside flash", "image_offset_bytes = 256", "image_offset_bytes = 65_536",
       "'image_offset_bytes' is 65536, need 0 to 65535"},
      {"an unaligned vector table", "image_offset_bytes = 256", "image_offset_bytes = 100",
       "'image_offset_bytes' is 100, need a multiple of 128"},
      {"no current at all", "current_ma = 10.5", "current_ma = 0", "'current_ma' is 0, need more"},
      {"a current that is no number", "current_ma = 10.5", "current_ma = nan",
       "'current_ma' is nan"},
      {"a name with a path in it", "part =", "name = '../x'\npart =", "is no target name"},
      {"an alias with capitals", "part =", "aliases = ['X1']\npart =", "'X1' is no target name"},
      {"a header that is no key", "[[memory]]", "[[!memory]]", "b.toml:8: "},
      {"no TOML", "part =", "part", "b.toml:2:"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto board = read_target(replaced(std::string(kBoard), c.from, c.to), "b.toml");
    ASSERT_FALSE(board);
    EXPECT_EQ(board.error().kind, ErrorKind::input);
    EXPECT_NE(text(board.error()).find(c.words), std::string::npos) << text(board.error());
  }
}

TEST(GccFlags, FollowCoreAndOptions) {
  const struct {
    const char *core, *fpu;
    bool dsp;
    std::vector<std::string> flags;
  } cases[] = {
      {"cortex_m0plus", "none", false, {"-mcpu=cortex-m0plus", "-mthumb", "-mfloat-abi=soft"}},
      {"cortex_m4",
       "sp",
       true,
       {"-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"}},
      {"cortex_m7",
       "sp",
       true,
       {"-mcpu=cortex-m7", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"}},
      {"cortex_m7",
       "dp",
       true,
       {"-mcpu=cortex-m7", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv5-d16"}},
      {"cortex_m33", "none", false, {"-mcpu=cortex-m33+nodsp", "-mthumb", "-mfloat-abi=soft"}},
      {"cortex_m33",
       "sp",
       true,
       {"-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"}},
  };
  for (const auto& c : cases) {
    Target target;
    target.core = c.core;
    target.isa = load_core(c.core)->isa;
    target.fpu = c.fpu;
    target.dsp = c.dsp;
    EXPECT_EQ(target.gcc_flags(), c.flags) << c.core;
  }
}

TEST(LoadTarget, ByNameAliasAndPartInAnyCase) {
  for (const char* name : {"nucleo-l4r5zi", "NUCLEO-L4R5ZI", "stm32l4r5zi", "STM32L4R5"}) {
    const auto target = load_target(name);
    ASSERT_TRUE(target) << text(target.error());
    EXPECT_EQ(target->name, "nucleo-l4r5zi") << name;
  }
  const auto disco = load_target("stm32f746ng");
  ASSERT_TRUE(disco);
  EXPECT_EQ(disco->name, "disco-f746ng");
}

TEST(LoadTarget, SuggestsForAnUnknownName) {
  const std::string lists = fmt::format("   (assay targets lists {})", target_names().size());
  const auto near = load_target("nucleo-l4r5z");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().kind, ErrorKind::usage);
  EXPECT_EQ(text(near.error()), "no target 'nucleo-l4r5z'; did you mean nucleo-l4r5zi?" + lists);
  const auto family = load_target("stm32f4");
  ASSERT_FALSE(family);
  EXPECT_EQ(text(family.error()),
            "no target 'stm32f4'; did you mean stm32f407-discovery, nucleo-f411re or "
            "nucleo-f446re?" +
                lists);
  const auto slip = load_target("tensy41");
  ASSERT_FALSE(slip);
  EXPECT_EQ(text(slip.error()), "no target 'tensy41'; did you mean teensy41?" + lists);
  const auto far = load_target("zx81-spectrum");
  ASSERT_FALSE(far);
  EXPECT_EQ(text(far.error()), "no target 'zx81-spectrum'" + lists);
}

TEST(LoadTarget, TakesTheUsersOwnFileByPath) {
  const auto folder = std::filesystem::temp_directory_path() / "assay_target_test";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "mine.toml").string();
  std::ofstream(path) << kBoard;
  const auto mine = load_target(path);
  ASSERT_TRUE(mine) << text(mine.error());
  EXPECT_EQ(mine->name, "mine");
  std::filesystem::remove_all(folder);
  const auto gone = load_target(path);
  ASSERT_FALSE(gone);
  EXPECT_NE(text(gone.error()).find("mine.toml"), std::string::npos) << text(gone.error());
}

class ShippedTarget : public testing::TestWithParam<std::string> {};

TEST_P(ShippedTarget, LoadsAndHasASourceForEveryDatum) {
  const auto loaded = load_target(GetParam());
  ASSERT_TRUE(loaded) << text(loaded.error());
  const Target& target = *loaded;
  EXPECT_EQ(target.name, GetParam()) << "the file's name";
  EXPECT_GE(target.source.size(), 10u) << "source of part, core, FPU, DSP";
  EXPECT_GE(target.clock_source.size(), 10u);
  EXPECT_EQ(target.voltage_v > 0, !target.voltage_source.empty());
  EXPECT_EQ(target.memory_system.empty(), target.memory_system_source.empty());
  EXPECT_EQ(target.price_class.empty(), target.price_source.empty());
  EXPECT_EQ(target.boot.empty(), target.boot_source.empty());
  EXPECT_EQ(target.qemu.machine.empty(), target.qemu.source.empty());
  if (target.image_offset_bytes > 0) {
    EXPECT_FALSE(target.boot.empty()) << "what the first bytes of flash are for";
  }
  for (const MemoryRegion& region : target.regions) {
    SCOPED_TRACE(region.name);
    EXPECT_GE(region.source.size(), 10u);
    EXPECT_EQ(region.waits.empty(), region.waits_source.empty());
    if (!region.waits.empty()) {
      EXPECT_TRUE(region.wait_states(target.clock_hz))
          << "no wait states at the target's own clock";
    }
  }
  for (const RunCurrent& current : target.run_currents) EXPECT_GE(current.source.size(), 10u);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedTarget, testing::ValuesIn(target_names()),
                         [](const auto& name) { return c_identifier(name.param); });

TEST(ShippedTargets, NoTwoAnswerToOneName) {
  std::set<std::string> seen;
  for (const std::string& name : target_names()) {
    const auto target = load_target(name);
    ASSERT_TRUE(target) << text(target.error());
    EXPECT_TRUE(seen.insert(name).second) << name;
    for (const std::string& alias : target->aliases)
      EXPECT_TRUE(seen.insert(alias).second) << alias;
  }
}

// Every key of every shipped file stands in data/README.md as `key` or [key].
TEST(ShippedFiles, UseNoKeyThatTheReadmeDoesNotExplain) {
  std::ifstream file(ASSAY_SOURCE_DIR "/data/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(readme.empty());
  const std::regex quoted(R"("[^"]*"|#[^\n]*)"), key(R"(([A-Za-z_]+)\s*=[^=])"),
      table(R"(\[\[?([a-z_.]+)\]\]?)");
  size_t keys = 0;
  for (const EmbeddedFile& each : embedded_files()) {
    if (!each.path.starts_with("data/") || !each.path.ends_with(".toml")) continue;
    if (each.path.starts_with("data/costs/")) continue;  // written by the program: bench_test
    const std::string bare = std::regex_replace(std::string(each.text), quoted, "''");
    for (const std::regex& pattern : {key, table})
      for (std::sregex_iterator at(bare.begin(), bare.end(), pattern), end; at != end; ++at) {
        std::string name = (*at)[1];
        if (name.starts_with("rules.")) name = name.substr(6);
        const bool explained = readme.find("`" + name + "`") != std::string::npos ||
                               readme.find("[" + name + "]") != std::string::npos;
        EXPECT_TRUE(explained) << each.path << ": '" << name << "' is not in data/README.md";
        ++keys;
      }
  }
  EXPECT_GT(keys, 100u) << "the files were not found";
}

TEST(ShippedTargets, CoverTheFamiliesThatPeopleUse) {
  for (const char* part :
       {"stm32f051r8", "stm32f103c8", "stm32f446re", "stm32f407vg", "stm32f746ng", "stm32h743zi",
        "stm32l4r5zi", "stm32l4s5vi", "stm32g0b1re", "stm32u575zi", "stm32wb55rg", "nrf52840",
        "nrf5340",     "rp2040",      "rp2350",      "mimxrt1062",  "samd21",      "apollo3",
        "lpc1768",     "atmega328p",  "atmega2560"}) {
    const auto target = load_target(part);
    EXPECT_TRUE(target) << part << ": " << text(target.error());
  }
}

}  // namespace
}  // namespace assay
