/// Flash and RAM by what the bytes are; bars are relative to the largest of each memory.
///
///   where the bytes are
///   flash  weights       22 604  ##########
///          kernels        6 120  ###
///   ram    arena         16 000  ##########
///          stack (peak)     628
#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

constexpr int kBarWidth = 10;

double largest(const Record& record, std::string_view memory) {
  double most = 0;
  for (const ComponentRecord& row : record.components)
    if (row.memory == memory) most = std::max(most, value_or_zero(row.bytes));
  return most;
}

Section build(const Record& record, const Notes& notes) {
  Section section{.title = "where the bytes are"};
  section.table.columns = {{}, {.max_width = 22}, {.right = true}, {}};
  std::string memory;
  for (const ComponentRecord& row : record.components) {
    if (row.bytes && row.bytes.number() == 0) continue;
    const bool same = row.memory == memory;
    memory = row.memory;
    section.table.rows.push_back(
        {{same ? "" : memory, row.name, exact_text(row.bytes, notes),
          bar(value_or_zero(row.bytes), largest(record, memory), kBarWidth)}});
  }
  return section.table.rows.empty() ? Section{} : section;
}

}  // namespace

const SectionDef bytes_section = {.id = "bytes", .build = build};

}  // namespace assay
