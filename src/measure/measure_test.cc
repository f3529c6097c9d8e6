// Whose validation a core's interval is.
#include "measure/measure.h"

#include <gtest/gtest.h>

#include "hw/timed_alike.h"
#include "util/text.h"

namespace assay {
namespace {

bool validated(const Target& target, bool placed = false) {
  const auto core = core_on(target, placed);
  EXPECT_TRUE(core) << (core ? "" : text(core.error()));
  return core && core->validation.of_part;
}

TEST(CoreOn, RunsPublishedOnThePartCountForItsOwnMemoryAlone) {
  const auto target = load_target("nucleo-l4r5zi");
  ASSERT_TRUE(target);
  EXPECT_TRUE(validated(*target));
  EXPECT_FALSE(validated(*target, true)) << "--place";

  Target copy = *target;  // as ./my_board.toml would be
  copy.name = "my_board";
  copy.run_currents.clear();
  EXPECT_TRUE(validated(copy));
  copy.clock_hz /= 2;
  EXPECT_FALSE(validated(copy)) << "another clock";
  copy = *target;
  copy.caches.pop_back();
  EXPECT_FALSE(validated(copy)) << "another cache";
  copy = *target;
  copy.regions[0].waits.clear();
  EXPECT_FALSE(validated(copy)) << "other wait states";
  const auto narrow = core_on(*target), wide = core_on(*target, true);
  ASSERT_TRUE(narrow && wide);
  EXPECT_GT(wide->validation.high - wide->validation.low,
            narrow->validation.high - narrow->validation.low);
}

TEST(TimedAlike, EachShippedTargetIsLikeItself) {
  for (const std::string& name : target_names()) {
    const auto target = load_target(name);
    ASSERT_TRUE(target) << name;
    EXPECT_TRUE(timed_as_shipped(*target)) << name;
  }
}

}  // namespace
}  // namespace assay
