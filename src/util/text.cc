// Text for people. Distances between names are Damerau-Levenshtein (optimal string alignment).
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace assay {

std::string thousands(int64_t value) {
  std::string digits =
      fmt::format("{}", value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value));
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), " ");
  return value < 0 ? "-" + digits : digits;
}

std::string si(double value) {
  static constexpr const char* kPrefixes[] = {"", " k", " M", " G", " T"};
  size_t prefix = 0;
  while (std::abs(value) >= 999.5 && prefix + 1 < std::size(kPrefixes)) {
    value /= 1000;
    ++prefix;
  }
  if (prefix == 0 && value == std::floor(value)) return fmt::format("{:.0f}", value);
  const double size = std::abs(value);
  return fmt::format("{:.{}f}{}", value, size < 10 ? 2 : size < 100 ? 1 : 0, kPrefixes[prefix]);
}

std::string bytes_text(int64_t bytes) {
  if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return fmt::format("{} MB", bytes >> 20);
  if (bytes >= 1 << 14 && bytes % 1024 == 0) return fmt::format("{} KB", thousands(bytes / 1024));
  return thousands(bytes) + " B";
}

namespace {

int distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i)
    for (size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> choices) {
  constexpr size_t kLongestWord = 64;  // the distance is quadratic, the word may be hostile
  if (word.empty() || word.size() > kLongestWord) return {};
  std::vector<std::pair<int, std::string>> ranked;
  for (const std::string& choice : choices) {
    // A part of the name is as good as a small slip: "stm32f4" means stm32f407-discovery.
    const bool part = word.size() >= 3 && choice.find(word) != std::string::npos;
    const int far = part ? 1 : distance(word, choice);
    if (part || far <= std::max(2, static_cast<int>(word.size()) / 3))
      ranked.emplace_back(far, choice);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<int, std::string>::first);
  std::vector<std::string> best;
  for (size_t i = 0; i < std::min<size_t>(3, ranked.size()); ++i) best.push_back(ranked[i].second);
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> choices) {
  const std::vector<std::string> best = nearest(word, choices);
  if (best.empty()) return "";
  std::string list;
  for (size_t i = 0; i < best.size(); ++i)
    list += (i == 0 ? "" : i + 1 == best.size() ? " or " : ", ") + best[i];
  return fmt::format("; did you mean {}?", list);
}

std::string c_identifier(std::string_view text) {
  std::string name;
  for (char c : text) {
    const bool fine =
        std::isalnum(static_cast<unsigned char>(c)) != 0 && static_cast<unsigned char>(c) < 128;
    name += fine ? c : '_';
  }
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) name.insert(0, "m_");
  if (name[0] == '_') name.insert(0, "m");
  return name;
}

}  // namespace assay
