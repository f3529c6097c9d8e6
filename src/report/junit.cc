// A check as JUnit XML: a suite a record, a case a limit, by pugixml. What is not known is an
// error, what is exceeded a failure. No times: the same check gives the same bytes.
// Source: there is no specification; the elements and attributes are those that
// github.com/testmoapp/junitxml lists as common to the tools.
#include <fmt/format.h>
#include <pugixml.hpp>

#include <sstream>

#include "report/check.h"
#include "report/printable.h"

namespace assay {
namespace {

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(printable(value, true).c_str());
}

std::string case_name(const FindingWords& said) {
  return said.bound.empty() ? said.what : said.what + ", " + said.bound;
}

void add_case(const Check& check, const Checked& checked, const Finding& finding,
              pugi::xml_node suite) {
  const FindingWords said = words(checked, finding);
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "classname", fmt::format("{}.{}", checked.record.model, checked.record.target));
  set(node, "name", case_name(said));
  const std::string& file =
      finding.kind == Finding::baseline ? check.baseline_file : check.budget_file;
  set(node, "file", file);
  if (finding.line > 0) set(node, "line", fmt::format("{}", finding.line));
  if (finding.verdict == Verdict::pass) return;
  pugi::xml_node bad = node.append_child(finding.verdict == Verdict::unknown ? "error" : "failure");
  set(bad, "type", said.verdict);
  set(bad, "message",
      fmt::format("{}: {}{}{}", said.what, said.verdict, said.left.empty() ? "" : ", ", said.left));
  std::string text = fmt::format("{} {}, {}", said.what, said.value, said.bound);
  for (const std::string& line : {said.note, said.why})
    if (!line.empty()) text += "\n" + printable(line, true);
  bad.text().set(text.c_str());
}

}  // namespace

std::string check_junit(const Check& check) {
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", "assay check");
  for (const Checked& checked : check.records) {
    size_t failed = 0, unknown = 0;
    for (const Finding& finding : checked.findings) {
      failed += finding.verdict == Verdict::fail;
      unknown += finding.verdict == Verdict::unknown;
    }
    pugi::xml_node suite = suites.append_child("testsuite");
    set(suite, "name", fmt::format("{} on {}", checked.record.model, checked.record.target));
    set(suite, "tests", fmt::format("{}", checked.findings.size()));
    set(suite, "failures", fmt::format("{}", failed));
    set(suite, "errors", fmt::format("{}", unknown));
    for (const Finding& finding : checked.findings) add_case(check, checked, finding, suite);
  }
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace assay
