// Parts of a trace as JSON, read as hostile. Errors of all: input, with what is wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hw/counts.h"
#include "util/json.h"
#include "util/result.h"

namespace assay {

Json counts_json(const Counts& counts);
Json all_counts_json(const std::vector<Counts>& rows);
Json texts_json(const std::vector<std::string>& texts);

/// A count: whole, at least 0, below 2^53.
Result<int64_t> whole(const Json& json, std::string_view key);
Result<std::string> line(const Json& json, std::string_view key);
/// Of at most 2^20 rows.
Result<Json> list(const Json& json, std::string_view key);
Result<std::vector<std::string>> texts(const Json& json, std::string_view key);
/// Fills `values` from a list of as many whole numbers; those of `ticks` alone may be negative.
Status read_list(const Json& json, std::string_view key, const std::vector<int64_t*>& values);
Result<Counts> read_counts(const Json& json);
Result<std::vector<Counts>> read_all_counts(const Json& json, std::string_view key);

}  // namespace assay
