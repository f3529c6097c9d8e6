// The files beside the generated C: a CMake library target, a small application that shows the
// three calls, and a README. They are compiled in the tests like the model's own sources.
#include "emit/aot_deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace assay {
namespace {

std::string cmake_text(const Program& program) {
  std::string sources;
  for (const SourceFile& file : program.sources)
    if (file.name.ends_with(".c")) sources += "  ${CMAKE_CURRENT_LIST_DIR}/" + file.name + "\n";
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

std::string example_text(const Program& program, const Graph& graph) {
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

/* Static, on no stack and in no heap; 16-byte aligned. */
static union {{
  uint8_t bytes[{1}_ARENA_BYTES];
  uint64_t align[2];
}} arena_storage;

int main(void) {{
  void *arena = arena_storage.bytes;
{2}
  {0}_invoke(arena);
  /* The first byte of the first output. */
  return *(const uint8_t *){0}_output(arena, 0);
}}
)",
      program.name, upper,
      graph.inputs().empty() ? "" : one("input", "INPUT", "Your samples go here."));
}

std::string readme_text(const Program& program, const Graph& graph) {
  std::string files;
  for (const SourceFile& file : program.sources) files += fmt::format("* `{}`\n", file.name);
  return fmt::format(R"(# {0}

C99 made by Assay from the model '{1}'. It needs {2} bytes of RAM as its arena (inputs, outputs and
scratch included), no heap, no operating system.

1. Add this folder to your build: `add_subdirectory({0})` and link `{0}`, or compile the `.c` files
   yourself with `-std=c99 -ffp-contract=off {3}` (on AVR `-std=gnu99`, and as C: constants are
   read from program memory through `__flash`).
2. Include `{0}.h`; `example.c` shows the three calls.

{4}
Two models in one firmware: emit both with the same Assay and compile each kernel file once; or emit
with `--optimize speed`, whose kernels are private to each model.

The quantisation of inputs and outputs stands in `{0}.h` as macros.
)",
                     program.name, graph.name(), program.plan.arena_bytes,
                     fmt::join(program.cflags, " "), files);
}

}  // namespace

std::vector<SourceFile> deployment_files(const Program& program, const Graph& graph) {
  return {{"CMakeLists.txt", cmake_text(program)},
          {"example.c", example_text(program, graph)},
          {"README.md", readme_text(program, graph)}};
}

}  // namespace assay
