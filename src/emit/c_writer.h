// Pieces of C99 that are also C++11: types, literals, arrays.
#pragma once

#include <string>
#include <string_view>

#include "ir/tensor.h"
#include "ops/kernel_call.h"

namespace assay {

/// "int8_t", "float"; s4 and f16 are stored as raw uint8_t and uint16_t.
std::string_view c_type(Dtype dtype);

/// A literal that reads back to the same bits: "3.40282347e+38f", "(-2147483647 - 1)".
std::string c_literal(float value);
std::string c_literal(int64_t value);

/// "static const int8_t NAME[12] = {\n  1, -2, ...\n};\n", aligned to 4 bytes where the compiler
/// can. `space` stands after const: "ASSAY_FLASH ".
std::string c_array(std::string_view name, const Constant& constant, std::string_view space = "");

/// Text that may stand inside /* */: no "*/", no control characters, at most 120 characters.
std::string c_comment(std::string_view text);

}  // namespace assay
