// Short names. Guesses nothing: what has another form is printed as it is.
#include "report/names.h"

#include <algorithm>
#include <vector>

namespace assay {
namespace {

constexpr std::string_view kCortex = "cortex_m";

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (true) {
    const size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return found;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find(' '), text.size());
    found.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_version(std::string_view word) {
  return !word.empty() && is_digit(word[0]) && word.find('.') != std::string_view::npos &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace

std::string core_short(std::string_view core) {
  if (!core.starts_with(kCortex) || core.size() == kCortex.size()) return std::string(core);
  std::string name = "M" + std::string(core.substr(kCortex.size()));
  if (name.ends_with("plus")) name.replace(name.size() - 4, 4, "+");
  return name;
}

std::string core_title(std::string_view core) {
  const std::string name = core_short(core);
  return name == core ? name : "Cortex-" + name;
}

std::string compiler_title(std::string_view version) {
  std::string_view name;
  if (version.find("clang") != std::string_view::npos)
    name = "clang";
  else if (version.find("gcc") != std::string_view::npos)
    name = "gcc";
  if (name.empty()) return std::string(version);
  bool in_brackets = false;
  for (const std::string_view word : words(version)) {
    if (word.starts_with('(')) in_brackets = true;
    if (!in_brackets && is_version(word)) return std::string(name) + " " + std::string(word);
    if (word.ends_with(')')) in_brackets = false;
  }
  return std::string(version);
}

std::string optimisation_flag(std::string_view flags) {
  std::string_view found;
  for (const std::string_view word : words(flags))
    if (word.starts_with("-O")) found = word;
  return std::string(found);
}

}  // namespace assay
