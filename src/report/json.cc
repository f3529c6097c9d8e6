// Everything that a record holds; docs/records.md describes it.
#include "record/json.h"

#include "report/format.h"

namespace assay {
namespace {

std::string render(std::span<const Record> records, const RenderOptions&) {
  return records_json(records);
}

}  // namespace

const Format json_format = {.name = "json",
                            .summary = "everything, for programs",
                            .extensions = {".json"},
                            .render = render};

}  // namespace assay
