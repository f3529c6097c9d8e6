/// What the arena holds while it is fullest.
///
///   RAM at its fullest: layer 2 conv_2d needs 16 032 B of the arena at once
///   8 000 B  tensor   0 .. 8 000       functional_1/conv2d/Relu
#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

Section build(const Record& record, const Notes& notes) {
  if (record.buffers.empty() || record.layers.empty()) return {};
  const LayerRecord& fullest = *std::ranges::max_element(
      record.layers, {}, [](const LayerRecord& layer) { return value_or_zero(layer.arena_bytes); });
  Section section{
      .title = fmt::format("RAM at its fullest: layer {} {} needs {} of the arena at once",
                           fullest.index, fullest.op, bytes_text(fullest.arena_bytes, notes))};
  // The class is "issue, memory capacity" where the layer has cycles too.
  if (fullest.bound_by.ends_with("memory capacity"))
    section.title += record.fits == "yes" ? "; the part has hardly more" : "; the part has less";
  section.table.columns = {{.right = true}, {}, {.right = true}, {.max_width = 50}};
  std::vector<BufferRecord> live;
  for (const BufferRecord& buffer : record.buffers)
    if (buffer.first_layer <= fullest.index && fullest.index <= buffer.last_layer)
      live.push_back(buffer);
  std::ranges::stable_sort(live, std::greater{},
                           [](const BufferRecord& buffer) { return value_or_zero(buffer.bytes); });
  for (const BufferRecord& buffer : live)
    section.table.rows.push_back({{bytes_text(buffer.bytes, notes), buffer.what,
                                   "from " + bytes_text(buffer.offset_bytes, notes),
                                   buffer.name.substr(0, buffer.name.find(';'))}});
  return section;
}

}  // namespace

const SectionDef peak_section = {.id = "peak", .build = build, .view = View::reasons};

}  // namespace assay
