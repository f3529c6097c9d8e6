// --place: what each word stands for, what is refused, and what the linker is told.
#include "measure/placement.h"

#include <gtest/gtest.h>

#include "measure/toolchain.h"
#include "test_program.h"
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
  EXPECT_EQ(placed("nucleo-l4r5zi", {"code=ram"}), "code=RAM");
  EXPECT_EQ(placed("nucleo-l4r5zi", {"code=flash", "weights=FLASH"}), "");
  EXPECT_EQ(placed("pico", {"weights=qspi"}), "");  // its flash is
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
  EXPECT_NE(placed("nucleo-l4r5zi", {"weights"}).find("need code=, weights= or arena="),
            std::string::npos);
}

TEST(Placement, TheLinkerStoresInFlashWhatRunsElsewhere) {
  const Target target = load_target("disco-f746ng").value();
  const RegionChoice choice =
      placement_on(target, std::vector<std::string>{"code=tcm", "weights=tcm"}).value();
  const std::string script = linker_script(target, test_program(), choice);
  EXPECT_NE(script.find(".kernels : { *(.text .text.*) . = ALIGN(4); } > ITCM AT> FLASH"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("> DTCM AT> FLASH"), std::string::npos);
  EXPECT_NE(script.find("LONG(LOADADDR(.weights)) LONG(ADDR(.weights))"), std::string::npos);
  EXPECT_NE(
      script.find(
          ".startup : { *firmware_*.o(.text .text.* .rodata .rodata.*) . = ALIGN(4); } > FLASH"),
      std::string::npos);
}

}  // namespace
}  // namespace assay
