// A check of budgets and baselines, in the forms that people and CI systems read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/budget.h"
#include "compare/difference.h"
#include "record/record.h"
#include "report/format.h"

namespace assay {

/// One record, judged.
struct Checked {
  Record record;
  std::vector<Finding> findings;
  std::optional<RecordDifference> moved;  ///< from the baseline
};

struct Check {
  std::string budget_file, baseline_file;  ///< as the user gave them; empty: none
  bool strict = false;
  std::vector<Checked> records;
};

/// A finding in words; parts may be empty.
struct FindingWords {
  std::string what;     ///< "layers[*].cycles of layer 2 conv_2d"
  std::string value;    ///< "19 260 B"
  std::string bound;    ///< "budget 18 000 B", "baseline 1 370 000"
  std::string left;     ///< "26 % left", "+1 260 B (+7.0 %)", "equal"
  std::string note;     ///< about intervals and tolerances, or why the value is not known
  std::string why;      ///< what is behind it
  std::string verdict;  ///< "ok", "exceeded", "too little", "worse", "not known", "wrong"
};
FindingWords words(const Checked& checked, const Finding& finding);

size_t failures(const Check& check);
bool passes(const Checked& checked);
bool passes(const Check& check);
/// "1 of 6 budgets exceeded, 1 regression" of one record.
std::string outcome(const Checked& checked);

std::string check_text(const Check& check, const RenderOptions& options);
/// A table for a pull request: what failed first, what passed folded away.
std::string check_markdown(const Check& check);
std::string check_json(const Check& check);
std::string check_junit(const Check& check);
/// Workflow commands: "::error file=budget.toml,line=3::...".
std::string github_annotations(const Check& check);
/// GitLab's code-quality report: a JSON array.
std::string gitlab_annotations(const Check& check);

}  // namespace assay
