// The files beside the generated C: a CMake library target, a small application that shows the
// three calls, and a README. They are compiled in the tests like the model's own sources.
#include "emit/aot_deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace assay {
namespace {

std::string cmake_text(const Program& program, const RegionChoice& place) {
  std::string sources;
  for (const SourceFile& file : program.sources)
    if (file.name.ends_with(".c")) sources += "  ${CMAKE_CURRENT_LIST_DIR}/" + file.name + "\n";
  if (place.moves()) sources += "  ${CMAKE_CURRENT_LIST_DIR}/" + program.name + "_place.c\n";
  return fmt::format(
      R"(# Made by Assay. add_subdirectory() this folder, then target_link_libraries(your_firmware PRIVATE {0}).
cmake_minimum_required(VERSION 3.13)
if(NOT PROJECT_NAME)
  project({0} C)
endif()
add_library({0} STATIC
{1})
target_include_directories({0} PUBLIC ${{CMAKE_CURRENT_LIST_DIR}})
# -ffp-contract=off: results equal to the reference to the last bit, on any core.
target_compile_options({0} PRIVATE -ffp-contract=off {2})
set_target_properties({0} PROPERTIES C_STANDARD 99)
{3})",
      program.name, sources, fmt::join(program.cflags, " "),
      program.needs_libm ? fmt::format("target_link_libraries({} PUBLIC m)\n", program.name) : "");
}

std::string example_text(const Program& program, const Graph& graph, const RegionChoice& place) {
  std::string upper = program.name;
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto one = [&](const char* way, const char* kind, const char* comment) {
    return fmt::format("  /* {} */\n  memset({}_{}(arena, 0), 0, {}_{}_0_BYTES);\n", comment,
                       program.name, way, upper, kind);
  };
  return fmt::format(
      R"(/* Made by Assay. How to call the model: fill the input, invoke, read the output. */
#include <string.h>

#include "{0}.h"
{3}
/* Static, on no stack and in no heap; 16-byte aligned. */
static union {{
  uint8_t bytes[{1}_ARENA_BYTES];
  uint64_t align[2];
}} arena_storage{4};

int main(void) {{
  void *arena = arena_storage.bytes;
{5}{6}{2}
  {0}_invoke(arena);
  /* The first byte of the first output. */
  return *(const uint8_t *){0}_output(arena, 0);
}}
)",
      program.name, upper,
      graph.inputs().empty() ? "" : one("input", "INPUT", "Your samples go here."),
      place.moves() ? fmt::format("#include \"{}_place.h\"\n", program.name) : "",
      place.arena.empty()
          ? ""
          : fmt::format(" __attribute__((section(\".bss.{}_arena\")))", program.name),
      place.moves() ? fmt::format("  /* Once, at start-up. */\n  {}_place();\n", program.name) : "",
      graph.state().empty() ? ""
                            : fmt::format("  /* Before each sequence: the model keeps state from "
                                          "one inference to the next. */\n  {}_reset(arena);\n",
                                          program.name));
}

/// The README's paragraph about --place.
std::string placed_text(const Program& program, const EmitOptions& options) {
  if (!options.place.asks()) return "";
  std::string made = fmt::format(R"(
Placed for {1}: {2}. In your linker script put `INCLUDE {0}_place.ld` into SECTIONS, after the
vector table and before `.text`; its regions are called as in Assay's file of that target. An arena
that has a place wants `__attribute__((section(".bss.{0}_arena")))`, as in `example.c`.
)",
                                 program.name, options.target->name, text(options.place));
  if (options.place.moves())
    made += fmt::format(
        R"(Call `{0}_place()` of `{0}_place.h` once before the first inference: it copies what moved out of
flash. Where that memory is cached, clean the data cache afterwards. What the C library brings
stays in flash; `assay measure --place` moves that too.
)",
        program.name);
  return made;
}

std::string readme_text(const Program& program, const Graph& graph, const EmitOptions& options) {
  std::string files;
  for (const SourceFile& file : program.sources) files += fmt::format("* `{}`\n", file.name);
  return fmt::format(R"(# {0}

C99 made by Assay from the model '{1}'. It needs {2} bytes of RAM as its arena (inputs, outputs and
scratch included), no heap, no operating system.

1. Add this folder to your build: `add_subdirectory({0})` and link `{0}`, or compile the `.c` files
   yourself with `-std=c99 -ffp-contract=off {3}` (on AVR `-std=gnu99`, and as C: constants are
   read from program memory through `__flash`).
2. Include `{0}.h`; `example.c` shows the three calls.

{4}{5}{6}
Two models in one firmware: emit both with the same Assay and compile each kernel file once; or emit
with `--optimize speed`, whose kernels are private to each model.

The quantisation of inputs and outputs stands in `{0}.h` as macros.
)",
                     program.name, graph.name(), program.plan.arena_bytes,
                     fmt::join(program.cflags, " "), files, placed_text(program, options),
                     graph.state().empty() ? ""
                                           : fmt::format(R"(
The model keeps {} bytes of state in its arena from one inference to the next: call `{}_reset` before
the first inference and whenever a new sequence begins.
)",
                                                         program.plan.state_bytes, program.name));
}

}  // namespace

std::vector<SourceFile> deployment_files(const Program& program, const Graph& graph,
                                         const EmitOptions& options) {
  std::vector<SourceFile> files = {{"CMakeLists.txt", cmake_text(program, options.place)},
                                   {"example.c", example_text(program, graph, options.place)},
                                   {"README.md", readme_text(program, graph, options)}};
  if (options.place.asks())
    for (SourceFile& file : placement_files(program, options)) files.push_back(std::move(file));
  return files;
}

}  // namespace assay
