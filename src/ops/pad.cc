// pad: zeros around the input; where the tensor is quantised, its zero point.
//
// Source: tflite-micro, kernels/pad_common.cc, pad.cc.
#include "ops/padding.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  Shape out = TRY(padded_shape(node));
  return std::vector{std::move(out)};
}

/// One element of the fill value: little-endian, so the low bytes of the zero point.
std::vector<std::byte> fill_of(const NodeView& node) {
  const Tensor& out = node.output();
  const int32_t zero = out.quant.empty() || out.dtype == Dtype::f32 ? 0 : out.quant.zero_point[0];
  const auto* bytes = reinterpret_cast<const std::byte*>(&zero);
  return {bytes, bytes + element_bytes(out.dtype)};
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  padding_reference(node, buffers, fill_of(node));
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return padding_lower(node, fill_of(node));
}

}  // namespace

extern const OpDef pad_op = {
    .name = "pad",
    .summary = "zeros around the input",
    .types = "s8 u8 s16 s32 f32",
    .tflite = {.name = "PAD", .opcode = 34, .options = 22, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported_padding,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
