// Intel HEX and S-records: what is read, and what is refused in which words.
#include "measure/hex_image.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

std::string what(const auto& result) { return result ? "read" : text(result.error()); }

TEST(IntelHex, JoinsRecordsAndAddsTheLinearAddress) {
  const auto pieces = read_intel_hex(
      ":020000040800F2\r\n:0400000001020304F2\r\n:0400040005060708DE\r\n:00000001FF\r\n");
  ASSERT_TRUE(pieces) << what(pieces);
  ASSERT_EQ(pieces->size(), 1u);
  EXPECT_EQ(pieces->front().address, 0x08000000u);
  ASSERT_EQ(pieces->front().bytes.size(), 8u);
  EXPECT_EQ(pieces->front().bytes[7], std::byte{8});
}

TEST(IntelHex, RefusesWhatIsDamaged) {
  EXPECT_EQ(what(read_intel_hex(":0400000001020304F3\n")), "line 1: wrong checksum");
  EXPECT_EQ(what(read_intel_hex(":04000000010203F6\n")), "line 1: not as long as it says");
  EXPECT_EQ(what(read_intel_hex(":0400000001020304F2\n")), "it is cut short: no end record");
  EXPECT_EQ(what(read_intel_hex(":00000001FF\n")), "no data");
  EXPECT_EQ(what(read_intel_hex("hello\n")), "line 1: no ':' record");
  EXPECT_EQ(what(read_intel_hex(":0400000001020304F2\n:0400000001020304F2\n:00000001FF\n")),
            "line 2: 0x00000000 is given twice");
}

TEST(SRecords, ReadsAddressesOfEveryWidth) {
  const auto pieces =
      read_s_records("S0030000FC\nS1051000AABB85\nS30708000000CCDD47\nS9030000FC\n");
  ASSERT_TRUE(pieces) << what(pieces);
  ASSERT_EQ(pieces->size(), 2u);
  EXPECT_EQ((*pieces)[0].address, 0x1000u);
  EXPECT_EQ((*pieces)[1].address, 0x08000000u);
}

TEST(SRecords, RefusesAWrongChecksum) {
  EXPECT_EQ(what(read_s_records("S1051000AABB86\nS9030000FC\n")), "line 1: wrong checksum");
}

TEST(HexImage, RefusesMorePiecesThanAnImageHas) {
  std::string text;
  for (uint32_t i = 0; i <= 65536; ++i) {
    const uint32_t address = i * 16;
    uint32_t sum = 6;
    for (int shift = 0; shift < 32; shift += 8) sum += address >> shift & 0xff;
    text += fmt::format("S306{:08X}00{:02X}\n", address, 0xff - (sum & 0xff));
  }
  const auto pieces = read_s_records(text + "S70500000000FA\n");
  ASSERT_FALSE(pieces);
  EXPECT_NE(assay::text(pieces.error()).find("more than 65536 pieces"), std::string::npos);
}

}  // namespace
}  // namespace assay
