// Physical quantities as people type them and as loggers label them: "250 uA", "12mW", "1s".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/result.h"

namespace assay {

/// What is measured, by its SI unit; battery charge in ampere-hours.
enum class Dimension { seconds, amperes, volts, watts, hertz, ampere_hours };
std::string_view symbol(Dimension dimension);  ///< "s", "A", "V", "W", "Hz", "Ah"

struct UnitScale {
  Dimension dimension;
  double scale = 1;  ///< how many SI units one of them is
};

/// "uA", "µA", "ms", "Watt", "hours": any case but for the prefix m (M is mega). Nothing if it is
/// no unit we know.
std::optional<UnitScale> find_unit(std::string_view text);

/// A number from the beginning of `text`, '+' allowed; how many characters it took, 0 if none.
/// Never "nan", "inf" or hexadecimal.
struct ReadNumber {
  double value = 0;
  size_t length = 0;
};
ReadNumber read_number(std::string_view text);

struct Quantity {
  double value = 0;  ///< in SI units
  Dimension dimension;
};

/// "12mW", "3.5 mA", "220mAh". Error: usage.
Result<Quantity> read_quantity(std::string_view text);

/// The same, of that very dimension; a bare number is in its SI unit. Error: usage.
Result<double> read_quantity(std::string_view text, Dimension wanted);

}  // namespace assay
