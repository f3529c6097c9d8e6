/// What could not be done, with the remedy where there is one.
///
///   troubles
///   build          needs arm-none-eabi-gcc, which is not installed. Debian: apt-get install ...
///   node 12 (foo)  operator FOO is not supported
#include "report/notes.h"
#include "report/section.h"

namespace assay {
namespace {

Section build(const Record& record, const Notes& notes) {
  Section section{.title = "troubles"};
  section.table.columns = {{.max_width = 40}, {}};
  for (const TroubleRecord& trouble : record.troubles) {
    if (!notes.mark(trouble.reason).empty()) continue;  // a footnote says it already
    section.table.rows.push_back({{trouble.where, trouble.reason}, Style::bad});
  }
  return section.table.rows.empty() ? Section{} : section;
}

}  // namespace

const SectionDef troubles_section = {.id = "troubles", .build = build};

}  // namespace assay
