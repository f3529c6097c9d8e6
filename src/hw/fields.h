// Checked fields of target files, beyond what Toml knows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"
#include "util/toml.h"

namespace assay {

constexpr int64_t kMaxClockHz = 10'000'000'000;

/// A line for people: it goes to the terminal and into reports as it is.
Result<std::string> line_of(const Toml& toml, std::string_view key, bool required);
Result<int64_t> integer_in(const Toml& toml, std::string_view key, int64_t low, int64_t high);
/// Missing: 0. Negative, or above `high`: an error.
Result<double> cycles_of(const Toml& toml, std::string_view key, double high);
Result<double> positive(const Toml& toml, std::string_view key, double high);
/// An array of tables of a sensible length.
Result<std::vector<Toml>> rows(const Toml& toml, std::string_view key);

}  // namespace assay
