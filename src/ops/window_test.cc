#include "ops/window.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Window, KnownExtentsAndPadding) {
  const struct {
    const char *name, *padding;
    int64_t in, filter, stride, dilation;
    int32_t out, pad;
  } cases[] = {
      {"same keeps the extent", "same", 25, 3, 1, 1, 25, 1},
      {"same with stride rounds up", "same", 49, 10, 2, 1, 25, 4},
      {"the odd padding goes after", "same", 32, 3, 2, 1, 16, 0},
      {"same, window smaller than stride", "same", 8, 1, 2, 1, 4, 0},
      {"valid pads nothing", "valid", 10, 3, 1, 1, 8, 0},
      {"valid drops the rest", "valid", 10, 3, 2, 1, 4, 0},
      {"dilation widens the window", "valid", 10, 3, 1, 2, 6, 0},
      {"dilation with same", "same", 10, 3, 1, 2, 10, 2},
      {"the window covers it once", "valid", 5, 5, 3, 1, 1, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto axis = window_axis(c.padding, c.in, c.filter, c.stride, c.dilation);
    ASSERT_TRUE(axis) << text(axis.error());
    EXPECT_EQ(axis->out, c.out);
    EXPECT_EQ(axis->pad, c.pad);
  }
}

TEST(Window, KnowsWhetherItTouchesPadding) {
  const WindowAxis inside = *window_axis("valid", 10, 3, 2, 1);
  const WindowAxis before = *window_axis("same", 10, 3, 1, 1);
  const WindowAxis after_only = *window_axis("same", 32, 3, 2, 1);
  EXPECT_FALSE((Window{inside, inside}.padded()));
  EXPECT_TRUE((Window{inside, before}.padded()));
  EXPECT_TRUE((Window{after_only, inside}.padded()));
}

TEST(Window, SaysWhatIsWrong) {
  const struct {
    const char *padding, *message;
    int64_t in, filter, stride, dilation;
  } cases[] = {
      {"same", "stride 0 is not positive", 5, 3, 0, 1},
      {"same", "stride -1 is not positive", 5, 3, -1, 1},
      {"same", "dilation 0 is not positive", 5, 3, 1, 0},
      {"same", "filter extent 0 is not positive", 5, 0, 1, 1},
      {"same", "the input is empty", 0, 3, 1, 1},
      {"valid", "a window of 7 does not fit in 6 without padding", 6, 4, 1, 2},
      {"explicit", "padding 'explicit' is neither same nor valid", 6, 3, 1, 1},
      {"same", "a window of 65536 taps, dilation 65536, stride 1 is too large", 6, 65536, 1, 65536},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.message);
    const auto axis = window_axis(c.padding, c.in, c.filter, c.stride, c.dilation);
    ASSERT_FALSE(axis);
    EXPECT_EQ(text(axis.error()), c.message);
  }
}

}  // namespace
}  // namespace assay
