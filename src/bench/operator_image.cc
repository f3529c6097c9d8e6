// Operator cases -> one graph -> an image by the `aot` runtime.
//
// The graph has one input as large as the largest case wants. Each case takes the first part of it
// by a slice, so that one image holds many cases with hardly more RAM than the largest needs; the
// slices are not counted. The layer hook of the generated code takes a digest of each layer's
// output before the next begins, which the host's reference must agree with.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

#include "bench/case.h"
#include "bench/operator_case.h"
#include "bench_program.h"
#include "estimate/kernel_features.h"
#include "estimate/totals.h"
#include "ops/op.h"
#include "ops/run.h"

namespace assay {
namespace {

using Dims = OperatorProgram::Dims;

struct OperatorCase {
  const OperatorProgram* program;
  Dims dims;
};

/// A graph in the making.
struct Builder {
  GraphParts parts;
  TensorId input = kNoTensor;  ///< that all cases share; none: each operand is an input
};

/// Scales such that random inputs and weights fill the outputs' range without saturating it.
constexpr float kInScale = 0.05F, kWeightScale = 0.01F;
constexpr ConstantCache kNoCache;
constexpr int32_t kInZero = -3, kOutZero = 5;

TensorId add_tensor(Builder& b, std::string name, Dtype dtype, std::vector<int32_t> dims,
                    Quantisation quant) {
  Tensor made;
  made.name = std::move(name);
  made.dtype = dtype;
  made.shape = {std::move(dims)};
  if (dtype == Dtype::s8 || dtype == Dtype::s32) made.quant = std::move(quant);
  b.parts.tensors.push_back(std::move(made));
  return static_cast<TensorId>(b.parts.tensors.size() - 1);
}

TensorId add_constant(Builder& b, std::string name, Dtype dtype, std::vector<int32_t> dims,
                      std::vector<std::byte> bytes, Quantisation quant = {}) {
  const TensorId id = add_tensor(b, std::move(name), dtype, std::move(dims), std::move(quant));
  b.parts.own.push_back(std::move(bytes));
  Tensor& made = b.parts.tensors.back();
  made.data = b.parts.own.back();
  made.is_constant = true;
  return id;
}

TensorId add_integers(Builder& b, std::string name, const std::vector<int32_t>& values,
                      std::vector<int32_t> dims) {
  const auto bytes = std::as_bytes(std::span(values));
  return add_constant(b, std::move(name), Dtype::s32, std::move(dims),
                      {bytes.begin(), bytes.end()});
}

TensorId add_random(Builder& b, std::string name, Dtype dtype, std::vector<int32_t> dims,
                    uint32_t seed, Quantisation quant) {
  const auto elements = static_cast<int32_t>(Shape{dims}.elements());
  std::vector<std::byte> bytes(static_cast<size_t>(elements) * static_cast<size_t>(bits(dtype)) /
                               8);
  if (dtype == Dtype::s32) {  // a bias: small
    std::vector<int16_t> small(static_cast<size_t>(elements));
    bench_random(BENCH_S16, small.data(), elements, seed);
    const std::vector<int32_t> wide(small.begin(), small.end());
    std::memcpy(bytes.data(), wide.data(), bytes.size());
  } else {
    bench_random(dtype == Dtype::s8 ? BENCH_S8 : BENCH_F32, bytes.data(), elements, seed);
  }
  return add_constant(b, std::move(name), dtype, std::move(dims), std::move(bytes),
                      std::move(quant));
}

void add_node(Builder& b, std::string_view op, std::vector<TensorId> inputs, TensorId output,
              Attrs attrs) {
  Node made;
  made.op = op;
  made.inputs = std::move(inputs);
  made.outputs = {output};
  made.attrs = std::move(attrs);
  b.parts.nodes.push_back(std::move(made));
}

Quantisation one_scale(float scale, int32_t zero) { return {{scale}, {zero}, 0}; }

/// Weights with a scale of their own for each channel, as converters make them.
Quantisation channel_scales(int32_t channels, int axis) {
  Quantisation quant{{}, std::vector<int32_t>(static_cast<size_t>(channels)), axis};
  for (int32_t c = 0; c < channels; ++c)
    quant.scale.push_back(kWeightScale * (1.0F + 0.01F * static_cast<float>(c % 16)));
  return quant;
}

/// Sums of `taps` products of evenly spread bytes then have a standard deviation of 40 steps.
float sum_scale(int64_t taps) {
  constexpr float kProduct = 74.0F * 74.0F, kSteps = 40.0F;
  return kInScale * kWeightScale * kProduct * std::sqrt(static_cast<float>(taps)) / kSteps;
}

/// The first elements of the graph's input under a shape.
TensorId add_operand(Builder& b, const OperatorCase& c, const std::vector<int32_t>& dims,
                     int32_t skip) {
  const Dtype dtype = c.program->in;
  const auto elements = static_cast<int32_t>(Shape{dims}.elements());
  const Quantisation quant = one_scale(kInScale, kInZero);
  if (b.input == kNoTensor) {
    b.parts.inputs.push_back(add_tensor(b, "operand", dtype, dims, quant));
    return b.parts.inputs.back();
  }
  const TensorId begin = add_integers(b, "begin", {skip}, {1});
  const TensorId size = add_integers(b, "size", {elements}, {1});
  const TensorId part = add_tensor(b, "part", dtype, {elements}, quant);
  add_node(b, "slice", {b.input, begin, size}, part, {});
  const TensorId shaped = add_tensor(b, "operand", dtype, dims, quant);
  Attrs attrs;
  attrs.set("new_shape", std::vector<int64_t>(dims.begin(), dims.end()));
  add_node(b, "reshape", {part}, shaped, attrs);
  if (!c.dims.rectified) return shaped;
  const TensorId rectified = add_tensor(b, "rectified", dtype, dims, quant);
  add_node(b, "relu", {shaped}, rectified, {});
  return rectified;
}

int32_t windows(int32_t extent, int32_t filter, int32_t stride, bool valid) {
  return valid ? (extent - filter) / stride + 1 : (extent + stride - 1) / stride;
}

Attrs window_attrs(const Dims& d) {
  Attrs attrs;
  attrs.set("stride_h", int64_t{d.stride});
  attrs.set("stride_w", int64_t{d.stride});
  attrs.set("padding", std::string(d.valid ? "valid" : "same"));
  attrs.set("activation", std::string(d.relu ? "relu" : "none"));
  return attrs;
}

struct Operands {
  std::vector<TensorId> more;                         ///< after the first
  std::vector<int32_t> out;                           ///< the output's extents
  Quantisation quant = one_scale(kInScale, kInZero);  ///< the output's
  Attrs attrs;
};

/// Filter and bias of convolutions and of fully_connected.
void add_weights(Builder& b, const OperatorCase& c, std::vector<int32_t> filter, int32_t channels,
                 int axis, int64_t taps, Operands& operands) {
  const bool is_s8 = c.program->in == Dtype::s8;
  const bool connected = c.program->form == OperatorProgram::connected;
  const Quantisation scales =
      connected ? one_scale(kWeightScale, 0) : channel_scales(channels, axis);
  Quantisation bias_scales = scales;
  for (float& scale : bias_scales.scale) scale *= kInScale;
  bias_scales.axis = 0;
  operands.more.push_back(add_random(b, "weights", c.program->in, std::move(filter), 2, scales));
  operands.more.push_back(
      add_random(b, "bias", is_s8 ? Dtype::s32 : Dtype::f32, {channels}, 3, bias_scales));
  operands.quant = one_scale(sum_scale(taps), kOutZero);
}

Operands window_operands(Builder& b, const OperatorCase& c) {
  const Dims& d = c.dims;
  const bool is_depthwise = c.program->form == OperatorProgram::depthwise;
  const int32_t channels = is_depthwise ? d.c * d.out : d.out;
  Operands operands{.more = {}, .out = {}, .attrs = window_attrs(d)};
  if (is_depthwise) {
    operands.attrs.set("depth_multiplier", int64_t{d.out});
    add_weights(b, c, {1, d.k_h, d.k_w, channels}, channels, 3, int64_t{d.k_h} * d.k_w, operands);
  } else {
    add_weights(b, c, {channels, d.k_h, d.k_w, d.c}, channels, 0, int64_t{d.k_h} * d.k_w * d.c,
                operands);
  }
  operands.out = {1, windows(d.h, d.k_h, d.stride, d.valid), windows(d.w, d.k_w, d.stride, d.valid),
                  channels};
  return operands;
}

Operands pool_operands(const OperatorCase& c) {
  const Dims& d = c.dims;
  const bool all = c.program->form == OperatorProgram::pool_all;
  Operands operands{.more = {}, .out = {}, .attrs = window_attrs(d)};
  operands.attrs.set("filter_height", int64_t{all ? d.h : d.k_h});
  operands.attrs.set("filter_width", int64_t{all ? d.w : d.k_w});
  if (all) operands.attrs.set("padding", std::string("valid"));
  operands.out = all ? std::vector{1, 1, 1, d.c}
                     : std::vector{1, windows(d.h, d.k_h, d.stride, d.valid),
                                   windows(d.w, d.k_w, d.stride, d.valid), d.c};
  return operands;
}

/// The quantisation that TFLite demands of an output, or the input's.
Quantisation output_quant(std::string_view op) {
  if (op == "softmax" || op == "logistic") return one_scale(1.0F / 256, -128);
  if (op == "tanh") return one_scale(1.0F / 128, 0);
  if (op == "mul") return one_scale(0.2F, kOutZero);
  if (op == "add") return one_scale(0.08F, kOutZero);
  return one_scale(kInScale, kInZero);
}

Operands operands_of(Builder& b, const OperatorCase& c) {
  using P = OperatorProgram;
  const Dims& d = c.dims;
  const std::vector<int32_t> in = {1, d.h, d.w, d.c};
  Operands operands{.more = {}, .out = in, .quant = output_quant(c.program->op), .attrs = {}};
  switch (c.program->form) {
    case P::conv:
    case P::depthwise:
      return window_operands(b, c);
    case P::connected:
      operands.attrs.set("activation", std::string(d.relu ? "relu" : "none"));
      add_weights(b, c, {d.out, d.c}, d.out, 0, d.c, operands);
      operands.out = {1, d.out};
      return operands;
    case P::pool:
    case P::pool_all:
      return pool_operands(c);
    case P::pair:
      operands.attrs.set("activation", std::string("none"));
      operands.more = {add_operand(b, c, in, 1)};
      return operands;
    case P::softmax:
      operands.attrs.set("beta", 1.0);
      return operands;
    case P::reduce:
      operands.more = {add_integers(b, "axes", {1, 2}, {2})};
      operands.out = {1, d.c};
      return operands;
    case P::pad:
      operands.more = {add_integers(b, "paddings", {0, 0, 1, 1, 1, 1, 0, 0}, {4, 2})};
      operands.out = {1, d.h + 2, d.w + 2, d.c};
      return operands;
    case P::join:
      operands.attrs.set("axis", int64_t{3});
      operands.attrs.set("activation", std::string("none"));
      operands.more = {add_operand(b, c, in, 1)};
      operands.out = {1, d.h, d.w, 2 * d.c};
      return operands;
    case P::swap:
      operands.more = {add_integers(b, "permutation", {0, 3, 1, 2}, {4})};
      operands.out = {1, d.c, d.h, d.w};
      return operands;
    case P::arg_max:
      operands.more = {add_integers(b, "axis", {3}, {1})};
      operands.out = {1, d.h, d.w};
      return operands;
    case P::leaky:
      operands.attrs.set("alpha", 0.2);
      return operands;
    case P::single:
      return operands;
  }
  return operands;
}

/// Gives the index of the case's node.
int add_case(Builder& b, const OperatorCase& c) {
  const Dims& d = c.dims;
  const TensorId operand = add_operand(b, c, {1, d.h, d.w, d.c}, 0);
  Operands operands = operands_of(b, c);
  operands.more.insert(operands.more.begin(), operand);
  const TensorId out = add_tensor(b, std::string(c.program->name), c.program->out, operands.out,
                                  std::move(operands.quant));
  if (c.program->form == OperatorProgram::arg_max) b.parts.tensors.back().quant = {};
  add_node(b, c.program->op, std::move(operands.more), out, std::move(operands.attrs));
  return static_cast<int>(b.parts.nodes.size() - 1);
}

struct CaseGraph {
  Graph graph;
  std::vector<int> nodes;  ///< by case
};

Result<CaseGraph> case_graph(std::span<const OperatorCase> cases) {
  Builder b;
  b.parts.name = "bench_ops";
  b.parts.format = "made by assay bench";
  int32_t elements = 0;
  for (const OperatorCase& c : cases)
    elements = std::max(elements, c.dims.h * c.dims.w * c.dims.c + 1);
  b.input = add_tensor(b, "input", cases[0].program->in, {elements}, one_scale(kInScale, kInZero));
  b.parts.inputs = {b.input};
  std::vector<int> nodes;
  for (const OperatorCase& c : cases) nodes.push_back(add_case(b, c));
  b.parts.outputs = b.parts.nodes.back().outputs;
  Graph graph = TRY(Graph::make(std::move(b.parts)));
  TRY_STATUS(check_shapes(graph));
  return CaseGraph{std::move(graph), std::move(nodes)};
}

bench_type type_of(Dtype dtype) {
  return dtype == Dtype::f32 ? BENCH_F32 : dtype == Dtype::s8 ? BENCH_S8 : BENCH_S32;
}

std::string shape_text(const Dims& d) { return fmt::format("{}x{}x{}", d.h, d.w, d.c); }

std::string detail_of(const NodeView& view, const OperatorCase& c) {
  const Dims& d = c.dims;
  std::string detail = shape_text(d) + " -> ";
  const std::vector<int32_t>& out = view.output().shape.dims;
  for (size_t i = 1; i < out.size(); ++i) detail += fmt::format("{}{}", i == 1 ? "" : "x", out[i]);
  if (d.k_h > 0) detail += fmt::format(", {}x{}", d.k_h, d.k_w);
  if (d.stride > 1) detail += fmt::format(" s{}", d.stride);
  return detail;
}

/// The loops of the node's kernel, over all of its calls.
std::vector<std::pair<std::string, double>> features_of(const CaseGraph& graph,
                                                        const NodeView& view,
                                                        const KernelCall& call,
                                                        const ConstantCache& cache) {
  const bool rectified = is_rectified(graph.graph, view.node.inputs[0]);
  Features sum = kernel_features({call, cache, rectified});
  for (const KernelCall& more : call.then) {
    const Features features = kernel_features({more, cache, rectified});
    for (size_t i = 0; i < sum.size() && more.kernel == call.kernel; ++i)
      sum[i].value += features[i].value;
  }
  std::vector<std::pair<std::string, double>> named;
  for (const Feature& feature : sum) named.emplace_back(feature.name, feature.value);
  return named;
}

BenchCase describe(const NodeView& view, const OperatorCase& c, const KernelCall& call,
                   const std::string& memory) {
  const OpDef& op = *find_op(c.program->op);
  const Work work = op.work(view);
  const int64_t outputs = view.output().shape.elements();
  const int64_t values = std::max(view.input(0).shape.elements(), outputs);
  int64_t constants = 0;
  for (const Constant& constant : call.constants)
    constants += static_cast<int64_t>(constant.bytes().size());
  BenchCase made{.program = std::string(c.program->name),
                 .group = c.program->in == Dtype::s8 ? "int8 kernels" : "float32 kernels",
                 .title = std::string(c.program->title),
                 .variant = "",
                 .unit = std::string(c.program->unit),
                 .memory = constants > 0 ? memory : "",
                 .kernel = call.kernel,
                 .detail = detail_of(view, c),
                 .units = outputs,
                 .features = {},
                 .work = kernel_work(view, call)};
  if (c.program->unit == "MAC") made.units = work.macs;
  if (c.program->unit == "window") made.units = work.macs / (int64_t{c.dims.k_h} * c.dims.k_w);
  if (c.program->unit == "value") made.units = values;
  return made;
}

std::string wrapper_text(const Program& inner, const Graph& graph, std::span<const int> nodes) {
  std::string results;
  for (const LayerSymbol& layer : inner.layers) {
    const auto at = std::ranges::find(nodes, layer.node);
    const TensorId id = graph.nodes()[static_cast<size_t>(layer.node)].outputs[0];
    const Tensor& tensor = graph.tensor(id);
    results += at == nodes.end() ? std::string("  {-1, 0, 0, 0},\n")
                                 : fmt::format("  {{{}, {}, {}, {}}},\n", at - nodes.begin(),
                                               static_cast<int>(type_of(tensor.dtype)),
                                               inner.plan.offset[static_cast<size_t>(id)],
                                               tensor.shape.elements());
  }
  constexpr std::string_view kText = R"(#include "bench.h"

#include "bench_program.h"

/* By layer: the case, the type, place and elements of its output. */
static const struct {{
  int32_t index, type, offset, elements;
}} bench_results[] = {{
{}}};

static uint8_t *bench_arena;
static int bench_last = -1;
static uint32_t bench_digests[{}];

void bench_layer(int layer) {{
  if (bench_last >= 0 && bench_results[bench_last].index >= 0)
    bench_digest((enum bench_type)bench_results[bench_last].type,
                 bench_arena + bench_results[bench_last].offset, bench_results[bench_last].elements,
                 bench_digests + 2 * bench_results[bench_last].index);
  bench_last = layer;
}}

void *bench_input(void *arena, int index) {{
  bench_arena = (uint8_t *)arena;
  return bench_ops_input(arena, index);
}}

void *bench_output(void *arena, int index) {{
  (void)arena;
  (void)index;
  bench_layer(-1);
  return bench_digests;
}}
)";
  return fmt::format(kText, results, 2 * nodes.size());
}

std::string header_text(const Program& inner, int64_t input_bytes, size_t cases) {
  return fmt::format(
      "#ifndef BENCH_H\n#define BENCH_H\n\n#include \"bench_ops.h\"\n\n#define BENCH_ARENA_BYTES "
      "{}\n"
      "#define BENCH_INPUT_0_BYTES {}\n#define BENCH_OUTPUT_0_BYTES {}\n\n"
      "void *bench_input(void *arena, int index);\nvoid *bench_output(void *arena, int index);\n\n"
      "#endif\n",
      inner.plan.arena_bytes, input_bytes, cases * 8);
}

/// The program of the graph with a hook before each layer that takes the digests.
Result<Program> wrapped(Program inner, const CaseGraph& cases) {
  const int64_t input_bytes = cases.graph.tensor(cases.graph.inputs()[0]).bytes();
  Program program = std::move(inner);
  const std::string header = header_text(program, input_bytes, cases.nodes.size());
  const std::string wrapper = wrapper_text(program, cases.graph, cases.nodes);
  program.runtime = "bench";
  program.name = "bench";
  program.header = "bench.h";
  program.cflags.emplace_back("-DBENCH_OPS_LAYER_HOOK=bench_layer");
  program.sources.push_back({"bench.h", header});
  program.sources.push_back({"bench.c", wrapper});
  for (const char* file : {"firmware/bench/bench_program.h", "firmware/bench/bench_data.c"})
    program.sources.push_back(TRY(embedded_source(file)));
  return program;
}

Digest digest_of(const Tensor& tensor, std::span<const std::byte> bytes) {
  Digest digest{.is_float = tensor.dtype == Dtype::f32};
  bench_digest(type_of(tensor.dtype), bytes.data(), static_cast<int32_t>(tensor.shape.elements()),
               digest.words.data());
  return digest;
}

/// The first layer that uses a kernel finds its code in no cache.
void mark_first_uses(BenchImage& image) {
  std::vector<size_t> order(image.cases.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&image](size_t i) { return image.layers[i]; });
  std::set<std::string> seen = {"copy_nd"};  // it made the operands
  for (const size_t i : order) image.cases[i].is_first = seen.insert(image.cases[i].kernel).second;
}

Result<BenchImage> operator_image(std::span<const OperatorCase> cases, const Target& target) {
  const CaseGraph made = TRY(case_graph(cases));
  const LowerOptions lower = lower_options(target, Optimize::balanced);
  const Runtime* runtime = TRY(find_runtime("aot"));
  Program inner = TRY(runtime->emit(made.graph, {lower, "bench_ops"}));
  BenchImage image;
  image.program = TRY(wrapped(std::move(inner), made));
  const std::vector<Bytes> input = seeded_inputs(made.graph, kDefaultSeed);
  image.input = input[0];
  const std::vector<Bytes> tensors = TRY(run_reference_tensors(made.graph, input));
  std::string memory;
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::flash && memory.empty()) memory = region.name;
  for (size_t i = 0; i < cases.size(); ++i) {
    const Node& node = made.graph.nodes()[static_cast<size_t>(made.nodes[i])];
    const NodeView view{made.graph, node};
    const KernelCall call = find_op(node.op)->lower(view, lower);
    image.cases.push_back(describe(view, cases[i], call, memory));
    image.cases.back().features = features_of(made, view, call, constant_cache(target));
    const auto layer = std::ranges::find(image.program.layers, made.nodes[i], &LayerSymbol::node);
    image.layers.push_back(static_cast<size_t>(layer - image.program.layers.begin()));
    const auto out = static_cast<size_t>(node.outputs[0]);
    image.expected.push_back(digest_of(made.graph.tensors()[out], tensors[out]));
  }
  mark_first_uses(image);
  return image;
}

/// One case with inputs of its own; `repeats` relus follow it.
Result<PlainImage> plain_image(const OperatorCase& c, const LowerOptions& lower, int repeats) {
  Builder b;
  b.parts.name = "plain";
  b.parts.format = "made by assay bench";
  add_case(b, c);
  for (int i = 0; i < repeats; ++i) {
    const TensorId last = b.parts.nodes.back().outputs[0];
    const Tensor like = b.parts.tensors[static_cast<size_t>(last)];
    const TensorId out =
        add_tensor(b, fmt::format("relu_{}", i), like.dtype, like.shape.dims, like.quant);
    add_node(b, "relu", {last}, out, {});
  }
  b.parts.outputs = b.parts.nodes.back().outputs;
  const Graph graph = TRY(Graph::make(std::move(b.parts)));
  const Runtime* runtime = TRY(find_runtime("aot"));
  const Node& node = graph.nodes()[0];
  PlainImage image{find_op(node.op)->lower({graph, node}, lower).kernel, {}, {}};
  image.program = TRY(runtime->emit(graph, {lower, "plain"}));
  for (const Bytes& each : seeded_inputs(graph, kDefaultSeed))
    image.input.insert(image.input.end(), each.begin(), each.end());
  return image;
}

BenchSuite operator_suite(const Target& target, Dtype in, std::string name) {
  BenchSuite suite{.name = std::move(name), .labels = {}, .programs = {}, .image = {}};
  std::vector<OperatorCase> all;
  for (const OperatorProgram& program : operator_programs())
    for (const Dims& dims : program.cases) {
      if (program.in != in) continue;
      all.push_back({&program, dims});
      suite.programs.emplace_back(program.name);
      suite.labels.push_back(fmt::format("{} {}", program.name, shape_text(dims)));
    }
  suite.image = [all, target](std::span<const size_t> chosen) {
    std::vector<OperatorCase> cases;
    for (const size_t i : chosen) cases.push_back(all[i]);
    return operator_image(cases, target);
  };
  return suite;
}

}  // namespace

Result<std::vector<PlainImage>> plain_images(const Target& target) {
  const LowerOptions lower = lower_options(target, Optimize::balanced);
  std::map<std::string, std::pair<int64_t, OperatorCase>> smallest;  // by kernel
  for (const OperatorProgram& program : operator_programs())
    for (const Dims& dims : program.cases) {
      const OperatorCase each{&program, dims};
      const CaseGraph made = TRY(case_graph(std::span(&each, 1)));
      const Node& node = made.graph.nodes()[static_cast<size_t>(made.nodes[0])];
      const KernelCall call = find_op(node.op)->lower({made.graph, node}, lower);
      const int64_t work =
          CallShape{call, kNoCache}.constant_bytes() + NodeView{made.graph, node}.input(0).bytes();
      const auto at = smallest.find(call.kernel);
      if (at == smallest.end() || work < at->second.first)
        smallest.insert_or_assign(call.kernel, std::pair(work, each));
    }
  std::vector<PlainImage> images;
  for (const auto& [kernel, chosen] : smallest)
    images.push_back(TRY(plain_image(chosen.second, lower, 0)));
  return images;
}

Result<PlainImage> ladder_image(const Target& target, int layers) {
  const OperatorProgram relu{
      "relu_s8", "", "", "relu", Dtype::s8, Dtype::s8, OperatorProgram::single, {{1, 1, 16}}};
  const OperatorCase first{&relu, relu.cases[0]};
  return plain_image(first, lower_options(target, Optimize::balanced), layers - 1);
}

std::vector<BenchSuite> operator_suites(const Target& target) {
  return {operator_suite(target, Dtype::s8, "int8 operators"),
          operator_suite(target, Dtype::f32, "float32 operators")};
}

}  // namespace assay
