/// How full each memory of the part is.
///
///   memories of the part
///   region  kind       used    size   full
///   FLASH   flash  32 880 B    2 MB  1.6 %
///   SRAM1   ram    16 760 B  192 KB  8.5 %  ##
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

constexpr int kBarWidth = 20;

Section build(const Record& record, const Notes& notes) {
  if (record.regions.empty()) return {};
  Section section{.title = "memories of the part"};
  section.table.columns = {{.title = "region", .max_width = 24}, {.title = "kind"},
                           {.title = "used", .right = true},     {.title = "size", .right = true},
                           {.title = "full", .right = true},     {}};
  for (const RegionRecord& region : record.regions) {
    const double used = value_or_zero(region.used_bytes), size = value_or_zero(region.size_bytes);
    const bool over = used > size && size > 0;
    section.table.rows.push_back(
        {{region.name, region.kind, bytes_text(region.used_bytes, notes),
          size_text(region.size_bytes, notes), region.used_bytes ? percent(used, size) : "",
          over ? bar(1, 1, kBarWidth) + "!" : bar(used, size, kBarWidth)},
         over ? Style::bad : Style::plain});
  }
  return section;
}

}  // namespace

const SectionDef regions_section = {.id = "regions", .build = build, .view = View::costs};

}  // namespace assay
