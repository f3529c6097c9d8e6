// Finds a format by its name or by what a file is called.
#include "report/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "util/text.h"

namespace assay {
namespace {

constexpr const Format* kFormats[] = {
#define ASSAY_FORMAT(id) &id##_format,
#include "report/formats.def"
#undef ASSAY_FORMAT
};

Result<const Format*> if_built(const Format* format) {
  if (const std::string why = format->missing(); !why.empty())
    return fail(ErrorKind::environment, "{}", why);
  return format;
}

}  // namespace

std::span<const Format* const> all_formats() { return kFormats; }

Result<const Format*> find_format(std::string_view name) {
  std::vector<std::string> names;
  for (const Format* format : kFormats) {
    if (format->name == name) return if_built(format);
    names.emplace_back(format->name);
  }
  return fail(ErrorKind::usage, "no format '{}'{}   (there are: {})", name,
              did_you_mean(name, names), fmt::join(names, ", "));
}

Result<const Format*> format_of_file(std::string_view file) {
  std::string lower(file);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string endings;
  for (const Format* format : kFormats)
    for (const std::string_view extension : format->extensions) {
      if (lower.ends_with(extension)) return if_built(format);
      endings += (endings.empty() ? "" : ", ") + std::string(extension);
    }
  return fail(ErrorKind::usage, "cannot tell the format of '{}' from its name   (known: {})", file,
              endings);
}

}  // namespace assay
