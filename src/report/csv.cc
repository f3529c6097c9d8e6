// The figures of each record on a line; record/csv.h says which columns.
#include "record/csv.h"

#include "report/format.h"

namespace assay {
namespace {

std::string render(std::span<const Record> records, const RenderOptions&) {
  return records_csv(records);
}

}  // namespace

const Format csv_format = {.name = "csv",
                           .summary = "a line a record, exact values",
                           .extensions = {".csv"},
                           .render = render};

}  // namespace assay
