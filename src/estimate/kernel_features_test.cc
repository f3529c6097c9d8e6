#include "estimate/kernel_features.h"

#include <gtest/gtest.h>

#include <map>

#include "test_graphs.h"
#include "util/embedded.h"

namespace assay {
namespace {

double value(const Features& features, std::string_view name) {
  for (const Feature& feature : features)
    if (feature.name == name) return feature.value;
  ADD_FAILURE() << "no feature " << name;
  return -1;
}

constexpr ConstantCache kNoCache;

TEST(ConstantCache, FillsOfKnownReadings) {
  const struct {
    const char* name;
    ConstantCache cache;
    int64_t bytes;
    double passes, fills;
  } cases[] = {
      {"no cache, no lines", {}, 100, 3, 0},
      {"all fits: once", {32, 4, 2}, 256, 10, 8},
      {"one line too many: a set of three is lost", {32, 4, 2}, 257, 10, 9 + 9 * 3},
      {"twice the cache: everything is lost", {32, 4, 2}, 512, 10, 160},
      {"nothing", {32, 4, 2}, 0, 10, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_DOUBLE_EQ(c.cache.fills(c.bytes, c.passes), c.fills);
  }
}

TEST(TapsOf, AreThoseOfALoop) {
  const AxisTaps same = taps_of({.out = 5, .stride = 1, .pad = 1, .filter = 3, .in = 5});
  EXPECT_EQ(same.inside, 13);
  EXPECT_EQ(same.whole_windows, 3);
  const AxisTaps dilated =
      taps_of({.out = 5, .stride = 1, .pad = 2, .filter = 3, .dilation = 2, .in = 5});
  EXPECT_EQ(dilated.inside, 11);
  EXPECT_EQ(dilated.whole_windows, 1);
  const AxisTaps huge = taps_of({.out = int64_t{1} << 31, .filter = int64_t{1} << 31, .in = 1});
  EXPECT_EQ(huge.whole_windows, int64_t{1} << 31);  // at once
}

KernelCall conv_call(int64_t channels_in) {
  KernelCall call;
  call.kernel = "conv_2d_s8_dsp";
  for (const auto& [name, number] :
       std::vector<std::pair<const char*, int64_t>>{{"batches", 1},
                                                    {"in_h", 5},
                                                    {"in_w", 5},
                                                    {"in_c", channels_in},
                                                    {"out_h", 5},
                                                    {"out_w", 5},
                                                    {"out_c", 3},
                                                    {"k_h", 3},
                                                    {"k_w", 3},
                                                    {"stride_h", 1},
                                                    {"stride_w", 1},
                                                    {"dilation_h", 1},
                                                    {"dilation_w", 1},
                                                    {"pad_h", 1},
                                                    {"pad_w", 1},
                                                    {"out_min", -128},
                                                    {"out_max", 127}})
    call.params.push_back({name, number});
  return call;
}

TEST(KernelFeatures, ConvolutionByPairsOfPixels) {
  // 25 pixels are 13 pairs, 3 channels 2 pairs; 9 taps of 4 channels are 9 groups, 5 turns of two.
  const KernelCall call = conv_call(4);
  const Features features = kernel_features({call, kNoCache});
  EXPECT_EQ(value(features, "pairs"), 13);
  EXPECT_EQ(value(features, "channel_pairs"), 26);
  EXPECT_EQ(value(features, "odd_channels"), 13);
  EXPECT_EQ(value(features, "blocks"), 26 * 5);
  EXPECT_EQ(value(features, "odd_groups"), 26);
  // 13 * 13 taps inside, of 25 pixels; the last one is made twice.
  EXPECT_DOUBLE_EQ(value(features, "taps_inside"), 169.0 * 26 / 25);
  EXPECT_DOUBLE_EQ(value(features, "widened_groups"), 169.0 * 26 / 25);
  EXPECT_EQ(value(features, "copied_words"), 0);
}

TEST(KernelFeatures, ConvolutionOfOddChannelsCopiesRuns) {
  // Rows of 2, 3, 3, 3, 2 taps of 3 channels: 6 or 9 bytes, 1 + 2 + 2 + 2 + 1 words.
  const KernelCall call = conv_call(3);
  const Features features = kernel_features({call, kNoCache});
  EXPECT_DOUBLE_EQ(value(features, "copied_words"), 13 * 8 * 26.0 / 25);
  EXPECT_DOUBLE_EQ(value(features, "copied_tail"), 13 * 7 * 26.0 / 25);
  EXPECT_DOUBLE_EQ(value(features, "padded_bytes"), (13 * 6 + 2 * 5 * 9) * 26.0 / 25);
  EXPECT_EQ(value(features, "taps_inside"), 0);
}

TEST(KernelFeatures, AreOfKernelsThatExist) {
  size_t rows = 0;
  for (const KernelFamily* family : kernel_families())
    for (const KernelRow& row : family->kernels) {
      EXPECT_TRUE(find_embedded(fmt::format("kernels/{}.c", row.kernel))) << row.kernel;
      ++rows;
    }
  EXPECT_GE(rows, 36U);
}

TEST(IsRectified, ByWayOfWhatKeepsZeros) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {1, 4});
  const TensorId y = b.node("relu", {x}, Dtype::f32, {1, 4}, {}, {});
  const TensorId z = b.node("reshape", {y}, Dtype::f32, {4}, {}, {});
  const TensorId t = b.node("tanh", {z}, Dtype::f32, {4}, {}, {});
  const Graph graph = b.build({t});
  EXPECT_FALSE(is_rectified(graph, x));
  EXPECT_TRUE(is_rectified(graph, y));
  EXPECT_TRUE(is_rectified(graph, z));
  EXPECT_FALSE(is_rectified(graph, t));
}

}  // namespace
}  // namespace assay
