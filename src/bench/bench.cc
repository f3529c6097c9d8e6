// Suites of cases -> images -> rows.
//
// As many cases as fit share an image. When an image does not fit, the half of its cases that wants
// more RAM is tried apart from the other, so that in the end each case either ran or has the
// linker's own word why not. What an image cost is kept in the cache by the image's content.
#include "bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "bench/sizes.h"
#include "measure/build_cache.h"
#include "measure/measure.h"
#include "util/cache.h"
#include "util/embedded.h"
#include "util/hash.h"
#include "util/json.h"
#include "util/text.h"

namespace assay {
namespace {

struct Bench {
  const Target& target;
  const BenchOptions& options;
  const BenchProgress& progress;
  const Toolchain& toolchain;
  const Emulator& emulator;
  Cache cache;
  BenchResult result;
};

std::vector<BenchSuite> suites_of(const Target& target) {
  std::vector<BenchSuite> suites = operator_suites(target);
  suites.push_back(micro_suite(target));
  return suites;
}

std::string run_key(const Bench& bench, const Image& image) {
  return hash_hex(program_identity() + hash_hex(image.elf) + bench.target.file_text +
                  bench.result.core.file_text + std::string(bench.emulator.name));
}

Json counts_json(const std::vector<BenchRow>& rows) {
  Json all = Json::array();
  for (const BenchRow& row : rows)
    all.push(Json::array()
                 .push(row.instructions)
                 .push(row.cycles)
                 .push(row.loads)
                 .push(row.stores)
                 .push(row.stack_bytes));
  return all;
}

/// The rows of an image that was run before; nothing if it was not.
std::vector<BenchRow> recall(const Bench& bench, const std::string& key, const BenchImage& image) {
  const auto known = bench.cache.get("bench", key);
  if (!known) return {};
  const Result<Json> json =
      Json::parse({reinterpret_cast<const char*>(known->data()), known->size()});
  if (!json || json->size() != image.cases.size()) return {};
  std::vector<BenchRow> rows;
  for (size_t i = 0; i < image.cases.size(); ++i) {
    const Json row = json->at(i);
    const auto count = [&row](size_t k) { return static_cast<int64_t>(row.at(k).number()); };
    rows.push_back({image.cases[i], count(0), count(1), count(2), count(3), count(4)});
  }
  return rows;
}

Status check_results(const BenchImage& image, const RunFacts& facts) {
  if (facts.outputs.empty() || facts.outputs[0].size() != image.cases.size() * 8)
    return fail(ErrorKind::internal, "the firmware gave no results");
  for (size_t i = 0; i < image.cases.size(); ++i)
    if (!same_digest(image.expected[i], std::span(facts.outputs[0]).subspan(8 * i, 8)))
      return fail(ErrorKind::internal, "{} {}: the result is not the host's",
                  image.cases[i].program, image.cases[i].detail);
  return {};
}

Result<std::vector<BenchRow>> run_image(const Bench& bench, const BenchImage& image,
                                        const Image& built) {
  const std::string key = run_key(bench, built);
  if (std::vector<BenchRow> known = recall(bench, key, image); !known.empty()) return known;
  const ElfFile elf = TRY(in(read_elf(built.elf), "image"));
  const RunRequest request = run_request(elf, image.program, bench.target, bench.result.core,
                                         {image.input}, {.cancelled = bench.options.cancelled});
  const RunFacts facts = TRY(in(bench.emulator.run(request), "image"));
  TRY_STATUS(check_results(image, facts));
  std::vector<BenchRow> rows;
  for (size_t i = 0; i < image.cases.size(); ++i) {
    const size_t layer = image.layers[i];
    const Counts& counts = facts.first.layers[layer];
    if (counts.cycles == 0)
      return fail(ErrorKind::internal, "{} {}: nothing was counted", image.cases[i].program,
                  image.cases[i].detail);
    rows.push_back({image.cases[i], counts.instructions, counts.cycles, counts.loads, counts.stores,
                    facts.no_stack.empty() ? facts.first.layer_stack_bytes[layer] : 0});
  }
  const std::string text = counts_json(rows).dump();
  bench.cache.put("bench", key, std::as_bytes(std::span(text)));
  return rows;
}

/// Why the arena fits nowhere; "" if it may: then the linker is asked.
std::string arena_overflow(const Bench& bench, const Program& program) {
  const int64_t allowance = isa_family(bench.target.isa).stack_reserve_bytes;  // in the first
  const MemoryRegion* first = nullptr;
  int64_t room = 0;
  for (const MemoryRegion& region : bench.target.regions) {
    if (region.kind != RegionKind::ram) continue;
    room = std::max(room, region.size_bytes - (first ? 0 : allowance));
    if (!first) first = &region;
  }
  if (program.plan.arena_bytes <= room) return "";
  return fmt::format("needs {} B of RAM", thousands(program.plan.arena_bytes + allowance));
}

/// A suite on its way: which rows there are, by case.
struct SuiteRun {
  const BenchSuite& suite;
  std::vector<std::optional<BenchRow>> rows;
  bool sorted = false;  ///< the cases are in the order of the RAM that each wants alone
};

/// Builds and runs one image. Gives why it does not fit, or the compiler takes no such thing; "" if
/// it ran.
Result<std::string> run_together(Bench& bench, SuiteRun& run, std::span<const size_t> chosen) {
  Result<BenchImage> made = run.suite.image(chosen);
  if (!made && made.error().kind == ErrorKind::unsupported) return text(made.error());
  const BenchImage image = TRY(std::move(made));
  if (std::string reason = arena_overflow(bench, image.program); !reason.empty()) return reason;
  bench.progress("building " + run.suite.name);
  BuildOptions how;
  how.cancelled = bench.options.cancelled;
  Result<Image> linked =
      build_cached(bench.cache, image.program, bench.target, bench.toolchain, how, {});
  if (!linked && linked.error().kind == ErrorKind::unsupported) return text(linked.error());
  const Image built = TRY(std::move(linked));
  if (!built.overflows.empty()) return text(built.overflows);
  bench.progress("running " + run.suite.name);
  const std::vector<BenchRow> rows = TRY(run_image(bench, image, built));
  for (size_t i = 0; i < chosen.size(); ++i) run.rows[chosen[i]] = rows[i];
  bench.result.flags = built.command;
  return std::string();
}

/// The cases, least RAM first.
Result<std::vector<size_t>> by_ram(const SuiteRun& run, std::span<const size_t> chosen) {
  std::vector<std::pair<int64_t, size_t>> order;
  for (const size_t i : chosen) {
    const BenchImage alone = TRY(run.suite.image(std::span(&i, 1)));
    order.emplace_back(alone.program.plan.arena_bytes, i);
  }
  std::ranges::sort(order);
  std::vector<size_t> sorted;
  for (const auto& [bytes, i] : order) sorted.push_back(i);
  return sorted;
}

/// Runs the chosen cases of a suite, in halves where they do not fit together.
Status run_cases(Bench& bench, SuiteRun& run, std::vector<size_t> chosen) {
  if (bench.options.cancelled && *bench.options.cancelled)
    return fail(ErrorKind::environment, "cancelled");
  const std::string reason = TRY(run_together(bench, run, chosen));
  if (reason.empty()) return {};
  if (chosen.size() == 1) {
    bench.result.skips.push_back({run.suite.labels[chosen[0]], reason});
    return {};
  }
  if (!run.sorted) chosen = TRY(by_ram(run, chosen));
  run.sorted = true;
  const auto middle = chosen.begin() + static_cast<int64_t>(chosen.size() / 2);
  TRY_STATUS(run_cases(bench, run, {chosen.begin(), middle}));
  return run_cases(bench, run, {middle, chosen.end()});
}

Status run_suite(Bench& bench, const BenchSuite& suite) {
  const std::vector<std::string>& only = bench.options.only;
  std::vector<size_t> chosen;
  for (size_t i = 0; i < suite.programs.size(); ++i)
    if (only.empty() || std::ranges::find(only, suite.programs[i]) != only.end())
      chosen.push_back(i);
  if (chosen.empty()) return {};
  SuiteRun run{suite, std::vector<std::optional<BenchRow>>(suite.labels.size())};
  TRY_STATUS(in(run_cases(bench, run, chosen), "{}", suite.name));
  for (std::optional<BenchRow>& row : run.rows)
    if (row) bench.result.rows.push_back(std::move(*row));
  return {};
}

}  // namespace

Result<SourceFile> embedded_source(std::string_view path) {
  const EmbeddedFile* file = find_embedded(path);
  if (!file) return fail(ErrorKind::internal, "{} is not in this build", path);
  return SourceFile{std::string(path.substr(path.rfind('/') + 1)), std::string(file->text)};
}

bool same_digest(const Digest& expected, std::span<const std::byte> got) {
  std::array<uint32_t, 2> words{};
  if (got.size() != sizeof words) return false;
  std::memcpy(words.data(), got.data(), sizeof words);
  if (!expected.is_float) return words == expected.words;
  std::array<float, 2> theirs{}, ours{};
  std::memcpy(theirs.data(), expected.words.data(), sizeof theirs);
  std::memcpy(ours.data(), words.data(), sizeof ours);
  const double allowed = kDigestTolerance * static_cast<double>(theirs[1]);
  for (size_t i = 0; i < 2; ++i)
    if (!(std::abs(static_cast<double>(ours[i]) - static_cast<double>(theirs[i])) <= allowed))
      return false;
  return true;
}

Status check_programs(const std::vector<std::string>& only) {
  // Which programs there are does not depend on the target, only on how many memories each has.
  Target target;
  target.regions.resize(2);
  target.regions[1].kind = RegionKind::ram;
  std::vector<std::string> names;
  for (const BenchSuite& suite : suites_of(target))
    for (const std::string& program : suite.programs)
      if (std::ranges::find(names, program) == names.end()) names.push_back(program);
  for (const std::string& name : only)
    if (std::ranges::find(names, name) == names.end())
      return fail(ErrorKind::usage, "no benchmark '{}'{}; there are {}", name,
                  did_you_mean(name, names), fmt::join(names, ", "));
  return {};
}

Result<BenchResult> run_bench(const Target& target, const BenchOptions& options,
                              const BenchProgress& progress) {
  const CoreTiming core = TRY(core_on(target));
  const Toolchain toolchain = TRY(find_toolchain(options.compiler, isa_family(core.isa)));
  const Emulator* emulator = TRY(choose_emulator(core, target));
  Bench bench{target,
              options,
              progress,
              toolchain,
              *emulator,
              Cache(options.use_cache),
              {.target = target,
               .core = core,
               .compiler = toolchain.version,
               .flags = {},
               .emulator = std::string(emulator->name),
               .rows = {},
               .sizes = {},
               .image = {},
               .skips = {}}};
  for (const BenchSuite& suite : suites_of(target)) TRY_STATUS(run_suite(bench, suite));
  if (options.weigh) {
    const SizesRequest request{target,    bench.result.core, toolchain,
                               *emulator, bench.cache,       options.cancelled};
    progress("weighing kernels");
    bench.result.sizes = TRY(in(kernel_sizes(request), "sizes"));
    bench.result.image = TRY(in(image_cost(request, bench.result.sizes), "sizes"));
  }
  return std::move(bench.result);
}

}  // namespace assay
