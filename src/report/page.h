// Which sections a page has: one record's page, or a table of several.
#pragma once

#include <span>
#include <vector>

#include "report/format.h"
#include "report/section.h"

namespace assay {

struct PagePart {
  Section section;
  bool beside = false;
};

/// One record: every section of sections.def of that view which has something to say. Several:
/// their table. Every text in it is printable (report/printable.h).
std::vector<PagePart> make_page(std::span<const Record> records, const RenderOptions& options);

/// One row a record, in the order given, a table a model; its footnotes.
std::vector<Section> targets_table(std::span<const Record> records);

}  // namespace assay
