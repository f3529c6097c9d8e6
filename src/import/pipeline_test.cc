// Pipeline files: what they become, and that a wrong one is told in one line with its place.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "import/importer.h"
#include "ops/run.h"

namespace assay {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

constexpr std::string_view kHead =
    "# features\npipeline = 1\n[input]\ntype = \"float32\"\nshape = [1000]\nrate_hz = 8000\n";

Result<Graph> load(std::string_view steps, std::string_view head = kHead,
                   ImportOptions options = {}) {
  return load_model(bytes_of(std::string(head) + std::string(steps)), "p.toml", options);
}

TEST(Pipeline, StepsBecomeLayers) {
  const Result<Graph> graph = load(
      "[[step]]\nop = \"frame\"\nlength = 200\nhop = 100\n[[step]]\nop = \"window\"\n"
      "[[step]]\nop = \"spectrum\"\n[[step]]\nop = \"mel\"\nbands = 20\n");
  ASSERT_TRUE(graph.has_value()) << text(graph.error());
  ASSERT_EQ(graph->nodes().size(), 4);
  EXPECT_EQ(graph->tensor(graph->outputs()[0]).shape, (Shape{{9, 20}}));
  EXPECT_EQ(graph->tensor(graph->nodes()[2].outputs[0]).shape, (Shape{{9, 129}}));
  ASSERT_TRUE(graph->pipeline().has_value());
  EXPECT_EQ(graph->pipeline()->feature_nodes, 4);
  EXPECT_TRUE(unsupported(*graph).empty());
}

TEST(Pipeline, AModelFollowsItsFeatures) {
  const std::string_view head =
      "pipeline = 1\nmodel = \"digits.tflite\"\n[input]\ntype = \"uint8\"\nshape = [1, 16, 16, "
      "1]\n";
  const Result<Graph> graph = load("[[step]]\nop = \"crop\"\nheight = 8\nwidth = 8\n", head,
                                   {.folder = ASSAY_SOURCE_DIR "/examples"});
  ASSERT_TRUE(graph.has_value()) << text(graph.error());
  const Graph model =
      load_model(std::filesystem::path(ASSAY_SOURCE_DIR "/examples/digits.tflite")).value();
  EXPECT_EQ(graph->pipeline()->feature_nodes, 2) << "a crop and a quantize";
  EXPECT_EQ(graph->nodes().size(), model.nodes().size() + 2);
  EXPECT_EQ(graph->tensor(graph->outputs()[0]).shape, model.tensor(model.outputs()[0]).shape);
  EXPECT_NE(graph->variant(), "") << "another model of that name is another graph to the caches";
}

struct Wrong {
  const char* steps;
  const char* said;
};

void PrintTo(const Wrong& wrong, std::ostream* to) { *to << wrong.said; }

class WrongPipeline : public testing::TestWithParam<Wrong> {};

TEST_P(WrongPipeline, IsToldWithItsPlace) {
  const Result<Graph> graph = load(GetParam().steps);
  ASSERT_FALSE(graph.has_value());
  EXPECT_NE(text(graph.error()).find(GetParam().said), std::string::npos) << text(graph.error());
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongPipeline,
    testing::Values(
        Wrong{"[[step]]\nop = \"fft\"\n", "p.toml:8: step[0]: no step 'fft'; there are frame"},
        Wrong{"[[step]]\nop = \"frame\"\nlength = 2000\nhop = 1\n", "not in 1 .. 1000"},
        Wrong{"[[step]]\nop = \"frame\"\nlength = 200\nhop = 0\n", "'hop' is 0"},
        Wrong{"[[step]]\nop = \"frame\"\nlength = 200\nhop = 100\nhopp = 3\n",
              "unknown key 'hopp'"},
        Wrong{"[[step]]\nop = \"spectrum\"\npoints = 1025\n", "not a power of two"},
        Wrong{"[[step]]\nop = \"spectrum\"\npoints = 1073741824\n", "not in 1024 .. 65536"},
        Wrong{"[[step]]\nop = \"mel\"\nbands = 10\nhigh_hz = 5000\n", "out of 0 .. 4000 Hz"},
        Wrong{"[[step]]\nop = \"log\"\nfloor = 0\n", "not above 0"},
        Wrong{"[[step]]\nop = \"dct\"\ncoefficients = 1001\n", "not in 1 .. 1000"},
        Wrong{"[[step]]\nop = \"statistics\"\nof = [\"median\"]\n", "no statistic 'median'"},
        Wrong{"[[step]]\nop = \"normalise\"\nmean = [1, 2]\n", "2 numbers for 1000 elements"},
        Wrong{"[[step]]\nop = \"crop\"\nheight = 1\nwidth = 1\n", "needs an image"},
        Wrong{"[[step]]\nop = \"reshape\"\nshape = [10, 10]\n", "does not hold the 1000 elements"},
        Wrong{"[[stepp]]\nop = \"log\"\n", "unknown key 'stepp'"}));

TEST(Pipeline, AWrongModelIsTold) {
  const auto said = [](std::string_view model, std::filesystem::path folder) {
    const std::string head = "pipeline = 1\nmodel = \"" + std::string(model) +
                             "\"\n[input]\ntype = \"float32\"\nshape = [3]\n";
    return text(load("", head, {.folder = std::move(folder)}).error());
  };
  const std::string examples = ASSAY_SOURCE_DIR "/examples";
  EXPECT_NE(said("../kws.tflite", examples).find("beside or below"), std::string::npos);
  EXPECT_NE(said("/kws.tflite", examples).find("beside or below"), std::string::npos);
  EXPECT_NE(said("none.tflite", examples).find("no such file"), std::string::npos);
  EXPECT_NE(said("kws_mfcc.toml", examples).find("itself a pipeline"), std::string::npos);
  EXPECT_NE(said("digits.tflite", examples).find("the steps make 3"), std::string::npos);
}

TEST(Pipeline, SomeOtherTextIsNotOne) {
  EXPECT_FALSE(load("", "pipelines = 3\n").has_value());
  EXPECT_NE(text(load("", "# only a comment").error()).find("unknown format"), std::string::npos);
  EXPECT_NE(text(load("", "pipeline = 2\n").error()).find("version 2"), std::string::npos);
}

}  // namespace
}  // namespace assay
