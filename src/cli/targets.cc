// assay targets: the parts and boards that are known.
#include <fmt/format.h>

#include <ostream>

#include "cli/common.h"
#include "hw/core.h"
#include "util/json.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"json", "FILE", "write everything as JSON; - for standard output"},
};

Json target_json(const Target& target) {
  Json regions = Json::array();
  for (const MemoryRegion& region : target.regions) {
    const std::optional<int> waits = region.wait_states(target.clock_hz);
    regions.push(Json::object()
                     .set("name", region.name)
                     .set("kind", std::string(name(region.kind)))
                     .set("address", int64_t{region.address})
                     .set("size_bytes", region.size_bytes)
                     .set("wait_states", waits ? Json(*waits) : Json(nullptr))
                     .set("source", region.source));
  }
  return Json::object()
      .set("name", target.name)
      .set("description", target.description)
      .set("part", target.part)
      .set("core", target.core)
      .set("clock_hz", target.clock_hz)
      .set("flash_bytes", target.flash_bytes())
      .set("ram_bytes", target.ram_bytes())
      .set("fpu", target.fpu)
      .set("dsp", target.dsp)
      .set("memory_system", target.memory_system)
      .set("regions", regions)
      .set("source", target.source);
}

Status run(const Args& args, Terminal& terminal) {
  Json all = Json::array();
  std::string page = fmt::format("{:<22} {:<18} {:<12} {:>8} {:>9} {:>9}  {}\n", "target", "part",
                                 "core", "clock", "flash", "ram", "memory");
  for (const std::string& each : target_names()) {
    const Target target = TRY(load_target(each));
    const CoreTiming core = TRY(load_core(target.core));
    all.push(target_json(target));
    page += fmt::format("{:<22} {:<18} {:<12} {:>4} MHz {:>9} {:>9}  {}\n", target.name,
                        target.part, core.title + (target.fpu == "none" ? "" : "F"),
                        target.clock_hz / 1'000'000, bytes_text(target.flash_bytes()),
                        bytes_text(target.ram_bytes()), target.memory_system);
  }
  page += fmt::format(
      "\n{} targets. Your own part: a file like these, by path: --on ./my_board.toml "
      "(data/README.md explains each key)\n",
      target_names().size());
  if (args.has("json")) return write_output(args.text("json"), all.dump(), terminal);
  terminal.out << page;
  return {};
}

}  // namespace

const Command targets_command = {
    .name = "targets",
    .summary = "the parts and boards that are known",
    .examples = "  assay targets\n  assay targets --json -",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
