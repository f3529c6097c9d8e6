// Builds an image under a change, and runs it as if on a target.
#include "explain/subject.h"

#include <fmt/format.h>

#include "estimate/totals.h"
#include "hw/placement.h"
#include "measure/build_cache.h"
#include "measure/measure.h"

namespace assay {

Result<Subject> build_subject(const Graph& graph, const Target& target, const Change& change,
                              const SubjectOptions& options) {
  Subject made;
  const Target part = change.target.empty() ? target : TRY(load_target(change.target));
  made.target = TRY(changed(part, change));
  std::vector<std::string> place = options.place, flags = options.flags;
  place.insert(place.end(), change.place.begin(), change.place.end());
  const RegionChoice placed = TRY(placement_on(made.target, place));
  made.core = TRY(core_on(made.target, placed.asks()));
  const Runtime* runtime = TRY(find_runtime(options.runtime));
  const Toolchain toolchain = TRY(find_toolchain(options.compiler, isa_family(made.core.isa)));
  flags.insert(flags.end(), change.flags.begin(), change.flags.end());
  const Optimize optimize = change.optimize.value_or(options.optimize);
  made.program = TRY(runtime->emit(graph, {lower_options(made.target, optimize), {}}));
  const BuildOptions build{.flags = flags, .place = placed, .cancelled = options.cancelled};
  const Cache cache(options.use_cache);
  made.image = TRY(build_cached(cache, made.program, made.target, toolchain, build, {}));
  if (!made.image.overflows.empty())
    return fail(ErrorKind::unsupported, "does not fit: {}", text(std::span(made.image.overflows)));
  made.elf = TRY(in(read_elf(made.image.elf), "image"));
  made.footprint = TRY(footprint(made.elf, made.target));
  return made;
}

Result<RunFacts> run_as(const Subject& subject, const Target& timed_as,
                        const SubjectOptions& options) {
  const Emulator* emulator = TRY(choose_emulator(subject.core, subject.target, options.emulator));
  RunRequest request = run_request(subject.elf, subject.program, subject.target, subject.core,
                                   {options.input}, {.cancelled = options.cancelled});
  request.timed_as = &timed_as;
  return in(emulator->run(request), "image");
}

}  // namespace assay
