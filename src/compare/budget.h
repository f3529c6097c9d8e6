// A budget: limits on fields of a record, from a TOML file; and what a record says to them.
//
//   every = "20 ms"                 # how often an inference starts (or rate = "50/s")
//   headroom = "5 %"                # of every limit that has none of its own
//   [budget]
//   flash_bytes = "40 KiB"          # the most there may be
//   latency_us = { max = "12 ms", headroom = "10 %" }
//   "layers[conv_2d*].cycles" = { max = "700 k" }
//   fits = { is = "yes" }
//   [on."nucleo-*"]                 # more, for some targets only
//   ram_bytes = "16 KiB"
//   [baseline]                      # how much worse than the baseline each may be
//   tolerance = "0 %"
//   cycles = "1 %"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/amount.h"
#include "compare/field.h"
#include "record/record.h"
#include "util/result.h"

namespace assay {

struct Limit {
  FieldPath field = {};
  std::optional<Amount> max = {}, min = {};
  std::string is = {};  ///< of text: a glob that it must match
  Amount headroom = {}, tolerance = {};
  bool sum = false;         ///< of the rows, not each
  std::string target = {};  ///< glob; empty: every target
  int line = 0;
};

struct Allowance {
  FieldPath field;
  Amount tolerance;
  int line = 0;
};

struct Budget {
  std::string file;
  std::optional<double> every_us;
  std::vector<Limit> limits;          ///< in the order of the file
  std::vector<Allowance> allowances;  ///< towards the baseline: the usual fields, then more
};

/// Errors: input, "budget.toml:3: ...".
Result<Budget> parse_budget(std::string_view text, std::string_view file);
/// Without a file: the usual fields may not be worse than the baseline's.
Budget no_budget();

enum class Verdict { pass, fail, unknown };

/// What a record says to one limit: a row that fails, or else the one that is nearest to it.
struct Finding {
  enum Kind { max, min, is, baseline };
  Kind kind = max;
  FieldPath field = {};
  std::string row = {};
  size_t rows = 1;  ///< that the limit speaks of
  Figure value = {};
  std::string text = {};    ///< of a field that is text
  double limit = 0;         ///< as written; of a baseline its value
  double allowed = 0;       ///< with headroom and tolerance
  std::string wanted = {};  ///< of text
  Verdict verdict = Verdict::pass;
  /// The limit lies inside the figure's interval: the verdict is on the value (strict: on the
  /// interval's end).
  bool straddles = false;
  bool in_tolerance = false;  ///< over the limit, but by no more than the tolerance
  std::string reason = {};    ///< of unknown
  int line = 0;
};

/// One finding a limit that passes, one a row that fails. That the record does not fit its target
/// is a finding too, whatever the budget says.
/// Strict: the worse end of an interval must keep the limit.
std::vector<Finding> judge(const Budget& budget, const Record& record, bool strict);

/// Fields of `record` that are worse (larger) than those of `baseline` by more than is allowed
/// fail; fields that neither has are left out.
std::vector<Finding> judge_baseline(const Budget& budget, const Record& baseline,
                                    const Record& record);

}  // namespace assay
