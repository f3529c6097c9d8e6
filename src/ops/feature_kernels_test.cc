// The kernels of audio features against their references, on the host, and the spectrum against a
// plain sum. Included as C++: that they compile as such is part of the test.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numbers>
#include <random>

#include "host_kernel.h"
#include "import/importer.h"
#include "ops/op.h"

// clang-format off
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a kernel and its parameters share a name
#include "../kernels/band_sums_f32.c"
#include "../kernels/copy_nd.h"  // defined in kernels_test.cc
#include "../kernels/power_spectrum_f32.c"
#include "../kernels/row_statistic_f32.c"
#pragma GCC diagnostic pop
// clang-format on

namespace assay {
namespace {

/// A graph of pipeline steps on 3 rows of `depth` samples.
Graph graph_of(int depth, std::string_view steps) {
  const std::string text =
      fmt::format("pipeline = 1\n[input]\ntype = \"float32\"\nshape = [3, {}]\nrate_hz = 8000\n{}",
                  depth, steps);
  const auto bytes = std::as_bytes(std::span(text));
  return load_model(std::vector(bytes.begin(), bytes.end()), "steps").value();
}

HostBytes random_rows(const Tensor& tensor, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> draw(-1, 1);
  HostBytes bytes(static_cast<size_t>(tensor.bytes()));
  for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    const float value = draw(random);
    std::memcpy(bytes.data() + at, &value, sizeof value);
  }
  return bytes;
}

/// What the last node's reference makes of an input of it.
HostBytes reference_of(const NodeView& node, const HostBytes& input) {
  HostBytes output(static_cast<size_t>(node.output().bytes()));
  Buffers buffers{{input}, {output}};
  for (int i = 1; i < node.inputs(); ++i) buffers.inputs.push_back(node.input(i).data);
  find_op(node.node.op)->reference(node, buffers, Semantics::tflm);
  return output;
}

template <class Kernel>
void expect_equal(const Graph& graph, Kernel kernel) {
  const NodeView node{graph, graph.nodes().back()};
  ASSERT_EQ(find_op(node.node.op)->unsupported(node), "");
  const KernelCall call = find_op(node.node.op)->lower(node, {});
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    const HostBytes input = random_rows(node.input(0), seed);
    EXPECT_EQ(run_kernel(node, call, input, kernel), reference_of(node, input)) << node.node.op;
  }
}

TEST(FeatureKernels, FramesAreTheReferences) {
  for (const auto& [length, hop] : {std::pair{40, 20}, {33, 7}, {50, 50}, {100, 1}}) {
    SCOPED_TRACE(length);
    const Graph graph = graph_of(
        100, fmt::format("[[step]]\nop = \"frame\"\nlength = {}\nhop = {}\n", length, hop));
    const NodeView node{graph, graph.nodes()[0]};
    const KernelCall call = find_op("frame")->lower(node, {});
    const HostBytes input = random_rows(node.input(0), 1), params = struct_bytes(call);
    HostBytes output(static_cast<size_t>(node.output().bytes()));
    assay_copy_nd(reinterpret_cast<const struct assay_copy_nd*>(params.data()), input.data(),
                  output.data());
    EXPECT_EQ(output, reference_of(node, input));
  }
}

TEST(FeatureKernels, SpectraAreTheReferences) {
  for (const int points : {4, 8, 16, 32, 64, 512, 1024})
    for (const std::string_view kind : {"power", "magnitude"})
      expect_equal(graph_of(points - points / 5,
                            fmt::format("[[step]]\nop = \"spectrum\"\npoints = {}\nkind = \"{}\"\n",
                                        points, kind)),
                   assay_power_spectrum_f32);
}

TEST(FeatureKernels, ASpectrumIsThatOfThePlainSum) {
  const Graph graph = graph_of(50, "[[step]]\nop = \"spectrum\"\npoints = 64\n");
  const NodeView node{graph, graph.nodes()[0]};
  const HostBytes input = random_rows(node.input(0), 7), output = reference_of(node, input);
  std::vector<float> x(50), got(33);
  std::memcpy(x.data(), input.data(), x.size() * sizeof(float));
  std::memcpy(got.data(), output.data(), got.size() * sizeof(float));
  for (int k = 0; k <= 32; ++k) {
    double re = 0, im = 0;
    for (int i = 0; i < 50; ++i) {
      const double angle = 2 * std::numbers::pi * k * i / 64;
      re += x[static_cast<size_t>(i)] * std::cos(angle);
      im += x[static_cast<size_t>(i)] * std::sin(angle);
    }
    EXPECT_NEAR(got[static_cast<size_t>(k)], re * re + im * im, 1e-3);
  }
}

TEST(FeatureKernels, BandsAreTheReferences) {
  expect_equal(graph_of(256, "[[step]]\nop = \"spectrum\"\n[[step]]\nop = \"mel\"\nbands = 30\n"),
               assay_band_sums_f32);
}

TEST(FeatureKernels, StatisticsAreTheReferences) {
  for (const std::string_view kind :
       {"mean", "rms", "std", "min", "max", "zero_crossings", "percentile"})
    for (const double percent : {0.0, 37.5, 100.0})
      expect_equal(graph_of(101, fmt::format("[[step]]\nop = \"statistics\"\nof = [\"{}\"]\n"
                                             "percent = {}\n",
                                             kind, percent)),
                   assay_row_statistic_f32);
}

}  // namespace
}  // namespace assay
