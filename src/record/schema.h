// What describes the records to others, made from `describe`: JSON Schema and docs/records.md.
#pragma once

#include <string>

#include "util/json.h"

namespace assay {

/// JSON Schema (draft 2020-12) of a file with one record or an array of them, as this version
/// writes it: every field is there. Fields may be added later, so others are allowed.
Json record_schema();

/// The text of docs/records.md: every field with its unit and meaning.
std::string records_markdown();

}  // namespace assay
