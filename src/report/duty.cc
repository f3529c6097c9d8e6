/// What a duty cycle makes of an inference: average power, and how long a battery lasts.
///
///   an inference every 1 s    average 66.1 uW (57.9 .. 77.0), inferences alone 49.2 uW
///                             battery 220 mAh at 3 V: 416 days (357 .. 475)
///                             asleep: 9.4 uA at 1.8 V (...)
#include <fmt/format.h>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

Section build(const Record& record, const Notes& notes) {
  Section section;
  for (const DutyRecord& row : record.duty) {
    const auto add = [&](const std::string& title, const std::string& text) {
      section.table.rows.push_back({{title, text}});
    };
    section.table.columns = {{}, {}};
    add("every " + time_text(row.period_us, notes),
        row.average_power_uw
            ? fmt::format("{} {} on average", power_text(row.average_power_uw, notes),
                          power_interval(row.average_power_uw))
            : "average power not known: " + row.average_power_uw.reason);
    if (row.inferences_power_uw)
      add("", fmt::format("{} {} of it inferences", power_text(row.inferences_power_uw, notes),
                          power_interval(row.inferences_power_uw)));
    if (row.battery_life_h)
      add("battery", fmt::format("{}: {} {}", row.battery, life_text(row.battery_life_h, notes),
                                 life_interval(row.battery_life_h)));
    if (!row.basis.empty()) add("", row.basis);
    if (row.battery_life_h) add("", "the battery's nominal charge; no losses, no self-discharge");
  }
  return section;
}

}  // namespace

const SectionDef duty_section = {.id = "duty", .build = build};

}  // namespace assay
