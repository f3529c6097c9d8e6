// What changed between two records, as sections for people and as JSON.
#pragma once

#include <vector>

#include "compare/difference.h"
#include "report/section.h"
#include "util/json.h"

namespace assay {

/// Where the difference is: by cause, by layer, by function, by what fills flash and RAM. Empty
/// where nothing moved.
std::vector<Section> moved_sections(const RecordDifference& difference);

Json difference_json(const RecordDifference& difference);

}  // namespace assay
