// Target files: TOML to Target, checked as far as a file can be checked against itself, and the
// shipped files (built into the program, util/embedded.h) by name, alias or part number.
//
// What is checked is what would make a later stage fail in an obscure place: ranges that overlap or
// leave the address space, names the linker would not take, an FPU that the core cannot have.
// Whether the facts are those of the part is for whoever writes the file: each has a `source`
// beside it.
//
// Keys and units: data/README.md.
#include "hw/target.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "hw/core.h"
#include "hw/fields.h"
#include "hw/isa_family.h"
#include "util/embedded.h"
#include "util/files.h"
#include "util/text.h"
#include "util/toml.h"

namespace assay {
namespace {

constexpr std::string_view kFolder = "data/targets/";
constexpr std::string_view kEnding = ".toml";
constexpr size_t kMaxName = 64;
constexpr int64_t kAddressSpace = int64_t{1} << 32;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// A shipped file's name without folder and ending: "data/targets/pico.toml" -> "pico".
std::string stem(std::string_view file) {
  file = file.substr(file.find_last_of('/') + 1);
  if (file.ends_with(kEnding)) file.remove_suffix(kEnding.size());
  return std::string(file);
}

/// Names of the shipped TOML files of a folder, sorted.
std::vector<std::string> shipped_names(std::string_view folder) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (file.path.starts_with(folder) && file.path.ends_with(kEnding))
      names.push_back(stem(file.path));
  std::ranges::sort(names);
  return names;
}

/// A target's name or alias: it is typed on command lines and names files.
Status check_name(const Toml& toml, std::string_view key, std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
           c == '+';
  };
  if (name.empty() || name.size() > kMaxName || name[0] == '-' || name[0] == '.' ||
      !std::ranges::all_of(name, fits))
    return std::unexpected(toml.error_at(
        key, fmt::format("'{}' is no target name: lower-case letters, digits, '-', '_', '+' and "
                         "'.', at most {}, not beginning with '-' or '.'",
                         name.substr(0, kMaxName), kMaxName)));
  return {};
}

Result<RunCurrent> read_current(const Toml& toml) {
  RunCurrent current;
  current.clock_hz = TRY(integer_in(toml, "clock_hz", 1, kMaxClockHz));
  current.voltage_v = TRY(positive(toml, "voltage_v", 100));
  current.current_ma = TRY(positive(toml, "current_ma", 100'000));
  current.least_ma = toml.has("least_ma") ? TRY(positive(toml, "least_ma", 100'000)) : 0;
  current.most_ma = toml.has("most_ma") ? TRY(positive(toml, "most_ma", 100'000)) : 0;
  if ((current.least_ma > 0) != (current.most_ma > 0) ||
      (current.most_ma > 0 &&
       (current.least_ma > current.current_ma || current.current_ma > current.most_ma)))
    return std::unexpected(toml.error_at(
        "current_ma", "'current_ma' must lie between 'least_ma' and 'most_ma', or have neither"));
  current.condition = TRY(line_of(toml, "condition", true));
  current.source = TRY(line_of(toml, "source", true));
  TRY_STATUS(toml.no_other_keys());
  return current;
}

Result<SleepCurrent> read_sleep(const Toml& toml) {
  SleepCurrent sleep;
  sleep.voltage_v = TRY(positive(toml, "voltage_v", 100));
  sleep.current_ua = TRY(positive(toml, "current_ua", 1e8));
  sleep.condition = TRY(line_of(toml, "condition", true));
  sleep.source = TRY(line_of(toml, "source", true));
  TRY_STATUS(toml.no_other_keys());
  return sleep;
}

/// Cores that may have MVE (Helium).
bool is_helium_core(std::string_view core) {
  return core == "cortex_m55" || core == "cortex_m85" || core == "cortex_m52";
}

/// What no part with that core can have: Arm's Technical Reference Manuals.
Status check_options(const Toml& toml, const Target& target) {
  const auto is = [&](std::initializer_list<std::string_view> cores) {
    return std::ranges::find(cores, target.core) != cores.end();
  };
  const auto error = [&](std::string_view key, std::string_view what) {
    return std::unexpected(toml.error_at(key, fmt::format("{} {}", target.core, what)));
  };
  const bool small = is({"cortex_m0", "cortex_m0plus", "cortex_m3", "cortex_m23"});
  if (small && target.fpu != "none") return error("fpu", "has no FPU");
  if (small && target.dsp) return error("dsp", "has no DSP instructions");
  if (is({"cortex_m4", "cortex_m33"}) && target.fpu == "dp")
    return error("fpu", "has no double-precision FPU");
  if (is({"cortex_m4", "cortex_m7"}) && !target.dsp)
    return error("dsp", "always has the DSP instructions: say dsp = true");
  if (target.mve && !is_helium_core(target.core)) return error("mve", "has no MVE (Helium)");
  return {};
}

Status read_core_keys(const Toml& toml, Target& target) {
  target.core = TRY(toml.text("core"));
  const std::vector<std::string> cores = core_names();
  if (std::ranges::find(cores, target.core) == cores.end())
    return std::unexpected(toml.error_at(
        "core", fmt::format("no core '{}'{}", target.core, did_you_mean(target.core, cores))));
  const CoreTiming core = TRY(load_core(target.core));
  target.isa = core.isa;
  target.fpu = TRY(toml.text("fpu", "none"));
  if (target.fpu != "none" && target.fpu != "sp" && target.fpu != "dp")
    return std::unexpected(
        toml.error_at("fpu", fmt::format("'fpu' is '{}', need none, sp or dp", target.fpu)));
  target.dsp = TRY(toml.boolean("dsp", false));
  target.mve = TRY(toml.boolean("mve", false));
  return check_options(toml, target);
}

Status read_qemu_table(const Toml& toml, Target& target) {
  if (!toml.has("qemu")) return {};
  const Toml table = TRY(toml.table("qemu"));
  QemuBoard& qemu = target.qemu;
  qemu.machine = TRY(table.text("machine"));
  TRY_STATUS(check_name(table, "machine", qemu.machine));
  if (table.has("vector_table")) {
    const int64_t address = TRY(integer_in(table, "vector_table", 0, kAddressSpace - 1));
    qemu.vector_table = static_cast<uint32_t>(address);
  }
  qemu.source = TRY(line_of(table, "source", false));
  return table.no_other_keys();
}

Status read_boot_keys(const Toml& toml, Target& target) {
  target.boot = TRY(line_of(toml, "boot", false));
  target.boot_source = TRY(line_of(toml, "boot_source", false));
  if (!toml.has("image_offset_bytes")) return {};
  const auto flash = std::ranges::find(target.regions, RegionKind::flash, &MemoryRegion::kind);
  target.image_offset_bytes = TRY(integer_in(toml, "image_offset_bytes", 0, flash->size_bytes - 1));
  // VTOR takes multiples of 128 at least (Armv7-M ARM, B3.2.5); RP2040's 256 is one.
  if (target.image_offset_bytes % 128 != 0)
    return std::unexpected(toml.error_at(
        "image_offset_bytes", fmt::format("'image_offset_bytes' is {}, need a multiple of 128",
                                          target.image_offset_bytes)));
  return {};
}

Result<Target> read_keys(const Toml& toml, std::string_view file) {
  Target target;
  target.name = TRY(toml.text("name", lower(stem(file))));
  TRY_STATUS(check_name(toml, "name", target.name));
  target.description = TRY(line_of(toml, "description", true));
  target.part = TRY(line_of(toml, "part", true));
  target.aliases = TRY(toml.texts("aliases"));
  for (const std::string& alias : target.aliases) TRY_STATUS(check_name(toml, "aliases", alias));
  target.source = TRY(line_of(toml, "source", false));
  TRY_STATUS(read_core_keys(toml, target));
  target.clock_hz = TRY(integer_in(toml, "clock_hz", 1, kMaxClockHz));
  target.clock_source = TRY(line_of(toml, "clock_source", false));
  if (toml.has("voltage_v")) target.voltage_v = TRY(positive(toml, "voltage_v", 100));
  target.voltage_source = TRY(line_of(toml, "voltage_source", false));
  target.memory_system = TRY(line_of(toml, "memory_system", false));
  target.memory_system_source = TRY(line_of(toml, "memory_system_source", false));
  target.price_class = TRY(line_of(toml, "price_class", false));
  target.price_source = TRY(line_of(toml, "price_source", false));
  target.regions = TRY(read_regions(toml));
  target.caches = TRY(read_caches(toml, target.regions));
  TRY_STATUS(read_boot_keys(toml, target));
  TRY_STATUS(read_qemu_table(toml, target));
  const std::vector<Toml> currents = TRY(rows(toml, "run_current"));
  for (const Toml& row : currents) {
    RunCurrent current = TRY(read_current(row));
    target.run_currents.push_back(std::move(current));
  }
  const std::vector<Toml> sleeps = TRY(rows(toml, "sleep_current"));
  for (const Toml& row : sleeps) {
    SleepCurrent sleep = TRY(read_sleep(row));
    target.sleep_currents.push_back(std::move(sleep));
  }
  TRY_STATUS(toml.no_other_keys());
  return target;
}

int64_t sum_bytes(const std::vector<MemoryRegion>& regions, RegionKind kind) {
  int64_t bytes = 0;
  for (const MemoryRegion& region : regions)
    if (region.kind == kind) bytes += region.size_bytes;
  return bytes;
}

/// Every shipped file with its contents, by name.
Result<std::vector<Target>> shipped_targets() {
  std::vector<Target> targets;
  for (const EmbeddedFile& file : embedded_files())
    if (file.path.starts_with(kFolder) && file.path.ends_with(kEnding)) {
      Target target = TRY(read_target(file.text, file.path));
      targets.push_back(std::move(target));
    }
  return targets;
}

/// All that a target answers to.
std::vector<std::string> words_of(const Target& target) {
  std::vector<std::string> words = {target.name, lower(target.part)};
  words.insert(words.end(), target.aliases.begin(), target.aliases.end());
  return words;
}

bool answers_to(const Target& target, const std::string& name) {
  const std::vector<std::string> words = words_of(target);
  return std::ranges::find(words, name) != words.end();
}

/// Up to three targets to offer for `word`: those with it in a name ("stm32f4"), else near ones.
std::vector<std::string> suggestions(const std::string& word, const std::vector<Target>& targets) {
  constexpr size_t kMostOffered = 3, kShortestPart = 3;
  std::vector<std::string> offered;
  const auto offer = [&](const std::string& name) {
    if (offered.size() < kMostOffered && std::ranges::find(offered, name) == offered.end())
      offered.push_back(name);
  };
  const auto holds = [&](const std::string& text) { return text.find(word) != std::string::npos; };
  if (word.size() >= kShortestPart) {
    for (const Target& target : targets)
      if (holds(target.name)) offer(target.name);
    for (const Target& target : targets)
      if (std::ranges::any_of(words_of(target), holds)) offer(target.name);
  }
  if (!offered.empty()) return offered;
  std::vector<std::string> choices;
  for (const Target& target : targets)
    for (std::string& each : words_of(target)) choices.push_back(std::move(each));
  for (const std::string& choice : nearest(word, choices))
    for (const Target& target : targets)
      if (answers_to(target, choice)) offer(target.name);
  return offered;
}

}  // namespace

int64_t Target::flash_bytes() const {
  return sum_bytes(regions, RegionKind::flash) - image_offset_bytes;
}

std::string Target::unknown_waits() const {
  std::string names;
  for (const MemoryRegion& region : regions)
    if (!region.timing_known(clock_hz)) names += (names.empty() ? "" : ", ") + region.name;
  return names;
}

int64_t Target::ram_bytes() const { return sum_bytes(regions, RegionKind::ram); }

std::vector<std::string> Target::gcc_flags() const { return isa_family(isa).machine_flags(*this); }

Result<Target> read_target(std::string_view toml, std::string_view file) {
  const Toml table = TRY(Toml::parse(toml, file));
  Target target = TRY(read_keys(table, file));
  target.file_text = std::string(toml);
  return target;
}

Result<Target> load_target(std::string_view name_or_path) {
  if (name_or_path.find('/') != std::string_view::npos || name_or_path.ends_with(kEnding)) {
    const std::string path(name_or_path);
    const std::string text = TRY(in(read_text(path, 1 << 20), "target {}", path));
    return read_target(text, path);
  }
  const std::string name = lower(name_or_path);
  const EmbeddedFile* file = find_embedded(fmt::format("{}{}{}", kFolder, name, kEnding));
  if (file != nullptr) return read_target(file->text, file->path);
  const std::vector<Target> targets = TRY(shipped_targets());
  for (const Target& target : targets)
    if (answers_to(target, name)) return target;
  const std::vector<std::string> offered = suggestions(name, targets);
  std::string list;
  for (size_t i = 0; i < offered.size(); ++i)
    list += (i == 0 ? "; did you mean " : i + 1 == offered.size() ? " or " : ", ") + offered[i];
  return fail(ErrorKind::usage, "no target '{}'{}   (assay targets lists {})", name_or_path,
              list.empty() ? "" : list + "?", targets.size());
}

std::vector<std::string> target_names() { return shipped_names(kFolder); }

}  // namespace assay
