// assay emit MODEL --on TARGET -o DIR: C for the user's own firmware.
#include <filesystem>
#include <ostream>

#include "cli/common.h"
#include "emit/program.h"
#include "estimate/totals.h"
#include "import/importer.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"model", "MODEL", "the model file", Option::operand, true},
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    {"on", "TARGET", "the part or board it will run on", Option::value, true, {}, "target"},
    {"output",
     "DIR",
     "the folder to write into; made if it does not exist",
     Option::value,
     true,
     {},
     "directory"},
    {"name",
     "NAME",
     "prefix of every symbol and file; from the model's name if not given",
     Option::value,
     false,
     {},
     "none"},
    {"optimize", "LEVEL", "size: smallest code; balanced; speed: kernels specialised to each shape",
     Option::value, false, "balanced", "size|balanced|speed"},
    kPlaceOption,
    {"runtime", "NAME", "what turns the model into code", Option::value, false, "aot", "none"},
};

/// A file of the user's own is not overwritten: what we write names us.
Status check_folder(const std::filesystem::path& folder, const Program& program) {
  for (const auto* files : {&program.sources, &program.deployment})
    for (const SourceFile& file : *files) {
      std::error_code error;
      if (!std::filesystem::exists(folder / file.name, error)) continue;
      const std::string text = TRY(read_text(folder / file.name, int64_t{1} << 30));
      if (text.find("assay") == std::string::npos && text.find("Assay") == std::string::npos)
        return fail(ErrorKind::usage,
                    "{} is not of our making and would be overwritten; choose another folder",
                    (folder / file.name).string());
    }
  return {};
}

Status run(const Args& args, Terminal& terminal) {
  const Graph graph = TRY(model_of(args, args.text("model"), terminal));
  TRY_STATUS(require_supported(graph, terminal));
  const std::vector<Target> targets = TRY(targets_of(args));
  if (targets.size() != 1)
    return fail(ErrorKind::usage, "--on names {} targets, emit writes for one", targets.size());
  const Runtime* runtime = TRY(find_runtime(args.text("runtime")));
  const Optimize optimize = TRY(optimize_of(args));
  const RegionChoice place = TRY(placement_on(targets[0], args.texts("place")));
  const EmitOptions how = {lower_options(targets[0], optimize), args.text("name"), place,
                           &targets[0]};
  const Program program = TRY(in(runtime->emit(graph, how), "model {}", graph.name()));

  const std::filesystem::path folder = args.text("output");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorKind::environment, "{}: {}", folder.string(), error.message());
  TRY_STATUS(check_folder(folder, program));
  for (const auto* files : {&program.sources, &program.deployment})
    for (const SourceFile& file : *files) TRY_STATUS(write_text(folder / file.name, file.text));

  terminal.out << fmt::format(
      "{} files in {}: include {}, link the .c files; example.c shows how\n",
      program.sources.size() + program.deployment.size(), folder.string(), program.header);
  if (place.asks())
    terminal.out << fmt::format("placed {}: README.md says how the linker script follows\n",
                                text(place));
  terminal.out << fmt::format("arena {}, lower bound {}\n", bytes_text(program.plan.arena_bytes),
                              bytes_text(program.plan.lower_bound_bytes));
  return {};
}

}  // namespace

const Command emit_command = {
    .name = "emit",
    .summary = "deployable C for your own firmware: no heap, no OS, one header",
    .examples =
        "  assay emit kws.tflite --on nucleo-l4r5zi -o out/\n  assay emit kws.tflite --on pico -o "
        "out/ --optimize size --name wakeword\n"
        "  assay emit kws.tflite --on disco-f746ng -o out/ --place code=tcm --place weights=tcm",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
