// --place to regions of one target: what each word stands for there, and what cannot be.
//
// `tcm` is for code the memory next to the core's fetches (kind code_ram: ITCM), for data the one
// next to its loads (DTCM, CCM). `ram` is the first that is not tightly coupled, as there the first
// region alone would mean the same; where all are, the first.
// Not handled: RAM that fetches see at another address than loads, where flash is split that way
// (ESP32-C3: its target lists the loads' side alone, so code stays in flash); external memories
// that a board needs a driver for: a target lists none.
#include "hw/placement.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/isa_family.h"
#include "util/text.h"

namespace assay {
namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

template <class Predicate>
const MemoryRegion* first(const Target& target, Predicate fits) {
  const auto at = std::ranges::find_if(target.regions, fits);
  return at == target.regions.end() ? nullptr : &*at;
}

/// The region that a word stands for; null if the target has none such.
const MemoryRegion* find_region(const Target& target, std::string_view what,
                                const std::string& where) {
  const auto is = [](RegionKind kind) {
    return [kind](const MemoryRegion& r) { return r.kind == kind; };
  };
  if (where == "flash") return first(target, is(RegionKind::flash));
  if (where == "qspi")
    return first(target, [](const MemoryRegion& r) { return r.serial.has_value(); });
  if (where == "tcm" && what == "code") return first(target, is(RegionKind::code_ram));
  if (where == "tcm")
    return first(target, [](const MemoryRegion& r) {
      return r.kind == RegionKind::ram && r.tightly_coupled;
    });
  if (where == "ram") {
    const MemoryRegion* open = first(target, [](const MemoryRegion& r) {
      return r.kind == RegionKind::ram && !r.tightly_coupled;
    });
    return open ? open : first(target, is(RegionKind::ram));
  }
  return first(target, [&](const MemoryRegion& r) { return r.name == upper(where); });
}

std::vector<std::string> words_for(const Target& target) {
  std::vector<std::string> words = {"flash", "ram", "tcm", "qspi"};
  for (const MemoryRegion& region : target.regions) words.push_back(region.name);
  return words;
}

/// Why the region cannot hold that; "" if it can.
std::string refusal(std::string_view what, const MemoryRegion& region, const MemoryRegion* flash) {
  if (what == "code" && region.kind != RegionKind::flash && flash && flash->data_address)
    return "loads see it there, where fetches see it is not known";
  if (what == "code" && region.kind == RegionKind::ram && region.tightly_coupled)
    return "the core cannot run code from it, it is tightly coupled for data";
  if (what == "arena" && region.kind == RegionKind::flash) return "it is flash";
  return "";
}

}  // namespace

Result<RegionChoice> placement_on(const Target& target, std::span<const std::string> wishes) {
  RegionChoice placement;
  for (const std::string& wish : wishes) {
    const size_t equals = wish.find('=');
    const std::string what = wish.substr(0, equals);
    const std::string where = equals == wish.npos ? "" : wish.substr(equals + 1);
    std::string* const slot = what == "code"      ? &placement.code
                              : what == "weights" ? &placement.weights
                              : what == "arena"   ? &placement.arena
                                                  : nullptr;
    if (slot == nullptr || where.empty())
      return fail(ErrorKind::usage, "--place {}: need code=, weights= or arena= and a region",
                  wish);
    const MemoryRegion* region = find_region(target, what, where);
    if (region == nullptr)
      return fail(ErrorKind::usage,
                  "--place {}: {} has no such memory{}   (assay targets --json lists)", wish,
                  target.name, did_you_mean(where, words_for(target)));
    const MemoryRegion* home = find_region(target, "code", "flash");
    if (const std::string why = refusal(what, *region, home); !why.empty())
      return fail(ErrorKind::usage, "--place {}: {} of {}: {}", wish, region->name, target.name,
                  why);
    if (isa_family(target.isa).program_memory_apart && what != "arena" && region != home)
      return fail(ErrorKind::usage, "--place {}: {} runs code and reads constants in flash alone",
                  wish, target.name);
    *slot = what != "arena" && region == home ? "" : region->name;
  }
  return placement;
}

std::string text(const RegionChoice& placement) {
  std::string line;
  for (const auto& [what, where] :
       {std::pair<std::string_view, const std::string&>{"code", placement.code},
        {"weights", placement.weights},
        {"arena", placement.arena}})
    if (!where.empty()) line += fmt::format("{}{}={}", line.empty() ? "" : " ", what, where);
  return line;
}

}  // namespace assay
