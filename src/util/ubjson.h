// Universal Binary JSON (https://ubjson.org), as XGBoost writes it. In json.cc, with its library.
#pragma once

#include <cstddef>
#include <span>

#include "util/json.h"

namespace assay {

/// Error: input. Depth is limited; no file gives more values than it has bytes.
Result<Json> parse_ubjson(std::span<const std::byte> bytes);

}  // namespace assay
