// matmul_integer: rows of int8 times constant weights [N, K], as int32, each less its zero point.
//
// Inputs: rows [..., K], weights, the rows' zero point (one number, known only as the model runs),
// the weights' (one, one a unit, or left out: 0). Source:
// https://onnx.ai/onnx/operators/onnx__MatMulInteger.html, with its matrix transposed.
#include <fmt/format.h>

#include <algorithm>

#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/strided_copy.h"

#define ASSAY_KERNEL static
#include "../../kernels/matmul_integer_s8.c"

namespace assay {
namespace {

constexpr int64_t kLongestRow = 32767;  // 255 * 255 * this is below 2^31

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 4));
  const Shape &in = node.input(0).shape, &weights = node.input(1).shape;
  if (weights.rank() != 2 || weights.elements() == 0)
    return fail(ErrorKind::input, "weights {} are no matrix", text(weights));
  if (in.rank() < 1 || in.dims.back() != weights[1])
    return fail(ErrorKind::input, "rows of {} times {}", text(in), text(weights));
  if (node.input(2).shape.elements() != 1)
    return fail(ErrorKind::input, "{} zero points of the rows, needs 1",
                node.input(2).shape.elements());
  if (node.has_input(3))
    if (const int64_t zeros = node.input(3).shape.elements(); zeros != 1 && zeros != weights[0])
      return fail(ErrorKind::input, "{} zero points of {} units", zeros, weights[0]);
  Shape out = in;
  out.dims.back() = weights[0];
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  for (const int i : {1, 3})
    if (node.has_input(i))
      if (std::string why = not_constant(node, i, i == 1 ? "weights" : "zero points"); !why.empty())
        return why;
  for (int i = 0; i < node.inputs(); ++i)
    if (node.has_input(i) && node.input(i).dtype != Dtype::s8)
      return unsupported_types(node.input(i).dtype, node.output().dtype, "s8 -> s32");
  if (node.output().dtype != Dtype::s32)
    return unsupported_types(node.input(0).dtype, node.output().dtype, "s8 -> s32");
  if (node.input(1).shape[1] > kLongestRow)
    return fmt::format("rows of {}, at most {} are", node.input(1).shape[1], kLongestRow);
  return node.input(0).shape.elements() == 0 ? "input has no elements" : "";
}

int64_t units(const NodeView& node) { return node.input(1).shape[0]; }
int64_t depth(const NodeView& node) { return node.input(1).shape[1]; }

Work work(const NodeView& node) {
  const int64_t outputs = node.output().shape.elements();
  return {.macs = outputs * depth(node),
          .ops = outputs,
          .read_bytes = saturating_product(outputs, 2 * depth(node) + 4),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const auto weights = node.input(1).values<int8_t>();
  std::vector<int32_t> sums(static_cast<size_t>(units(node)));
  for (size_t i = 0; i < weights.size(); ++i)
    sums[i / static_cast<size_t>(depth(node))] += weights[i];
  std::span<const int8_t> zeros;
  if (node.has_input(3)) zeros = node.input(3).values<int8_t>();
  const bool all_zero = std::ranges::all_of(zeros, [](int8_t zero) { return zero == 0; });
  KernelCall call;
  call.kernel = "matmul_integer_s8";
  call.params = {{"rows", node.output().shape.elements() / units(node)},
                 {"depth", depth(node)},
                 {"units", units(node)},
                 {"zero_step", int64_t{zeros.size() > 1}},
                 {"weights", "weights"},
                 {"sums", "sums"},
                 {"zeros", all_zero ? "" : "zeros"}};
  call.constants.push_back({"weights", Dtype::s8, {}, node.input(1).data});
  call.constants.push_back(make_constant("sums", Dtype::s32, sums, false));
  if (!all_zero) call.constants.push_back({"zeros", Dtype::s8, {}, node.input(3).data, false});
  call.inputs = {0, 2};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  const auto params = host_params(call, assay_matmul_integer_s8);
  assay_matmul_integer_s8(&params, buffers.in<int8_t>(0).data(), buffers.in<int8_t>(2).data(),
                          buffers.out<int32_t>().data());
}

}  // namespace

extern const OpDef matmul_integer_op = {
    .name = "matmul_integer",
    .summary = "rows of int8 times weights as int32, zero points known as the model runs",
    .types = "s8",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
