// A check's findings in words, which every form of the report uses.
#include "report/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "record/json.h"
#include "report/difference_page.h"
#include "report/difference_words.h"
#include "report/numbers.h"
#include "report/page.h"

namespace assay {
namespace {

std::string interval_text(const Finding& finding) {
  return fmt::format("{} .. {}", amount_text(finding.value.low, finding.field.unit),
                     amount_text(finding.value.high, finding.field.unit));
}

std::string bound_text(const Finding& finding) {
  const Unit unit = finding.field.unit;
  switch (finding.kind) {
    case Finding::is:
      return finding.verdict == Verdict::pass ? "" : fmt::format("should be '{}'", finding.wanted);
    case Finding::baseline:
      return "baseline " + amount_text(finding.limit, unit);
    case Finding::min:
    case Finding::max:
      break;
  }
  if (finding.rows == 0 || finding.limit == 0) return "";
  const bool moved = finding.allowed != finding.limit;
  return fmt::format(
      "{} {}{}", finding.kind == Finding::max ? "budget" : "at least",
      amount_text(finding.limit, unit),
      moved ? fmt::format(" ({} with headroom and tolerance)", amount_text(finding.allowed, unit))
            : "");
}

std::string left_text(const Finding& finding) {
  if (finding.kind == Finding::is || finding.verdict == Verdict::unknown) return "";
  const double value = finding.value.number(), delta = value - finding.limit;
  const Unit unit = finding.field.unit;
  if (finding.kind == Finding::baseline) {
    if (delta == 0) return "equal";
    const std::string part = change_percent(finding.limit, value);
    return delta_text(delta, unit) + (part.empty() ? "" : fmt::format(" ({})", part));
  }
  const bool value_keeps =
      finding.kind == Finding::max ? value <= finding.allowed : value >= finding.allowed;
  if (finding.verdict == Verdict::fail && value_keeps)
    return "";  // strict: only the interval's end
  if (finding.verdict == Verdict::fail) return delta_text(value - finding.allowed, unit);
  if (finding.kind == Finding::min) return delta_text(value - finding.allowed, unit);
  return percent(finding.allowed - value, finding.allowed) + " left";
}

std::string note_text(const Finding& finding) {
  if (finding.verdict == Verdict::unknown) return finding.reason;
  if (finding.in_tolerance) return "within the tolerance";
  if (finding.straddles)
    return fmt::format("the limit lies inside the interval {}", interval_text(finding));
  if (finding.rows > 1 && finding.verdict == Verdict::pass)
    return fmt::format("the nearest of {}", finding.rows);
  return "";
}

std::string verdict_text(const Finding& finding) {
  if (finding.verdict == Verdict::pass) return "ok";
  if (finding.verdict == Verdict::unknown) return "not known";
  switch (finding.kind) {
    case Finding::max:
      return "exceeded";
    case Finding::min:
      return "too little";
    case Finding::is:
      return "wrong";
    case Finding::baseline:
      return "worse";
  }
  return "";
}

std::string why_text(const Checked& checked, const Finding& finding) {
  if (finding.verdict != Verdict::fail || finding.kind == Finding::is) return "";
  const std::string& field = finding.field.field;
  const bool follows = field == "latency_us" || field == "energy_uj";
  const bool cycles_said = std::ranges::any_of(checked.findings, [&](const Finding& other) {
    return other.field.text == "cycles" && other.kind == finding.kind &&
           other.verdict == Verdict::fail;
  });
  const FigureChange* clock = checked.moved ? change_of(*checked.moved, "clock_hz") : nullptr;
  if (follows && cycles_said && (!clock || clock->delta() == 0)) return "as the cycles";
  if (checked.moved && finding.field.list.empty()) {
    const std::string moved =
        what_moved(*checked.moved, field, finding.kind == Finding::min ? -1 : 1);
    if (!moved.empty()) return moved;
  }
  if (finding.kind == Finding::baseline) return "";
  return what_takes(checked.record, field, finding.row);
}

Json finding_json(const Checked& checked, const Finding& finding) {
  const FindingWords said = words(checked, finding);
  constexpr const char* kKinds[] = {"max", "min", "is", "baseline"};
  Json json = Json::object();
  json.set("field", finding.field.text).set("row", finding.row).set("rows", finding.rows);
  json.set("kind", kKinds[finding.kind]).set("verdict", said.verdict);
  json.set("passes", finding.verdict == Verdict::pass).set("line", finding.line);
  if (finding.kind == Finding::is) {
    json.set("text", finding.text).set("wanted", finding.wanted);
  } else {
    json.set("value", figure_json(finding.value, finding.field.unit));
    json.set("limit", finding.limit).set("allowed", finding.allowed);
    json.set("limit_in_interval", finding.straddles).set("in_tolerance", finding.in_tolerance);
  }
  return json.set("note", said.note).set("why", said.why);
}

}  // namespace

FindingWords words(const Checked& checked, const Finding& finding) {
  FindingWords said;
  said.what = finding.field.text;
  if (!finding.row.empty()) said.what += " of " + finding.row;
  said.value = finding.kind == Finding::is
                   ? finding.text
                   : amount_text(finding.value.number(), finding.field.unit);
  said.bound = bound_text(finding);
  said.left = left_text(finding);
  said.note = note_text(finding);
  said.why = why_text(checked, finding);
  said.verdict = verdict_text(finding);
  return said;
}

size_t failures(const Check& check) {
  size_t count = 0;
  for (const Checked& checked : check.records)
    count += static_cast<size_t>(std::ranges::count_if(
        checked.findings, [](const Finding& each) { return each.verdict != Verdict::pass; }));
  return count;
}

bool passes(const Checked& checked) {
  return std::ranges::all_of(checked.findings,
                             [](const Finding& each) { return each.verdict == Verdict::pass; });
}

bool passes(const Check& check) { return failures(check) == 0; }

std::string outcome(const Checked& checked) {
  size_t budgets = 0, exceeded = 0, unknown = 0, worse = 0, compared = 0;
  for (const Finding& finding : checked.findings) {
    const bool baseline = finding.kind == Finding::baseline;
    ++(baseline ? compared : budgets);
    if (finding.verdict == Verdict::unknown) ++unknown;
    if (finding.verdict == Verdict::fail) ++(baseline ? worse : exceeded);
  }
  std::vector<std::string> parts;
  if (exceeded > 0)
    parts.push_back(fmt::format("{} of {} limits not kept", exceeded, budgets));
  else if (budgets > unknown)
    parts.push_back(
        fmt::format("{} limit{} kept", budgets - unknown, budgets - unknown == 1 ? "" : "s"));
  if (worse > 0) parts.push_back(fmt::format("{} regression{}", worse, worse == 1 ? "" : "s"));
  if (worse == 0 && compared > 0) parts.emplace_back("no regression");
  if (unknown > 0) parts.push_back(fmt::format("{} not known", unknown));
  return parts.empty() ? "nothing to check" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string check_json(const Check& check) {
  Json records = Json::array();
  for (const Checked& checked : check.records) {
    Json findings = Json::array();
    for (const Finding& finding : checked.findings) findings.push(finding_json(checked, finding));
    Json json = Json::object();
    json.set("model", checked.record.model).set("target", checked.record.target);
    json.set("passes", passes(checked));
    json.set("outcome", outcome(checked)).set("findings", std::move(findings));
    json.set("difference", checked.moved ? difference_json(*checked.moved) : Json(nullptr));
    records.push(std::move(json));
  }
  Json json = Json::object();
  json.set("passes", passes(check)).set("strict", check.strict);
  json.set("budget", check.budget_file).set("baseline", check.baseline_file);
  return json.set("records", std::move(records)).dump();
}

}  // namespace assay
