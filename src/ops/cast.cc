// cast: elements of one type as those of another.
//
// Floats lose their fraction, integers their high bits; anything but zero is true. A float beyond
// the integer's range, where C defines nothing, keeps its low bits here. Source: tflite-micro,
// kernels/cast.cc; 64-bit integers and uint8 are LiteRT's only (lite/kernels/cast.cc).
#include <algorithm>

#include "ops/elements.h"
#include "ops/elementwise.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 u32 bool f32";

/// kernels/cast.c.
int64_t number_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::s64:
      return 4;
    case Dtype::f32:
      return 5;
    case Dtype::boolean:
      return 6;
    case Dtype::u32:
      return 7;
    default:
      return element_type(dtype);
  }
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (names_type(kTypes, name(from)) && names_type(kTypes, name(to))) return {};
  return unsupported_types(from, to, kTypes);
}

template <class From, class To>
To element(From x, bool to_boolean) {
  if (to_boolean) return static_cast<To>(x != From{});
  if constexpr (std::is_same_v<From, float> && !std::is_same_v<To, float>) {
    const bool defined = x > -9.2e18F && x < 9.2e18F;
    return static_cast<To>(defined ? static_cast<int64_t>(x) : 0);
  } else {
    return static_cast<To>(x);
  }
}

template <class Visit>
void with_castable(Dtype dtype, Visit visit) {
  if (dtype == Dtype::u32) return visit(uint32_t{});
  with_elements(dtype, visit);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const bool to_boolean = node.output().dtype == Dtype::boolean;
  with_castable(node.input(0).dtype, [&]<class From>(From) {
    with_castable(node.output().dtype, [&]<class To>(To) {
      std::ranges::transform(buffers.in<From>(0), buffers.out<To>().begin(),
                             [&](From x) { return element<From, To>(x, to_boolean); });
    });
  });
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_float_elementwise(
      node, "cast", false,
      {{"from", number_of(node.input(0).dtype)}, {"to", number_of(node.output().dtype)}});
}

}  // namespace

extern const OpDef cast_op = {
    .name = "cast",
    .summary = "elements of one type as those of another",
    .types = kTypes,
    .tflite = {.name = "CAST", .opcode = 53, .options = 37, .max_version = 6},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
