// conv_integer: 2-D convolution of int8 by constant int8 weights as int32, each less its zero
// point.
//
// Inputs: image NHWC, weights [O, KH, KW, I / groups], the image's zero point (known only as the
// model runs), the weights' (one, or left out: 0). Taps on padding count as nothing. Source:
// https://onnx.ai/onnx/operators/onnx__ConvInteger.html.
#include <fmt/format.h>

#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/strided_copy.h"
#include "ops/window.h"

#define ASSAY_KERNEL static
#include "../../kernels/conv_integer_s8.c"

namespace assay {
namespace {

constexpr int64_t kMostTaps = 32767;  // 255 * 255 * this is below 2^31

int64_t taps(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  return int64_t{filter[1]} * filter[2] * filter[3];
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 4));
  const Shape &in = node.input(0).shape, &filter = node.input(1).shape;
  if (in.rank() != 4 || filter.rank() != 4 || in.elements() == 0 || filter.elements() == 0)
    return fail(ErrorKind::input, "image {} and filters {}, need four axes each", text(in),
                text(filter));
  if (in[3] % filter[3] != 0 || filter[0] % (in[3] / filter[3]) != 0)
    return fail(ErrorKind::input, "{} channels and {} filters of {}", in[3], filter[0], filter[3]);
  for (const int i : {2, 3})
    if (i < node.inputs() && node.has_input(i) && node.input(i).shape.elements() != 1)
      return fail(ErrorKind::input, "{} zero points, needs 1", node.input(i).shape.elements());
  const Window window = TRY(window_of(node, filter[1], filter[2]));
  return std::vector<Shape>{{{in[0], window.h.out, window.w.out, filter[0]}}};
}

std::string unsupported(const NodeView& node) {
  for (const int i : {1, 3})
    if (node.has_input(i))
      if (std::string why = not_constant(node, i, i == 1 ? "weights" : "zero point"); !why.empty())
        return why;
  for (int i = 0; i < node.inputs(); ++i)
    if (node.has_input(i) && node.input(i).dtype != Dtype::s8)
      return unsupported_types(node.input(i).dtype, node.output().dtype, "s8 -> s32");
  if (node.output().dtype != Dtype::s32)
    return unsupported_types(node.input(0).dtype, node.output().dtype, "s8 -> s32");
  return taps(node) > kMostTaps ? fmt::format("{} taps, at most {} are", taps(node), kMostTaps)
                                : std::string();
}

Work work(const NodeView& node) {
  const int64_t outputs = node.output().shape.elements();
  return {.macs = saturating_product(outputs, taps(node)),
          .ops = outputs,
          .read_bytes = saturating_product(outputs, 2 * taps(node)),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Shape &in = node.input(0).shape, &filter = node.input(1).shape, &out = node.output().shape;
  const Window at = *window_of(node, filter[1], filter[2]);
  KernelCall call;
  call.kernel = "conv_integer_s8";
  call.params = {{"batches", in[0]},
                 {"in_h", in[1]},
                 {"in_w", in[2]},
                 {"in_c", in[3]},
                 {"out_h", out[1]},
                 {"out_w", out[2]},
                 {"out_c", out[3]},
                 {"k_h", filter[1]},
                 {"k_w", filter[2]},
                 {"k_c", filter[3]},
                 {"stride_h", at.h.stride},
                 {"stride_w", at.w.stride},
                 {"dilation_h", at.h.dilation},
                 {"dilation_w", at.w.dilation},
                 {"pad_h", at.h.pad},
                 {"pad_w", at.w.pad},
                 {"w_zero", node.has_input(3) ? int64_t{node.input(3).values<int8_t>()[0]} : 0},
                 {"zero", int64_t{0}},
                 {"weights", "weights"}};
  call.constants.push_back({"weights", Dtype::s8, {}, node.input(1).data});
  call.inputs = {0, 2};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  const auto params = host_params(call, assay_conv_integer_s8);
  assay_conv_integer_s8(&params, buffers.in<int8_t>(0).data(), buffers.in<int8_t>(2).data(),
                        buffers.out<int32_t>().data());
}

}  // namespace

extern const OpDef conv_integer_op = {
    .name = "conv_integer",
    .summary = "2-D convolution of int8 as int32, zero point known as the model runs",
    .types = "s8",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
