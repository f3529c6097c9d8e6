// The chain's second half as one readable function. Comparing outputs with the reference, and the
// cache, are the pipeline's.
#include "measure/measure.h"

namespace assay {

Result<const Emulator*> choose_emulator(const CoreTiming& core) {
  std::string reasons;
  for (const Emulator* emulator : all_emulators()) {
    const std::string reason = emulator->unavailable(core);
    if (reason.empty()) return emulator;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
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
  const Emulator* emulator = TRY(choose_emulator(core));
  const RunRequest request = run_request(elf, program, target, core, inputs, limits);
  measurement.run = TRY(in(emulator->run(request), "running on {}", emulator->name));
  return measurement;
}

}  // namespace assay
