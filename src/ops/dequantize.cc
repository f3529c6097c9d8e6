// dequantize: 8 or 16 bits or half precision to float.
//
// scale * (q - zero point) in double and then rounded to float, as TFLite has it, is the same as
// one float multiplication: the exact product is rounded once in both. Source: tflite-micro,
// reference/dequantize.h; half precision is LiteRT's only (TFLM refuses it).
#include <algorithm>
#include <bit>

#include "ops/elements.h"
#include "ops/elementwise.h"

namespace assay {
namespace {

float from_half(uint16_t half) {
  const uint32_t sign = (half & 0x8000U) << 16;
  const uint32_t exponent = (half >> 10) & 31U;
  const uint32_t fraction = half & 1023U;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13));
  if (exponent != 0)
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
  const float tiny = static_cast<float>(fraction) * 0x1p-24F;
  return sign ? -tiny : tiny;
}

template <class T>
void reference_of(const NodeView& node, const Buffers& buffers) {
  const float scale = node.input(0).quant.scale[0];
  const int32_t zero_point = node.input(0).quant.zero_point[0];
  std::ranges::transform(buffers.in<T>(0), buffers.out<float>().begin(),
                         [&](T q) { return scale * static_cast<float>(q - zero_point); });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s8) return reference_of<int8_t>(node, buffers);
  if (node.input(0).dtype == Dtype::u8) return reference_of<uint8_t>(node, buffers);
  if (node.input(0).dtype == Dtype::s16) return reference_of<int16_t>(node, buffers);
  std::ranges::transform(buffers.in<uint16_t>(0), buffers.out<float>().begin(), from_half);
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype;
  const Dtype to = node.output().dtype;
  const bool known =
      from == Dtype::s8 || from == Dtype::u8 || from == Dtype::f16 || from == Dtype::s16;
  if (!known || to != Dtype::f32) return unsupported_types(from, to, "s8, u8, s16 or f16 -> f32");
  return not_quantised_per_tensor(node.input(0), "input");
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Tensor& in = node.input(0);
  if (in.dtype == Dtype::f16) return lower_float_elementwise(node, "dequantize_f16", false);
  if (in.dtype == Dtype::s16)
    return lower_float_elementwise(node, "dequantize_int", false,
                                   {{"type", element_type(in.dtype)},
                                    {"zero_point", int64_t{in.quant.zero_point[0]}},
                                    {"scale", in.quant.scale[0]}});
  // One kernel for both: u8 is s8 with the top bit flipped and the zero point 128 lower.
  const bool is_signed = in.dtype == Dtype::s8;
  const int64_t zero_point = in.quant.zero_point[0];
  return lower_float_elementwise(node, "dequantize_8", false,
                                 {{"flip", int64_t{is_signed ? 0 : 128}},
                                  {"zero_point", is_signed ? zero_point : zero_point - 128},
                                  {"scale", in.quant.scale[0]}});
}

}  // namespace

extern const OpDef dequantize_op = {
    .name = "dequantize",
    .summary = "to float",
    .types = "s8 u8 s16 f16 -> f32",
    .tflite = {.name = "DEQUANTIZE", .opcode = 6, .options = 38, .max_version = 6},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
