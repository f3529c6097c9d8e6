// Resized models: every operator's shapes follow, outputs stay, what cannot follow says why.
#include "explain/resized.h"

#include <gtest/gtest.h>

#include "import/importer.h"
#include "ops/op.h"
#include "ops/run.h"

namespace assay {
namespace {

Graph example(const std::string& name) {
  return load_model(std::string(ASSAY_SOURCE_DIR) + "/examples/" + name + ".tflite").value();
}

int64_t macs(const Graph& graph) {
  int64_t sum = 0;
  for (const Node& node : graph.nodes()) sum += find_op(node.op)->work({graph, node}).macs;
  return sum;
}

TEST(Resized, AnImageHalfAsLargeTakesAQuarterOfTheConvolutions) {
  const Graph model = example("resnet");
  const Graph half = resized(model, {.side = 16}).value();
  const int64_t classifier = 10 * 64;
  EXPECT_EQ(macs(half) - classifier, (macs(model) - classifier) / 4);
  EXPECT_EQ(text(half.tensor(half.inputs()[0]).shape), "1x16x16x3");
  EXPECT_EQ(half.tensor(half.outputs()[0]).shape, model.tensor(model.outputs()[0]).shape);
  // The global pool's window is still the whole map.
  EXPECT_EQ(half.nodes()[12].op, "average_pool_2d");
  EXPECT_EQ(half.nodes()[12].attrs.integer("filter_height", 0), 4);
  EXPECT_EQ(run_reference(half, seeded_inputs(half, 1), {})->size(), 1u);
}

TEST(Resized, WidthsBecomeMultiplesAndScalesFollow) {
  const Graph model = example("resnet");
  const Graph twelves = resized(model, {.channels = 12}).value();
  int convolutions = 0;
  for (const Node& node : twelves.nodes()) {
    if (node.op != "conv_2d") continue;
    ++convolutions;
    const Tensor& filter = twelves.tensor(node.inputs[1]);
    EXPECT_EQ(filter.shape[0] % 12, 0);
    EXPECT_EQ(filter.shape[3], twelves.tensor(node.inputs[0]).shape[3]);
    EXPECT_EQ(std::ssize(filter.quant.scale), filter.shape[0]);
    EXPECT_EQ(twelves.tensor(node.inputs[2]).shape[0], filter.shape[0]);
  }
  EXPECT_EQ(convolutions, 9);
  EXPECT_EQ(text(twelves.tensor(twelves.nodes()[0].outputs[0]).shape), "1x32x32x12");
  EXPECT_EQ(text(twelves.tensor(twelves.nodes()[11].outputs[0]).shape), "1x8x8x60");
  EXPECT_EQ(text(twelves.tensor(twelves.nodes()[13].inputs[1]).shape), "10x60");
  EXPECT_EQ(run_reference(twelves, seeded_inputs(twelves, 1), {})->size(), 1u);
}

TEST(Resized, AFlattenedMapFollowsTheChannels) {
  const Graph model = example("digits");
  const Graph threes = resized(model, {.channels = 3}).value();
  EXPECT_EQ(text(threes.tensor(threes.nodes()[4].outputs[0]).shape), "1x60");
  EXPECT_EQ(text(threes.tensor(threes.nodes()[5].inputs[1]).shape), "33x60");
  EXPECT_EQ(text(threes.tensor(threes.outputs()[0]).shape), "1x10");
}

TEST(Resized, SaysWhatCannotFollow) {
  const struct {
    const char* model;
    Resize resize;
    const char* what;
  } cases[] = {
      {"digits", {.side = 4}, "node 4 (reshape): its 64 elements would become 16"},
      {"kws", {.side = 8}, "its input is no square image"},
      {"resnet", {.side = 32}, "resolution=32: the input is 32 already"},
      {"resnet", {.channels = 4}, "no layer would change"},
  };
  for (const auto& c : cases) {
    const Graph model = example(c.model);
    const Result<Graph> made = resized(model, c.resize);
    ASSERT_FALSE(made) << c.what;
    EXPECT_EQ(text(made.error()), c.what);
  }
}

}  // namespace
}  // namespace assay
