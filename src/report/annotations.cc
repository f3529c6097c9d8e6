// What a check found, where GitHub and GitLab show it beside the changed lines.
//
// Sources: docs.github.com, "Workflow commands for GitHub Actions"; GitLab's documentation,
// ci/testing/code_quality.md, "Implementing a custom tool".
#include <fmt/format.h>

#include <algorithm>

#include "report/check.h"
#include "report/printable.h"
#include "util/hash.h"
#include "util/json.h"

namespace assay {
namespace {

/// Percent signs, line ends, and in properties what separates them.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : printable(text, true)) {
    if (c == '%' || (property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string sentence(const Checked& checked, const FindingWords& said) {
  std::string text = fmt::format("{} on {}: {} is {}", checked.record.model, checked.record.target,
                                 said.what, said.value);
  for (const std::string& part : {said.bound, said.left, said.note, said.why})
    if (!part.empty()) text += ", " + part;
  return text;
}

const std::string& file_of(const Check& check, const Finding& finding) {
  const bool in_budget = finding.line > 0 || finding.kind != Finding::baseline;
  return in_budget && !check.budget_file.empty() ? check.budget_file : check.baseline_file;
}

/// Failures, and what passes only because the value is taken and not its interval.
bool worth_saying(const Finding& finding) {
  return finding.verdict != Verdict::pass || finding.straddles || finding.in_tolerance;
}

}  // namespace

std::string github_annotations(const Check& check) {
  std::string text;
  for (const Checked& checked : check.records)
    for (const Finding& finding : checked.findings) {
      if (!worth_saying(finding)) continue;
      const FindingWords said = words(checked, finding);
      text += fmt::format("::{} file={}{},title={}::{}\n",
                          finding.verdict == Verdict::pass ? "warning" : "error",
                          escaped(file_of(check, finding), true),
                          finding.line > 0 ? fmt::format(",line={}", finding.line) : "",
                          escaped(fmt::format("assay: {} {}", said.what, said.verdict), true),
                          escaped(sentence(checked, said), false));
    }
  return text;
}

std::string gitlab_annotations(const Check& check) {
  Json array = Json::array();
  for (const Checked& checked : check.records)
    for (const Finding& finding : checked.findings) {
      if (!worth_saying(finding)) continue;
      const FindingWords said = words(checked, finding);
      const std::string text = printable(sentence(checked, said), true);
      Json lines = Json::object();
      lines.set("begin", std::max(1, finding.line));
      Json location = Json::object();
      location.set("path", file_of(check, finding)).set("lines", std::move(lines));
      Json json = Json::object();
      json.set("description", text).set("check_name", "assay." + finding.field.text);
      json.set("fingerprint", hash_hex(checked.record.model + "\n" + checked.record.target + "\n" +
                                       said.what + "\n" + said.bound));
      json.set("severity", finding.verdict == Verdict::pass ? "minor" : "major");
      array.push(json.set("location", std::move(location)));
    }
  return array.dump();
}

}  // namespace assay
