// A number with its unit and how it was obtained; or the reason why there is none.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class Unit {
  none,
  bytes,
  count,
  instructions,
  cycles,
  microseconds,
  microjoules,
  microwatts,
  hours,
  hertz,
  volts,
  per_second,
  percent
};
std::string_view name(Unit unit);  ///< "bytes", "us", "uJ" ...

/// product.md, "Provenance".
enum class How {
  exact,      ///< counted; repeatable to the bit
  modelled,   ///< from exact counts by a timing or power model, with an interval
  predicted,  ///< from a fitted table, with an interval
  measured,   ///< read from hardware, with a spread
};
std::string_view name(How how);

/// In JSON {"value": 8955686, "unit": "cycles", "how": "modelled", "low": ..., "high": ...}, or
/// {"value": null, "unit": "uJ", "reason": "the target file has no run current"}.
struct Figure {
  std::optional<double> value;
  How how = How::exact;
  double low = 0, high = 0;  ///< the interval, where `how` is not exact
  std::string reason;        ///< why there is no value

  static Figure exact(int64_t value) { return {static_cast<double>(value), How::exact, 0, 0, {}}; }
  static Figure modelled(double value, double low, double high) {
    return {value, How::modelled, low, high, {}};
  }
  static Figure predicted(double value, double low, double high) {
    return {value, How::predicted, low, high, {}};
  }
  static Figure measured(double value, double low, double high) {
    return {value, How::measured, low, high, {}};
  }
  static Figure none(std::string reason) { return {{}, How::exact, 0, 0, std::move(reason)}; }

  explicit operator bool() const { return value.has_value(); }
  /// The value; NaN without one, which every writer and printer takes for "none".
  double number() const { return value.value_or(std::numeric_limits<double>::quiet_NaN()); }
};

/// Parts of a figure by name, which sum to it: causes of cycles. In JSON an object.
struct Share {
  std::string name;
  Figure figure;
};
using Shares = std::vector<Share>;

}  // namespace assay
