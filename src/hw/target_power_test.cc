// Currents of a target, and a file with the one that was measured.
#include "hw/target_power.h"

#include <gtest/gtest.h>

#include "util/embedded.h"
#include "util/toml.h"

namespace assay {
namespace {

TEST(TargetPower, ReplacesTheCurrentsAtItsClockAlone) {
  const Result<Target> target = load_target("nucleo-l4r5zi");
  ASSERT_TRUE(target);
  const auto text =
      with_measured_power(*target, "my_board", {2.0, 0.05, 0.04, 0.06, "a \"b\".csv", 7});
  ASSERT_TRUE(text);
  const auto again = read_target(*text, "my_board.toml");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->name, "my_board");
  EXPECT_TRUE(again->aliases.empty());
  EXPECT_EQ(again->regions.size(), target->regions.size());
  ASSERT_EQ(again->run_currents.size(), 1u);
  EXPECT_DOUBLE_EQ(again->run_currents[0].current_ma, 25);
  EXPECT_DOUBLE_EQ(again->run_currents[0].least_ma, 20);
  EXPECT_DOUBLE_EQ(again->run_currents[0].most_ma, 30);
  EXPECT_EQ(again->run_currents[0].source, "measured: a b.csv, 7 windows");
  EXPECT_FALSE(with_measured_power(*target, "No Name", {2.0, 0.05, 0.04, 0.06, "x", 7}));
}

TEST(TargetPower, CurrentsAreChecked) {
  const std::string head = std::string(load_target("pico")->file_text);
  const auto error = [&](const std::string& rows) {
    const auto target = read_target(head + rows, "t.toml");
    return target ? std::string() : text(target.error());
  };
  const std::string run =
      "\n[[run_current]]\ncondition = \"c\"\nsource = \"s\"\nclock_hz = 1\nvoltage_v = "
      "3\ncurrent_ma = 5\n";
  EXPECT_EQ(error(run), "");
  EXPECT_NE(error(run + "least_ma = 4\n").find("have neither"), std::string::npos);
  EXPECT_NE(error(run + "least_ma = 6\nmost_ma = 7\n").find("must lie between"), std::string::npos);
  EXPECT_EQ(error("\n[[sleep_current]]\ncondition = \"c\"\nsource = \"s\"\nvoltage_v = "
                  "3\ncurrent_ua = 5\n"),
            "");
  EXPECT_NE(error("\n[[sleep_current]]\ncondition = \"c\"\nsource = \"s\"\nvoltage_v = 3\n")
                .find("current_ua"),
            std::string::npos);
}

TEST(TargetPower, CurrentsAreLeftOutOfWhatCostsDependOn) {
  const std::string run = "\n[[run_current]]\ncurrent_ma = 5\n";
  Target target;
  target.file_text = "name = \"a\"\n\n[[memory]]\nname = \"F\"\n";
  const std::string bare = target.file_text;
  EXPECT_EQ(text_without_currents(target), bare);
  target.file_text += run + "\n[[sleep_current]]\ncurrent_ua = 5";
  EXPECT_EQ(text_without_currents(target), bare);
  target.file_text = bare + run + "\n[qemu]\nmachine = \"m\"\n";
  EXPECT_EQ(text_without_currents(target), bare + "\n[qemu]\nmachine = \"m\"\n");
  target.file_text.clear();
  EXPECT_EQ(text_without_currents(target), "");
}

TEST(TargetPower, TheShippedRatiosAreThere) {
  const EmbeddedFile* file = find_embedded("data/power.toml");
  ASSERT_NE(file, nullptr);
  const auto toml = Toml::parse(file->text, file->path);
  ASSERT_TRUE(toml);
  for (const char* key : {"other_build", "other_work"}) {
    const auto table = toml->table(key);
    ASSERT_TRUE(table) << key;
    const auto low = table->real("low"), high = table->real("high");
    ASSERT_TRUE(low && high);
    EXPECT_LT(*low, 1);
    EXPECT_GT(*high, 1);
    EXPECT_TRUE(table->integer("rows"));
    EXPECT_TRUE(table->text("source"));
  }
}

}  // namespace
}  // namespace assay
