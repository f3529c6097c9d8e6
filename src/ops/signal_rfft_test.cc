// The spectrum by instructions of two halfwords against the portable one, which TFLM judges
// (tests/conformance): every bit, at full scale, with inputs that do not fill the transform.
#include <gtest/gtest.h>

#include <random>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a kernel and its parameters share a name
#include "../kernels/signal_rfft_s16.c"
#include "../kernels/signal_rfft_s16_dsp.c"
#pragma GCC diagnostic pop
#include "host_kernel.h"
#include "test_graphs.h"

namespace assay {
extern const OpDef signal_rfft_op;

namespace {

void expect_same(int32_t length, int32_t inputs, unsigned seed) {
  SCOPED_TRACE(testing::Message() << inputs << " of " << length);
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s16, {3, inputs});
  const Result<Graph> graph = b.try_build({b.node("signal_rfft", {x}, Dtype::s16, {3, length + 2},
                                                  {}, {TestAttr("fft_length", length)})});
  ASSERT_TRUE(graph) << text(graph.error());
  const NodeView node{*graph, graph->nodes()[0]};
  std::mt19937 draw(seed);
  std::vector<int16_t> values;
  for (int32_t i = 0; i < 3 * inputs; ++i) {
    const auto value = static_cast<int16_t>(draw() & 0xffffU);
    values.push_back(i % 3 == 0 ? int16_t{-32768} : value);
  }
  const auto bytes = std::as_bytes(std::span(values));
  const HostBytes input(bytes.begin(), bytes.end());
  const KernelCall portable = signal_rfft_op.lower(node, {});
  const KernelCall dsp = signal_rfft_op.lower(node, {.isa = {.dsp = true}});
  ASSERT_EQ(portable.kernel, "signal_rfft_s16");
  ASSERT_EQ(dsp.kernel, "signal_rfft_s16_dsp");
  EXPECT_EQ(run_kernel(node, dsp, input, assay_signal_rfft_s16_dsp),
            run_kernel(node, portable, input, assay_signal_rfft_s16));
}

TEST(SignalRfft, PairsOfHalfwordsGiveTheSameBits) {
  unsigned seed = 0;
  for (const int32_t length : {4, 8, 16, 32, 256, 512, 1024})
    for (const int32_t less : {0, 1, 2, 3}) expect_same(length, length - less, ++seed);
}

}  // namespace
}  // namespace assay
