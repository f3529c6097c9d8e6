// Records as CSV (RFC 4180): a header and a line a record; the lists are left out.
#pragma once

#include <span>
#include <string>

#include "record/record.h"

namespace assay {

/// A column a field of `describe`. A figure in cycles, microseconds or microjoules, and any other
/// that has an interval in one of the records, brings `_low`, `_high` and `_how`. A cell is empty
/// where there is no value; the last column, `not_given`, says which and why.
std::string records_csv(std::span<const Record> records);

}  // namespace assay
