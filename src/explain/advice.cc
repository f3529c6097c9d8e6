// From causes to changes, and from changes to figures.
//
// A rule names the causes that it attacks. Their share bounds what it can bring, so most rules are
// never tried. A trial without a new image takes one run of the image there is (change.h); with
// --verify the changed image is built and run as well, and both figures are given.
// Source of the bound: Amdahl, Validity of the single processor approach, AFIPS 1967.
#include "explain/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "explain/twin.h"
#include "hw/placement.h"
#include "ops/run.h"
#include "util/toml.h"

namespace assay {
namespace {

constexpr std::string_view kEachClock = "clock=each", kFamily = "target=family",
                           kEachResolution = "resolution=each";
/// Parts whose numbers begin alike are one family: STM32L4, STM32F7.
constexpr size_t kFamilyLetters = 7;

Result<Advice> read_rule(const Toml& toml) {
  Advice rule;
  rule.change = TRY(toml.text("change"));
  rule.says = TRY(toml.text("says"));
  rule.source = TRY(toml.text("source"));
  if (toml.has("causes")) rule.causes = TRY(toml.texts("causes"));
  if (toml.has("overflows")) rule.overflows = TRY(toml.texts("overflows"));
  if (rule.causes.empty() && rule.overflows.empty())
    return std::unexpected(toml.error_at("change", "needs causes or overflows"));
  for (const std::string& word : rule.overflows)
    if (word != "flash" && word != "ram")
      return std::unexpected(toml.error_at("overflows", "need flash or ram"));
  for (const std::string& word : rule.causes) {
    bool known = false;
    for (size_t i = 0; i < kCauses; ++i) known |= word == name(static_cast<Cause>(i));
    if (!known) return std::unexpected(toml.error_at("causes", fmt::format("no cause '{}'", word)));
  }
  if (rule.change == kEachResolution) {
    rule.shares = TRY(toml.reals("shares"));
    rule.multiple = TRY(toml.integer("multiple"));
    for (const double share : rule.shares)
      if (!(share > 0 && share < 1))
        return std::unexpected(toml.error_at("shares", "a share is not between 0 and 1"));
    if (rule.multiple < 1) return std::unexpected(toml.error_at("multiple", "is not positive"));
  } else if (rule.change != kEachClock && rule.change != kFamily)
    TRY(in(parse_change(rule.change), "{}", rule.says));
  TRY_STATUS(toml.no_other_keys());
  return rule;
}

double share_of(const Advice& rule, const Counts& counts) {
  double share = 0;
  for (size_t i = 0; i < kCauses; ++i)
    if (std::ranges::find(rule.causes, name(static_cast<Cause>(i))) != rule.causes.end())
      share += static_cast<double>(counts.causes[static_cast<Cause>(i)]);
  return counts.cycles > 0 ? share / kTicksPerCycle / static_cast<double>(counts.cycles) : 0;
}

/// Clocks below the target's at which its first flash has fewer wait states: the fastest of each.
std::vector<int64_t> slower_clocks(const Target& target) {
  std::vector<int64_t> clocks;
  for (const MemoryRegion& region : target.regions) {
    if (region.kind != RegionKind::flash) continue;
    const int now = region.wait_states(target.clock_hz).value_or(0);
    for (const WaitStates& step : region.waits)
      if (step.wait_states < now && step.max_clock_hz < target.clock_hz)
        clocks.push_back(step.max_clock_hz);
    break;
  }
  std::ranges::reverse(clocks);
  return clocks;
}

/// Shipped parts of the same family with the same core.
std::vector<std::string> relatives(const Target& target) {
  std::vector<std::string> found;
  for (const std::string& name : target_names()) {
    const Result<Target> other = load_target(name);
    if (other && other->part != target.part && other->core == target.core &&
        other->part.substr(0, kFamilyLetters) == target.part.substr(0, kFamilyLetters))
      found.push_back(name);
  }
  return found;
}

/// Smaller sides of the model's image, the largest first; none if it takes no image.
std::vector<int32_t> smaller_sides(const Advice& rule, const Graph& graph) {
  const int32_t now = image_side(graph);
  const auto step = static_cast<double>(rule.multiple);
  std::vector<int32_t> sides;
  for (const double share : rule.shares) {
    const auto side = static_cast<int32_t>(std::lround(share * now / step) * rule.multiple);
    if (side > 1 && side < now && std::ranges::find(sides, side) == sides.end())
      sides.push_back(side);
  }
  return sides;
}

/// Bytes that a placement copies into RAM at start-up.
int64_t copied_bytes(const Subject& subject, const RegionChoice& place) {
  const Footprint& bytes = subject.footprint;
  int64_t copied = 0;
  if (!place.code.empty())
    copied += bytes.libc_bytes + bytes.model_code_bytes + bytes.kernels_bytes;
  if (!place.weights.empty()) copied += bytes.constant_bytes;
  return copied;
}

/// Whether RAM has room for what the placement copies there; "" if it has.
std::string lack_of_room(const Subject& subject, const RegionChoice& place, int64_t copied) {
  for (const std::string& where : {place.weights, place.code})
    for (const Footprint::Region& region : subject.footprint.regions)
      if (region.name == where && region.size_bytes - region.used_bytes < copied)
        return fmt::format("does not fit: {} B more in {}, which has {} B left", copied, where,
                           region.size_bytes - region.used_bytes);
  return "";
}

bool is_refusal(const Error& error) {
  return error.kind == ErrorKind::usage || error.kind == ErrorKind::unsupported;
}

void refuse(Trial& trial, const Error& error) {
  trial.refusal_kind = error.kind;
  trial.refusal = text(error);
}

void set_bytes(Trial& trial, const Footprint& bytes) {
  trial.flash_bytes = bytes.flash_bytes;
  trial.static_ram_bytes = bytes.data_bytes + bytes.bss_bytes;
}

/// Another image, built with the change in force.
Result<Counts> build_and_run(const Graph& graph, const Target& target, const Change& change,
                             const SubjectOptions& options, Trial* trial) {
  std::optional<Graph> other_size, twin;
  const Graph* model = &graph;
  SubjectOptions mine = options;
  if (change.resize.any()) model = &other_size.emplace(TRY(resized(*model, change.resize)));
  if (change.int8) model = &twin.emplace(TRY(int8_twin(*model)));
  if (change.is_twin()) {
    mine.input.clear();
    for (const Bytes& part : seeded_inputs(*model, kDefaultSeed))
      mine.input.insert(mine.input.end(), part.begin(), part.end());
  }
  const Subject built = TRY(build_subject(*model, target, change, mine));
  const RunFacts facts = TRY(run_as(built, built.target, mine));
  if (trial) {
    set_bytes(*trial, built.footprint);
    trial->arena_bytes = built.program.plan.arena_bytes;
    trial->stack_bytes = facts.stack_bytes;
    trial->timed = built.target;
    trial->core = built.core;
  }
  return facts.first.total;
}

/// The changes that a rule stands for on this model and target; none if they would be no news.
Status add_changes(const Advice& rule, const Graph& graph, const Target& target, Changes& changes) {
  const auto add = [&](Change change) { changes.emplace_back(std::move(change), rule.says); };
  if (rule.change == kFamily) {
    for (const std::string& name : relatives(target)) {
      Change change;
      change.target = name;
      add(std::move(change));
    }
  } else if (rule.change == kEachResolution) {
    for (const int32_t side : smaller_sides(rule, graph)) {
      Change change;
      change.resize.side = side;
      if (resized(graph, change.resize)) add(std::move(change));
    }
  } else if (rule.change == kEachClock) {
    for (const int64_t clock : slower_clocks(target)) {
      Change change;
      change.clock_hz = clock;
      add(std::move(change));
    }
  } else {
    Change change = TRY(parse_change(rule.change));
    // A model that cannot be resized, or has such widths already, is no news either.
    if (change.resize.any() && !resized(graph, change.resize)) return {};
    // A part without that memory, or where it is the only one, is no news.
    const Result<RegionChoice> place = placement_on(target, change.place);
    if (!place || (!change.place.empty() && !place->moves())) return {};
    add(std::move(change));
  }
  return {};
}

Status run_same_image(const Subject& subject, const Change& change, const SubjectOptions& options,
                      Trial& trial) {
  const RegionChoice place = TRY(placement_on(subject.target, change.place));
  const int64_t copied = copied_bytes(subject, place);
  if (const std::string lack = lack_of_room(subject, place, copied); !lack.empty())
    return fail(ErrorKind::unsupported, "{}", lack);
  const Target moved = TRY(as_if_placed(subject.target, subject.elf, change));
  const Target timed = TRY(changed(moved, change));
  const RunFacts facts = TRY(run_as(subject, timed, options));
  trial.counts = facts.first.total;
  trial.same_image = true;
  trial.timed = timed;
  set_bytes(trial, subject.footprint);
  trial.static_ram_bytes += copied;
  trial.arena_bytes = subject.program.plan.arena_bytes;
  trial.stack_bytes = facts.stack_bytes;
  return {};
}

}  // namespace

Result<std::vector<Advice>> read_advice(std::string_view toml, std::string_view file) {
  const Toml table = TRY(Toml::parse(toml, file));
  std::vector<Advice> rules;
  for (const Toml& each : TRY(table.tables("advice"))) rules.push_back(TRY(read_rule(each)));
  TRY_STATUS(table.no_other_keys());
  return rules;
}

Result<Changes> worth_trying(const std::vector<Advice>& rules, const Graph& graph,
                             const Subject& subject, const Counts& counts, double least_share) {
  Changes changes;
  for (const Advice& rule : rules)
    if (share_of(rule, counts) >= least_share)
      TRY_STATUS(add_changes(rule, graph, subject.target, changes));
  return changes;
}

Result<Changes> worth_fitting(const std::vector<Advice>& rules, const Graph& graph,
                              const Target& target, std::span<const std::string> overflows) {
  Changes changes;
  for (const Advice& rule : rules)
    if (std::ranges::find_first_of(rule.overflows, overflows) != rule.overflows.end())
      TRY_STATUS(add_changes(rule, graph, target, changes));
  return changes;
}

Result<Trial> build_change(const Graph& graph, const Target& target, const Change& change,
                           std::string_view says, const SubjectOptions& options) {
  Trial trial{.change = change,
              .says = std::string(says),
              .refusal = {},
              .timed = target,
              .core = {},
              .counts = {},
              .verified = {},
              .verified_refusal = {}};
  const Result<Counts> counts = build_and_run(graph, target, change, options, &trial);
  if (!counts && !is_refusal(counts.error())) return std::unexpected(counts.error());
  if (counts)
    trial.counts = *counts;
  else
    refuse(trial, counts.error());
  return trial;
}

Result<Trial> try_change(const Graph& graph, const Subject& subject, const Change& change,
                         std::string_view says, bool verify, const SubjectOptions& options) {
  if (change.needs_build()) return build_change(graph, subject.target, change, says, options);
  Trial trial{.change = change,
              .says = std::string(says),
              .refusal = {},
              .timed = subject.target,
              .core = subject.core,
              .counts = {},
              .verified = {},
              .verified_refusal = {}};
  const Status done = run_same_image(subject, change, options, trial);
  if (!done && !is_refusal(done.error())) return std::unexpected(done.error());
  if (!done) refuse(trial, done.error());
  if (!verify || !trial.refusal.empty()) return trial;
  const Result<Counts> counts = build_and_run(graph, subject.target, change, options, nullptr);
  if (!counts && !is_refusal(counts.error())) return std::unexpected(counts.error());
  if (counts)
    trial.verified = *counts;
  else
    trial.verified_refusal = text(counts.error());
  return trial;
}

}  // namespace assay
