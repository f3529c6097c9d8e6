// Makes hostile text harmless: the names in a model file reach a terminal, where escape sequences
// and overrides of the writing direction would let it print what it likes.
//
// Does not handle: the width of East Asian characters and of combining marks (columns shift).
// Source: RFC 3629 (UTF-8); Unicode 15, Bidi_Control and general category Cc.
#include "report/printable.h"

#include <algorithm>
#include <cstdint>

namespace assay {
namespace {

/// A code point and its bytes; `bytes` is 0 where the text is no UTF-8.
struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 0;
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t bytes = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first >= 0xf5 || text.size() < bytes) return {};
  uint32_t value = first & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value < 0xe000;
  if (overlong || surrogate || value > 0x10ffff) return {};
  return {value, bytes};
}

bool harmless(uint32_t value) {
  if (value < 0x20 || (value >= 0x7f && value < 0xa0)) return false;          // controls
  if (value == 0x061c || (value >= 0x200b && value <= 0x200f)) return false;  // marks, zero width
  if (value >= 0x2028 && value <= 0x202e) return false;  // line separators, overrides
  return !(value >= 0x2066 && value <= 0x2069) && value != 0xfeff;
}

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

std::string printable(std::string_view text, bool utf8) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const size_t bytes = point.bytes == 0 ? 1 : point.bytes;
    if (text[0] == '\n' || text[0] == '\t' || text[0] == '\r')
      out += ' ';
    else if (point.bytes == 0 || !harmless(point.value) || (point.value > 0x7f && !utf8))
      out += '?';
    else
      out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for (const char c : text) width += begins_code_point(c) ? 1 : 0;
  return width;
}

std::string clipped(std::string_view text, size_t width) {
  if (display_width(text) <= width || width < 3) return std::string(text);
  size_t end = 0;
  for (size_t kept = 0; end < text.size(); ++end) {
    if (begins_code_point(text[end]) && kept++ == width - 2) break;
  }
  return std::string(text.substr(0, end)) + "..";
}

std::vector<std::string> wrapped(std::string_view text, size_t width) {
  std::vector<std::string> lines;
  std::string line;
  const auto flush = [&] {
    while (line.ends_with(' ')) line.pop_back();
    lines.push_back(std::move(line));
    line.clear();
  };
  while (!text.empty()) {
    // A word with the spaces before it, which stay as they are inside a line.
    const size_t word = text.find_first_not_of(' ');
    if (word == std::string_view::npos) break;
    const size_t end = std::min(text.find(' ', word), text.size());
    const std::string_view piece = text.substr(0, end);
    if (!line.empty() && display_width(line) + display_width(piece) > width) {
      flush();
      line = piece.substr(word);
    } else {
      line += piece;
    }
    text.remove_prefix(end);
  }
  if (!line.empty()) flush();
  return lines;
}

}  // namespace assay
