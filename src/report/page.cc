// Puts a page together from sections.def, and makes every text in it printable: no section and no
// format has to think of what a hostile name may hold.
#include "report/page.h"

#include "report/notes.h"
#include "report/printable.h"

namespace assay {
namespace {

constexpr const SectionDef* kSections[] = {
#define ASSAY_SECTION(id) &id##_section,
#include "report/sections.def"
#undef ASSAY_SECTION
};

bool is_empty(const Section& section) {
  return section.title.empty() && section.lines.empty() && section.table.rows.empty();
}

Section cleaned(Section section, bool utf8) {
  section.title = printable(section.title, utf8);
  for (std::string& line : section.lines) line = printable(line, utf8);
  for (Row& row : section.table.rows)
    for (std::string& cell : row.cells) cell = printable(cell, utf8);
  return section;
}

}  // namespace

std::vector<PagePart> make_page(std::span<const Record> records, const RenderOptions& options) {
  std::vector<PagePart> page;
  if (records.size() != 1) {
    for (Section& section : targets_table(records))
      page.push_back({cleaned(std::move(section), options.utf8)});
    return page;
  }
  const Notes notes = notes_of(records[0]);
  std::string_view before;
  const View view = options.reasons ? View::reasons : View::costs;
  for (const SectionDef* def : kSections) {
    if (def->view != View::both && def->view != view) continue;
    Section section = def->build(records[0], notes);
    if (is_empty(section)) continue;
    const bool beside = !def->beside.empty() && def->beside == before;
    page.push_back({cleaned(std::move(section), options.utf8), beside});
    before = def->id;
  }
  return page;
}

}  // namespace assay
