// assay bench --on TARGET[,TARGET...]: what a part does in a second, by kernel, size and memory.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <sstream>

#include "bench/costs.h"
#include "cli/bench_page.h"
#include "cli/common.h"
#include "cli/each_target.h"
#include "util/files.h"

namespace assay {
namespace {

constexpr size_t kPageWidth = 100, kTableWidth = 160;

constexpr Option kOptions[] = {
    {"on",
     "TARGET[,TARGET...]",
     "parts or boards (assay targets), your own files by path, or all",
     Option::value,
     true,
     {},
     "target"},
    {"only",
     "NAME[,NAME...]",
     "these programs: mac_s8, conv_3x3_s8, fft_f32 ... (a wrong name lists all)",
     Option::value,
     false,
     {},
     "none"},
    {"write",
     "DIR",
     "write TARGET.toml there, with every row, and TARGET.costs: what `assay estimate` reads "
     "(data/costs)",
     Option::value,
     false,
     {},
     "directory"},
    {"json", "FILE", "write everything as JSON; - for standard output"},
    {"devices", "FILE.md", "write the comparison of all targets as Markdown (docs/devices.md)"},
    {"compiler", "FILE", "the cross compiler, if not the first on PATH"},
    {"no-cache", "", "build and run again", Option::flag},
};

std::vector<std::string> names_of(const std::string& list) {
  std::vector<std::string> names;
  std::stringstream stream(list);
  for (std::string name; std::getline(stream, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

Status write_costs(const std::filesystem::path& folder, const std::vector<Costs>& all) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorKind::environment, "{}: {}", folder.string(), error.message());
  for (const Costs& costs : all) {
    TRY_STATUS(write_text(folder / (costs.target + ".toml"), costs_toml(costs)));
    TRY_STATUS(write_text(folder / (costs.target + ".costs"), cost_table_text(costs.fitted)));
  }
  return {};
}

std::string all_json(const std::vector<Costs>& all) {
  Json list = Json::array();
  for (const Costs& costs : all) list.push(costs_json(costs));
  return list.dump();
}

/// Everything that was asked for, from what could be run.
Status show(const Args& args, const std::vector<Costs>& all, Terminal& terminal) {
  if (args.has("write")) TRY_STATUS(write_costs(args.text("write"), all));
  if (args.has("devices"))
    TRY_STATUS(write_output(args.text("devices"), devices_markdown(all), terminal));
  if (args.has("json")) TRY_STATUS(write_output(args.text("json"), all_json(all), terminal));
  if (args.text("json") == "-" || args.text("devices") == "-") return {};
  if (all.size() == 1)
    terminal.out << bench_page(all[0], kPageWidth);
  else if (!all.empty())
    terminal.out << bench_table(all, kTableWidth);
  return {};
}

Status run(const Args& args, Terminal& terminal) {
  std::vector<Target> targets = TRY(targets_of(args));
  BenchOptions options;
  options.only = names_of(args.text("only"));
  options.compiler = args.text("compiler");
  options.use_cache = !args.has("no-cache");
  options.weigh = args.has("write");
  options.cancelled = terminal.cancelled;
  TRY_STATUS(check_programs(options.only));
  const auto bench = [&](const Target& target, const StageProgress& say) -> Result<Costs> {
    const BenchResult result = TRY(in(run_bench(target, options, say), "{}", target.name));
    if (result.rows.empty())
      return fail(ErrorKind::unsupported, "{}: no case fits: {}: {}", target.name,
                  result.skips[0].what, result.skips[0].reason);
    return make_costs(result);
  };
  std::vector<Costs> all;
  Status trouble;
  for (Result<Costs>& result : for_each_target<Costs>(targets, terminal, bench)) {
    if (result) {
      all.push_back(std::move(*result));
      continue;
    }
    if (targets.size() == 1) return std::unexpected(std::move(result.error()));
    if (!*terminal.cancelled) terminal.progress << "assay: " << text(result.error()) << "\n";
    if (trouble) trouble = std::unexpected(Error{result.error().kind, {}, {}});  // said already
  }
  // Ctrl-C: half of the targets would pass for all.
  if (!trouble && *terminal.cancelled) return trouble;
  TRY_STATUS(show(args, all, terminal));
  return trouble;
}

}  // namespace

const Command bench_command = {
    .name = "bench",
    .summary = "what a part does in a second: multiply-adds, kernels, trees, FFTs, memory",
    .examples =
        "  assay bench --on nucleo-l4r5zi\n  assay bench --on pico,pico2,disco-f746ng --json "
        "bench.json\n  assay bench --on ./my_board.toml --only mac_s8,conv_3x3_s8 --write costs/",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
