// What-if: reads changes and makes the target on which they are true.
//
// Clock and caches are facts of a target, so a changed target is all it takes. Placement is a fact
// of the image; to know what it brings before building another one, the region where code or
// weights stand is cut, and the piece that holds them gets the timing and the caches of the memory
// asked for. Not handled: another clock of a serial flash than in step with the core, voltage
// scaling.
#include "explain/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <sstream>

#include "hw/counts.h"
#include "hw/placement.h"
#include "ops/kernel_call.h"
#include "util/text.h"

namespace assay {
namespace {

const std::vector<std::string> kKeys = {"weights", "code",       "arena",    "clock", "caches",
                                        "icache",  "dcache",     "optimize", "flag",  "target",
                                        "type",    "resolution", "channels", "width"};
/// No image that a microcontroller sees is wider; no kernel takes more channels at once.
constexpr int32_t kMostSide = 4096, kMostMultiple = 64;
/// What no microcontroller has.
constexpr int64_t kMostCacheKib = 4096;

Result<int64_t> parse_clock(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(end, text.data() + text.size());
  const double factor = unit == "MHz" ? 1e6 : unit == "kHz" ? 1e3 : unit == "Hz" ? 1 : 0;
  if (error != std::errc{} || factor == 0 || !(value * factor >= 1 && value * factor <= 1e10))
    return fail(ErrorKind::usage, "clock={}: need a number with MHz, kHz or Hz", text);
  return static_cast<int64_t>(value * factor);
}

Result<CacheChange> parse_cache(const std::string& key, const std::string& value) {
  CacheChange change{.which = key, .on = value != "off", .bytes = 0};
  if (value == "on" || value == "off") return change;
  int64_t size = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
  if (error != std::errc{} || std::string(end, value.data() + value.size()) != "KiB" || size < 1 ||
      size > kMostCacheKib)
    return fail(ErrorKind::usage, "{}={}: need on, off, or a size from 1KiB to {}KiB", key, value,
                kMostCacheKib);
  change.bytes = size * 1024;
  return change;
}

Result<Optimize> parse_optimize(const std::string& value) {
  for (const Optimize each : {Optimize::size, Optimize::balanced, Optimize::speed})
    if (value == name(each)) return each;
  return fail(ErrorKind::usage, "optimize={}: need size, balanced or speed", value);
}

Result<int32_t> parse_count(const std::string& key, const std::string& value, int32_t most) {
  int32_t count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error != std::errc{} || end != value.data() + value.size() || count < 2 || count > most)
    return fail(ErrorKind::usage, "{}={}: need a number from 2 to {}", key, value, most);
  return count;
}

Result<double> parse_share(const std::string& key, const std::string& value) {
  double share = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), share);
  if (error != std::errc{} || end != value.data() + value.size() || !(share >= 0.05 && share < 1))
    return fail(ErrorKind::usage, "{}={}: need a share from 0.05 to below 1", key, value);
  return share;
}

Status add_word(const std::string& word, Change& change) {
  const size_t equals = word.find('=');
  const std::string key = word.substr(0, equals);
  if (std::ranges::find(kKeys, key) == kKeys.end())
    return fail(ErrorKind::usage, "no change '{}'{}   (there are: {})", key,
                did_you_mean(key, kKeys), fmt::join(kKeys, ", "));
  const std::string value = equals == word.npos ? "" : word.substr(equals + 1);
  if (value.empty()) return fail(ErrorKind::usage, "{}: need {}=VALUE", word, key);
  if (key == "clock")
    change.clock_hz = TRY(parse_clock(value));
  else if (key == "caches" || key == "icache" || key == "dcache")
    change.caches.push_back(TRY(parse_cache(key, value)));
  else if (key == "optimize")
    change.optimize = TRY(parse_optimize(value));
  else if (key == "flag")
    change.flags.push_back(value);
  else if (key == "target")
    change.target = value;
  else if (key == "resolution")
    change.resize.side = TRY(parse_count(key, value, kMostSide));
  else if (key == "channels")
    change.resize.channels = TRY(parse_count(key, value, kMostMultiple));
  else if (key == "width")
    change.resize.width = TRY(parse_share(key, value));
  else if (key == "type" && value == "int8")
    change.int8 = true;
  else if (key == "type")
    return fail(ErrorKind::usage, "{}: need type=int8", word);
  else
    change.place.push_back(word);
  return {};
}

std::string clock_text(int64_t hz) { return fmt::format("{:g}MHz", static_cast<double>(hz) / 1e6); }

/// The sections that --place moves together (linker_script.cc).
std::vector<std::string_view> sections_of(std::string_view what) {
  if (what == "code") return {".libc", ".model", ".kernels"};
  return {".weights", ".tables"};
}

struct Range {
  uint32_t begin = 0, end = 0;
};

Range range_of(const ElfFile& elf, std::string_view what) {
  Range range{~0u, 0};
  for (const ElfSection& section : elf.sections)
    for (const std::string_view name : sections_of(what))
      if (section.name == name && section.bytes > 0) {
        range.begin = std::min(range.begin, section.address);
        range.end = std::max(range.end, section.address + static_cast<uint32_t>(section.bytes));
      }
  return range;
}

void join_caches_of(Target& target, size_t like, size_t piece) {
  for (CacheSpec& cache : target.caches)
    if (std::ranges::find(cache.regions, like) != cache.regions.end())
      cache.regions.push_back(piece);
}

/// Cuts the range out of the region it lies in and lets it answer as region `like` does.
Status retime(Target& target, const Range& range, size_t like) {
  size_t home = 0;
  while (home < target.regions.size() &&
         !target.regions[home].holds(range.begin, range.end - range.begin))
    ++home;
  if (home == target.regions.size() || target.regions[home].data_address)
    return fail(ErrorKind::unsupported, "where it stands now is no plain memory of the target");
  MemoryRegion& before = target.regions[home];
  MemoryRegion after = before;
  after.name += " (after)";
  after.address = range.end;
  after.size_bytes = before.address + before.size_bytes - range.end;
  before.size_bytes = range.begin - before.address;
  MemoryRegion piece = target.regions[like];
  piece.name += " (as if)";
  piece.address = range.begin;
  piece.size_bytes = range.end - range.begin;
  if (target.regions.size() + 2 > kMaxRegions)
    return fail(ErrorKind::unsupported, "the target has too many memories to cut one more");
  target.regions.push_back(std::move(piece));
  join_caches_of(target, like, target.regions.size() - 1);
  if (after.size_bytes > 0) {
    target.regions.push_back(std::move(after));
    join_caches_of(target, home, target.regions.size() - 1);
  }
  return {};
}

/// Of code or of data, by the change's word.
bool is_meant(const CacheChange& change, const CacheSpec& cache) {
  return change.which == "caches" || (change.which == "icache" ? cache.code : cache.data);
}

Status resize_cache(const CacheChange& change, CacheSpec& cache) {
  const int64_t lines = change.bytes / cache.line_bytes;
  // Buffers of a flash interface compare every line's address; more lines stay that.
  const int64_t ways = cache.ways == cache.lines ? lines : cache.ways;
  if (lines < ways || ways == 0 || lines % ways != 0 ||
      !std::has_single_bit(static_cast<uint64_t>(lines / ways)))
    return fail(ErrorKind::unsupported,
                "the {} would have {} lines in {} ways: need a power of two of sets", cache.name,
                lines, ways);
  cache.lines = static_cast<int>(lines);
  cache.ways = static_cast<int>(ways);
  return {};
}

Status change_cache(const CacheChange& change, Target& target) {
  if (target.caches.empty()) return fail(ErrorKind::unsupported, "{} has no cache", target.name);
  bool any = false;
  for (CacheSpec& cache : target.caches) {
    if (!is_meant(change, cache)) continue;
    any = true;
    if (change.which != "caches" && cache.code && cache.data)
      return fail(ErrorKind::unsupported,
                  "the {} of {} holds code and data: say caches=", cache.name, target.name);
    if (change.bytes > 0) TRY_STATUS(resize_cache(change, cache));
  }
  if (!any)
    return fail(ErrorKind::unsupported, "{} has no cache that {} means", target.name, change.which);
  if (!change.on)
    std::erase_if(target.caches, [&](const CacheSpec& cache) { return is_meant(change, cache); });
  return {};
}

}  // namespace

Result<Change> parse_change(std::string_view text) {
  Change change;
  std::stringstream stream{std::string(text)};
  std::vector<std::string> keys;
  for (std::string word; stream >> word;) {
    keys.push_back(word.substr(0, word.find('=')));
    TRY_STATUS(in(add_word(word, change), "what-if"));
    if (keys.back() != "flag" && std::ranges::count(keys, keys.back()) > 1)
      return fail(ErrorKind::usage, "what-if: {} is given twice", keys.back());
  }
  if (keys.empty()) return fail(ErrorKind::usage, "what-if: no change is given");
  return change;
}

std::string text(const Change& change) {
  std::vector<std::string> words = change.place;
  if (change.clock_hz) words.push_back("clock=" + clock_text(*change.clock_hz));
  for (const CacheChange& cache : change.caches)
    words.push_back(cache.bytes > 0 ? fmt::format("{}={}KiB", cache.which, cache.bytes / 1024)
                                    : cache.which + (cache.on ? "=on" : "=off"));
  if (change.optimize) words.push_back(fmt::format("optimize={}", name(*change.optimize)));
  for (const std::string& flag : change.flags) words.push_back("flag=" + flag);
  if (!change.target.empty()) words.push_back("target=" + change.target);
  if (change.int8) words.emplace_back("type=int8");
  if (change.resize.side > 0) words.push_back(fmt::format("resolution={}", change.resize.side));
  if (change.resize.channels > 0)
    words.push_back(fmt::format("channels={}", change.resize.channels));
  if (change.resize.width > 0) words.push_back(fmt::format("width={:g}", change.resize.width));
  return fmt::format("{}", fmt::join(words, " "));
}

bool Change::needs_build() const {
  // The arena shares its region with the stack and static data.
  return optimize || !flags.empty() || !target.empty() || is_twin() ||
         std::ranges::any_of(place, [](const std::string& w) { return w.starts_with("arena="); });
}

Result<Target> changed(const Target& target, const Change& change) {
  Target made = target;
  if (change.clock_hz) {
    if (*change.clock_hz > target.clock_hz)
      return fail(ErrorKind::usage, "{} is only known to run at up to {}", target.name,
                  clock_text(target.clock_hz));
    for (MemoryRegion& region : made.regions) {
      if (!region.timing_known(*change.clock_hz))
        return fail(ErrorKind::unsupported, "the waits of {} at {} are not known", region.name,
                    clock_text(*change.clock_hz));
      // The flash's clock is divided from the core's.
      if (region.serial)
        region.serial->clock_hz = static_cast<int64_t>(
            static_cast<double>(region.serial->clock_hz) * static_cast<double>(*change.clock_hz) /
            static_cast<double>(target.clock_hz));
    }
    made.clock_hz = *change.clock_hz;
  }
  for (const CacheChange& cache : change.caches) TRY_STATUS(change_cache(cache, made));
  Change mine;
  mine.clock_hz = change.clock_hz;
  mine.caches = change.caches;
  if (const std::string words = text(mine); !words.empty()) {
    made.memory_system += (made.memory_system.empty() ? "" : "; ") + ("what if " + words);
    made.file_text += "\n# what if " + words + "\n";
  }
  return made;
}

Result<Target> as_if_placed(const Target& target, const ElfFile& elf, const Change& change) {
  const RegionChoice place = TRY(placement_on(target, change.place));
  Target made = target;
  for (const auto& [what, where] :
       {std::pair<std::string_view, const std::string&>{"code", place.code},
        {"weights", place.weights}}) {
    if (where.empty()) continue;
    const Range range = range_of(elf, what);
    if (range.begin >= range.end)
      return fail(ErrorKind::unsupported, "the image has no section of {}", what);
    const auto like = std::ranges::find(made.regions, where, &MemoryRegion::name);
    TRY_STATUS(
        in(retime(made, range, static_cast<size_t>(like - made.regions.begin())), "{}", what));
  }
  return made;
}

}  // namespace assay
