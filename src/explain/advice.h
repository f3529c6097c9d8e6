// What would help: changes from data/advice.toml, each tried on the image itself.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "explain/change.h"
#include "explain/subject.h"
#include "hw/counts.h"

namespace assay {

/// A change worth trying where these causes take time, or where these memories are too small.
struct Advice {
  std::string change;  ///< as parse_change reads it; "clock=each": every step of the wait states;
                       ///< "target=family": every relative; "resolution=each": smaller images
  std::string says, source;
  std::vector<std::string> causes = {};
  std::vector<std::string> overflows = {};  ///< "flash", "ram"
  std::vector<double> shares = {};          ///< of the image's side, for "resolution=each"
  int64_t multiple = 1;                     ///< that each side is rounded to
};

/// The rules of data/advice.toml. Error: input, with file and line.
Result<std::vector<Advice>> read_advice(std::string_view toml, std::string_view file);

/// What a change brings.
struct Trial {
  Change change;
  std::string says;
  ErrorKind refusal_kind = ErrorKind::unsupported;
  std::string refusal;      ///< why it cannot be tried; then the rest is empty
  bool same_image = false;  ///< timed as if, without building another image
  Target timed;             ///< with the change's clock and memories
  CoreTiming core;          ///< of that target
  Counts counts;            ///< of one inference
  int64_t flash_bytes = 0, static_ram_bytes = 0;  ///< static: without arena and stack
  int64_t arena_bytes = 0, stack_bytes = 0;
  std::optional<Counts> verified;  ///< of the image built with the change
  std::string verified_refusal;    ///< why it could not be built
};

/// Changes, each with the words of its rule.
using Changes = std::vector<std::pair<Change, std::string>>;

/// Tries one change by building and running its image. Errors: as try_change's.
Result<Trial> build_change(const Graph& graph, const Target& target, const Change& change,
                           std::string_view says, const SubjectOptions& options);

/// Tries one change. Errors: cancelled, environment; what cannot be done on this target is the
/// trial's refusal.
Result<Trial> try_change(const Graph& graph, const Subject& subject, const Change& change,
                         std::string_view says, bool verify, const SubjectOptions& options);

/// The changes of `rules` that may bring at least `least_share` of the cycles, which no change can
/// bring more of than its causes take (Amdahl 1967). Models that cannot be resized are not
/// proposed.
Result<Changes> worth_trying(const std::vector<Advice>& rules, const Graph& graph,
                             const Subject& subject, const Counts& counts, double least_share);

/// The changes of `rules` that may make a model fit whose image overflows these kinds of memory.
Result<Changes> worth_fitting(const std::vector<Advice>& rules, const Graph& graph,
                              const Target& target, std::span<const std::string> overflows);

}  // namespace assay
