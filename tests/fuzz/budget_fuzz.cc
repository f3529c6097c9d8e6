// Any bytes as a budget: read or refused with words; what is read judges a record, and every form
// of the result can be written.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "../../src/report/test_records.h"
#include "report/check.h"

namespace {

using namespace assay;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "budget_fuzz: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto budget = parse_budget({reinterpret_cast<const char*>(data), size}, "budget.toml");
  if (!budget) {
    require(budget.error().kind == ErrorKind::input, "an error of the wrong kind");
    require(!budget.error().what.empty(), "an error without words");
    return 0;
  }
  for (const Record& record : {test_record(), test_record_too_big()}) {
    Checked checked{.record = record, .findings = judge(*budget, record, false), .moved = {}};
    for (Finding& each : judge_baseline(*budget, test_record(), record))
      checked.findings.push_back(std::move(each));
    checked.moved = difference(test_record(), record);
    const Check check{.budget_file = "budget.toml", .baseline_file = {}, .records = {checked}};
    require(!check_text(check, {}).empty() && !check_markdown(check).empty(), "no page");
    require(!check_junit(check).empty() && !check_json(check).empty(), "no file");
    require(gitlab_annotations(check).size() >= 2, "no annotations");
    (void)github_annotations(check);
  }
  return 0;
}
