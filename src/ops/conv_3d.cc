// conv_3d: 3-D convolution in float, as videos and volumes have it: input NDHWC, filter
// [d][h][w][in][out].
//
// One plain kernel; no groups. Source: TensorFlow's lite/kernels/conv3d.cc,
// reference/conv3d.h; TFLM has none.
#include <array>

#include "ops/accumulate.h"
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/window.h"

#define ASSAY_KERNEL static
#include "../../kernels/conv_3d_f32.c"

namespace assay {
namespace {

/// Depth, height, width.
using Windows = std::array<WindowAxis, 3>;

Result<Windows> windows_of(const NodeView& node) {
  constexpr std::string_view kAxes[] = {"d", "h", "w"};
  Windows windows;
  for (int i = 0; i < 3; ++i) {
    const std::string axis(kAxes[i]);
    windows[static_cast<size_t>(i)] = TRY(window_axis(
        node.attrs().word("padding", "same"), node.input(0).shape[i + 1], node.input(1).shape[i],
        node.attrs().integer("stride_" + axis, 1), node.attrs().integer("dilation_" + axis, 1)));
  }
  return windows;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 3));
  const Shape& in = node.input(0).shape;
  const Shape& filter = node.input(1).shape;
  if (in.rank() != 5 || filter.rank() != 5)
    return fail(ErrorKind::input, "input {} and filter {} need rank 5", text(in), text(filter));
  if (in[4] != filter[3])
    return fail(ErrorKind::input, "input has {} channels, the filter takes {}", in[4], filter[3]);
  if (node.has_input(2) && node.input(2).shape.elements() != filter[4])
    return fail(ErrorKind::input, "bias has {} elements, needs {}", node.input(2).shape.elements(),
                filter[4]);
  const Windows windows = TRY(windows_of(node));
  return std::vector{Shape{{in[0], windows[0].out, windows[1].out, windows[2].out, filter[4]}}};
}

std::string unsupported(const NodeView& node) {
  for (int i = 0; i < node.inputs(); ++i) {
    if (!node.has_input(i)) continue;
    if (node.input(i).dtype != Dtype::f32)
      return unsupported_types(node.input(i).dtype, node.output().dtype, "f32");
    if (i > 0 && !node.input(i).is_constant) return "weights or bias are not constant";
  }
  if (node.output().dtype != Dtype::f32)
    return unsupported_types(node.input(0).dtype, node.output().dtype, "f32");
  const std::string activation = node.attrs().word("activation", "none");
  return is_fused_activation(activation) ? ""
                                         : fmt::format("fused {} is not supported", activation);
}

Work work(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  const int64_t taps = saturating_product(filter[0], filter[1] * int64_t{filter[2]});
  const int64_t macs =
      saturating_product(saturating_product(taps, filter[3]), node.output().shape.elements());
  return {.macs = macs,
          .read_bytes = saturating_product(macs, 8),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  const Windows windows = windows_of(node).value();
  KernelCall call;
  call.kernel = "conv_3d_f32";
  call.params = {{"batches", int64_t{in[0]}}};
  const auto add = [&](const std::string& what, auto number) {
    for (size_t i = 0; i < 3; ++i)
      call.params.push_back({what + "_" + "dhw" [i], int64_t { number(windows[i]) }});
  };
  add("in", [](const WindowAxis& axis) { return axis.in; });
  call.params.push_back({"in_c", int64_t{in[4]}});
  add("out", [](const WindowAxis& axis) { return axis.out; });
  call.params.push_back({"out_c", int64_t{out[4]}});
  add("filter", [](const WindowAxis& axis) { return axis.filter; });
  add("stride", [](const WindowAxis& axis) { return axis.stride; });
  add("dilation", [](const WindowAxis& axis) { return axis.dilation; });
  add("pad", [](const WindowAxis& axis) { return axis.pad; });
  append_f32_params(node, call);
  call.inputs = {0};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  const auto params = host_params(call, assay_conv_3d_f32);
  assay_conv_3d_f32(&params, buffers.in<float>(0).data(), buffers.out<float>().data());
}

}  // namespace

extern const OpDef conv_3d_op = {
    .name = "conv_3d",
    .summary = "3-D convolution with strides, dilation and a fused activation",
    .types = "f32",
    .tflite = {.name = "CONV_3D",
               .opcode = 132,
               .options = 106,
               .max_version = 1,
               .fields = {{"padding", 0, TfliteField::padding},
                          {"stride_d", 1, TfliteField::int32},
                          {"stride_w", 2, TfliteField::int32},
                          {"stride_h", 3, TfliteField::int32},
                          {"activation", 4, TfliteField::activation},
                          {"dilation_d", 5, TfliteField::int32, 1},
                          {"dilation_w", 6, TfliteField::int32, 1},
                          {"dilation_h", 7, TfliteField::int32, 1}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
