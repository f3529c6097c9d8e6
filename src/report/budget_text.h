// A first budget.toml, made from what was measured.
#pragma once

#include <span>
#include <string>

#include "record/record.h"

namespace assay {

/// Limits of `headroom_percent` more than the records' figures, rounded up to what people write;
/// what is behind each stands beside it. Several records: a table each target. `command`: the check
/// that reads the file, for its head.
std::string budget_text(std::span<const Record> records, double headroom_percent,
                        std::string_view command);

}  // namespace assay
