/// A check for people: the verdict first, then each limit, then what moved from the baseline.
///
///   FAIL  kws on nucleo-l4r5zi    1 of 6 limits not kept, 1 regression
///
///   ram_bytes      19 260 B   budget 18 000 B     +1 260 B   exceeded: arena +1 200 B (layer 7
///   ...) latency_us     36.9 ms    budget 50.0 ms      26 % left instructions   3 910 000 baseline
///   3 870 000  +1.0 %     worse: layer 7 conv_2d +38 400 (...)
#include <fmt/format.h>

#include <algorithm>

#include "report/check.h"
#include "report/difference_page.h"
#include "report/difference_words.h"
#include "report/page.h"

namespace assay {
namespace {

bool is_equal(const Finding& finding) {
  return finding.kind == Finding::baseline && finding.verdict == Verdict::pass &&
         finding.value.number() == finding.limit;
}

Row finding_row(const Checked& checked, const Finding& finding) {
  const FindingWords said = words(checked, finding);
  std::vector<std::string> remarks;
  if (finding.verdict != Verdict::pass) remarks.push_back(said.verdict);
  if (!said.note.empty()) remarks.push_back(said.note);
  if (!said.why.empty()) remarks.push_back(said.why);
  return {
      {said.what, said.value, said.bound, said.left, fmt::format("{}", fmt::join(remarks, ": "))},
      finding.verdict == Verdict::pass ? Style::plain : Style::bad};
}

Section findings(const Checked& checked) {
  Section section;
  section.table.columns = {{.max_width = 56, .min_width = 24},
                           {.right = true, .max_width = 40},
                           {},
                           {.right = true},
                           {}};
  std::vector<std::string> equal;
  for (const Finding& finding : checked.findings) {
    if (is_equal(finding))
      equal.push_back(finding.field.text);
    else
      section.table.rows.push_back(finding_row(checked, finding));
  }
  if (!equal.empty())
    section.lines.push_back(fmt::format("  equal to the baseline: {}", fmt::join(equal, ", ")));
  return section;
}

Section headline(const Checked& checked) {
  const Record& record = checked.record;
  return {.title = fmt::format("{}  {}{}{}", passes(checked) ? "pass" : "FAIL", record.model,
                               record.target.empty() ? "" : " on ", record.target),
          .lines = {outcome(checked)},
          .style = Style::strong};
}

/// What a reader must know before he believes a difference.
Section provenance(const Check& check, const Checked& checked) {
  Section section{.style = Style::dim};
  if (checked.moved) {
    const std::vector<std::string> ways = made_differently(*checked.moved);
    if (!ways.empty())
      section.lines.push_back(
          fmt::format("made differently: {}. Counts may differ for that alone: make the baseline "
                      "again before you blame the model",
                      fmt::join(ways, "; ")));
  }
  const bool modelled = std::ranges::any_of(checked.findings, [](const Finding& finding) {
    return finding.value && finding.value.how != How::exact;
  });
  if (modelled)
    section.lines.push_back(check.strict
                                ? "strict: limits are held against the worse end of each interval"
                                : "modelled figures are judged by their value; --strict judges the "
                                  "worse end of their interval");
  return section;
}

void add_record(const Check& check, const Checked& checked, bool moved,
                std::vector<Section>& page) {
  page.push_back(headline(checked));
  Section rows = findings(checked);
  if (!rows.table.rows.empty() || !rows.lines.empty()) page.push_back(std::move(rows));
  if (moved && checked.moved)
    for (Section& section : moved_sections(*checked.moved)) page.push_back(std::move(section));
  Section notes = provenance(check, checked);
  if (!notes.lines.empty()) page.push_back(std::move(notes));
}

}  // namespace

std::string check_text(const Check& check, const RenderOptions& options) {
  std::vector<Section> page;
  for (const Checked& checked : check.records) add_record(check, checked, true, page);
  return text_of(std::move(page), options);
}

std::string check_markdown(const Check& check) {
  std::vector<Section> page;
  for (const Checked& checked : check.records) {
    page.push_back(headline(checked));
    Section section{.title = {}};
    section.table.columns = {{.title = ""},
                             {.title = "field"},
                             {.title = "value", .right = true},
                             {.title = "limit"},
                             {.title = "left", .right = true},
                             {.title = "why"}};
    for (const bool failed : {true, false})
      for (const Finding& finding : checked.findings) {
        if ((finding.verdict != Verdict::pass) != failed) continue;
        Row row = finding_row(checked, finding);
        row.cells.insert(row.cells.begin(), failed ? "FAIL" : "ok");
        section.table.rows.push_back(std::move(row));
      }
    page.push_back(std::move(section));
    if (checked.moved)
      for (Section& each : moved_sections(*checked.moved)) page.push_back(std::move(each));
    Section notes = provenance(check, checked);
    if (!notes.lines.empty()) page.push_back(std::move(notes));
  }
  return markdown_of(std::move(page), {});
}

}  // namespace assay
