// What `assay profile` shows: a page, a record, and the call tree in the forms that viewers read.
#pragma once

#include <string>

#include "hw/core.h"
#include "measure/profile.h"
#include "record/record.h"
#include "report/section.h"

namespace assay {

/// What was profiled, for all of the forms.
struct Profiled {
  std::string file;  ///< without its folder
  const FirmwareImage& image;
  const Target& target;
  const CoreTiming& core;
  const ProfileFacts& facts;
  std::string_view emulator;
  const SourceLines* lines = nullptr;
  std::string no_lines = {};  ///< why there are none; "" where nobody would expect them
  size_t most_lines = 10;     ///< on the page
};

/// For a terminal, `width` columns.
std::string profile_page(const Profiled& profiled, size_t width);

/// Its section on the lines of source that take most; empty without DWARF.
Section profile_lines(const Profiled& profiled, const ProfileRegion& region);
std::vector<LineRecord> profile_line_rows(const ProfileRegion& region, const CoreTiming& core);
/// The cause that takes most, in words.
std::string profile_main_cause(const CauseTicks& causes);

/// Functions that ran, those with most cycles of their own first.
std::vector<ProfileFunction> most_cycles_first(const ProfileRegion& region);

/// Deepest stack of the whole run, where no exception interrupted it.
Figure profile_stack(const Profiled& profiled);

/// " with layer 3", where the compiler made one function of several layers; else "".
std::string also_text(const ProfileLayer& layer);

/// The first region as a record, so that `assay report` takes it.
Record profile_record(const Profiled& profiled);

/// One line a call path, "main;infer;conv 1234": cycles. For flamegraph.pl and the like.
std::string folded_stacks(const ProfileRegion& region);
/// speedscope.app's file format, a sampled profile weighted by cycles.
std::string speedscope_json(const ProfileRegion& region, std::string_view name);
/// Chrome's trace events, for Perfetto: call paths laid out side by side, a microsecond a cycle's
/// time at the target's clock.
std::string trace_json(const ProfileRegion& region, int64_t clock_hz);
/// A flame graph by itself: width is cycles, callers below callees.
std::string flame_svg(const ProfileRegion& region, std::string_view title);

}  // namespace assay
