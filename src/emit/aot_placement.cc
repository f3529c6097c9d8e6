// --place for the user's own firmware: a piece of linker script, and the copy out of flash.
//
// The piece is output sections only, so that it can stand in any script whose MEMORY has the
// target's regions. It takes code and constants by the names of our object files, whatever flags
// they are compiled with: `digits.[co]*` is digits.o, digits.c.o or digits.c.obj, and the wildcard
// keeps ld from opening a file of that name. Not handled: the C library's functions, which stay
// where the script puts them. Source: GNU ld manual, "Input Section Basics", "Output Section LMA".
#include <fmt/format.h>

#include <algorithm>

#include "emit/aot_deployment.h"
#include "util/text.h"

namespace assay {
namespace {

struct Part {
  std::string_view name;  ///< "code"
  std::string region;     ///< "" if it stays in flash
  std::string_view sections;
};

std::vector<Part> parts(const RegionChoice& place) {
  return {{"code", place.code, ".text .text.*"},
          {"weights", place.weights, ".rodata .rodata.* .srodata .srodata.*"}};
}

const MemoryRegion& flash_of(const Target& target) {
  return *std::ranges::find(target.regions, RegionKind::flash, &MemoryRegion::kind);
}

std::string section_text(const Program& program, const Target& target, const Part& part) {
  std::string inputs;
  for (const SourceFile& file : program.sources) {
    if (!file.name.ends_with(".c")) continue;
    const std::string stem = file.name.substr(0, file.name.size() - 2);
    for (const std::string_view folder : {"*/", ""})
      inputs += fmt::format("  {}{}.[co]*({})\n", folder, stem, part.sections);
  }
  const MemoryRegion& flash = flash_of(target);
  const std::string symbol = fmt::format("{}_{}", program.name, part.name);
  const std::string offset =
      flash.data_address ? fmt::format(" + 0x{:08x}", *flash.data_address - flash.address) : "";
  return fmt::format(
      ".{0} : ALIGN(16) {{\n  {0}_begin = .;\n{1}  . = ALIGN(4);\n  {0}_end = .;\n}} > {2} AT> "
      "{3}\n"
      "{0}_load = LOADADDR(.{0}){4};\n"
      "ASSERT({0}_end > {0}_begin, \"{0} is empty: are the object files called otherwise?\")\n",
      symbol, inputs, c_identifier(part.region), c_identifier(flash.name), offset);
}

std::string script_text(const Program& program, const EmitOptions& options) {
  std::string script = fmt::format(
      "/* Made by Assay for {}: {}. INCLUDE this in SECTIONS, after the vector table, before "
      ".text. "
      "*/\n",
      options.target->name, text(options.place));
  for (const Part& part : parts(options.place))
    if (!part.region.empty()) script += section_text(program, *options.target, part);
  if (!options.place.arena.empty())
    script += fmt::format(".{0}_arena (NOLOAD) : ALIGN(16) {{ *(.bss.{0}_arena) }} > {1} AT> {1}\n",
                          program.name, c_identifier(options.place.arena));
  return script;
}

std::string source_text(const Program& program, const RegionChoice& place) {
  std::string externs, calls;
  for (const Part& part : parts(place)) {
    if (part.region.empty()) continue;
    const std::string symbol = fmt::format("{}_{}", program.name, part.name);
    externs += fmt::format(
        "extern uint32_t {0}_begin[], {0}_end[];\nextern const uint32_t {0}_load[];\n", symbol);
    calls += fmt::format("  copy({0}_load, {0}_begin, {0}_end);\n", symbol);
  }
  return fmt::format(
      R"(/* Made by Assay. Copies out of flash what {0}_place.ld makes run elsewhere. */
#include "{0}_place.h"

#include <stdint.h>

/* Where {0}_place.ld stores each part, where that begins and ends. */
{1}
static void copy(const uint32_t *from, uint32_t *to, const uint32_t *end) {{
  while (to != end) *to++ = *from++;
}}

void {0}_place(void) {{
{2}}}
)",
      program.name, externs, calls);
}

std::string header_text(const Program& program) {
  std::string guard = program.name + "_PLACE_H";
  std::ranges::transform(guard, guard.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return fmt::format(R"(/* Made by Assay. */
#ifndef {1}
#define {1}

#ifdef __cplusplus
extern "C" {{
#endif

/* Copies code and constants to where they run. Once, before the first inference. */
void {0}_place(void);

#ifdef __cplusplus
}}
#endif

#endif /* {1} */
)",
                     program.name, guard);
}

}  // namespace

std::vector<SourceFile> placement_files(const Program& program, const EmitOptions& options) {
  std::vector<SourceFile> files = {{program.name + "_place.ld", script_text(program, options)}};
  if (options.place.moves()) {
    files.push_back({program.name + "_place.h", header_text(program)});
    files.push_back({program.name + "_place.c", source_text(program, options.place)});
  }
  return files;
}

}  // namespace assay
