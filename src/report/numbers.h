// How figures look to people: unit, at most three or four digits, never nan, inf or -0.
// A figure without a value is "-", with the number of its footnote: "- (1)".
#pragma once

#include <string>
#include <string_view>

#include "record/record.h"

namespace assay {

class Notes;

std::string exact_text(const Figure& figure, const Notes& notes);  ///< "41 312"
std::string bytes_text(const Figure& figure, const Notes& notes);  ///< "41 312 B", "41 312 B +-5 %"
std::string size_text(const Figure& figure, const Notes& notes);   ///< "640 KB"
std::string size_text(double bytes);
std::string short_text(const Figure& figure, const Notes& notes);  ///< "4.43 M"
std::string clock_mhz(const Figure& figure);                       ///< "120", or ""
std::string clock_text(const Figure& figure);                      ///< "120 MHz", or ""

std::string time_text(const Figure& us, const Notes& notes);    ///< "36.9 ms"
std::string energy_text(const Figure& uj, const Notes& notes);  ///< "1.62 mJ"
/// The interval in the unit of the value: "(34.1 .. 39.8)"; "" if exact or not given.
std::string time_interval(const Figure& us);
std::string energy_interval(const Figure& uj);
std::string power_text(const Figure& uw, const Notes& notes);  ///< "66.1 uW"
std::string power_interval(const Figure& uw);
std::string life_text(const Figure& hours, const Notes& notes);  ///< "36.2 h", "416 days"
std::string life_interval(const Figure& hours);

/// A cause's name for people: "load use".
std::string cause_text(std::string_view name);

std::string percent(double part, double whole);        ///< "2.0 %", "61 %"; "" if whole is 0
std::string whole_percent(double part, double whole);  ///< "2 %", "<1 %"
/// How far it can be off: "+-8 %", "-2..+35 %", "+-<1 %"; "" if exact, zero or not given.
std::string spread(const Figure& figure);

/// `part` of `whole` as up to `width` '#'.
std::string bar(double part, double whole, int width);

/// Bytes of all regions of a kind ("flash", "ram"); 0 if the record does not say.
double memory_size(const Record& record, std::string_view kind);

/// The value for sorting and sums; 0 if there is none.
double value_or_zero(const Figure& figure);

}  // namespace assay
