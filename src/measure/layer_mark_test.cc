// Names of layers' functions, and of others.
#include "measure/layer_mark.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(LayerMark, IsReadFromAFunctionsName) {
  const auto mark = layer_mark("my_layer_net_layer_03_conv_2d");
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->invoke, "my_layer_net_invoke");
  EXPECT_EQ(mark->index, 3);
  EXPECT_EQ(mark->op, "conv_2d");
  const auto clone = layer_mark("kws_layer_117_softmax.isra.0");
  ASSERT_TRUE(clone);
  EXPECT_EQ(clone->index, 117);
  EXPECT_EQ(clone->op, "softmax");
}

TEST(LayerMark, OthersAreNone) {
  for (const char* name :
       {"", "main", "_layer_03_conv_2d", "kws_layer_", "kws_layer_03", "kws_layer_03_",
        "kws_layer_x3_conv", "kws_layer_-3_conv", "kws_layer_99999999999999999999_conv"})
    EXPECT_FALSE(layer_mark(name)) << name;
}

}  // namespace
}  // namespace assay
