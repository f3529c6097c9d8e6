// Text from models and files made safe for a terminal and for columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Line breaks and tabs become spaces; control characters, bidirectional overrides and invalid
/// UTF-8 become '?', and without `utf8` everything that is not ASCII.
std::string printable(std::string_view text, bool utf8);

/// Code points. Wide characters and combining marks count as one each.
size_t display_width(std::string_view text);

/// At most `width` code points, the last two ".." if it was longer.
std::string clipped(std::string_view text, size_t width);

/// Lines of at most `width`, broken at spaces; a longer word stands alone.
std::vector<std::string> wrapped(std::string_view text, size_t width);

}  // namespace assay
