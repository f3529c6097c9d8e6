// Checked fields of target files: the checks that several kinds of table share.
#include "hw/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

constexpr size_t kMaxText = 1000;  // characters; longer than any sensible line
constexpr size_t kMaxRows = 256;   // regions, wait states, registers of peripherals

}  // namespace

Result<std::string> line_of(const Toml& toml, std::string_view key, bool required) {
  Result<std::string> read = required ? toml.text(key) : toml.text(key, "");
  const std::string text = TRY(std::move(read));
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::ranges::any_of(text, control))
    return std::unexpected(toml.error_at(key, fmt::format("'{}' is not one printable line", key)));
  if (text.size() > kMaxText)
    return std::unexpected(
        toml.error_at(key, fmt::format("'{}' is longer than {} characters", key, kMaxText)));
  if (required && text.empty())
    return std::unexpected(toml.error_at(key, fmt::format("'{}' is empty", key)));
  return text;
}

Result<int64_t> integer_in(const Toml& toml, std::string_view key, int64_t low, int64_t high) {
  const int64_t value = TRY(toml.integer(key));
  if (value < low || value > high)
    return std::unexpected(
        toml.error_at(key, fmt::format("'{}' is {}, need {} to {}", key, value, low, high)));
  return value;
}

Result<double> cycles_of(const Toml& toml, std::string_view key, double high) {
  const double value = TRY(toml.real(key, 0.0));
  if (!std::isfinite(value) || value < 0 || value > high)
    return std::unexpected(
        toml.error_at(key, fmt::format("'{}' is {}, need 0 to {}", key, value, high)));
  return value;
}

Result<double> positive(const Toml& toml, std::string_view key, double high) {
  const double value = TRY(toml.real(key));
  if (!std::isfinite(value) || value <= 0 || value > high)
    return std::unexpected(toml.error_at(
        key, fmt::format("'{}' is {}, need more than 0 and at most {}", key, value, high)));
  return value;
}

Result<std::vector<Toml>> rows(const Toml& toml, std::string_view key) {
  std::vector<Toml> found = TRY(toml.tables(key));
  if (found.size() > kMaxRows)
    return std::unexpected(toml.error_at(
        key, fmt::format("{} rows of '{}', at most {}", found.size(), key, kMaxRows)));
  return found;
}

}  // namespace assay
