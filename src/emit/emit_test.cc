#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "emit/c_writer.h"
#include "emit/program.h"
#include "test_graphs.h"

namespace assay {
namespace {

TEST(CWriter, LiteralsReadBackToTheSameBits) {
  EXPECT_EQ(c_literal(1.0f), "1.0f");
  EXPECT_EQ(c_literal(0.1f), "0.100000001f");
  EXPECT_EQ(c_literal(-0.0f), "-0.0f");
  EXPECT_EQ(c_literal(std::numeric_limits<float>::max()), "3.40282347e+38f");
  EXPECT_EQ(c_literal(-std::numeric_limits<float>::infinity()), "(-1.0f / 0.0f)");
  for (const float value : {1e-45f, 0.3f, 16777217.0f, -1.17549435e-38f})
    EXPECT_EQ(std::strtof(c_literal(value).c_str(), nullptr), value);
  EXPECT_EQ(c_literal(int64_t{-2147483648}), "(-2147483647 - 1)");
  EXPECT_EQ(c_literal(int64_t{2147483648}), "2147483648u");
  EXPECT_EQ(c_literal(int64_t{1} << 40), "1099511627776LL");
}

TEST(CWriter, CommentsCannotBeLeft) {
  EXPECT_EQ(c_comment("a */ int x; /*"), "a *| int x; /|");
  EXPECT_EQ(c_comment("line\nbreak\\"), "line?break\\.");
  EXPECT_EQ(c_comment(std::string(500, 'x')).size(), 120u);
  EXPECT_EQ(c_comment("trigraph \xff"), "trigraph ?");
}

TEST(CWriter, Arrays) {
  const Constant constant = make_constant<int8_t>("w", Dtype::s8, {1, -2, 127, -128}, true);
  EXPECT_EQ(c_array("kws_00_w", constant),
            "static const int8_t kws_00_w[4] ASSAY_ALIGNED = {\n  1, -2, 127, -128,\n};\n");
}

Graph small() {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 8}, quant(0.5f, -1), "in*/put");
  const TensorId w = b.constant<int8_t>(Dtype::s8, {4, 8}, counting<int8_t>(32), quant(0.1f));
  const TensorId y = b.node("fully_connected", {x, w, kNoTensor}, Dtype::s8, {1, 4},
                            quant(0.25f, 3), {{"activation", "relu"}});
  return b.build({y});
}

TEST(Aot, EachLayerIsAFunctionAndEachConstantASymbol) {
  const Graph graph = small();
  const Result<Program> program =
      aot_runtime.emit(graph, {{{.dsp = true}, Optimize::balanced}, "net"});
  ASSERT_TRUE(program) << text(program.error());
  ASSERT_EQ(program->layers.size(), 1u);
  EXPECT_EQ(program->layers[0].symbol, "net_layer_00_fully_connected");
  EXPECT_EQ(program->invoke_symbol, "net_invoke");
  const std::string& source = program->sources[1].text;
  for (const ConstantSymbol& constant : program->constants)
    EXPECT_NE(source.find(constant.symbol + "["), std::string::npos);
  EXPECT_NE(source.find("net_layer_00_fully_connected((uint8_t *)arena);"), std::string::npos);
  EXPECT_EQ(source.find("in*/put"), std::string::npos) << "a tensor's name left its comment";
  EXPECT_NE(program->sources[0].text.find("#define NET_INPUT_0_ZERO_POINT -1"), std::string::npos);
}

TEST(Aot, SpeedIncludesTheKernelsAndSizeLinksThem) {
  const Graph graph = small();
  const auto names = [&](Optimize optimize) {
    std::string list;
    const Result<Program> program = aot_runtime.emit(graph, {{{.dsp = true}, optimize}, "net"});
    for (const SourceFile& file : program->sources) list += file.name + " ";
    return list;
  };
  EXPECT_NE(names(Optimize::speed).find(".inc "), std::string::npos);
  EXPECT_EQ(names(Optimize::size).find(".inc "), std::string::npos);
}

TEST(Aot, TheSameGraphGivesTheSameBytes) {
  const Graph graph = small();
  const EmitOptions options{{{.dsp = true}, Optimize::speed}, "net"};
  const Result<Program> a = aot_runtime.emit(graph, options), b = aot_runtime.emit(graph, options);
  ASSERT_TRUE(a && b);
  for (size_t i = 0; i < a->sources.size(); ++i) EXPECT_EQ(a->sources[i].text, b->sources[i].text);
}

TEST(Aot, AnUnknownOperatorIsSaid) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 8}, quant(1));
  const Graph graph = b.build({b.node("warp_drive", {x}, Dtype::s8, {1, 8}, quant(1))});
  const Result<Program> program = aot_runtime.emit(graph, {});
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().kind, ErrorKind::unsupported);
  EXPECT_NE(text(program.error()).find("warp_drive"), std::string::npos);
}

TEST(Runtimes, ANearMissIsSuggested) {
  EXPECT_NE(text(find_runtime("aott").error()).find("did you mean aot?"), std::string::npos);
}

}  // namespace
}  // namespace assay
