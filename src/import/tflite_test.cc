// The TFLite importer on files made here: what it reads, and the words for what it refuses.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "import/importer.h"
#include "import/tflite_opcodes.h"
#include "test_tflite.h"

namespace assay {
namespace {

constexpr int kSkipGram = 30;  // stands for operators that we do not have

Result<Graph> load(std::vector<std::byte> file) { return load_model(std::move(file), "m"); }

std::string error_of(std::vector<std::byte> file) {
  const Result<Graph> graph = load(std::move(file));
  if (graph) return "no error";
  EXPECT_EQ(graph.error().kind, ErrorKind::input);
  return text(graph.error());
}

/// x -> some operator -> y, where a test changes what it wants to be wrong.
struct OneNode {
  TestTensor x = {.shape = {2, 3}, .name = "x"};
  TestTensor y = {.shape = {2, 3}, .name = "y"};
  TestNode node = {.opcode = kSkipGram, .inputs = {0}, .outputs = {1}};
  std::vector<int32_t> inputs = {0}, outputs = {1};

  std::vector<std::byte> file() const {
    TfliteWriter w;
    w.tensor(x);
    w.tensor(y);
    w.node(node);
    return w.finish(inputs, outputs);
  }
};

TEST(TfliteOpcodes, HaveNames) {
  EXPECT_EQ(tflite_opcode_name(3), "conv_2d");
  EXPECT_EQ(tflite_opcode_name(kSkipGram), "skip_gram");
  EXPECT_EQ(tflite_opcode_name(kTfliteCustom), "custom");
  EXPECT_EQ(tflite_opcode_name(1000), "");
  EXPECT_EQ(tflite_opcode_name(-1), "");
}

TEST(Tflite, ReadsTensors) {
  OneNode m;
  m.x.scale = {0.5f};
  m.x.zero_point = {-3};
  m.x.axis = 77;  // one scale: no effect
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->name(), "m");
  EXPECT_EQ(graph->format(), "tflite");
  const Tensor& x = graph->tensor(0);
  EXPECT_EQ(x.name, "x");
  EXPECT_EQ(x.dtype, Dtype::s8);
  EXPECT_EQ(text(x.shape), "2x3");
  EXPECT_EQ(x.quant.scale, std::vector<float>{0.5f});
  EXPECT_EQ(x.quant.zero_point, std::vector<int32_t>{-3});
  EXPECT_EQ(x.quant.axis, 0);
  EXPECT_EQ(graph->inputs(), std::vector<TensorId>{0});
  EXPECT_EQ(graph->outputs(), std::vector<TensorId>{1});
}

TEST(Tflite, ReadsConstantsByView) {
  TfliteWriter w;
  w.tensor({.shape = {2}, .type = kTfliteInt32, .data = {1, 0, 0, 0, 2, 0, 0, 0}});
  w.tensor({.shape = {2}, .name = "y"});
  w.node({.opcode = kSkipGram, .inputs = {0, -1}, .outputs = {1}});
  const Result<Graph> graph = load(w.finish({}, {1}));
  ASSERT_TRUE(graph) << text(graph.error());
  const Tensor& c = graph->tensor(0);
  ASSERT_TRUE(c.is_constant);
  ASSERT_EQ(c.values<int32_t>().size(), 2u);
  EXPECT_EQ(c.values<int32_t>()[1], 2);
  EXPECT_GE(c.data.data(), graph->file().data());
  EXPECT_LT(c.data.data(), graph->file().data() + graph->file().size());
}

TEST(Tflite, TakesPerChannelScalesWithOneZeroPoint) {
  OneNode m;
  m.x.scale = {1, 2, 3};
  m.x.zero_point = {0};
  m.x.axis = 1;
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->tensor(0).quant.zero_point, (std::vector<int32_t>{0, 0, 0}));
  EXPECT_EQ(graph->tensor(0).quant.axis, 1);
}

TEST(Tflite, TakesTheOnlyAxisOfABias) {
  OneNode m;
  m.x.shape = {2};
  m.x.scale = {1, 2};
  m.x.zero_point = {0, 0};
  m.x.axis = 3;
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->tensor(0).quant.axis, 0);
}

TEST(Tflite, TakesAnEmptyTensorThatNothingMakesAsConstant) {
  OneNode m;
  m.x.shape = {0};
  m.inputs = {};
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_TRUE(graph->tensor(0).is_constant);
}

TEST(Tflite, CutsNamesThatPeopleCouldNotRead) {
  OneNode m;
  m.x.name = "a\nb" + std::string(1000, 'x');
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_TRUE(graph->tensor(0).name.starts_with("a?bx"));
  EXPECT_LT(graph->tensor(0).name.size(), 300u);
}

TEST(Tflite, KeepsWhatItDoesNotKnowAndSaysWhy) {
  const struct {
    const char* what;
    TestNode node;
    const char* op;
    const char* trouble;
  } cases[] = {
      {"an operator we do not have", {.opcode = kSkipGram}, "skip_gram", "no such operator here"},
      {"a code of the future",
       {.opcode = 5000},
       "opcode 5000",
       "TFLite has no operator with code 5000"},
      {"a custom one",
       {.opcode = kTfliteCustom, .custom = "Foo"},
       "custom Foo",
       "a custom operator, which only its author's runtime knows"},
      {"a nameless one",
       {.opcode = kTfliteCustom},
       "custom without a name",
       "a custom operator, which only its author's runtime knows"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    OneNode m;
    m.node = c.node;
    m.node.inputs = {0};
    m.node.outputs = {1};
    const Result<Graph> graph = load(m.file());
    ASSERT_TRUE(graph) << text(graph.error());
    EXPECT_EQ(graph->nodes()[0].op, c.op);
    EXPECT_EQ(graph->nodes()[0].trouble, c.trouble);
  }
}

TEST(Tflite, NotesFurtherSubgraphs) {
  TfliteWriter w;
  w.subgraph_count = 3;
  w.tensor({.shape = {2}});
  const Result<Graph> graph = load(w.finish({0}, {0}));
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->notes(), std::vector<std::string>{"2 more subgraphs, not read"});
}

TEST(Tflite, SaysWhichSubgraphANodeCannotRun) {
  const struct {
    double then_subgraph, else_subgraph;
    const char* words;
  } cases[] = {
      {7, 1, "model m: node 0 (if): subgraph 7: the model has 2 subgraphs"},
      {-1, 1, "model m: node 0 (if): subgraph -1: the model has 2 subgraphs"},
      {0, 1,
       "model m: node 0 (if): subgraph 0: it runs itself, which no runtime on microcontrollers "
       "does"},
      {1, 1,
       "model m: node 0 (if): subgraph 1: node 0 (if): subgraph 1: it runs itself, which no "
       "runtime on microcontrollers does"},
  };
  for (const auto& c : cases) {
    TfliteWriter w;  // both subgraphs are the same
    w.subgraph_count = 2;
    const int condition = w.tensor({.shape = {1}, .type = 6});
    const int x = w.tensor({.shape = {4}, .type = 0});
    const int y = w.tensor({.shape = {4}, .type = 0});
    w.node(
        {.opcode = 118,
         .inputs = {condition, x},
         .outputs = {y},
         .options_type = 92,
         .options = {{TestOption::int32, c.then_subgraph}, {TestOption::int32, c.else_subgraph}}});
    const auto graph = load_model(w.finish({condition, x}, {y}), "m");
    ASSERT_FALSE(graph);
    EXPECT_EQ(text(graph.error()), c.words);
  }
}

/// x, open in its first axis, and relu of it, whose shape the file does not know.
TfliteWriter open_relu() {
  TfliteWriter w;
  const int x = w.tensor({.shape = {1, 4}, .type = 0, .name = "x", .open_shape = {-1, 4}});
  const int y = w.tensor({.shape = {}, .type = 0, .name = "y", .open_shape = {-1, -1}});
  w.node({.opcode = 19, .inputs = {x}, .outputs = {y}});
  return w;
}

TEST(Tflite, InfersWhatTheFileLeavesOpen) {
  const Graph graph = load_model(open_relu().finish({0}, {1}), "test").value();
  EXPECT_EQ(text(graph.tensor(1).shape), "1x4");
}

TEST(Tflite, InfersShapesFromThoseThatTheUserSays) {
  const auto shape_of_output = [](ImportOptions options) {
    TfliteWriter w = open_relu();
    w.signatures = {"serve"};
    const auto graph = load_model(w.finish({0}, {1}), "test", options);
    return graph ? text(graph->tensor(1).shape) : text(graph.error());
  };
  EXPECT_EQ(shape_of_output({.shapes = {{"", Shape{{3, 4}}}}}), "3x4");
  EXPECT_EQ(shape_of_output({.shapes = {{"x", Shape{{2, 5}}}}}), "2x5");
  EXPECT_EQ(shape_of_output({.shapes = {{"in", Shape{{2, 4}}}}, .signature = "serve"}), "2x4");
  EXPECT_EQ(shape_of_output({.shapes = {{"z", Shape{{2, 4}}}}}),
            "model test: --shape names an input that the model does not have; it has 'x'");
  EXPECT_EQ(shape_of_output({.shapes = {{"x", Shape{{4}}}}}),
            "model test: --shape 4 of input 'x', which has 2 axes: 1x4");
  EXPECT_EQ(shape_of_output({.signature = "train"}),
            "model test: --signature 'train' is not in the model; it has 'serve'");
}

TEST(Tflite, TakesTheSubgraphOfTheSignature) {
  TfliteWriter w = open_relu();
  w.subgraph_count = 2;
  w.signatures = {"first", "second"};
  const auto graph = load_model(w.finish({0}, {1}), "test", {.signature = "second"});
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->variant(), "signature second ");
}

TEST(Tflite, RefusesBadTensors) {
  const struct {
    TestTensor x;
    const char* words;
  } cases[] = {
      {{.shape = {1 << 16, 1 << 16}, .name = "x"},
       "model m: tensor 0 'x': shape 65536x65536 has more than 2^31 - 1 elements"},
      {{.shape = {1 << 30}, .type = kTfliteFloat32, .name = "x"},
       "model m: tensor 0 'x': shape 1073741824 of f32 needs 4294967296 bytes, more than 2^31 - 1"},
      {{.shape = {2, -3}, .name = "x"}, "model m: tensor 0 'x': shape 2x-3 has a negative extent"},
      {{.shape = {2, -3}, .name = "x", .data = {1}},
       "model m: tensor 0 'x': shape 2x-3 has a negative extent"},
      {{.shape = {4}, .name = "x", .data = {1, 2}},
       "model m: tensor 0 'x': constant has 2 bytes, its shape 4 of s8 needs 4"},
      {{.shape = {4}, .type = 99, .name = "x"}, "model m: tensor 0 'x': TFLite has no type 99"},
      {{.shape = {4}, .type = -1, .name = "x"}, "model m: tensor 0 'x': TFLite has no type -1"},
      {{.shape = {4}, .name = "x", .buffer = 7},
       "model m: tensor 0 'x': its buffer is 7, the model has 1"},
      {{.shape = {4}, .name = "x", .scale = {0}, .zero_point = {0}},
       "model m: tensor 0 'x': scale 0 is 0, not a positive number"},
      {{.shape = {4}, .name = "x", .scale = {1, 2}, .zero_point = {0, 0, 0}},
       "model m: tensor 0 'x': 2 scales but 3 zero points"},
      {{.shape = {4}, .name = "x", .scale = {1}, .zero_point = {int64_t{1} << 40}},
       "model m: tensor 0 'x': zero point 0 is 1099511627776, outside of s32"},
      {{.shape = {4, 4}, .name = "x", .scale = {1, 2}, .zero_point = {0}, .axis = 9},
       "model m: tensor 0 'x': quantised along axis 9 but has 2 axes"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    OneNode m;
    m.x = c.x;
    if (!c.x.data.empty()) m.inputs = {};
    EXPECT_EQ(error_of(m.file()), c.words);
  }
}

TEST(Tflite, RefusesBadIndices) {
  OneNode input;
  input.node.inputs = {0, 99};
  EXPECT_EQ(error_of(input.file()),
            "model m: node 0 (skip_gram): input 1 is tensor 99, the model has 2");
  OneNode output;
  output.node.outputs = {-1};
  EXPECT_EQ(error_of(output.file()),
            "model m: node 0 (skip_gram): output 0 is tensor -1, the model has 2");
  OneNode code;
  code.node.opcode_index = 5;
  EXPECT_EQ(error_of(code.file()), "model m: node 0: its operator code is 5, the model has 0");
  OneNode version;
  version.node.version = 0;
  EXPECT_EQ(error_of(version.file()), "model m: operator code 0: version 0 is below 1");
  OneNode graph;
  graph.outputs = {12};
  EXPECT_EQ(error_of(graph.file()), "model m: model output 0 is tensor 12, the model has 2");
  OneNode loop;
  loop.node.inputs = {0, 1};
  EXPECT_EQ(error_of(loop.file()),
            "model m: node 0 (skip_gram): needs its own output: the graph has a cycle");
}

/// x -> conv_2d with a 3x3 filter -> y, with the options that TFLite's Conv2DOptions has.
struct OneConv {
  TestTensor x = {.shape = {1, 4, 4, 1}, .name = "x", .scale = {1}, .zero_point = {0}};
  TestTensor w = {.shape = {1, 3, 3, 1},
                  .name = "w",
                  .data = std::vector<uint8_t>(9, 1),
                  .scale = {1},
                  .zero_point = {0}};
  TestTensor y = {.shape = {1, 2, 4, 1}, .name = "y", .scale = {1}, .zero_point = {0}};
  TestNode node = {.opcode = 3,
                   .inputs = {0, 1},
                   .outputs = {2},
                   .options_type = 1,
                   .options = {{TestOption::int8, 0},     // padding: same
                               {TestOption::int32, 1},    // stride_w
                               {TestOption::int32, 2},    // stride_h
                               {TestOption::int8, 3},     // activation: relu6
                               {TestOption::int32, 1},    // dilation_w
                               {TestOption::int32, 1}}};  // dilation_h

  std::vector<std::byte> file() const {
    TfliteWriter writer;
    writer.tensor(x);
    writer.tensor(w);
    writer.tensor(y);
    writer.node(node);
    return writer.finish({0}, {2});
  }
};

TEST(TfliteOptions, BecomeAttributes) {
  const Result<Graph> graph = load(OneConv().file());
  ASSERT_TRUE(graph) << text(graph.error());
  const Node& node = graph->nodes()[0];
  EXPECT_EQ(node.op, "conv_2d");
  EXPECT_EQ(node.trouble, "");
  EXPECT_EQ(node.attrs.word("padding", ""), "same");
  EXPECT_EQ(node.attrs.word("activation", ""), "relu6");
  EXPECT_EQ(node.attrs.integer("stride_h", 0), 2);
  EXPECT_EQ(node.attrs.integer("stride_w", 0), 1);
}

TEST(TfliteOptions, AbsentFieldsHaveTheSchemasDefaults) {
  OneConv m;
  m.node.options.resize(3);
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->nodes()[0].attrs.word("activation", ""), "none");
  EXPECT_EQ(graph->nodes()[0].attrs.integer("dilation_h", 0), 1);
}

TEST(TfliteOptions, RefusesWhatCannotBe) {
  const struct {
    const char* what;
    void (*spoil)(OneConv&);
    const char* words;
  } cases[] = {
      {"a padding that is none", [](OneConv& m) { m.node.options[0].value = 7; },
       "model m: node 0 (conv_2d): padding: 7 is not one of its 2 values"},
      {"an activation that is none", [](OneConv& m) { m.node.options[3].value = -1; },
       "model m: node 0 (conv_2d): activation: -1 is not one of its 6 values"},
      {"options of another operator", [](OneConv& m) { m.node.options_type = 5; },
       "model m: node 0 (conv_2d): its options are of type 5, those of CONV_2D of type 1"},
      {"a negative stride", [](OneConv& m) { m.node.options[1].value = -2; },
       "model m: node 0 (conv_2d): width: stride -2 is not positive"},
      {"no inputs", [](OneConv& m) { m.node.inputs = {}; },
       "model m: node 0 (conv_2d): needs input, filter, perhaps a bias, and one output"},
      {"no filter",
       [](OneConv& m) {
         m.node.inputs = {0, -1};
       },
       "model m: node 0 (conv_2d): needs input, filter, perhaps a bias, and one output"},
      {"no outputs", [](OneConv& m) { m.node.outputs = {}; },
       "model m: node 0 (conv_2d): it has no output"},
      {"another output shape",
       [](OneConv& m) {
         m.y.shape = {1, 4, 4, 1};
       },
       "model m: node 0 (conv_2d): output 0 is 1x4x4x1 in the file, but its inputs make it "
       "1x2x4x1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    OneConv m;
    c.spoil(m);
    EXPECT_EQ(error_of(m.file()), c.words);
  }
}

TEST(TfliteOptions, OutsideOfTheFileAreRefused) {
  std::vector<std::byte> file = OneConv().file();
  const auto* model = tfl::GetModel(file.data());
  const auto* options = model->subgraphs()->Get(0)->operators()->Get(0)->options();
  const auto* vtable = reinterpret_cast<const flatbuffers::Table*>(options)->GetVTable();
  const auto at = static_cast<size_t>(reinterpret_cast<const std::byte*>(vtable) - file.data());
  const uint16_t far = 60'000;
  std::memcpy(file.data() + at + 6, &far, sizeof far);  // where field 1, stride_w, lies
  EXPECT_EQ(error_of(file), "model m: node 0 (conv_2d): stride_w: lies outside of the file");
}

TEST(Tflite, KeepsKnownOperatorsThatItCannotDescribe) {
  const struct {
    void (*spoil)(OneConv&);
    const char* trouble;
  } cases[] = {
      {[](OneConv& m) { m.node.version = 99; }, "version 99 of CONV_2D, known up to version "},
      {[](OneConv& m) { m.w.is_sparse = true; }, "input 1 is sparse"},
      {[](OneConv& m) { m.w.external_buffer = 3; }, "input 1 is stored in another file"},
      {[](OneConv& m) { m.w.quantisation_details = 2; },
       "input 1 is quantised in a way of its own"},
      {[](OneConv& m) { m.w.is_variable = true; }, "input 1 is a variable with an initial value"},
      {[](OneConv& m) { m.x.type = m.y.type = 18; },
       "input 0 is of type bfloat16; output 0 is of type bfloat16"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.trouble);
    OneConv m;
    c.spoil(m);
    const Result<Graph> graph = load(m.file());
    ASSERT_TRUE(graph) << text(graph.error());
    EXPECT_EQ(graph->nodes()[0].op, "conv_2d");
    EXPECT_TRUE(graph->nodes()[0].trouble.starts_with(c.trouble)) << graph->nodes()[0].trouble;
  }
}

TEST(Tflite, NotesBytesThatTheShapeDoesNotAskFor) {
  OneConv m;
  m.w.data.resize(12);
  const Result<Graph> graph = load(m.file());
  ASSERT_TRUE(graph) << text(graph.error());
  EXPECT_EQ(graph->tensor(1).data.size(), 9u);
  EXPECT_EQ(
      graph->notes(),
      std::vector<std::string>{"tensor 1 'w': its buffer has 12 bytes, the shape 1x3x3x1 needs 9"});
}

TEST(Tflite, RefusesOtherSchemasAndEmptyModels) {
  TfliteWriter old;
  old.schema_version = 2;
  EXPECT_EQ(error_of(old.finish({}, {})), "model m: schema version 2 is not 3");
  TfliteWriter empty;
  empty.subgraph_count = 0;
  EXPECT_EQ(error_of(empty.finish({}, {})), "model m: the file holds no graph");
}

TEST(Tflite, SaysWhereAFileIsCut) {
  const std::vector<std::byte> whole = OneNode().file();
  int refused = 0;
  for (size_t size = 8; size < whole.size(); ++size) {
    const Result<Graph> graph = load({whole.begin(), whole.begin() + static_cast<long>(size)});
    if (graph) continue;
    ++refused;
    EXPECT_TRUE(text(graph.error()).starts_with("model m: the file is damaged or cut short: "))
        << text(graph.error());
  }
  EXPECT_GT(refused, 100);
}

TEST(Tflite, NamesTheBrokenTensor) {
  std::vector<std::byte> file = OneNode().file();
  // Tensor 1's name is moved out of the file by its length.
  const auto* model = tfl::GetModel(file.data());
  const auto* name = model->subgraphs()->Get(0)->tensors()->Get(1)->name();
  const auto at = static_cast<size_t>(reinterpret_cast<const std::byte*>(name) - file.data());
  const uint32_t huge = 1u << 30;
  std::memcpy(file.data() + at, &huge, sizeof huge);
  EXPECT_EQ(error_of(file),
            "model m: the file is damaged or cut short: tensor 1 reaches outside of it");
}

TEST(Tflite, DoesNotUnpackASmallFileToALargeGraph) {
  // A thousand tensors that share one shape of ten thousand extents.
  flatbuffers::FlatBufferBuilder fbb;
  const auto shape = fbb.CreateVector(std::vector<int32_t>(10'000, 1));
  std::vector<flatbuffers::Offset<tfl::Tensor>> tensors;
  for (int i = 0; i < 1000; ++i) tensors.push_back(tfl::CreateTensor(fbb, shape));
  const std::vector<flatbuffers::Offset<tfl::SubGraph>> graphs = {
      tfl::CreateSubGraph(fbb, fbb.CreateVector(tensors))};
  fbb.Finish(tfl::CreateModelDirect(fbb, 3, nullptr, &graphs), tfl::ModelIdentifier());
  const auto* bytes = reinterpret_cast<const std::byte*>(fbb.GetBufferPointer());
  EXPECT_TRUE(error_of({bytes, bytes + fbb.GetSize()})
                  .ends_with("the file's lists overlap: it would unpack to many times its size"));
}

TEST(LoadModel, SaysWhatAFileIsThatIsNoModel) {
  const struct {
    std::string bytes;
    ErrorKind kind;
    const char* words;
  } cases[] = {
      {"", ErrorKind::input, "model m: the file is empty"},
      {"\x89PNG\r\n\x1a\n", ErrorKind::input, "model m: it is a PNG image, not a model"},
      {"\x08\x07\x12\x07pytorch", ErrorKind::input, "model m: the file holds no graph"},
      {"hello, world", ErrorKind::input,
       "model m: unknown format; we read tflite, lightgbm, xgboost, onnx, pipeline"},
      {"ab", ErrorKind::input,
       "model m: unknown format; we read tflite, lightgbm, xgboost, onnx, pipeline"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    const auto bytes = std::as_bytes(std::span(c.bytes.data(), c.bytes.size()));
    const Result<Graph> graph = load({bytes.begin(), bytes.end()});
    ASSERT_FALSE(graph);
    EXPECT_EQ(graph.error().kind, c.kind);
    EXPECT_EQ(text(graph.error()), c.words);
  }
}

TEST(LoadModel, SaysWhenThereIsNoFile) {
  const Result<Graph> missing = load_model(std::filesystem::path("no/such.tflite"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(text(missing.error()), "no/such.tflite: no such file");
  const Result<Graph> folder = load_model(std::filesystem::path("."));
  ASSERT_FALSE(folder);
  EXPECT_EQ(text(folder.error()), ".: is a directory");
}

TEST(LoadModel, ReadsTheExamples) {
  int read = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(ASSAY_SOURCE_DIR) / "examples")) {
    if (entry.path().extension() != ".tflite") continue;
    const Result<Graph> graph = load_model(entry.path());
    ASSERT_TRUE(graph) << text(graph.error());
    EXPECT_EQ(graph->name(), entry.path().stem().string());
    EXPECT_GT(graph->nodes().size(), 2u);
    ++read;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace assay
