// assay runtimes: what turns a model into a program.
#include <fmt/format.h>

#include <ostream>

#include "cli/common.h"
#include "emit/program.h"
#include "util/json.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"json", "FILE", "write everything as JSON; - for standard output"},
};

Status run(const Args& args, Terminal& terminal) {
  Json all = Json::array();
  std::string page;
  for (const Runtime* runtime : all_runtimes()) {
    all.push(Json::object().set("name", runtime->name).set("summary", runtime->summary));
    page += fmt::format("{:<10} {}\n", runtime->name, runtime->summary);
  }
  if (args.has("json")) return write_output(args.text("json"), all.dump(), terminal);
  terminal.out << page;
  return {};
}

}  // namespace

const Command runtimes_command = {
    .name = "runtimes",
    .summary = "what turns a model into a program",
    .examples = "  assay runtimes\n  assay measure kws.tflite --on pico --runtime aot",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
