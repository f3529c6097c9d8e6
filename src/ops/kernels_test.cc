// Every kernel but the convolutions' against its operator's reference, on random shapes,
// quantisations and attributes, on the host. Included as C++: that they compile as such is part of
// the test. Each case runs twice, the second time in place if the operator allows it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>

#include "host_kernel.h"
#include "ops/op.h"
#include "test_graphs.h"

// A struct and a function of one name are C's habit; only this compiler flag minds.
#pragma GCC diagnostic ignored "-Wshadow"
// clang-format off
#include "../kernels/add_f32.c"
#include "../kernels/add_s8.c"
#include "../kernels/arg_max_f32.c"
#include "../kernels/arg_max_s8.c"
#include "../kernels/average_pool_2d_f32.c"
#include "../kernels/average_pool_2d_s8.c"
#include "../kernels/copy_nd.c"
#include "../kernels/dequantize_8.c"
#include "../kernels/dequantize_f16.c"
#include "../kernels/hard_swish_f32.c"
#include "../kernels/leaky_relu_f32.c"
#include "../kernels/logistic_f32.c"
#include "../kernels/lut_8.c"
#include "../kernels/max_pool_2d_f32.c"
#include "../kernels/max_pool_2d_s8.c"
#include "../kernels/mean_f32.c"
#include "../kernels/mean_s8.c"
#include "../kernels/mul_f32.c"
#include "../kernels/mul_s8.c"
#include "../kernels/pad_nd.c"
#include "../kernels/quantize_8.c"
#include "../kernels/relu6_f32.c"
#include "../kernels/relu_f32.c"
#include "../kernels/softmax_f32.c"
#include "../kernels/softmax_s8.c"
#include "../kernels/tanh_f32.c"
// clang-format on

namespace assay {
namespace {

using Inputs = std::vector<const std::byte*>;
using Runner = std::function<void(const HostBytes& params, const Inputs& in, std::byte* out)>;

template <class Params>
const Params* params_as(const HostBytes& params) {
  if (params.size() != sizeof(Params)) throw std::logic_error("params do not fill the struct");
  return reinterpret_cast<const Params*>(params.data());
}

template <class Params, class In, class Out>
Runner runner(void (*kernel)(const Params*, const In*, Out*)) {
  return [kernel](const HostBytes& params, const Inputs& in, std::byte* out) {
    kernel(params_as<Params>(params), reinterpret_cast<const In*>(in.at(0)),
           reinterpret_cast<Out*>(out));
  };
}

template <class Params, class In, class Out>
Runner runner(void (*kernel)(const Params*, const In*, const In*, Out*)) {
  return [kernel](const HostBytes& params, const Inputs& in, std::byte* out) {
    kernel(params_as<Params>(params), reinterpret_cast<const In*>(in.at(0)),
           reinterpret_cast<const In*>(in.at(1)), reinterpret_cast<Out*>(out));
  };
}

#define KERNEL(name) \
  { #name, runner(assay_##name) }
const std::map<std::string, Runner>& kernels() {
  static const std::map<std::string, Runner> all = {
      KERNEL(add_f32),        KERNEL(add_s8),          KERNEL(arg_max_f32),
      KERNEL(arg_max_s8),     KERNEL(copy_nd),         KERNEL(average_pool_2d_f32),
      KERNEL(dequantize_8),   KERNEL(dequantize_f16),  KERNEL(average_pool_2d_s8),
      KERNEL(hard_swish_f32), KERNEL(leaky_relu_f32),  KERNEL(logistic_f32),
      KERNEL(lut_8),          KERNEL(max_pool_2d_f32), KERNEL(max_pool_2d_s8),
      KERNEL(mean_f32),       KERNEL(mean_s8),         KERNEL(mul_f32),
      KERNEL(mul_s8),         KERNEL(pad_nd),          KERNEL(quantize_8),
      KERNEL(relu6_f32),      KERNEL(relu_f32),        KERNEL(softmax_f32),
      KERNEL(softmax_s8),     KERNEL(tanh_f32)};
  return all;
}
#undef KERNEL

/// Whether a family of tests/conformance/graphs makes graphs of the operator, which run as
/// generated C in the emulator, in place where the plan has it so.
bool makes_graphs_of(std::string_view tflite) {
  static const std::string families = [] {
    std::string all;
    const std::filesystem::path folder = ASSAY_SOURCE_DIR "/tests/conformance/graphs";
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      std::ifstream stream(file.path());
      all.append(std::istreambuf_iterator<char>(stream), {});
    }
    return all;
  }();
  return families.find(fmt::format("\"{}\"", tflite)) != families.npos;
}

/// A die, and the node under construction: its attributes, its inputs, its outputs' type.
struct Dice {
  std::mt19937 random;

  int upto(int lowest, int highest) {
    return lowest + static_cast<int>(random() % static_cast<uint32_t>(highest - lowest + 1));
  }
  float real(float lowest, float highest) {
    return std::uniform_real_distribution<float>(lowest, highest)(random);
  }
  std::vector<int32_t> dims(int lowest_rank, int highest_rank) {
    std::vector<int32_t> made(static_cast<size_t>(upto(lowest_rank, highest_rank)));
    for (int32_t& dim : made) dim = upto(1, 5);
    return made;
  }
  Quantisation scale(Dtype dtype) {
    if (dtype != Dtype::s8 && dtype != Dtype::u8) return {};
    const int lowest = dtype == Dtype::s8 ? -128 : 0;
    return quant(real(0.01F, 0.4F), upto(lowest, lowest + 255));
  }
  const char* activation() {
    static constexpr const char* kAll[] = {"none", "relu", "relu6", "relu_n1_to_1"};
    return kAll[upto(0, 3)];
  }
};

struct Draft {
  GraphBuilder& b;
  Dice& dice;
  Dtype dtype;
  std::vector<TensorId> inputs = {};
  std::vector<TestAttr> attrs = {};
  int outputs = 1;
  Dtype out_dtype = dtype;
  Quantisation out_quant = {};

  TensorId data(std::vector<int32_t> dims) {
    inputs.push_back(b.input(dtype, std::move(dims), dice.scale(dtype)));
    return inputs.back();
  }
  void integers(const std::vector<int32_t>& values) {
    inputs.push_back(
        b.constant<int32_t>(Dtype::s32, {static_cast<int32_t>(values.size())}, values));
  }
  void keep_scale() { out_quant = b.parts.tensors[static_cast<size_t>(inputs[0])].quant; }
};

struct Case {
  const char* op;
  std::function<void(Draft&)> draft;
  std::vector<Dtype> dtypes = {Dtype::s8, Dtype::f32};
};

void draft_elementwise(Draft& d) { d.data(d.dice.dims(0, 4)); }

void draft_broadcast(Draft& d) {
  std::vector<int32_t> a = d.dice.dims(0, 6);
  std::vector<int32_t> b = a;
  for (size_t i = 0; i < a.size(); ++i)
    if (d.dice.upto(0, 2) == 0) (d.dice.upto(0, 1) ? a : b)[i] = 1;
  std::vector<int32_t>& shorter = d.dice.upto(0, 1) ? a : b;
  shorter.erase(shorter.begin(),
                shorter.begin() + d.dice.upto(0, static_cast<int>(shorter.size())));
  d.data(a);
  d.data(b);
  d.attrs = {{"activation", d.dice.activation()}};
}

void draft_pool(Draft& d) {
  d.data({d.dice.upto(1, 2), d.dice.upto(3, 9), d.dice.upto(3, 9), d.dice.upto(1, 5)});
  d.attrs = {{"padding", d.dice.upto(0, 1) ? "same" : "valid"},
             {"stride_h", d.dice.upto(1, 3)},
             {"stride_w", d.dice.upto(1, 3)},
             {"filter_height", d.dice.upto(1, 3)},
             {"filter_width", d.dice.upto(1, 3)},
             {"activation", d.dice.activation()}};
}

void draft_mean(Draft& d) {
  const std::vector<int32_t> dims = d.dice.dims(1, 5);
  d.data(dims);
  std::vector<int32_t> axes;
  for (size_t i = 0; i < dims.size(); ++i)
    if (d.dice.upto(0, 1))
      axes.push_back(static_cast<int32_t>(i) -
                     (d.dice.upto(0, 1) ? 0 : static_cast<int32_t>(dims.size())));
  d.integers(axes);
  d.attrs = {{"keep_dims", d.dice.upto(0, 1)}};
}

void draft_pad(Draft& d) {
  const std::vector<int32_t> dims = d.dice.dims(1, 4);
  d.data(dims);
  std::vector<int32_t> paddings;
  for (size_t i = 0; i < 2 * dims.size(); ++i) paddings.push_back(d.dice.upto(0, 3));
  d.inputs.push_back(
      d.b.constant<int32_t>(Dtype::s32, {static_cast<int32_t>(dims.size()), 2}, paddings));
  d.keep_scale();
}

void draft_padv2(Draft& d) {
  draft_pad(d);
  d.inputs.push_back(d.dtype == Dtype::f32
                         ? d.b.constant<float>(Dtype::f32, {}, {d.dice.real(-2, 2)})
                         : d.b.constant<int8_t>(Dtype::s8, {1}, {17}, d.out_quant));
}

void draft_concatenation(Draft& d) {
  std::vector<int32_t> dims = d.dice.dims(1, 4);
  const int axis = d.dice.upto(0, static_cast<int>(dims.size()) - 1);
  const Quantisation shared = d.dice.scale(d.dtype);
  for (int i = d.dice.upto(1, 4); i > 0; --i) {
    dims[static_cast<size_t>(axis)] = d.dice.upto(1, 4);
    d.inputs.push_back(d.b.input(d.dtype, dims, shared));
  }
  d.out_quant = shared;
  d.attrs = {{"axis", axis}, {"activation", "none"}};
}

void draft_split(Draft& d) {
  std::vector<int32_t> dims = d.dice.dims(1, 4);
  const int axis = d.dice.upto(0, static_cast<int>(dims.size()) - 1);
  d.outputs = d.dice.upto(1, 3);
  dims[static_cast<size_t>(axis)] *= d.outputs;
  d.integers({axis});
  d.data(dims);
  d.out_quant = d.b.parts.tensors[static_cast<size_t>(d.inputs[1])].quant;
}

void draft_split_v(Draft& d) {
  std::vector<int32_t> dims = d.dice.dims(1, 4);
  const int axis = d.dice.upto(0, static_cast<int>(dims.size()) - 1);
  d.outputs = d.dice.upto(1, 3);
  std::vector<int32_t> sizes;
  dims[static_cast<size_t>(axis)] = 0;
  for (int i = 0; i < d.outputs; ++i) {
    sizes.push_back(d.dice.upto(1, 4));
    dims[static_cast<size_t>(axis)] += sizes.back();
  }
  sizes[0] = -1;
  d.data(dims);
  d.integers(sizes);
  d.integers({axis});
  d.keep_scale();
}

void draft_slice(Draft& d) {
  const std::vector<int32_t> dims = d.dice.dims(1, 5);
  d.data(dims);
  std::vector<int32_t> begin;
  std::vector<int32_t> size;
  for (const int32_t dim : dims) {
    begin.push_back(d.dice.upto(0, dim - 1));
    size.push_back(d.dice.upto(0, 3) ? d.dice.upto(1, dim - begin.back()) : -1);
  }
  d.integers(begin);
  d.integers(size);
  d.keep_scale();
}

void draft_strided_slice(Draft& d) {
  const std::vector<int32_t> dims = d.dice.dims(1, 4);
  d.data(dims);
  std::vector<int32_t> begin;
  std::vector<int32_t> end;
  std::vector<int32_t> stride;
  for (const int32_t dim : dims) {
    begin.push_back(d.dice.upto(-dim, dim - 1));
    end.push_back(d.dice.upto(-dim - 1, dim + 1));
    stride.push_back(d.dice.upto(0, 1) ? d.dice.upto(1, 2) : d.dice.upto(-2, -1));
  }
  d.integers(begin);
  d.integers(end);
  d.integers(stride);
  d.keep_scale();
  const int all = (1 << dims.size()) - 1;
  d.attrs = {{"begin_mask", d.dice.upto(0, all)},
             {"end_mask", d.dice.upto(0, all)},
             {"shrink_axis_mask", d.dice.upto(0, all) & d.dice.upto(0, all)}};
}

void draft_transpose(Draft& d) {
  const std::vector<int32_t> dims = d.dice.dims(1, 6);
  d.data(dims);
  std::vector<int32_t> perm(dims.size());
  for (size_t i = 0; i < perm.size(); ++i) perm[i] = static_cast<int32_t>(i);
  std::shuffle(perm.begin(), perm.end(), d.dice.random);
  d.integers(perm);
  d.keep_scale();
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"relu", draft_elementwise},
      {"relu6", [](Draft& d) { draft_elementwise(d), d.keep_scale(); }},
      {"leaky_relu",
       [](Draft& d) {
         draft_elementwise(d);
         d.attrs = {{"alpha", static_cast<double>(d.dice.real(-1.5F, 1.5F))}};
       }},
      {"hard_swish", draft_elementwise},
      {"tanh", [](Draft& d) { draft_elementwise(d), d.out_quant = quant(1.0F / 128, 0); }},
      {"logistic", [](Draft& d) { draft_elementwise(d), d.out_quant = quant(1.0F / 256, -128); }},
      {"softmax",
       [](Draft& d) {
         d.data(d.dice.dims(1, 3));
         d.attrs = {{"beta", static_cast<double>(d.dice.real(0.1F, 2.0F))}};
         d.out_quant = quant(1.0F / 256, -128);
       }},
      {"quantize",
       [](Draft& d) {
         draft_elementwise(d);
         d.out_dtype = d.dice.upto(0, 1) ? Dtype::s8 : Dtype::u8;
       },
       {Dtype::f32, Dtype::s8, Dtype::u8}},
      {"dequantize",
       [](Draft& d) { draft_elementwise(d), d.out_dtype = Dtype::f32; },
       {Dtype::s8, Dtype::u8, Dtype::f16}},
      {"add", draft_broadcast},
      {"sub", draft_broadcast},
      {"mul", draft_broadcast},
      {"average_pool_2d", draft_pool},
      {"max_pool_2d", draft_pool},
      {"mean", draft_mean},
      {"pad", draft_pad},
      {"padv2", draft_padv2},
      {"concatenation", draft_concatenation},
      {"split", draft_split},
      {"split_v", draft_split_v},
      {"slice", draft_slice},
      {"strided_slice", draft_strided_slice},
      {"transpose", draft_transpose, {Dtype::s8, Dtype::f32, Dtype::s64}},
      {"arg_max",
       [](Draft& d) {
         const std::vector<int32_t> dims = d.dice.dims(1, 4);
         d.data(dims);
         d.integers({d.dice.upto(0, static_cast<int>(dims.size()) - 1)});
         d.out_dtype = d.dice.upto(0, 1) ? Dtype::s32 : Dtype::s64;
       }},
  };
  return all;
}

/// The node with outputs of these shapes. The same seed gives the same node.
Graph draft_graph(const Case& c, Dtype dtype, uint32_t seed, const std::vector<Shape>& shapes) {
  GraphBuilder b;
  Dice dice{std::mt19937(seed)};
  Draft draft{.b = b, .dice = dice, .dtype = dtype};
  draft.out_quant = dice.scale(dtype);
  c.draft(draft);
  // Bytes of another type have a scale of their own.
  if (draft.out_dtype != dtype) draft.out_quant = dice.scale(draft.out_dtype);
  std::vector<TensorId> outputs;
  for (int i = 0; i < draft.outputs; ++i)
    outputs.push_back(
        b.tensor(draft.out_dtype,
                 shapes.empty() ? std::vector<int32_t>{1} : shapes[static_cast<size_t>(i)].dims,
                 draft.out_dtype == Dtype::f32 ? Quantisation{} : draft.out_quant));
  b.node_to(c.op, draft.inputs, outputs, draft.attrs);
  return b.build(outputs);
}

HostBytes random_bytes(const Tensor& tensor, Dice& dice) {
  HostBytes bytes(static_cast<size_t>(tensor.bytes()));
  if (tensor.dtype == Dtype::f32) {
    for (size_t at = 0; at < bytes.size(); at += 4) {
      const float value = dice.upto(0, 9) ? dice.real(-8.0F, 8.0F) : dice.real(-200.0F, 200.0F);
      std::memcpy(&bytes[at], &value, 4);
    }
    return bytes;
  }
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(dice.random());
  return bytes;
}

/// All inputs of the node, constants included.
std::vector<HostBytes> inputs_of(const NodeView& node, Dice& dice) {
  std::vector<HostBytes> inputs;
  for (int i = 0; i < node.inputs(); ++i) {
    const Tensor& tensor = node.input(i);
    inputs.push_back(tensor.is_constant ? HostBytes(tensor.data.begin(), tensor.data.end())
                                        : random_bytes(tensor, dice));
  }
  return inputs;
}

std::vector<HostBytes> reference_of(const NodeView& node, const std::vector<HostBytes>& inputs) {
  std::vector<HostBytes> outputs;
  for (int i = 0; i < node.outputs(); ++i)
    outputs.emplace_back(static_cast<size_t>(node.output(i).bytes()));
  Buffers buffers;
  for (const HostBytes& input : inputs) buffers.inputs.emplace_back(input);
  for (HostBytes& output : outputs) buffers.outputs.emplace_back(output);
  find_op(node.node.op)->reference(node, buffers, Semantics::tflm);
  return outputs;
}

std::vector<HostBytes> kernel_of(const NodeView& node, const std::vector<HostBytes>& inputs,
                                 bool in_place) {
  const OpDef& op = *find_op(node.node.op);
  const KernelCall first = op.lower(node, {});
  std::vector<HostBytes> outputs;
  for (int i = 0; i < node.outputs(); ++i)
    outputs.emplace_back(static_cast<size_t>(node.output(i).bytes()), std::byte{0x5a});
  Inputs from;
  for (const HostBytes& input : inputs) from.push_back(input.data());
  HostBytes shared;
  if (in_place) {
    const auto taken = static_cast<size_t>(op.shares_input(node));
    shared = inputs[taken];
    from[taken] = shared.data();
  }
  std::vector<KernelCall> calls = first.then;
  calls.insert(calls.begin(), first);
  for (const KernelCall& call : calls) {
    Inputs in;
    for (const int i : call.inputs) in.push_back(from[static_cast<size_t>(i)]);
    std::byte* out =
        in_place ? shared.data() : outputs[static_cast<size_t>(call.outputs[0])].data();
    kernels().at(call.kernel)(struct_bytes(call), in, out);
  }
  if (in_place) {
    shared.resize(outputs[0].size());
    outputs[0] = shared;
  }
  return outputs;
}

TEST(Kernels, AreEqualToTheReference) {
  for (const Case& c : cases())
    for (const Dtype dtype : c.dtypes)
      for (uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(fmt::format("{} {} seed {}", c.op, name(dtype), seed));
        const OpDef& op = *find_op(c.op);
        const Graph draft = draft_graph(c, dtype, seed, {});
        const auto shapes = op.infer({draft, draft.nodes()[0]});
        ASSERT_TRUE(shapes) << text(shapes.error());
        const Graph graph = draft_graph(c, dtype, seed, *shapes);
        const NodeView node{graph, graph.nodes()[0]};
        ASSERT_TRUE(check_shapes(graph));
        ASSERT_EQ(op.unsupported(node), "");
        Dice dice{std::mt19937(seed + 1000)};
        const std::vector<HostBytes> inputs = inputs_of(node, dice);
        const std::vector<HostBytes> expected = reference_of(node, inputs);
        ASSERT_EQ(kernel_of(node, inputs, false), expected);
        if (op.shares_input && op.shares_input(node) >= 0) {
          ASSERT_EQ(kernel_of(node, inputs, true), expected) << "in place";
        }
      }
}

TEST(Kernels, CoverEveryOperator) {
  // Views have no kernel; the others stand in *_kernels_test.cc and tree_ensemble_test.cc, or
  // tests/conformance/graphs runs them as generated C alone.
  const std::vector<std::string_view> elsewhere = {
      "reshape",       "squeeze",           "expand_dims",
      "conv_2d",       "depthwise_conv_2d", "fully_connected",
      "frame",         "power_spectrum",    "band_sums",
      "row_statistic", "transpose_conv",    "l2_pool_2d",
      "batch_matmul",  "resize_bilinear",   "resize_nearest_neighbor"};
  for (const OpDef* op : all_ops()) {
    // State and signals: the reference runs the kernel itself, tests/conformance/graphs judge it.
    if (op->own_state || op->name.starts_with("signal_") || op->tflite.name.ends_with("VARIABLE") ||
        op->name == "var_handle" || op->name == "call_once")
      continue;
    const bool here = std::ranges::any_of(cases(), [&](const Case& c) { return c.op == op->name; });
    EXPECT_TRUE(here || std::ranges::count(elsewhere, op->name) == 1 ||
                makes_graphs_of(op->tflite.name))
        << op->name;
  }
}

}  // namespace
}  // namespace assay
