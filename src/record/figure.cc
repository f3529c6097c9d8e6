// Names of units and of ways to obtain a number, as JSON and docs/records.md print them.
#include "record/figure.h"

namespace assay {

std::string_view name(Unit unit) {
  switch (unit) {
    case Unit::none:
      return "none";
    case Unit::bytes:
      return "bytes";
    case Unit::count:
      return "count";
    case Unit::instructions:
      return "instructions";
    case Unit::cycles:
      return "cycles";
    case Unit::microseconds:
      return "us";
    case Unit::microjoules:
      return "uJ";
    case Unit::microwatts:
      return "uW";
    case Unit::hours:
      return "h";
    case Unit::hertz:
      return "Hz";
    case Unit::volts:
      return "V";
    case Unit::per_second:
      return "per_s";
  }
  return "none";
}

std::string_view name(How how) {
  switch (how) {
    case How::exact:
      return "exact";
    case How::modelled:
      return "modelled";
    case How::predicted:
      return "predicted";
    case How::measured:
      return "measured";
  }
  return "exact";
}

}  // namespace assay
