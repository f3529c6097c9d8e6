// assay explain MODEL|RECORD --on TARGET: why it takes that long, and what would help.
//
// Measures first, as `assay measure` does. Then the image runs again under each change that its
// causes make worth trying; nothing is guessed.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "bench/costs.h"
#include "cli/common.h"
#include "cli/compose.h"
#include "cli/each_target.h"
#include "cli/pipeline.h"
#include "estimate/energy.h"
#include "explain/advice.h"
#include "explain/bounds.h"
#include "explain/gain.h"
#include "import/importer.h"
#include "record/json.h"
#include "report/format.h"
#include "report/numbers.h"
#include "util/embedded.h"
#include "util/files.h"

namespace assay {
namespace {

/// A change whose causes take less than this share of the cycles is not tried: it cannot bring
/// more.
constexpr double kLeastShare = 0.01;

constexpr std::string_view kAskedFor = "asked for";

constexpr Option kOptions[] = {
    {"model", "MODEL|RECORD.json", "a model file, or a record that explain or measure wrote",
     Option::operand, true},
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    {"on", "TARGET", "the part or board; not for a record", Option::value, false, {}, "target"},
    {"what-if",
     "\"CHANGES\"",
     "try these together: weights=, code= (as measure --place), clock=80MHz, caches=, icache=, "
     "dcache= (off or 32KiB), optimize=, flag=, target=, type=int8, resolution=64, channels=4, "
     "width=0.5; may "
     "be given several times, instead of "
     "what would be tried",
     Option::values,
     false,
     {},
     "none"},
    {"verify", "", "also build and run each changed image: predicted beside got", Option::flag},
    {"optimize", "LEVEL", "of the image to explain", Option::value, false, "balanced",
     "size|balanced|speed"},
    {"compiler", "FILE", "the cross compiler, if not the first on PATH"},
    {"input", "FILE",
     "an input instead of made-up ones: .npy, .npz or .bin, as `assay inspect` shows it; may be "
     "given several times",
     Option::values},
    {"inputs", "N", "how many made-up inputs to verify on, if no --input is given", Option::value,
     false, "20", "none"},
    {"seed", "N", "of the first made-up input", Option::value, false, "12345", "none"},
    {"json", "FILE", "write the record as JSON; - for standard output"},
    {"no-cache", "", "build and run again", Option::flag},
};

/// The fastest case that the bench saw: of multiply-accumulates by type, and of reading each
/// memory.
std::vector<PeakRecord> peaks_of(const Target& target) {
  std::vector<PeakRecord> peaks;
  const std::string file = fmt::format("data/costs/{}.toml", target.name);
  const EmbeddedFile* found = find_embedded(file);
  if (found == nullptr) return peaks;
  const Result<Costs> costs = read_costs(found->text, file);
  if (!costs) return peaks;
  for (const CostLine& line : costs->lines) {
    const bool compute = line.unit == "MAC";
    if (!compute && line.program != "read") continue;
    const std::string kind = compute ? "compute" : "bandwidth";
    const std::string name =
        compute ? "multiply-accumulates, " + line.program.substr(line.program.rfind('_') + 1)
                : "streaming reads, " + line.memory;
    const double most = line.per_second.most;
    const Figure rate =
        Figure::modelled(most, most / std::max(1.0, costs->high), most / std::min(1.0, costs->low));
    const auto same = std::ranges::find(peaks, name, &PeakRecord::name);
    if (same == peaks.end())
      peaks.push_back({name, kind, rate});
    else if (rate.number() > same->rate.number())
      same->rate = rate;
  }
  return peaks;
}

/// What a change is held against.
struct Before {
  CoreTiming core;
  Counts counts;
};

Figure change_of(const Trial& trial, const Before& before) {
  if (before.core.name == trial.core.name)
    return cycles_change(before.counts, trial.counts, trial.core, trial.same_image);
  return cycles_change(cycles_figure(static_cast<double>(before.counts.cycles), before.core),
                       cycles_figure(static_cast<double>(trial.counts.cycles), trial.core));
}

AdviceRecord advice_row(const Trial& trial, const Target& target,
                        const std::optional<Before>& before) {
  AdviceRecord row;
  row.change = text(trial.change);
  row.says = trial.says;
  const auto none = [&](const std::string& why) {
    row.how = why;
    row.cycles = row.latency_us = row.energy_uj = Figure::none(why);
    row.flash_bytes = row.ram_bytes = row.verified_cycles = Figure::none(why);
    row.cycles_change_percent = row.latency_change_percent = Figure::none(why);
  };
  if (!trial.refusal.empty()) {
    none(trial.refusal);
    return row;
  }
  const bool other_model = trial.change.resize.any();
  row.how = trial.same_image         ? "the same image, as if"
            : other_model            ? "built and run: another model, to be trained"
            : trial.change.is_twin() ? "built and run: a twin with made-up weights"
                                     : "built and run";
  row.cycles = cycles_figure(static_cast<double>(trial.counts.cycles), trial.core);
  row.latency_us = latency_figure(row.cycles, trial.timed);
  row.energy_uj = energy_uj(row.latency_us, run_power(trial.timed));
  row.flash_bytes = Figure::exact(trial.flash_bytes);
  row.ram_bytes = Figure::exact(trial.static_ram_bytes + trial.arena_bytes + trial.stack_bytes);
  row.cycles_change_percent =
      before ? change_of(trial, *before)
             : Figure::none("the model as it is does not fit: nothing to compare with");
  row.latency_change_percent =
      latency_change(row.cycles_change_percent, target.clock_hz, trial.timed.clock_hz);
  row.verified_cycles = trial.verified
                            ? cycles_figure(static_cast<double>(trial.verified->cycles), trial.core)
                            : Figure::none(!trial.verified_refusal.empty() ? trial.verified_refusal
                                           : trial.same_image ? "not asked for (--verify)"
                                                              : "built and run already");
  return row;
}

Result<std::vector<Advice>> shipped_rules() {
  constexpr std::string_view kRules = "data/advice.toml";
  return read_advice(find_embedded(kRules)->text, kRules);
}

Result<Changes> asked_for(const Args& args) {
  Changes changes;
  for (const std::string& words : args.texts("what-if"))
    changes.emplace_back(TRY(parse_change(words)), kAskedFor);
  return changes;
}

/// Trials in the order of the changes, as many at a time as there are processors.
std::vector<Result<Trial>> try_all(
    const Changes& changes,
    const std::function<Result<Trial>(const Change&, const std::string&)>& attempt) {
  std::vector<Result<Trial>> trials;
  trials.reserve(changes.size());
  for (size_t i = 0; i < changes.size(); ++i)
    trials.emplace_back(fail(ErrorKind::internal, "was not got to"));
  std::atomic<size_t> next = 0;
  const auto turns = [&] {
    for (size_t i = next++; i < changes.size(); i = next++)
      trials[i] = attempt(changes[i].first, changes[i].second);
  };
  std::vector<std::jthread> workers;
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  for (size_t i = 1; i < std::min(processors, changes.size()); ++i) workers.emplace_back(turns);
  turns();
  workers.clear();
  return trials;
}

using Attempt = std::function<Result<Trial>(const Change&, const std::string&)>;

/// What the user asked for and cannot be is an error; what a rule proposed, a row.
Result<std::vector<Trial>> trials_of(const Changes& changes, const Attempt& attempt) {
  std::vector<Trial> trials;
  std::vector<Result<Trial>> results = try_all(changes, attempt);
  for (size_t i = 0; i < results.size(); ++i) {
    Trial trial = TRY(in(std::move(results[i]), "what if {}", text(changes[i].first)));
    if (changes[i].second == kAskedFor && !trial.refusal.empty())
      return fail(trial.refusal_kind, "what if {}: {}", text(changes[i].first), trial.refusal);
    trials.push_back(std::move(trial));
  }
  return trials;
}

/// Each smaller image with each smaller width.
Changes smaller_both_ways(const Changes& changes) {
  Changes both;
  for (const auto& [image, image_says] : changes)
    for (const auto& [thin, thin_says] : changes) {
      if (image.resize.side == 0 || thin.resize.width == 0) continue;
      Change change = image;
      change.resize.width = thin.resize.width;
      both.emplace_back(std::move(change), image_says + "; " + thin_says);
    }
  return both;
}

/// An image that does not fit: what would make it, alone or else a smaller image and width at once.
Status add_fitting(const Args& args, const Graph& graph, const Target& target,
                   const SubjectOptions& options, ProgressLine& line, Record& record) {
  const std::vector<Advice> rules = TRY(shipped_rules());
  const Changes changes = args.has("what-if")
                              ? TRY(asked_for(args))
                              : TRY(worth_fitting(rules, graph, target, overflowing(record)));
  const auto attempt = [&](const Change& change, const std::string& says) {
    line.say(target.name, text(change));
    return build_change(graph, target, change, says, options);
  };
  const std::vector<Trial> alone = TRY(trials_of(changes, attempt));
  bool fits = false;
  for (const Trial& trial : alone) {
    fits |= trial.refusal.empty();
    // What cannot be done to this model ("nothing in it is float") is no news.
    if (trial.refusal.empty() || trial.refusal.starts_with("does not fit"))
      record.advice.push_back(advice_row(trial, target, {}));
  }
  if (fits || args.has("what-if")) return {};
  for (const Trial& trial : TRY(trials_of(smaller_both_ways(changes), attempt)))
    if (trial.refusal.empty()) record.advice.push_back(advice_row(trial, target, {}));
  return {};
}

Status add_faster(const Args& args, const Graph& graph, const Target& target,
                  const SubjectOptions& options, ProgressLine& line, Record& record) {
  const Subject subject = TRY(build_subject(graph, target, {}, options));
  const Counts counts = TRY(run_as(subject, target, options)).first.total;
  const std::vector<Advice> rules = TRY(shipped_rules());
  const Changes changes = args.has("what-if")
                              ? TRY(asked_for(args))
                              : TRY(worth_trying(rules, graph, subject, counts, kLeastShare));
  const auto attempt = [&](const Change& change, const std::string& says) {
    line.say(target.name, text(change));
    return try_change(graph, subject, change, says, args.has("verify"), options);
  };
  for (const Trial& trial : TRY(trials_of(changes, attempt)))
    record.advice.push_back(advice_row(trial, target, Before{subject.core, counts}));
  record.peaks = peaks_of(target);
  return {};
}

Result<Record> explain(const Args& args, const Graph& graph, const Target& target,
                       Terminal& terminal) {
  ProgressLine line(terminal, 1);
  MeasureOptions options;
  options.optimize = TRY(optimize_of(args));
  options.compiler = args.text("compiler");
  options.inputs = TRY(inputs_of(args, graph, terminal));
  options.use_cache = !args.has("no-cache");
  options.cancelled = terminal.cancelled;
  Record record = TRY(measure_model(graph, target, options, [&](std::string_view stage) {
                    line.say(target.name, stage);
                  })).record;
  const bool misfit = !overflowing(record).empty();
  add_bounds(record, graph, target);
  if (!record.cycles && !misfit) return record;
  SubjectOptions tries{.optimize = options.optimize,
                       .compiler = options.compiler,
                       .input = {},
                       .use_cache = options.use_cache,
                       .cancelled = options.cancelled};
  for (const Bytes& part : options.inputs[0])
    tries.input.insert(tries.input.end(), part.begin(), part.end());
  if (misfit)
    TRY_STATUS(add_fitting(args, graph, target, tries, line, record));
  else
    TRY_STATUS(add_faster(args, graph, target, tries, line, record));
  line.clear();
  return record;
}

Result<Record> record_of(const Args& args, Terminal& terminal) {
  const std::string file = args.text("model");
  if (file.ends_with(".json")) {
    for (const char* option : {"on", "what-if", "verify"})
      if (args.has(option))
        return fail(ErrorKind::usage, "--{} needs the model; a record is explained as it is",
                    option);
    const std::string json = TRY(read_text(file));
    std::vector<Record> records = TRY(in(parse_records(json), "record {}", file));
    if (records.size() != 1)
      return fail(ErrorKind::input, "record {}: holds {} records, need one", file, records.size());
    return std::move(records.front());
  }
  if (!args.has("on")) return fail(ErrorKind::usage, "a model needs --on TARGET");
  const std::vector<Target> targets = TRY(targets_of(args));
  if (targets.size() != 1) return fail(ErrorKind::usage, "--on: one target at a time");
  const Graph graph = TRY(model_of(args, file, terminal));
  TRY_STATUS(require_supported(graph, terminal));
  return in(explain(args, graph, targets[0], terminal), "{} on {}", graph.name(), targets[0].name);
}

Status run(const Args& args, Terminal& terminal) {
  const Record record = TRY(record_of(args, terminal));
  if (args.has("json"))
    TRY_STATUS(write_output(args.text("json"), records_json({&record, 1}), terminal));
  if (args.text("json") != "-")
    terminal.out << TRY(find_format("text"))
                        ->render({&record, 1}, {.colour = terminal.colour, .reasons = true});
  if (record.fits.starts_with("no:"))
    return fail(ErrorKind::unsupported, "{} does not fit {}: {}", record.model, record.target,
                record.fits.substr(4));
  return {};
}

}  // namespace

const Command explain_command = {
    .name = "explain",
    .summary = "why it takes that long, and what would help: each change simulated",
    .examples =
        "  assay explain kws.tflite --on nucleo-l4r5zi\n  assay explain kws.tflite --on "
        "nucleo-l4r5zi --what-if \"weights=ram clock=80MHz\" --verify",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
