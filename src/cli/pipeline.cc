// The whole tool as one function. Each step takes const structs and returns one; what is slow is
// looked up in the cache by the content of everything it depends on, this program included.
#include "cli/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <future>

#include "cli/compose.h"
#include "cli/stages.h"
#include "cli/verify.h"
#include "estimate/totals.h"
#include "measure/build_cache.h"
#include "measure/measure.h"
#include "record/json.h"
#include "util/cache.h"
#include "util/files.h"
#include "util/hash.h"

namespace assay {
namespace {

Bytes concatenated(const std::vector<Bytes>& parts) {
  Bytes whole;
  for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

std::vector<Bytes> concatenated_each(const std::vector<std::vector<Bytes>>& runs) {
  std::vector<Bytes> whole;
  whole.reserve(runs.size());
  for (const std::vector<Bytes>& run : runs) whole.push_back(concatenated(run));
  return whole;
}

/// Whether a flag may stand for the content of a file, which no key would hold.
bool names_files(const std::vector<std::string>& flags) {
  return std::ranges::any_of(flags, [](const std::string& flag) {
    return flag.find_first_of("@/") != std::string::npos || flag.starts_with("-I") ||
           flag.starts_with("-i") || flag.starts_with("-T") || flag.starts_with("-specs") ||
           flag.starts_with("--");
  });
}

/// Everything that a record depends on.
std::string record_key(const Graph& graph, const Target& target, const CoreTiming& core,
                       const Toolchain& toolchain, const MeasureOptions& options) {
  std::string all = program_identity() + hash_hex(graph.file()) + graph.variant() + graph.name() +
                    "\n" + target.file_text + core.file_text;
  all += fmt::format("\n{}\n{}\n{}\n{}\n{}\n{}\n", target.name, options.runtime,
                     name(options.optimize), options.emulator, toolchain.content_hash,
                     toolchain.version);
  for (const std::string& flag : options.flags) all += flag + "\n";
  for (const std::string& wish : options.place) all += "place " + wish + "\n";
  if (options.spread) all += "spread\n";
  for (const Bytes& input : concatenated_each(options.inputs)) all += hash_hex(input);
  return hash_hex(all);
}

std::optional<Measured> recall(const Cache& cache, const std::string& key, size_t inferences) {
  const auto json = cache.get("record", key);
  const auto outputs = cache.get("outputs", key);
  if (!json || !outputs || outputs->size() % inferences != 0) return {};
  Result<std::vector<Record>> records =
      parse_records({reinterpret_cast<const char*>(json->data()), json->size()});
  if (!records || records->size() != 1) return {};
  Measured measured{std::move(records->front()), {}};
  const auto each = static_cast<int64_t>(outputs->size() / inferences);
  for (size_t i = 0; i < inferences; ++i) {
    const auto begin = outputs->begin() + static_cast<int64_t>(i) * each;
    measured.outputs.emplace_back(begin, begin + each);
  }
  return measured;
}

void remember(const Cache& cache, const std::string& key, const Measured& measured) {
  const std::string json = records_json({&measured.record, 1});
  cache.put("record", key, std::as_bytes(std::span(json)));
  cache.put("outputs", key, concatenated(measured.outputs));
}

/// The reference's outputs for what the firmware runs. With state, its second inference on the
/// first input counts for all that follow, though its output is not kept.
Result<std::vector<Bytes>> expected_outputs(const Graph& graph,
                                            const std::vector<std::vector<Bytes>>& inputs,
                                            const std::function<bool()>& stop) {
  if (graph.state().empty()) return reference_outputs(graph, inputs, stop);
  std::vector<Bytes> outputs = TRY(reference_outputs(graph, first_twice(inputs), stop));
  if (outputs.size() > 1) outputs.erase(outputs.begin() + 1);
  return outputs;
}

}  // namespace

Result<Measured> measure_model(const Graph& graph, const Target& target,
                               const MeasureOptions& options, const Progress& progress) {
  const CoreTiming core = TRY(core_on(target));
  const RegionChoice place = TRY(placement_on(target, options.place));
  const Runtime* runtime = TRY(find_runtime(options.runtime));
  const Result<Toolchain> toolchain = find_toolchain(options.compiler, isa_family(core.isa));
  const Cache cache(options.use_cache && !names_files(options.flags));
  const std::string key = toolchain ? record_key(graph, target, core, *toolchain, options) : "";
  if (toolchain && options.keep_folder.empty())
    if (std::optional<Measured> known = recall(cache, key, options.inputs.size()))
      return std::move(*known);

  progress("generating");
  const Program program = TRY(runtime->emit(graph, {lower_options(target, options.optimize), {}}));
  Measured measured{describe_inputs(graph, target, core, program, options), {}};
  Record& record = measured.record;
  if (const std::string moved = text(place); !moved.empty())
    record.memory_system += (record.memory_system.empty() ? "placed: " : "; placed: ") + moved;
  if (!toolchain) {
    if (!options.compiler.empty()) return std::unexpected(toolchain.error());
    add_no_image(record, text(toolchain.error()));
    return measured;
  }
  // The reference is computed on another core while the compiler works; leaving early stops it.
  std::atomic<bool> abandoned = false;
  std::future<Result<std::vector<Bytes>>> reference = std::async(std::launch::async, [&] {
    return expected_outputs(graph, options.inputs,
                            [&] { return abandoned || (options.cancelled && *options.cancelled); });
  });
  const struct Abandon {
    std::atomic<bool>& flag;
    ~Abandon() { flag = true; }
  } abandon{abandoned};

  progress("building");
  const Image image =
      TRY(build_cached(cache, program, target, *toolchain,
                       {.flags = options.flags, .place = place, .cancelled = options.cancelled},
                       options.keep_folder));
  record.compiler = toolchain->version;
  record.flags = image.command;
  if (!image.overflows.empty()) {
    add_overflows(record, target, image.overflows);
    return measured;
  }
  const ElfFile elf = TRY(in(read_elf(image.elf), "image"));
  add_footprint(record, TRY(footprint(elf, target)), elf, program);

  progress("running");
  const Emulator* emulator = TRY(choose_emulator(core, target, options.emulator));
  record.emulator = emulator->name;
  const std::vector<Bytes> inputs = concatenated_each(options.inputs);
  const RunRequest request =
      run_request(elf, program, target, core, first_twice(inputs),
                  {.max_seconds = options.max_seconds, .cancelled = options.cancelled});
  RunFacts facts = TRY(in(emulator->run(request), "image"));
  const Counts second = TRY(take_second(facts, !graph.state().empty()));
  record.inputs_hash = hash_hex(concatenated(inputs));
  record.outputs_hash = hash_hex(concatenated(facts.outputs));
  add_run(record, facts, elf, target, core);
  add_warm_run(record, second, target, core);
  if (options.spread) add_spread(record, facts.inferences, target, core);
  add_stages(record, graph, program.plan.order);

  progress("comparing");
  const std::vector<Bytes> expected = TRY(reference.get());
  if (const auto wrong = compare_outputs(graph, expected, facts.outputs)) {
    const std::string layer = TRY(
        first_wrong_layer(graph, program, *emulator, request, options.inputs[wrong->inference]));
    return fail(ErrorKind::internal, "inference {}: {}; {}", wrong->inference, wrong->what, layer);
  }
  add_verification(record, graph, expected.size());
  measured.outputs = facts.outputs;
  remember(cache, key, measured);
  return measured;
}

}  // namespace assay
