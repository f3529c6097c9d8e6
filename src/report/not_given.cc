/// The footnotes that "-" points to: which figures have no value, and why.
///
///   not given
///   (1) no energy: the target file has no run current
#include "report/notes.h"
#include "report/section.h"

namespace assay {
namespace {

Section build(const Record&, const Notes& notes) {
  const std::vector<std::string> lines = notes.lines();
  if (lines.empty()) return {};
  return {.title = "not given", .table = {}, .lines = lines};
}

}  // namespace

const SectionDef not_given_section = {.id = "not_given", .build = build};

}  // namespace assay
