// The page of `assay bench`, and its tables for docs/devices.md.
#pragma once

#include <span>
#include <string>

#include "bench/costs.h"

namespace assay {

/// One target: every program, under headings.
std::string bench_page(const Costs& costs, size_t width);

/// Several: the programs that people ask for, a line a target.
std::string bench_table(std::span<const Costs> all, size_t width);

/// docs/devices.md: a table a program, a line a target, fastest first.
std::string devices_markdown(std::span<const Costs> all);

}  // namespace assay
