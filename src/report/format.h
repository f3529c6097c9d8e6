// Records -> text for people or programs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/record.h"
#include "util/result.h"

namespace assay {

struct RenderOptions {
  bool colour = false;   ///< escape sequences, for a terminal
  int width = 100;       ///< columns; tables of numbers may exceed it, sentences do not
  bool reasons = false;  ///< the page that says why, instead of the one that says how much
  bool utf8 = true;      ///< false: what is not ASCII (names in models) becomes '?'
};

/// One file and one line in formats.def each.
struct Format {
  std::string_view name, summary;
  std::vector<std::string_view> extensions;  ///< ".md"
  std::string (*render)(std::span<const Record> records, const RenderOptions& options);
  /// Why this build cannot render it, or "".
  std::string (*missing)() = [] { return std::string(); };
};

#define ASSAY_FORMAT(id) extern const Format id##_format;
#include "report/formats.def"
#undef ASSAY_FORMAT

std::span<const Format* const> all_formats();

/// By name ("markdown") or by a file's extension ("page.md"). Errors: usage, with what there is;
/// environment, for a format that was left out of this build.
Result<const Format*> find_format(std::string_view name);
Result<const Format*> format_of_file(std::string_view file);

}  // namespace assay
