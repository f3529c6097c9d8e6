// assay doctor: what is installed, what to install for what, and the cache.
#include <fmt/format.h>

#include <ostream>

#include "cli/common.h"
#include "hw/isa_family.h"
#include "measure/emulator.h"
#include "measure/toolchain.h"
#include "util/cache.h"
#include "util/json.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"prune",
     "MB",
     "shrink the cache to that many megabytes, least recently used first",
     Option::value,
     false,
     {},
     "none"},
    {"json", "FILE", "write everything as JSON; - for standard output"},
};

struct Row {
  std::string name, state, detail, needed_for;
};

std::vector<Row> rows() {
  std::vector<Row> found;
  for (const IsaFamily* family : isa_families()) {
    const Result<Toolchain> gcc = find_toolchain("", *family);
    found.push_back(
        {std::string(family->gcc), gcc ? "ok" : "missing",
         gcc ? gcc->version : fmt::format("Debian: apt-get install {}", family->packages),
         "measure"});
  }
  for (const Emulator* emulator : all_emulators()) {
    const std::string why = emulator->missing();
    found.push_back({std::string(emulator->name), why.empty() ? "ok" : "missing",
                     why.empty() ? std::string(emulator->summary) : why, "measure"});
  }
  return found;
}

Status run(const Args& args, Terminal& terminal) {
  const Cache cache(true);
  Cache::Usage removed;
  if (args.has("prune")) {
    const int64_t keep_mb = TRY(args.integer("prune", 0, 1 << 20));
    removed = cache.prune(keep_mb << 20);
  }
  const Cache::Usage usage = cache.usage();
  Json tools = Json::array();
  std::string page = fmt::format("assay {}\n\n", ASSAY_VERSION);
  for (const Row& row : rows()) {
    tools.push(Json::object()
                   .set("name", row.name)
                   .set("state", row.state)
                   .set("detail", row.detail)
                   .set("needed_for", row.needed_for));
    page += fmt::format("  {:<24} {:<8} {}   (for {})\n", row.name, row.state, row.detail,
                        row.needed_for);
  }
  const std::string folder = cache.folder().empty() ? "none: neither XDG_CACHE_HOME nor HOME is set"
                                                    : cache.folder().string();
  page += fmt::format("\n  cache                    {} entries, {} in {}\n", usage.entries,
                      bytes_text(usage.bytes), folder);
  if (args.has("prune"))
    page += fmt::format("  pruned                   {} entries, {}\n", removed.entries,
                        bytes_text(removed.bytes));
  if (args.has("json")) {
    const Json json = Json::object()
                          .set("version", ASSAY_VERSION)
                          .set("tools", tools)
                          .set("cache", Json::object()
                                            .set("folder", folder)
                                            .set("entries", usage.entries)
                                            .set("bytes", usage.bytes));
    return write_output(args.text("json"), json.dump(), terminal);
  }
  terminal.out << page;
  return {};
}

}  // namespace

const Command doctor_command = {
    .name = "doctor",
    .summary = "what is installed, what to install for what; shows and prunes the cache",
    .examples = "  assay doctor\n  assay doctor --prune 100",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
