// Pieces of C99 that are also C++11. Numbers are written so that they read back to the same bits
// and raise no warning under -Wconversion.
#include "emit/c_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

namespace assay {
namespace {

constexpr size_t kLineWidth = 98;

template <class T>
std::string literal_of(T value) {
  if constexpr (std::is_same_v<T, float>)
    return c_literal(value);
  else if constexpr (std::is_same_v<T, double>)
    return std::isfinite(value) ? fmt::format("{:.17e}", value) : "(0.0 / 0.0)";
  else if constexpr (std::is_same_v<T, uint64_t>)
    return fmt::format("{}ULL", value);
  else
    return c_literal(static_cast<int64_t>(value));
}

template <class T>
void append_values(std::string& text, std::span<const std::byte> bytes) {
  size_t column = 0;
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    const std::string item = literal_of(value) + ",";
    if (column == 0 || column + item.size() + 1 > kLineWidth) {
      text += column == 0 ? "  " : "\n  ";
      column = 2;
    } else {
      text += ' ';
      ++column;
    }
    text += item;
    column += item.size();
  }
  text += '\n';
}

using Append = void (*)(std::string&, std::span<const std::byte>);

Append appender(Dtype dtype) {
  switch (dtype) {
    case Dtype::s8:
      return append_values<int8_t>;
    case Dtype::s16:
      return append_values<int16_t>;
    case Dtype::u16:
    case Dtype::f16:
      return append_values<uint16_t>;
    case Dtype::s32:
      return append_values<int32_t>;
    case Dtype::u32:
      return append_values<uint32_t>;
    case Dtype::s64:
      return append_values<int64_t>;
    case Dtype::u64:
      return append_values<uint64_t>;
    case Dtype::f32:
      return append_values<float>;
    case Dtype::f64:
      return append_values<double>;
    case Dtype::s4:
    case Dtype::u8:
    case Dtype::boolean:
    case Dtype::other:
      break;
  }
  return append_values<uint8_t>;
}

}  // namespace

std::string_view c_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::s8:
      return "int8_t";
    case Dtype::s16:
      return "int16_t";
    case Dtype::u16:
    case Dtype::f16:
      return "uint16_t";
    case Dtype::s32:
      return "int32_t";
    case Dtype::u32:
      return "uint32_t";
    case Dtype::s64:
      return "int64_t";
    case Dtype::u64:
      return "uint64_t";
    case Dtype::f32:
      return "float";
    case Dtype::f64:
      return "double";
    default:
      return "uint8_t";
  }
}

std::string c_literal(float value) {
  // Constant expressions that need no <math.h>.
  if (std::isnan(value)) return "(0.0f / 0.0f)";
  if (std::isinf(value)) return value > 0 ? "(1.0f / 0.0f)" : "(-1.0f / 0.0f)";
  std::string text = fmt::format("{:.9g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + "f";
}

std::string c_literal(int64_t value) {
  // The most negative numbers have no literal of their type: "-2147483648" is minus a long.
  if (value == std::numeric_limits<int64_t>::min()) return "(-9223372036854775807LL - 1)";
  if (value == std::numeric_limits<int32_t>::min()) return "(-2147483647 - 1)";
  if (value > std::numeric_limits<uint32_t>::max() || value < std::numeric_limits<int32_t>::min())
    return fmt::format("{}LL", value);
  return value > std::numeric_limits<int32_t>::max() ? fmt::format("{}u", value)
                                                     : fmt::format("{}", value);
}

std::string c_array(std::string_view name, const Constant& constant, std::string_view space) {
  const std::span<const std::byte> bytes = constant.bytes();
  const size_t element_bytes = static_cast<size_t>(std::max(1, bits(constant.dtype) / 8));
  if (bytes.empty())  // C has no array of length 0; nothing reads this one
    return fmt::format("static const {}{} {}[1] ASSAY_ALIGNED = {{0}};\n", space,
                       c_type(constant.dtype), name);
  std::string text = fmt::format("static const {}{} {}[{}] ASSAY_ALIGNED = {{\n", space,
                                 c_type(constant.dtype), name, bytes.size() / element_bytes);
  text.reserve(text.size() + bytes.size() * 5);
  appender(constant.dtype)(text, bytes);
  return text + "};\n";
}

std::string c_comment(std::string_view text) {
  constexpr size_t kLongest = 120;
  std::string safe;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte > 126)
      safe += '?';
    else if ((c == '/' && safe.ends_with('*')) || (c == '*' && safe.ends_with('/')))
      safe += '|';
    else
      safe += c;
  }
  if (safe.ends_with('\\')) safe += '.';  // would continue a line
  return safe;
}

}  // namespace assay
