// assay check MODEL|RECORD --budget FILE [--baseline RECORD]: the gate. Budgets and baselines are
// judged by compare/; here is only which record is held against which, and where the words go.
#include "report/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "cli/common.h"
#include "cli/measuring.h"
#include "compare/field.h"
#include "hw/target.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kGitlabFile = "gl-code-quality-report.json";

constexpr Option kFirst[] = {
    {"subject", "MODEL|RECORD", "a model to measure, or what `assay measure --json` wrote",
     Option::operand, true},
    {"on",
     "TARGET[,TARGET...]",
     "the parts to measure a model on; of a file of records those to check",
     Option::value,
     false,
     {},
     "target"},
    {"budget", "FILE.toml", "limits on fields of the record (docs/budgets.md)"},
    {"baseline", "RECORD", "a record that nothing may be worse than"},
    {"strict", "", "hold limits against the worse end of a modelled figure's interval",
     Option::flag},
};
constexpr Option kLast[] = {
    {"junit", "FILE", "write JUnit XML"},
    {"markdown", "FILE", "write a table for a pull request; - for standard output"},
    {"annotations",
     "KIND[=FILE]",
     "github: workflow commands on standard output; gitlab: a code-quality report in "
     "gl-code-quality-report.json; =FILE for another place",
     Option::value,
     false,
     {},
     "github|gitlab"},
    {"json", "FILE", "write the findings as JSON; - for standard output"},
};
constexpr auto kOptions = with_measure_options(kFirst, kLast);

std::string described(const Record& r) { return fmt::format("{} on {}", r.model, r.target); }

/// The baseline's record of the same target: of the same model and build if it has several.
Result<const Record*> counterpart(const std::vector<Record>& baseline, const Record& record) {
  const Record* best = nullptr;
  int best_score = -1;
  for (const Record& each : baseline) {
    if (each.target != record.target) continue;
    const int score = 4 * (each.model == record.model) + 2 * (each.runtime == record.runtime) +
                      (each.optimize == record.optimize);
    if (score > best_score) best = &each;
    best_score = std::max(best_score, score);
  }
  if (best) return best;
  std::vector<std::string> names;
  for (const Record& each : baseline) names.push_back(described(each));
  return fail(ErrorKind::input, "no record of {} to hold {} against; there is {}", record.target,
              described(record), fmt::join(names, ", "));
}

/// Says which limits name a target that nobody here has heard of: a misspelt one checks nothing.
void warn_of_targets(const Budget& budget, const std::string& file,
                     const std::vector<Record>& records, Terminal& terminal) {
  std::vector<std::string> names = target_names();
  for (const Record& record : records)  // a board of the user's own
    if (std::ranges::find(names, record.target) == names.end()) names.push_back(record.target);
  std::set<std::string> unknown;
  for (const Limit& limit : budget.limits)
    if (!limit.target.empty() && std::ranges::none_of(names, [&](const std::string& name) {
          return matches(limit.target, name);
        }))
      unknown.insert(limit.target);
  for (const std::string& target : unknown)
    terminal.progress << fmt::format("assay: {}: on '{}': no target here has that name{}\n", file,
                                     target, did_you_mean(target, names));
}

Result<Check> judged(const Args& args, std::vector<Record> records, Terminal& terminal) {
  Check check{.budget_file = args.text("budget"),
              .baseline_file = args.text("baseline"),
              .strict = args.has("strict"),
              .records = {}};
  Budget budget = no_budget();
  if (!check.budget_file.empty()) {
    const std::string text = TRY(read_text(check.budget_file));
    budget = TRY(parse_budget(text, check.budget_file));
    warn_of_targets(budget, check.budget_file, records, terminal);
  }
  std::vector<Record> baseline;
  if (!check.baseline_file.empty()) baseline = TRY(read_records(check.baseline_file));
  for (Record& record : records) {
    Checked checked{.record = std::move(record), .findings = {}, .moved = {}};
    checked.findings = judge(budget, checked.record, check.strict);
    if (checked.findings.empty() && check.baseline_file.empty())
      return fail(ErrorKind::input, "{}: no limit is for {}: nothing would be checked",
                  check.budget_file, checked.record.target);
    if (!check.baseline_file.empty()) {
      const Record* before =
          TRY(in(counterpart(baseline, checked.record), "baseline {}", check.baseline_file));
      checked.moved = difference(*before, checked.record);
      for (Finding& finding : judge_baseline(budget, *before, checked.record))
        checked.findings.push_back(std::move(finding));
      if (!passes(checked)) checked.moved = worse_first(*std::move(checked.moved));
    }
    check.records.push_back(std::move(checked));
  }
  return check;
}

Status write_annotations(const Check& check, const std::string& wanted, Terminal& terminal) {
  const size_t equals = wanted.find('=');
  const std::string kind = wanted.substr(0, equals);
  const std::string file = equals == std::string::npos ? "" : wanted.substr(equals + 1);
  if (kind == "github")
    return write_output(file.empty() ? "-" : file, github_annotations(check), terminal);
  return write_output(file.empty() ? std::string(kGitlabFile) : file, gitlab_annotations(check),
                      terminal);
}

Status write_reports(const Check& check, const Args& args, Terminal& terminal) {
  bool page = true;  // unless a program reads standard output
  for (const char* option : {"json", "markdown", "junit"}) page &= args.text(option) != "-";
  if (page) terminal.out << check_text(check, {.colour = terminal.colour});
  if (args.has("json")) TRY_STATUS(write_output(args.text("json"), check_json(check), terminal));
  if (args.has("junit")) TRY_STATUS(write_output(args.text("junit"), check_junit(check), terminal));
  if (args.has("markdown"))
    TRY_STATUS(write_output(args.text("markdown"), check_markdown(check), terminal));
  if (args.has("annotations"))
    TRY_STATUS(write_annotations(check, args.text("annotations"), terminal));
  return {};
}

Status run(const Args& args, Terminal& terminal) {
  if (!args.has("budget") && !args.has("baseline"))
    return fail(ErrorKind::usage,
                "nothing to check against: --budget FILE or --baseline RECORD   "
                "(assay init-budget writes a first budget)");
  const std::string kind = args.text("annotations");
  if (!kind.empty() && !kind.starts_with("github") && !kind.starts_with("gitlab"))
    return fail(ErrorKind::usage, "--annotations '{}' is neither github nor gitlab", kind);
  std::vector<Record> records = TRY(records_of(args.text("subject"), args, terminal));
  const Status complete = require_measured(records);
  const Check check = TRY(judged(args, std::move(records), terminal));
  TRY_STATUS(write_reports(check, args, terminal));
  if (!complete) return complete;
  if (passes(check)) return {};
  return std::unexpected(Error{ErrorKind::budget, {}, {}});  // the page has said it
}

}  // namespace

const Command check_command = {
    .name = "check",
    .summary = "hold a model's cost against a budget and a baseline, for CI; exit 1 if it fails",
    .examples =
        "  assay check kws.tflite --on nucleo-l4r5zi --budget budget.toml\n"
        "  assay check kws.json --budget budget.toml --baseline main.json --junit check.xml\n"
        "  assay check kws.tflite --on pico --baseline main.json --annotations github",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
