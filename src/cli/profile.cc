// assay profile IMAGE --on TARGET: any firmware in the emulator, as it is.
#include "measure/profile.h"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>
#include <sstream>

#include "cli/common.h"
#include "cli/profile_page.h"
#include "measure/measure.h"
#include "record/json.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kPageWidth = 100;

constexpr Option kOptions[] = {
    {"image", "IMAGE", "ELF, raw .bin, Intel .hex or S-records", Option::operand, true},
    {"on",
     "TARGET",
     "a part or board (assay targets) or your own file by path",
     Option::value,
     true,
     {},
     "target"},
    {"base",
     "ADDRESS",
     "where a raw image stands, if not at the beginning of flash",
     Option::value,
     false,
     {},
     "none"},
    {"uart-script", "FILE",
     "what to send to the firmware and which regions to count (docs/tour.md)"},
    {"from", "PLACE", "count from this symbol or address on ...", Option::value, false, {}, "none"},
    {"to", "PLACE", "... to this one; then the run ends", Option::value, false, {}, "none"},
    {"times", "N", "how often to go through --from .. --to", Option::value, false, "1", "none"},
    {"call",
     "SYMBOL[,ARG...]",
     "run one function alone, with whole numbers in r0 to r3",
     Option::value,
     false,
     {},
     "none"},
    {"input", "FILE", "what the firmware reads as input.bin by semihosting"},
    {"hold",
     "ADDRESS=VALUE",
     "a peripheral word that always reads so, as an input pin; may be given several times",
     Option::values,
     false,
     {},
     "none"},
    {"until", "PLACE", "end the run at this symbol or address", Option::value, false, {}, "none"},
    {"limit", "N", "end the run after so many instructions", Option::value, false, "20000000000",
     "none"},
    {"json", "FILE", "write the record of the first region as JSON; - for standard output"},
    {"lines", "N", "how many lines of source to show, from the image's DWARF; 0: none",
     Option::value, false, "10", "none"},
    {"flame", "FILE.svg", "write a flame graph of it"},
    {"folded", "FILE", "write folded stacks, for other flame graphs"},
    {"speedscope", "FILE.json", "write a profile for speedscope.app"},
    {"trace", "FILE.json", "write a Chrome trace, for Perfetto"},
    {"emulator",
     "NAME",
     "unicorn, qemu or simavr, if not the first that can",
     Option::value,
     false,
     {},
     "none"},
    {"seconds", "N", "end the run after so much time", Option::value, false, "120", "none"},
};

Result<uint32_t> number_of(std::string_view name, const std::string& text) {
  size_t used = 0;
  unsigned long long value = 0;
  try {
    value = std::stoull(text, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || value > 0xffffffff)
    return fail(ErrorKind::usage, "--{} {}: no 32-bit number", name, text);
  return static_cast<uint32_t>(value);
}

/// A symbol of the image or an address.
Result<uint32_t> place_of(std::string_view name, const std::string& text, const ElfFile& elf) {
  if (const ElfSymbol* symbol = elf.find_function(text)) return symbol->address & ~1u;
  if (!text.empty() && text[0] >= '0' && text[0] <= '9') return TRY(number_of(name, text)) & ~1u;
  return fail(ErrorKind::usage, "--{} {}: the image has no such symbol{}", name, text,
              elf.symbols.empty() ? "; it has none at all: give an address (0x...)" : "");
}

Result<std::optional<uint32_t>> optional_place(const Args& args, std::string_view name,
                                               const ElfFile& elf) {
  if (!args.has(name)) return std::nullopt;
  return TRY(place_of(name, args.text(name), elf));
}

Status fill(const Args& args, ProfileRequest& request) {
  const ElfFile& elf = request.image.elf;
  request.from = TRY(optional_place(args, "from", elf));
  request.to = TRY(optional_place(args, "to", elf));
  request.until = TRY(optional_place(args, "until", elf));
  if (request.from.has_value() != request.to.has_value())
    return fail(ErrorKind::usage, "--from and --to belong together");
  request.times = TRY(args.integer("times", 1, 1'000'000));
  request.max_instructions = TRY(args.integer("limit", 1, int64_t{1} << 50));
  request.max_seconds = static_cast<double>(TRY(args.integer("seconds", 1, 1'000'000)));
  if (args.has("uart-script")) {
    const std::string file = args.text("uart-script");
    const std::string text = TRY(in(read_text(file), "script {}", file));
    request.script = TRY(in(read_uart_script(text), "script {}", file));
  }
  for (const std::string& each : args.texts("hold")) {
    const size_t equals = std::min(each.find('='), each.size());
    const uint32_t address = TRY(number_of("hold", each.substr(0, equals)));
    request.held.emplace_back(
        address, TRY(number_of("hold", each.substr(std::min(equals + 1, each.size())))));
  }
  if (args.has("input")) request.input = TRY(read_file(args.text("input")));
  if (!args.has("call")) return {};
  std::vector<std::string> words;
  std::istringstream stream(args.text("call"));
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  if (words.empty()) return fail(ErrorKind::usage, "--call of what?");
  if (words.size() > 5)
    return fail(ErrorKind::usage, "--call: {} arguments, registers hold 4", words.size() - 1);
  request.call = TRY(place_of("call", words[0], elf));
  for (size_t i = 1; i < words.size(); ++i)
    request.arguments.push_back(TRY(number_of("call", words[i])));
  return {};
}

/// The files that were asked for.
Status write_forms(const Args& args, const Profiled& profiled, Terminal& terminal) {
  const ProfileRegion& region = profiled.facts.regions.front();
  const auto write = [&](std::string_view option, const auto& text) -> Status {
    if (!args.has(option)) return {};
    return write_output(args.text(option), text(), terminal);
  };
  const std::string title =
      fmt::format("{} on {}, {}", profiled.file, profiled.target.name, region.name);
  TRY_STATUS(write("json", [&] {
    const Record record = profile_record(profiled);
    return records_json(std::span(&record, 1));
  }));
  TRY_STATUS(write("flame", [&] { return flame_svg(region, title); }));
  TRY_STATUS(write("folded", [&] { return folded_stacks(region); }));
  TRY_STATUS(write("speedscope", [&] { return speedscope_json(region, title); }));
  return write("trace", [&] { return trace_json(region, profiled.target.clock_hz); });
}

/// The exit code that the run deserves: a limit of the user's own is no error.
Status verdict(const ProfileFacts& facts, const std::string& file, bool asked_for_limit) {
  if (facts.end == ProfileEnd::finished && !facts.missed.empty())
    return fail(ErrorKind::input, "image {}: {}", file, facts.missed);
  if (facts.end == ProfileEnd::finished) return {};
  if (facts.end == ProfileEnd::limit && asked_for_limit) return {};
  return fail(ErrorKind::input, "image {}: the run did not end by itself: {}", file, facts.ended);
}

Status run(const Args& args, Terminal& terminal) {
  const Target target = TRY(load_target(args.text("on")));
  const CoreTiming core = TRY(core_on(target));
  const Emulator* emulator = TRY(choose_emulator(core, target, args.text("emulator")));
  if (emulator->profile == nullptr)
    return fail(ErrorKind::unsupported, "{} makes no profiles", emulator->name);
  const std::string file = args.text("image");
  std::optional<uint32_t> base;
  if (args.has("base")) base = TRY(number_of("base", args.text("base")));
  std::vector<std::byte> bytes = TRY(in(read_file(file), "image {}", file));
  const FirmwareImage image = TRY(in(read_image(std::move(bytes), target, base), "image {}", file));
  if (!args.has("call") && !image.why_no_table.empty())
    return fail(ErrorKind::input, "image {}: {}", file, image.why_no_table);
  ProfileRequest request{.image = image, .target = target, .core = core};
  TRY_STATUS(fill(args, request));
  request.cancelled = terminal.cancelled;
  const auto most_lines = static_cast<size_t>(TRY(args.integer("lines", 0, 1'000'000)));
  const bool wants_lines = most_lines > 0 && image.format == "ELF";
  const Result<SourceLines> lines =
      wants_lines ? SourceLines::read(image.file) : fail(ErrorKind::unsupported, "");
  if (lines) request.lines = &*lines;
  const ProfileFacts facts = TRY(in(emulator->profile(request), "image {}", file));
  const Profiled profiled{std::filesystem::path(file).filename().string(),
                          image,
                          target,
                          core,
                          facts,
                          emulator->name,
                          request.lines,
                          lines ? "" : lines.error().what,
                          most_lines};
  TRY_STATUS(write_forms(args, profiled, terminal));
  if (args.text("json") != "-") terminal.out << profile_page(profiled, kPageWidth);
  return verdict(facts, file, args.has("limit"));
}

}  // namespace

const Command profile_command = {
    .name = "profile",
    .summary = "any firmware in the emulator: counts, modelled cycles and causes per function",
    .examples =
        "  assay profile firmware.elf --on nucleo-l4r5zi\n"
        "  assay profile firmware.elf --on nucleo-l4r5zi --from inference --to inference_done\n"
        "  assay profile firmware.bin --on nucleo-l4r5zi --uart-script infer.uart",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
