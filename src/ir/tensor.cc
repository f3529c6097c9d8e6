// Element types and shapes: their names and sizes. A product of extents saturates instead of
// overflowing, because a file's shape is looked at before Graph::make has checked it.
#include "ir/tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace assay {
namespace {

struct DtypeRow {
  Dtype dtype;
  std::string_view name;
  int bits;
};

constexpr std::array<DtypeRow, 14> kDtypes = {{
    {Dtype::f16, "f16", 16},
    {Dtype::f32, "f32", 32},
    {Dtype::f64, "f64", 64},
    {Dtype::s4, "s4", 4},
    {Dtype::s8, "s8", 8},
    {Dtype::s16, "s16", 16},
    {Dtype::s32, "s32", 32},
    {Dtype::s64, "s64", 64},
    {Dtype::u8, "u8", 8},
    {Dtype::u16, "u16", 16},
    {Dtype::u32, "u32", 32},
    {Dtype::u64, "u64", 64},
    {Dtype::boolean, "bool", 8},
    {Dtype::other, "other", 0},
}};

constexpr bool rows_are_in_order() {
  for (size_t i = 0; i < kDtypes.size(); ++i)
    if (static_cast<size_t>(kDtypes[i].dtype) != i) return false;
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

std::string_view name(Dtype dtype) { return kDtypes[static_cast<size_t>(dtype)].name; }

int bits(Dtype dtype) { return kDtypes[static_cast<size_t>(dtype)].bits; }

int64_t Shape::elements() const {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 64;  // times 64 bits still fits
  int64_t product = 1;
  bool saturated = false;
  for (const int32_t dim : dims) {
    if (dim <= 0) return 0;
    if (product > kMost / dim) saturated = true;
    if (!saturated) product *= dim;
  }
  return saturated ? kMost : product;
}

std::string text(const Shape& shape) {
  return shape.dims.empty() ? "scalar" : fmt::format("{}", fmt::join(shape.dims, "x"));
}

std::optional<std::byte> uniform_start(const Tensor& variable) {
  if (variable.data.empty()) return variable.starting_byte();
  const std::byte first = variable.data.front();
  const bool same = std::ranges::all_of(variable.data, [first](std::byte b) { return b == first; });
  return same ? std::optional(first) : std::nullopt;
}

}  // namespace assay
