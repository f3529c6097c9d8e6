// Peripheral files: every shipped one is read, and what is refused in which words.
#include "hw/peripherals.h"

#include <gtest/gtest.h>

#include "util/embedded.h"

namespace assay {
namespace {

TEST(Peripherals, ReadsEveryShippedFile) {
  int files = 0;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with("data/peripherals/")) continue;
    const auto map = read_peripherals(file.text, file.path);
    ASSERT_TRUE(map) << text(map.error());
    EXPECT_FALSE(map->source.empty()) << file.path;
    EXPECT_FALSE(map->uarts.empty() && map->windows.empty() && map->aliases.empty()) << file.path;
    ++files;
  }
  EXPECT_GE(files, 5);
}

TEST(Peripherals, BelongToThePartsThatBeginAlike) {
  const auto map = peripherals_of("STM32L4R5ZI");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->name, "stm32l4");
  const auto none = peripherals_of("XYZ");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->name, "");
}

TEST(Peripherals, RefusesAWindowOfNoWholePages) {
  const auto map = read_peripherals(
      "name = \"x\"\ntitle = \"X\"\nsource = \"s\"\nparts = [\"X\"]\n[[window]]\nname = \"A\"\n"
      "address = 0xd0000000\nbytes = 100\n",
      "x.toml");
  ASSERT_FALSE(map);
  EXPECT_NE(text(map.error()).find("'bytes' is no multiple of 4096"), std::string::npos);
}

TEST(Peripherals, RefusesBitsThatLeaveTheWord) {
  const auto map = read_peripherals(
      "name = \"x\"\ntitle = \"X\"\nsource = \"s\"\n[[register]]\nname = \"A\"\naddress = 0\n"
      "follow = [{ bit = 30, of = 0, bits = 4 }]\n",
      "x.toml");
  ASSERT_FALSE(map);
  EXPECT_EQ(text(map.error()), "x.toml:7: follow[0]: the bits leave the word");
}

}  // namespace
}  // namespace assay
