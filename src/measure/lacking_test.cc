// What each core lacks, and what it does not: encodings as an assembler gives them.
#include "measure/lacking.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Lacking, FollowsTheArchitectures) {
  const struct {
    std::vector<uint16_t> code;
    const char* name;
    bool armv6m, armv7m;
  } cases[] = {
      {{0xf000, 0xf800}, "bl", true, true},
      {{0xf3bf, 0x8f4f}, "dsb", true, true},
      {{0xf3ef, 0x8010}, "mrs", true, true},
      {{0xf380, 0x8810}, "msr", true, true},
      {{0xba00}, "rev", true, true},
      {{0xbf30}, "wfi", true, true},
      {{0xb2c0}, "uxtb", true, true},
      {{0xbf08}, "it", false, true},
      {{0xb910}, "cbnz", false, true},
      {{0xf000, 0x8000}, "beq.w", false, true},
      {{0xfb90, 0xf0f1}, "sdiv", false, true},
      {{0xfab1, 0xf081}, "clz", false, true},
      {{0xfa91, 0xf0a1}, "rbit", false, true},
      {{0xfa4f, 0xf081}, "sxtb.w", false, true},
      {{0xfb01, 0x2003}, "mla", false, true},
      {{0xfbc0, 0x0101}, "smlal", false, true},
      {{0xfbe0, 0x0101}, "umlal", false, true},
      {{0xf301, 0x0007}, "ssat", false, true},
      {{0xf321, 0x0041}, "ssat, asr", false, true},
      {{0xf321, 0x0007}, "ssat16", false, false},
      {{0xfa80, 0xf001}, "sadd8", false, false},
      {{0xfa80, 0xf081}, "qadd", false, false},
      {{0xfaa0, 0xf081}, "sel", false, false},
      {{0xfa2f, 0xf081}, "sxtb16", false, false},
      {{0xfa41, 0xf082}, "sxtab", false, false},
      {{0xfb21, 0x2003}, "smlad", false, false},
      {{0xfb11, 0xf001}, "smulbb", false, false},
      {{0xfbc0, 0x0181}, "smlalbb", false, false},
      {{0xfbe0, 0x0161}, "umaal", false, false},
      {{0xeac1, 0x0002}, "pkhbt", false, false},
  };
  for (const auto& c : cases) {
    const auto code = std::as_bytes(std::span(c.code));
    for (const char* part : {"nucleo-g0b1re", "bluepill", "nucleo-l4r5zi"}) {
      SCOPED_TRACE(std::string(c.name) + " on " + part);
      const auto target = load_target(part);
      ASSERT_TRUE(target);
      const auto core = load_core(target->core);
      ASSERT_TRUE(core);
      const bool has = core->isa == "thumbv6m" ? c.armv6m : core->isa != "thumbv7m" || c.armv7m;
      EXPECT_EQ(lacking(*target, *core, 0x08000000, code).empty(), has)
          << lacking(*target, *core, 0x08000000, code);
    }
  }
}

}  // namespace
}  // namespace assay
