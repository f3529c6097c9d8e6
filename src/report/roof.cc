/// How far the model is from the most that the part was seen to do.
///
///   the most that this part was seen to do (assay bench)
///   multiply-accumulates, s8  58.1 M/s MAC  this model: 39.0 M/s MAC, 67 %
///   streaming reads, RAM       410 M/s B
#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

std::string rate_text(double rate) { return si(rate) + "/s"; }

Section build(const Record& record, const Notes&) {
  if (record.peaks.empty()) return {};
  Section section{.title = "the most that this part was seen to do (assay bench)"};
  section.table.columns = {{}, {.right = true}, {}};
  const std::string dtype = record.layers.empty() ? "" : record.layers.front().dtype;
  const double macs = value_or_zero(record.macs), us = value_or_zero(record.latency_us);
  const double mine = us > 0 ? macs / us * 1e6 : 0;
  for (const PeakRecord& peak : record.peaks) {
    const double most = value_or_zero(peak.rate);
    const bool compute = peak.kind == "compute";
    section.table.rows.push_back(
        {{peak.name, rate_text(most) + (compute ? " MAC" : " B"),
          compute && mine > 0 && peak.name.ends_with(", " + dtype)
              ? fmt::format("this model: {} MAC, {}", rate_text(mine), percent(mine, most))
              : ""}});
  }
  return section;
}

}  // namespace

const SectionDef roof_section = {.id = "roof", .build = build, .view = View::reasons};

}  // namespace assay
