// What published runs say of a core's model: intervals, read from data/accuracy.csv.
#pragma once

#include <optional>
#include <string_view>

#include "hw/core.h"

namespace assay {

/// The interval of a core ("Cortex-M4") on a part ("STM32L4R5ZI"), from the rows of
/// data/accuracy.csv whose part that number begins with; without one, or with part "", from all
/// rows of the core, twice as wide. Nothing if the core has no row.
Result<std::optional<Validation>> published_runs(std::string_view core, std::string_view part);

/// The same from a table in the form of data/accuracy.csv.
Result<std::optional<Validation>> published_runs(std::string_view core, std::string_view part,
                                                 std::string_view csv);

}  // namespace assay
