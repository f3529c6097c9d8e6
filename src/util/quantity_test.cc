#include "util/quantity.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Quantity, NumbersWithUnits) {
  const struct {
    const char* text;
    double value;
    Dimension dimension;
  } cases[] = {
      {"12mW", 12e-3, Dimension::watts},
      {"3.5 mA", 3.5e-3, Dimension::amperes},
      {"220mAh", 0.22, Dimension::ampere_hours},
      {"1s", 1, Dimension::seconds},
      {"10 min", 600, Dimension::seconds},
      {"5\xc2\xb5"
       "A",
       5e-6, Dimension::amperes},
      {"1.5MHz", 1.5e6, Dimension::hertz},
      {"+2e3nA", 2e-6, Dimension::amperes},
      {"2h", 7200, Dimension::seconds},
      {"3V", 3, Dimension::volts},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto got = read_quantity(c.text);
    ASSERT_TRUE(got) << text(got.error());
    EXPECT_NEAR(got->value, c.value, 1e-12 * c.value);
    EXPECT_EQ(got->dimension, c.dimension);
  }
  for (const char* bad : {"", "mA", "nan mA", "inf s", "3 furlongs", "0x10 A", "1 mmA", "--1 A"})
    EXPECT_FALSE(read_quantity(bad)) << bad;
}

TEST(Quantity, OfOneDimension) {
  EXPECT_EQ(*read_quantity("3.3", Dimension::volts), 3.3);
  const auto wrong = read_quantity("3 mA", Dimension::volts);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(text(wrong.error()), "'3 mA' is in A, need V");
}

}  // namespace
}  // namespace assay
