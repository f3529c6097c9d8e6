// What the columns of a logged CSV are: time, current, voltage, power, a trigger; in which unit.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "measure/power_trace.h"
#include "util/result.h"

namespace assay {

/// Where a quantity stands in a line and how it becomes SI; index < 0: nowhere.
struct PowerColumn {
  int index = -1;
  double scale = 1;
  std::string title;
  bool unit_assumed = false;   ///< the header gave none
  bool by_unit_alone = false;  ///< volts of something: perhaps not the supply
};

struct PowerColumns {
  PowerColumn time, current, voltage, power, trigger;
  double trigger_level = 0.5;      ///< above it the trigger is high
  int trigger_bit = -1;            ///< which character of a string of bits, as in "D0-D7"
  double fixed_voltage_v = 0;      ///< instead of a column of voltage
  char delimiter = ',';            ///< ' ': any white space
  int last = 0;                    ///< the highest index in use
  std::string text;                ///< for people
  std::vector<std::string> notes;  ///< what the options say otherwise than the file
};

/// The fields of a line, without quotes and surrounding spaces, up to `most` of them.
void split_fields(std::string_view line, char delimiter, size_t most,
                  std::vector<std::string_view>& fields);

/// ';' or tab where the line has one, else ',', else white space.
char delimiter_of(std::string_view line);

/// A field's number; a comma is a decimal point where it does not part fields. False: no number.
bool field_number(std::string_view field, double& value);

/// Nothing, or what meters write where they have no value: "nan", "-inf", "OL".
bool is_no_value(std::string_view field);

/// A date and time, or a time of day, in seconds: "2024-05-01T12:00:00.25Z", "1.5.2024
/// 12:00:00,25", "12:00:00.25", "00:01.25".
bool field_clock(std::string_view field, double& seconds);

/// Which columns a line of numbers must have as such, by options.columns or by a header among the
/// lines before it; the time first, if there is one. Empty: nothing is known. Error: usage.
Result<std::vector<PowerColumn>> needed_columns(std::span<const std::string> preamble,
                                                std::string_view line,
                                                const PowerTraceOptions& options);

/// What the columns are, by the lines before the first line of numbers (`preamble`) or by
/// options.columns. `first` is that first line. Errors: usage (an option is wrong or missing).
Result<PowerColumns> find_columns(std::span<const std::string> preamble, std::string_view first,
                                  const PowerTraceOptions& options);

}  // namespace assay
