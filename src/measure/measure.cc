// The chain's second half as one readable function. Comparing outputs with the reference, and the
// cache, are the pipeline's.
#include "measure/measure.h"

#include "hw/accuracy.h"
#include "hw/timed_alike.h"
#include "util/text.h"

namespace assay {
namespace {

/// Published over modelled cycles, at most, where the model knew no waits: ad on STM32L4R5.
constexpr double kUnknownWaits = 1.35;

}  // namespace

Result<CoreTiming> core_on(const Target& target, bool placed) {
  CoreTiming core = TRY(load_core(target.core));
  const bool as_published = !placed && timed_as_shipped(target);
  const std::optional<Validation> published =
      TRY(published_runs(core.title, as_published ? target.part : ""));
  if (published) core.validation = *published;
  if (!target.unknown_waits().empty()) core.validation.high *= kUnknownWaits;
  return core;
}

Result<const Emulator*> choose_emulator(const CoreTiming& core, const Target& target,
                                        std::string_view name) {
  std::string reasons;
  std::vector<std::string> names;
  for (const Emulator* emulator : all_emulators()) {
    names.emplace_back(emulator->name);
    if (!name.empty() && name != emulator->name) continue;
    const std::string reason = emulator->unavailable(core, target);
    if (reason.empty()) return emulator;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
  if (reasons.empty())
    return fail(ErrorKind::usage, "no emulator '{}'{}", name,
                did_you_mean(std::string(name), names));
  if (!name.empty()) return fail(ErrorKind::unsupported, "{}", reasons);
  return fail(ErrorKind::unsupported, "nothing here emulates a {}: {}", core.title, reasons);
}

RunRequest run_request(const ElfFile& elf, const Program& program, const Target& target,
                       const CoreTiming& core, std::vector<std::vector<std::byte>> inputs,
                       const RunLimits& limits) {
  RunRequest request{.elf = elf,
                     .target = target,
                     .core = core,
                     .inputs = std::move(inputs),
                     .layer_symbols = {},
                     .invoke_symbol = program.invoke_symbol,
                     .max_instructions = limits.max_instructions,
                     .max_seconds = limits.max_seconds,
                     .cancelled = limits.cancelled};
  for (const LayerSymbol& layer : program.layers) request.layer_symbols.push_back(layer.symbol);
  return request;
}

Result<Measurement> measure(Image image, const Program& program, const Target& target,
                            const CoreTiming& core,
                            const std::vector<std::vector<std::byte>>& inputs,
                            const RunLimits& limits) {
  Measurement measurement;
  measurement.image = std::move(image);
  if (!measurement.image.overflows.empty()) return measurement;
  const ElfFile elf = TRY(in(read_elf(measurement.image.elf), "the linked image"));
  measurement.footprint = TRY(in(footprint(elf, target), "the linked image"));
  const Emulator* emulator = TRY(choose_emulator(core, target));
  const RunRequest request = run_request(elf, program, target, core, inputs, limits);
  measurement.run = TRY(in(emulator->run(request), "running on {}", emulator->name));
  return measurement;
}

}  // namespace assay
