// A GNU ld script for one target, and what ld says when the image does not fit.
//
// Everything stands at the part's real addresses: the image that is measured is the one that would
// be flashed. Each class of Footprint is an output section of its own, so that telling them apart
// needs no guess from symbols later. The stack's reserve is a section too: ld then reports its
// overflow, to the byte, as it does for everything else. Only the first flash region is used, and
// of the further RAM regions only one, for the arena. Unwinding tables are discarded: C without
// exceptions never reads them, but libgcc's 64-bit division would bring the whole unwinder with
// them. Source: GNU ld manual, "Linker Scripts" (MEMORY, SECTIONS, NOLOAD).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "hw/isa_family.h"
#include "measure/toolchain.h"
#include "util/text.h"

namespace assay {
namespace {

const MemoryRegion* first_region(const Target& target, RegionKind kind) {
  for (const MemoryRegion& region : target.regions)
    if (region.kind == kind) return &region;
  return nullptr;
}

/// The first RAM region in which the arena fits; the largest if there is none.
const MemoryRegion* arena_region(const Target& target, int64_t arena_bytes) {
  const MemoryRegion* first = first_region(target, RegionKind::ram);
  const MemoryRegion* largest = first;
  const int64_t beside = kStaticAllowanceBytes + isa_family(target.isa).stack_reserve_bytes;
  for (const MemoryRegion& region : target.regions) {
    if (region.kind != RegionKind::ram) continue;
    const int64_t room = region.size_bytes - (&region == first ? beside : 0);
    if (arena_bytes <= room) return &region;
    if (region.size_bytes > largest->size_bytes) largest = &region;
  }
  return largest;
}

std::string memory_line(const Target& target, const MemoryRegion& region) {
  const bool holds_image = &region == first_region(target, RegionKind::flash);
  const int64_t skip = holds_image ? target.image_offset_bytes : 0;
  const std::string name = c_identifier(region.name);
  std::string line = fmt::format("  {} ({}) : ORIGIN = 0x{:08x}, LENGTH = {}\n", name,
                                 region.kind == RegionKind::flash ? "rx" : "rwx",
                                 region.address + skip, region.size_bytes - skip);
  if (region.data_address)
    line += fmt::format("  {}_DATA (r) : ORIGIN = 0x{:08x}, LENGTH = {}\n", name,
                        *region.data_address + skip, region.size_bytes - skip);
  return line;
}

constexpr std::string_view kFlashSections = R"(
  .vectors : {{ KEEP(*(.vectors)) }} > {flash}
  .startup : {{ *firmware_*.o(.text .text.* .rodata .rodata.*) . = ALIGN(4); }} > {flash}
{copies}  .libc    : {{ *.a:*(.text .text.* .rodata .rodata.* .srodata .srodata.*) . = ALIGN(4); }} > {code}
  .model   : {{ *(.text.{model}_*) . = ALIGN(4); }} > {code}
  .kernels : {{ *(.text .text.*) . = ALIGN(4); }} > {code}
  .weights : {{{weights} . = ALIGN(4); }} > {constants}
  .tables  : {{ *(.rodata .rodata.*) . = ALIGN(4); }} > {constants}
)";

/// Where loads see flash at other addresses than fetches: constants run there, as far from its
/// begin as they are stored from flash's: .code_room starts the two in step, ALIGN_WITH_INPUT keeps
/// them so where a section wants more alignment than the end of the one before it.
constexpr std::string_view kSplitFlashSections = R"(
  .vectors : {{ KEEP(*(.vectors)) }} > {flash}
  .startup : {{ *firmware_*.o(.text .text.*) . = ALIGN(4); }} > {flash}
  .libc    : {{ *.a:*(.text .text.*) . = ALIGN(4); }} > {flash}
  .model   : {{ *(.text.{model}_*) . = ALIGN(4); }} > {flash}
  .kernels : {{ *(.text .text.*) . = ALIGN(16); }} > {flash}
  .code_room (NOLOAD) : {{ . += ADDR(.kernels) + SIZEOF(.kernels) - ORIGIN({flash}); }} > {flash}_DATA
  .startup_data : ALIGN_WITH_INPUT {{ *firmware_*.o(.rodata .rodata.*) . = ALIGN(16); }} > {flash}_DATA AT> {flash}
{copies}  .libc_data : ALIGN_WITH_INPUT {{ *.a:*(.rodata .rodata.* .srodata .srodata.*) . = ALIGN(16); }} > {flash}_DATA AT> {flash}
  .weights : ALIGN_WITH_INPUT {{{weights} . = ALIGN(16); }} > {constants}
  .tables : ALIGN_WITH_INPUT {{ *(.rodata .rodata.*) . = ALIGN(16); }} > {constants}
)";

/// Where constants are read from program memory by pointers of 16 bits: they stand first, and what
/// C reads as data, strings and the like, is copied to RAM with .data.
constexpr std::string_view kProgramMemorySections = R"(
  .vectors : {{ KEEP(*(.vectors)) . = ALIGN(4); }} > {flash}
  .weights : {{{weights} . = ALIGN(4); }} > {flash}
  .tables  : {{ model_*.o(.progmem .progmem.*) . = ALIGN(4); }} > {flash}
)";

constexpr std::string_view kProgramMemoryCode = R"(
  .startup : {{ *firmware_*.o(.text .text.*) . = ALIGN(2); }} > {flash}
  .libc    : {{ *.a:*(.progmem .progmem.*) . = ALIGN(2); *.a:*(.text .text.*) . = ALIGN(2); }} > {flash}
  .model   : {{ *(.text.{model}_*) . = ALIGN(2); }} > {flash}
  .kernels : {{ *(.progmem .progmem.*) . = ALIGN(2); *(.text .text.*) . = ALIGN(2); }} > {flash}
  /DISCARD/ : {{ *(.init* .fini*) }}
)";

constexpr std::string_view kRamSections = R"(
  .arena (NOLOAD) : ALIGN(16) {{ *(.bss.assay_arena) }} > {arena} AT> {arena}
  .data : ALIGN(4) {{
    __data_start = .;
    *(.data .data.* .sdata .sdata.*{rodata})
    . = ALIGN(4);
    __data_end = .;
  }} > {ram} AT> {flash}
  __data_load = LOADADDR(.data){data_offset};
  .bss (NOLOAD) : ALIGN(4) {{
    __bss_start = .;
    *(.bss .bss.* .sbss .sbss.* COMMON)
    . = ALIGN(4);
    __bss_end = .;
  }} > {ram} AT> {ram}
  __stack_limit = .;
  .stack (NOLOAD) : ALIGN(4) {{ . += __stack_reserve; }} > {ram} AT> {ram}
  __stack_top = {top} & {eight};

  /DISCARD/ : {{ *(.ARM.exidx* .ARM.extab* .ARM.attributes .eh_frame .comment) }}
)";

/// Where the stack begins: at the end of RAM, or of its faster part if everything fits below.
std::string stack_top(const MemoryRegion& ram, const std::string& name) {
  const std::string end = fmt::format("(ORIGIN({0}) + LENGTH({0}))", name);
  if (!ram.far_address) return end;
  return fmt::format("(__stack_limit + __stack_reserve <= 0x{0:08x} ? 0x{0:08x} : {1})",
                     *ram.far_address, end);
}

/// The input sections of the program's weights, by -fdata-sections' names.
std::string weight_sections(const Program& program, std::string_view section) {
  std::string text;
  for (const ConstantSymbol& constant : program.constants)
    if (constant.is_weight) text += fmt::format("\n    *({}.{})", section, constant.symbol);
  return text.empty() ? " " : text + "\n   ";
}

/// Where a class of sections runs, and where it is stored if that is elsewhere.
std::string home(const std::string& region, const std::string& flash) {
  return region.empty() ? flash : fmt::format("{} AT> {}", c_identifier(region), flash);
}

/// What start-up must copy: from, to, end of each section that does not run where it is stored.
/// `offset`: from where flash is written to where loads see it.
std::string copy_table(const RegionChoice& place, const std::string& home,
                       const std::string& offset) {
  std::vector<std::string_view> moved;
  if (!place.code.empty()) moved.insert(moved.end(), {".libc", ".model", ".kernels"});
  if (!place.weights.empty()) moved.insert(moved.end(), {".weights", ".tables"});
  if (moved.empty()) return "";
  std::string table = "  .copies : {\n    __copies_start = .;\n";
  for (const std::string_view section : moved)
    table +=
        fmt::format("    LONG(LOADADDR({0}){1}) LONG(ADDR({0})) LONG(ADDR({0}) + SIZEOF({0}))\n",
                    section, offset);
  return table + fmt::format("    __copies_end = .;\n  }} > {}\n", home);
}

}  // namespace

std::string linker_script(const Target& target, const Program& program, const RegionChoice& place) {
  const MemoryRegion* flash = first_region(target, RegionKind::flash);
  const MemoryRegion* ram = first_region(target, RegionKind::ram);
  if (!flash || !ram) return "";
  const std::string flash_name = c_identifier(flash->name), ram_name = c_identifier(ram->name);
  const std::string arena_name = c_identifier(
      place.arena.empty() ? arena_region(target, program.plan.arena_bytes)->name : place.arena);
  const IsaFamily& family = isa_family(target.isa);
  const bool apart = family.program_memory_apart;
  const std::string weights = weight_sections(program, apart ? ".progmem.data" : ".rodata");
  std::string script = fmt::format("/* {}: made by assay from the target's regions. */\n\n",
                                   c_identifier(target.name));
  script += fmt::format("ENTRY({})\n\nMEMORY {{\n", family.entry);
  for (const MemoryRegion& region : target.regions) script += memory_line(target, region);
  script += fmt::format("}}\n\n__stack_reserve = {};\n", family.stack_reserve_bytes);
  script += fmt::format("{}\nSECTIONS {{", family.link_symbols);
  const bool split = flash->data_address.has_value();
  const std::string data_offset =
      split ? fmt::format(" + 0x{:08x}", *flash->data_address - flash->address) : "";
  const std::string constants_home =
      split ? fmt::format("{0}_DATA AT> {0}", flash_name) : flash_name;
  script += fmt::format(
      fmt::runtime(apart   ? kProgramMemorySections
                   : split ? kSplitFlashSections
                           : kFlashSections),
      fmt::arg("flash", flash_name), fmt::arg("model", program.name), fmt::arg("weights", weights),
      fmt::arg("copies", copy_table(place, constants_home, data_offset)),
      fmt::arg("code", home(place.code, flash_name)),
      fmt::arg("constants",
               place.weights.empty() ? constants_home : home(place.weights, flash_name)));
  script += fmt::format(
      fmt::runtime(kRamSections), fmt::arg("flash", flash_name), fmt::arg("ram", ram_name),
      fmt::arg("arena", arena_name), fmt::arg("data_offset", data_offset),
      fmt::arg("top", stack_top(*ram, ram_name)),
      fmt::arg("rodata", apart ? " .rodata .rodata.*" : ""),
      fmt::arg("eight", apart ? "0xfffffff8" : "~7"));  // ld 2.26 for AVR reads ~7 as a name
  if (apart)
    script += fmt::format(fmt::runtime(kProgramMemoryCode), fmt::arg("flash", flash_name),
                          fmt::arg("model", program.name));
  script += "}\n";
  return script;
}

std::vector<Overflow> parse_overflows(std::string_view output) {
  std::vector<Overflow> overflows;
  constexpr std::string_view kRegion = "region `", kBy = "' overflowed by ";
  for (size_t at = output.find(kRegion); at != output.npos; at = output.find(kRegion, at + 1)) {
    const std::string_view line = output.substr(at, output.find('\n', at) - at);
    const size_t quote = line.find(kBy);
    if (quote == line.npos) continue;
    const std::string_view region = line.substr(kRegion.size(), quote - kRegion.size());
    int64_t bytes = 0;
    std::from_chars(line.data() + quote + kBy.size(), line.data() + line.size(), bytes);
    const auto same = [&](const Overflow& seen) { return seen.region == region; };
    if (bytes > 0 && std::ranges::none_of(overflows, same))
      overflows.push_back({std::string(region), bytes});
  }
  return overflows;
}

std::string text(std::span<const Overflow> overflows) {
  std::string line;
  for (const Overflow& overflow : overflows)
    line += fmt::format("{}{} overflows by {} B", line.empty() ? "" : "; ", overflow.region,
                        thousands(overflow.bytes));
  return line;
}

}  // namespace assay
