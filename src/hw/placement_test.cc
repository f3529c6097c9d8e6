// --place: what each word stands for and what is refused.
#include "hw/placement.h"

#include <gtest/gtest.h>

#include "util/text.h"

namespace assay {
namespace {

std::string placed(const char* target, std::vector<std::string> wishes) {
  const auto choice = placement_on(load_target(target).value(), wishes);
  return choice ? text(*choice) : choice.error().what;
}

TEST(Placement, WordsStandForTheTargetsRegions) {
  EXPECT_EQ(placed("disco-f746ng", {"code=tcm", "weights=tcm"}), "code=ITCM weights=DTCM");
  EXPECT_EQ(placed("disco-f746ng", {"weights=ram", "arena=dtcm"}), "weights=SRAM arena=DTCM");
  EXPECT_EQ(placed("mps3-an547", {"code=tcm", "weights=tcm"}), "code=ITCM weights=DTCM");
  EXPECT_EQ(placed("mps3-an547", {"arena=ram"}), "arena=ISRAM");
  EXPECT_EQ(placed("nucleo-l4r5zi", {"code=ram"}), "code=RAM");
  EXPECT_EQ(placed("nucleo-l4r5zi", {"code=flash", "weights=FLASH"}), "");
  EXPECT_EQ(placed("pico", {"weights=qspi"}), "");  // its flash is
  EXPECT_EQ(placed("hifive1b", {"code=ram", "weights=ram"}), "code=DTIM weights=DTIM");
  EXPECT_EQ(placed("nucleo-l4r5zi", {}), "");
}

TEST(Placement, RefusesInOneLine) {
  EXPECT_EQ(placed("disco-f746ng", {"code=DTCM"}),
            "--place code=DTCM: DTCM of disco-f746ng: the core cannot run code from it, it is "
            "tightly coupled for data");
  EXPECT_EQ(placed("nucleo-l4r5zi", {"arena=flash"}),
            "--place arena=flash: FLASH of nucleo-l4r5zi: it is flash");
  EXPECT_NE(placed("nucleo-l4r5zi", {"weights=qspi"}).find("has no such memory"),
            std::string::npos);
  EXPECT_EQ(
      placed("esp32-c3-devkit", {"weights=ram", "code=ram"}),
      "--place code=ram: DRAM of esp32-c3-devkit: loads see it there, where fetches see it is "
      "not known");
  EXPECT_NE(placed("nucleo-l4r5zi", {"weights"}).find("need code=, weights= or arena="),
            std::string::npos);
}

}  // namespace
}  // namespace assay
