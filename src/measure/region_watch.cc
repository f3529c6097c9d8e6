// Regions between two addresses, and what a profile collects at its end.
//
// A region begins before the block that is reached, and ends before the one after. Not handled:
// several regions between addresses.
#include "measure/region_watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

const std::string kRegion = "region";

/// What was asked for and did not happen; "" if all did.
std::string missed(const RegionWatch& watch, const ProfileFacts& facts) {
  for (const ProfileRegion& region : facts.regions)
    if (region.times == 0) return fmt::format("region {} was never reached", region.name);
  if (watch.in_region)
    return fmt::format("the run ended within round {} of {}: it never came to --to",
                       watch.rounds + 1, watch.times);
  if (watch.from && watch.rounds < watch.times)
    return fmt::format("the region was gone through {} times, not {}", watch.rounds, watch.times);
  if (watch.until && facts.end == ProfileEnd::finished && !watch.reached_until)
    return fmt::format("--until 0x{:08x} was never reached", *watch.until);
  return "";
}

}  // namespace

std::string RegionWatch::reach(Profiler& profiler, uint32_t address) {
  if (in_region && address == to) {
    profiler.end_region(kRegion);
    in_region = false;
    if (++rounds >= times) return "the region was gone through";
  }
  if (!in_region && address == from) {
    profiler.begin_region(kRegion);
    in_region = true;
  }
  if (address != until) return "";
  reached_until = true;
  return fmt::format("reached 0x{:08x}", address);
}

void note_missed(ProfileFacts& facts, std::string what) {
  facts.missed = std::move(what);
  if (!facts.missed.empty()) facts.notes.push_back(facts.missed);
}

void collect_regions(const RegionWatch& watch, const UartScript& script, Profiler& profiler,
                     ProfileFacts& facts) {
  if (facts.end == ProfileEnd::finished)  // else one of the two may be incomplete
    for (const DerivedRegion& how : script.derived) facts.regions.push_back(profiler.derived(how));
  if (watch.from) facts.regions.push_back(profiler.region(kRegion));
  for (const UartStep& step : script.steps) {
    const auto same = [&](const ProfileRegion& region) { return region.name == step.text; };
    if (step.kind == UartStep::begin && std::ranges::none_of(facts.regions, same))
      facts.regions.push_back(profiler.region(step.text));
  }
  note_missed(facts, missed(watch, facts));
  std::erase_if(facts.regions, [](const ProfileRegion& region) { return region.times == 0; });
  facts.regions.push_back(profiler.whole_run());
  facts.caches = profiler.blocks().memory().caches();
  facts.instructions = facts.regions.back().total.instructions;
  facts.cycles = facts.regions.back().total.cycles;
  for (const auto& [mnemonic, count] : profiler.blocks().unknown())
    facts.unknown.push_back({mnemonic, count});
  if (const int64_t blocks = profiler.blocks().rewritten_blocks(); blocks > 0)
    facts.notes.push_back(
        fmt::format("{} blocks of code were rewritten while it ran; each was timed anew", blocks));
}

}  // namespace assay
