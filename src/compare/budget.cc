// Judges a record by a budget, and by another record.
//
// A limit is on the value; where the figure is modelled and the limit lies inside its interval, the
// finding says so, and a strict check judges the interval's worse end instead. A figure that is not
// known cannot keep a limit: it is a finding of its own, with the figure's reason.
// Towards a baseline both figures are of the same model, so their values are compared, not their
// intervals.
//
// Does not handle: fields of which more is better, towards a baseline (none of the usual is).
#include "compare/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "util/text.h"

namespace assay {
namespace {

double amount_of(const Amount& quantity, double of) {
  return quantity.percent ? quantity.value / 100 * of : quantity.value;
}

bool modelled(const Figure& figure) { return figure && figure.how != How::exact; }

/// The limit itself; a percentage is one of the memory's size.
std::optional<double> limit_of(const Amount& quantity, const FieldPath& field,
                               const FieldValue& value) {
  if (!quantity.percent || field.unit == Unit::percent) return quantity.value;
  if (value.whole > 0) return amount_of(quantity, value.whole);
  return {};
}

/// How far a finding is beyond its limit, in parts of it: the nearest to failing is the largest.
double strain(const Finding& finding) {
  const double value = finding.value.number();
  if (finding.allowed <= 0) return value > 0 ? 1e300 : 0;
  return finding.kind == Finding::min ? finding.allowed / std::max(value, 1e-300)
                                      : value / finding.allowed;
}

Finding bound(const Limit& limit, const FieldValue& value, Finding::Kind kind, bool strict) {
  Finding finding{.kind = kind,
                  .field = limit.field,
                  .row = value.row,
                  .value = value.figure,
                  .line = limit.line};
  const bool is_max = kind == Finding::max;
  const auto written =
      limit_of((is_max ? limit.max : limit.min).value_or(Amount{}), limit.field, value);
  if (!value.figure || !written) {
    finding.verdict = Verdict::unknown;
    finding.reason =
        !value.figure ? value.figure.reason : "a percentage of what is not known; give an amount";
    if (finding.reason.empty()) finding.reason = "not given";
    return finding;
  }
  finding.limit = *written;
  const double headroom = amount_of(limit.headroom, *written);
  const double tolerance = amount_of(limit.tolerance, *written);
  const double bare = is_max ? *written - headroom : *written + headroom;
  finding.allowed = std::max(0.0, is_max ? bare + tolerance : bare - tolerance);
  const double low = modelled(value.figure) ? value.figure.low : value.figure.number();
  const double high = modelled(value.figure) ? value.figure.high : value.figure.number();
  const double judged = !strict ? value.figure.number() : is_max ? high : low;
  const bool kept = is_max ? judged <= finding.allowed : judged >= finding.allowed;
  finding.verdict = kept ? Verdict::pass : Verdict::fail;
  finding.straddles = is_max ? low <= finding.allowed && finding.allowed < high
                             : low < finding.allowed && finding.allowed <= high;
  finding.in_tolerance = kept && (is_max ? judged > bare : judged < bare);
  return finding;
}

Finding on_text(const Limit& limit, const FieldValue& value) {
  const bool equal = matches(limit.is, value.text);
  return {.kind = Finding::is,
          .field = limit.field,
          .row = value.row,
          .text = value.text,
          .wanted = limit.is,
          .verdict = equal ? Verdict::pass : Verdict::fail,
          .line = limit.line};
}

/// Rows made one; the first that has no value says why there is no sum.
std::vector<FieldValue> summed(const std::vector<FieldValue>& values) {
  FieldValue sum{.row = fmt::format("sum of {}", values.size()), .figure = Figure::exact(0)};
  for (const FieldValue& each : values) {
    if (!each.figure) return {each};
    const Figure& f = each.figure;
    const bool exact = f.how == How::exact;
    if (!exact) sum.figure.how = f.how;
    sum.figure.value = sum.figure.number() + f.number();
    sum.figure.low += exact ? f.number() : f.low;
    sum.figure.high += exact ? f.number() : f.high;
  }
  return {sum};
}

/// The findings that fail; if none does, the one nearest to its limit.
void add_worst(std::vector<Finding> rows, std::vector<Finding>& findings) {
  const size_t count = rows.size();
  std::vector<Finding> bad;
  for (Finding& row : rows) {
    row.rows = count;
    if (row.verdict != Verdict::pass) bad.push_back(row);
  }
  if (bad.empty()) bad.push_back(*std::ranges::max_element(rows, {}, strain));
  findings.insert(findings.end(), bad.begin(), bad.end());
}

Finding no_row(const Limit& limit, const Record& record) {
  const std::vector<std::string> names = row_names(record, limit.field.list);
  return {.field = limit.field,
          .rows = 0,
          .verdict = Verdict::unknown,
          .reason = fmt::format("no row of {} matches '{}'{}", limit.field.list, limit.field.rows,
                                did_you_mean(limit.field.rows, names)),
          .line = limit.line};
}

void judge_limit(const Limit& limit, const Budget& budget, const Record& record, bool strict,
                 std::vector<Finding>& findings) {
  std::vector<FieldValue> values = values_of(record, limit.field, budget.every_us);
  if (values.empty()) {
    findings.push_back(no_row(limit, record));
    return;
  }
  std::vector<Finding> texts, most, least;
  if (limit.sum && !limit.field.is_text) values = summed(values);
  for (const FieldValue& value : values) {
    if (!limit.is.empty()) texts.push_back(on_text(limit, value));
    if (limit.max) most.push_back(bound(limit, value, Finding::max, strict));
    if (limit.min) least.push_back(bound(limit, value, Finding::min, strict));
  }
  for (std::vector<Finding>* rows : {&texts, &most, &least})
    if (!rows->empty()) add_worst(std::move(*rows), findings);
}

Finding against(const Allowance& allowance, const Figure& before, const FieldValue& now) {
  Finding finding{.kind = Finding::baseline,
                  .field = allowance.field,
                  .row = now.row,
                  .value = now.figure,
                  .limit = before.number(),
                  .line = allowance.line};
  finding.allowed = finding.limit + amount_of(allowance.tolerance, finding.limit);
  if (!now.figure) {
    finding.verdict = Verdict::unknown;
    finding.reason = now.figure.reason.empty() ? "not given" : now.figure.reason;
    return finding;
  }
  if (now.figure.number() > finding.allowed) finding.verdict = Verdict::fail;
  finding.in_tolerance = finding.verdict == Verdict::pass && now.figure.number() > finding.limit;
  return finding;
}

}  // namespace

std::vector<Finding> judge(const Budget& budget, const Record& record, bool strict) {
  std::vector<Finding> findings;
  const bool limits_fit = std::ranges::any_of(
      budget.limits, [](const Limit& limit) { return limit.field.text == "fits"; });
  if (record.fits.starts_with("no") && !limits_fit) {
    Finding finding;
    finding.kind = Finding::is;
    finding.field.text = finding.field.field = "fits";
    finding.field.is_text = true;
    finding.text = record.fits;
    finding.wanted = "yes";
    finding.verdict = Verdict::fail;
    findings.push_back(std::move(finding));
  }
  for (const Limit& limit : budget.limits)
    if (limit.target.empty() || matches(limit.target, record.target))
      judge_limit(limit, budget, record, strict, findings);
  return findings;
}

std::vector<Finding> judge_baseline(const Budget& budget, const Record& baseline,
                                    const Record& record) {
  std::vector<Finding> findings;
  for (const Allowance& allowance : budget.allowances) {
    std::map<std::string, Figure> before;
    for (FieldValue& each : values_of(baseline, allowance.field, budget.every_us))
      if (each.figure) before[each.row] = std::move(each.figure);
    std::vector<Finding> rows;
    for (const FieldValue& now : values_of(record, allowance.field, budget.every_us))
      if (const auto then = before.find(now.row); then != before.end())  // a new one is not worse
        rows.push_back(against(allowance, then->second, now));
    if (!rows.empty()) add_worst(std::move(rows), findings);
  }
  return findings;
}

}  // namespace assay
