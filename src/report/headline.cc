/// What this page is about: model and target; then part, core, clock and memories; then how the
/// image was made and run.
///
///   kws.tflite on nucleo-l4r5zi    STM32L4R5ZI  Cortex-M4  120 MHz, 5 wait states, ART on
///                                  aot, balanced, -O2, gcc 12.2.1, unicorn

#include "report/names.h"
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : std::string(between)) + part;
  return text;
}

Section build(const Record& record, const Notes&) {
  Section section;
  section.title = record.target.empty() ? record.model : record.model + " on " + record.target;
  section.style = Style::strong;
  const std::string machine =
      joined({record.part, core_title(record.core),
              joined({clock_text(record.clock_hz), record.memory_system}, ", ")},
             "  ");
  const std::string made = joined({record.runtime, record.optimize, optimisation_flag(record.flags),
                                   compiler_title(record.compiler), record.emulator},
                                  ", ");
  for (const std::string& line : {machine, made})
    if (!line.empty()) section.lines.push_back(line);
  return section;
}

}  // namespace

const SectionDef headline_section = {.id = "headline", .build = build};

}  // namespace assay
