// The list of runtimes.
#include <algorithm>
#include <iterator>

#include "emit/program.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr const Runtime* kRuntimes[] = {
#define ASSAY_RUNTIME(id) &id##_runtime,
#include "emit/runtimes.def"
#undef ASSAY_RUNTIME
};

}  // namespace

std::span<const Runtime* const> all_runtimes() { return kRuntimes; }

Result<const Runtime*> find_runtime(std::string_view name) {
  const auto found = std::ranges::find(kRuntimes, name, [](const Runtime* r) { return r->name; });
  if (found != std::end(kRuntimes)) return *found;
  std::vector<std::string> names;
  for (const Runtime* each : kRuntimes) names.emplace_back(each->name);
  return fail(ErrorKind::usage, "no runtime '{}'{}   (assay runtimes lists {})", name,
              did_you_mean(name, names), names.size());
}

}  // namespace assay
