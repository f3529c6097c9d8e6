// What becomes a constant before anything runs, and what does not.
#include "ops/fold.h"

#include <gtest/gtest.h>

#include "ops/op.h"
#include "test_graphs.h"

namespace assay {
namespace {

TEST(Fold, HalfPrecisionWeightsBecomeFloats) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {2});
  const TensorId half = b.constant<uint16_t>(Dtype::f16, {2}, {0x3C00, 0xC000});  // 1, -2
  const TensorId weights = b.node("dequantize", {half}, Dtype::f32, {2}, {}, {});
  const TensorId y = b.node("add", {x, weights}, Dtype::f32, {2}, {}, {});
  const Result<Graph> folded = fold_constants(b.build({y}));
  ASSERT_TRUE(folded) << text(folded.error());
  ASSERT_EQ(folded->nodes().size(), 1U);
  EXPECT_EQ(folded->nodes()[0].op, "add");
  const auto values = folded->tensor(weights).values<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{1, -2}));
}

TEST(Fold, ShapeArithmeticInRounds) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {2, 3, 5}, quant(0.5F));
  const TensorId shape = b.node("shape", {x}, Dtype::s32, {3}, {}, {});
  const TensorId first = b.constant<int32_t>(Dtype::s32, {1}, {0});
  const TensorId one = b.constant<int32_t>(Dtype::s32, {1}, {1});
  const TensorId batch = b.node("slice", {shape, first, one}, Dtype::s32, {1}, {}, {});
  const TensorId rest = b.constant<int32_t>(Dtype::s32, {1}, {-1});
  const TensorId wanted =
      b.node("concatenation", {batch, rest}, Dtype::s32, {2}, {}, {{"axis", 0}});
  const TensorId y = b.node("reshape", {x, wanted}, Dtype::s8, {2, 15}, quant(0.5F), {});
  Graph graph = b.build({y});
  const Result<Graph> folded = fold_constants(std::move(graph));
  ASSERT_TRUE(folded) << text(folded.error());
  EXPECT_EQ(folded->nodes().size(), 1U);
  EXPECT_TRUE(unsupported(*folded).empty());
}

TEST(Fold, LeavesWhatIsLargeOrAnOutput) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {4096});
  const TensorId size = b.constant<int32_t>(Dtype::s32, {1}, {4096});
  const TensorId zero = b.constant<float>(Dtype::f32, {}, {0.5F});
  const TensorId fill = b.node("fill", {size, zero}, Dtype::f32, {4096}, {}, {});
  const TensorId y = b.node("add", {x, fill}, Dtype::f32, {4096}, {}, {});
  const TensorId shape = b.node("shape", {x}, Dtype::s32, {1}, {}, {});
  const Result<Graph> folded = fold_constants(b.build({y, shape}));
  ASSERT_TRUE(folded);
  EXPECT_EQ(folded->nodes().size(), 3U);
}

TEST(Fold, SaysWhatDoesNotFitOnceItIsKnown) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::f32, {2, 3});
  const TensorId shape = b.node("shape", {x}, Dtype::s32, {2}, {}, {});
  const TensorId y = b.node("reshape", {x, shape}, Dtype::f32, {6}, {}, {});
  const Result<Graph> folded = fold_constants(b.build({y}));
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().kind, ErrorKind::input);
  EXPECT_NE(text(folded.error()).find("output 0 is 6 in the file, but its inputs make it 2x3"),
            std::string::npos);
}

}  // namespace
}  // namespace assay
