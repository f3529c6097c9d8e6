// Amounts as people write them in a budget: "64 KiB", "12 ms", "3.5 mJ", "10 %".
#pragma once

#include <string_view>

#include "record/figure.h"
#include "util/result.h"

namespace assay {

struct Amount {
  double value = 0;      ///< in the record's unit: bytes, us, uJ, Hz; per cent if `percent`
  bool percent = false;  ///< of something that the reader knows
};

/// A number, spaces or underscores between its digits, and a unit of the field's kind; without one,
/// the record's own. KB and MB are powers of 1024, as the pages print them; kB, which is read as
/// either, is refused. Errors: usage, with the units there are.
Result<Amount> parse_amount(std::string_view text, Unit unit);

}  // namespace assay
