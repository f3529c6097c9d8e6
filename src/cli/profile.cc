// assay profile IMAGE --on TARGET: any firmware in the emulator, as it is.
#include "measure/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <sstream>

#include "cli/common.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

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
    {"until", "PLACE", "end the run at this symbol or address", Option::value, false, {}, "none"},
    {"limit", "N", "end the run after so many instructions", Option::value, false, "20000000000",
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
  if (!args.has("call")) return {};
  std::vector<std::string> words;
  std::istringstream stream(args.text("call"));
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  if (words.empty()) return fail(ErrorKind::usage, "--call of what?");
  request.call = TRY(place_of("call", words[0], elf));
  for (size_t i = 1; i < words.size(); ++i)
    request.arguments.push_back(TRY(number_of("call", words[i])));
  return {};
}

Status run(const Args& args, Terminal& terminal) {
  const Target target = TRY(load_target(args.text("on")));
  const CoreTiming core = TRY(load_core(target.core));
  const std::string file = args.text("image");
  std::optional<uint32_t> base;
  if (args.has("base")) base = TRY(number_of("base", args.text("base")));
  std::vector<std::byte> bytes = TRY(in(read_file(file), "image {}", file));
  const FirmwareImage image = TRY(in(read_image(std::move(bytes), target, base), "image {}", file));
  ProfileRequest request{.image = image, .target = target, .core = core};
  TRY_STATUS(fill(args, request));
  request.cancelled = terminal.cancelled;
  const ProfileFacts facts = TRY(in(profile(request), "image {}", file));
  terminal.out << facts.console << "\n";
  for (const ProfileRegion& region : facts.regions) {
    terminal.out << fmt::format(
        "{}: times {} instructions {} cycles {} taken {} loads {} stores {}\n", region.name,
        region.times, region.total.instructions, region.total.cycles, region.total.branches_taken,
        region.total.loads, region.total.stores);
    std::vector<ProfileFunction> rows = region.functions;
    std::ranges::stable_sort(rows, std::greater{},
                             [](const ProfileFunction& f) { return f.self.cycles; });
    for (size_t i = 0; i < std::min<size_t>(12, rows.size()); ++i)
      terminal.out << fmt::format("  {:40} {:>10} calls {:>12} self {:>12} incl\n", rows[i].name,
                                  rows[i].calls, rows[i].self.cycles, rows[i].inclusive.cycles);
  }
  terminal.out << fmt::format("end: {} \n", facts.ended);
  for (const TouchedAddress& each : facts.touched)
    terminal.out << fmt::format("  0x{:08x} reads {} writes {} at 0x{:08x} {}\n", each.address,
                                each.reads, each.writes, each.first_pc,
                                each.flipped ? "flipped" : "");
  for (const auto& [number, count] : facts.exceptions)
    terminal.out << fmt::format("  exception {}: {}\n", number, count);
  for (const std::string& note : facts.notes) terminal.out << note << "\n";
  if (facts.end == ProfileEnd::fault)
    return fail(ErrorKind::input, "image {}: {}", file, facts.ended);
  return {};
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
