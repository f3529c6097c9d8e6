// Element types of the kernels that serve several of them (kernels/assay_elements.h).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "ops/op.h"
#include "ops/requantise.h"

namespace assay {

/// The kernels' number of an integer type of up to 32 bits; -1 for the others.
inline int64_t element_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::s8:
      return 0;
    case Dtype::u8:
    case Dtype::boolean:
      return 1;
    case Dtype::s16:
      return 2;
    case Dtype::s32:
      return 3;
    default:
      return -1;
  }
}

/// Calls visit(T()) with the C++ type of an integer or float tensor's elements.
template <class Visit>
auto with_elements(Dtype dtype, Visit visit) {
  switch (dtype) {
    case Dtype::s8:
      return visit(int8_t{});
    case Dtype::u8:
    case Dtype::boolean:
      return visit(uint8_t{});
    case Dtype::s16:
      return visit(int16_t{});
    case Dtype::u16:
    case Dtype::f16:
      return visit(uint16_t{});
    case Dtype::s64:
      return visit(int64_t{});
    case Dtype::f32:
      return visit(float{});
    default:
      return visit(int32_t{});
  }
}

/// Whether "s8 f32" names the type as a word of its own.
inline bool names_type(std::string_view types, std::string_view type) {
  for (size_t at = types.find(type); at != types.npos; at = types.find(type, at + 1)) {
    const size_t end = at + type.size();
    if ((at == 0 || types[at - 1] == ' ') && (end == types.size() || types[end] == ' '))
      return true;
  }
  return false;
}

inline bool is_quantised(const Tensor& tensor) {
  return !tensor.quant.empty() &&
         (tensor.dtype == Dtype::s8 || tensor.dtype == Dtype::u8 || tensor.dtype == Dtype::s16);
}

/// The values of an 8- or 16-bit type.
inline Clamp whole_range(Dtype dtype) {
  switch (dtype) {
    case Dtype::s8:
      return {-128, 127};
    case Dtype::u8:
      return {0, 255};
    case Dtype::s16:
      return {-32768, 32767};
    default:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  }
}

}  // namespace assay
