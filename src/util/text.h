// Text for people: numbers with thousands, nearest names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// 41312 -> "41 312".
std::string thousands(int64_t value);

/// At most four significant digits with a metric prefix: 4430000 -> "4.43 M".
std::string si(double value);

/// "41 312 B", "640 KB" (exact multiples of 1024 only), for sizes.
std::string bytes_text(int64_t bytes);

/// Up to three of `choices` that look like `word`, nearest first; empty if none does.
std::vector<std::string> nearest(std::string_view word, std::span<const std::string> choices);

/// "; did you mean a, b or c?" or "".
std::string did_you_mean(std::string_view word, std::span<const std::string> choices);

/// A C identifier made of letters, digits and '_' that starts with a letter.
std::string c_identifier(std::string_view text);

}  // namespace assay
