// What EEMBC's energy-runner writes beside its traces: X-timestamps.json and results.txt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "util/result.h"

namespace assay {

/// A folder stands for the one *-energy.bin in it; a file for itself.
Result<std::filesystem::path> trace_file(const std::filesystem::path& typed);

/// energy-runner's first byte.
bool is_energy_runner(const std::filesystem::path& trace);

/// X-timestamps.json beside X-energy.bin; empty if there is none.
std::filesystem::path timestamps_beside(const std::filesystem::path& trace);

/// How many inferences each of `windows` windows holds, by the log of a run ("# Inferences : 250"
/// for each window); none if it does not say one number for as many windows.
std::optional<int64_t> inferences_of_log(std::string_view log, size_t windows);

/// The same by results.txt beside the trace.
std::optional<int64_t> inferences_beside(const std::filesystem::path& trace, size_t windows);

}  // namespace assay
