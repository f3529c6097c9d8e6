// Remedies by words of the reason: a table, remedies.def, in the order of what is most specific.
#include "cli/remedies.h"

#include <algorithm>
#include <cctype>

namespace assay {
namespace {

struct Remedy {
  std::string_view op, words, advice;
};

constexpr Remedy kRemedies[] = {
#define REMEDY(op, words, advice) {op, words, advice},
#include "cli/remedies.def"
#undef REMEDY
};

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string_view remedy(const Unsupported& obstacle) {
  for (const Remedy& each : kRemedies)
    if ((each.op.empty() || same(each.op, obstacle.op)) &&
        obstacle.reason.find(each.words) != std::string::npos)
      return each.advice;
  return {};
}

}  // namespace assay
