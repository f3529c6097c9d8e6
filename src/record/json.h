// Records as JSON, there and back. One record is an object, several are an array of objects.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/record.h"
#include "util/json.h"
#include "util/result.h"

namespace assay {

/// Figures as objects, lists as arrays, in the order of `describe`; schema_version comes first.
Json to_json(const Record& record);

/// A figure alone, as in a record.
Json figure_json(const Figure& figure, Unit unit);

/// The text of a file: an object if there is one record, else an array.
std::string records_json(std::span<const Record> records);

/// Reads what `to_json` wrote; checks every field. Unknown fields are ignored and missing ones are
/// empty (a figure: no value, reason "not in this record"), because fields are added without a new
/// schema version. Errors: input, naming the field; unsupported, for another schema version.
Result<Record> record_from_json(const Json& json);

/// Reads a file's text with one record or an array of them.
Result<std::vector<Record>> parse_records(std::string_view text);

}  // namespace assay
