// assay operators: what a model may consist of.
#include <fmt/format.h>

#include <ostream>

#include "cli/common.h"
#include "util/json.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"json", "FILE", "write everything as JSON; - for standard output"},
};

Status run(const Args& args, Terminal& terminal) {
  Json all = Json::array();
  std::string page =
      fmt::format("{:<22} {:<24} {:>4}  {:<30} {}\n", "operator", "TFLite", "up to", "types", "");
  for (const OpDef* op : all_ops()) {
    all.push(Json::object()
                 .set("name", op->name)
                 .set("tflite", op->tflite.name)
                 .set("tflite_max_version", op->tflite.max_version)
                 .set("types", op->types)
                 .set("summary", op->summary));
    page += fmt::format("{:<22} {:<24} {:>4}  {:<30} {}\n", op->name, op->tflite.name,
                        fmt::format("v{}", op->tflite.max_version), op->types, op->summary);
  }
  page += fmt::format(
      "\n{} operators. s8: int8 with per-tensor or per-channel quantisation. f32: float32.\n",
      all_ops().size());
  if (args.has("json")) return write_output(args.text("json"), all.dump(), terminal);
  terminal.out << page;
  return {};
}

}  // namespace

const Command operators_command = {
    .name = "operators",
    .summary = "the operators that a model may consist of, and in which types",
    .examples = "  assay operators\n  assay operators --json -",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
