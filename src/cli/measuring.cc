// Measuring as several commands do it.
#include "cli/measuring.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "cli/common.h"
#include "cli/each_target.h"
#include "import/importer.h"
#include "record/json.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> found;
  std::stringstream stream(text);
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

/// Refuses a flag that says which core, ABI or FPU the code is for, unless it says the target's
/// own: the numbers would be those of no part.
Status check_core_flag(const std::string& flag, const Target& target) {
  static constexpr std::string_view kCore[] = {"-mcpu=", "-march=", "-mabi=", "-mfpu="};
  const auto same = [&](std::string_view start) { return flag.starts_with(start); };
  const auto* const start = std::ranges::find_if(kCore, same);
  if (start == std::end(kCore) && flag != "-mbig-endian") return {};
  const std::vector<std::string> ours = target.gcc_flags();
  if (std::ranges::find(ours, flag) != ours.end()) return {};
  return fail(ErrorKind::usage,
              "--flags {}: contradicts {}, whose code is made with {}; --on chooses the part", flag,
              target.name, fmt::join(ours, " "));
}

/// Flags that would make the compiler do something else than compile and link our image.
Status check_flags(const std::vector<std::string>& flags, const std::vector<Target>& targets) {
  static constexpr std::string_view kOther[] = {"-c",  "-E", "-S", "-M",     "-MM",
                                                "-MD", "-v", "-o", "--help", "--version"};
  for (const std::string& flag : flags)
    if (std::ranges::find(kOther, flag) != std::end(kOther) || flag.starts_with("-T"))
      return fail(ErrorKind::usage, "--flags {}: not a flag that builds an image", flag);
  for (const Target& target : targets)
    for (const std::string& flag : flags) TRY_STATUS(check_core_flag(flag, target));
  return {};
}

/// Whether a file is JSON, as a record is and no model.
Result<bool> holds_records(const std::string& file) {
  const std::vector<std::byte> bytes = TRY(read_file(file));
  if (looks_like_model(bytes)) return false;  // XGBoost's are JSON
  for (const std::byte byte : bytes) {
    const char c = static_cast<char>(byte);
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return c == '{' || c == '[';
  }
  return false;
}

Result<std::vector<Record>> measured_records(const std::string& file, const Args& args,
                                             Terminal& terminal) {
  if (!args.has("on"))
    return fail(ErrorKind::usage, "--on TARGET is needed to measure {}; a record needs none", file);
  const Graph graph = TRY(model_of(args, file, terminal));
  TRY_STATUS(require_supported(graph, terminal));
  const std::vector<Target> targets = TRY(targets_of(args));
  const MeasureOptions options = TRY(measure_options(args, graph, targets, terminal));
  std::vector<Record> records;
  for (Result<Measured>& result : measure_all(graph, targets, options, terminal)) {
    if (!result) return std::unexpected(std::move(result.error()));
    records.push_back(std::move(result->record));
  }
  return records;
}

}  // namespace

Result<MeasureOptions> measure_options(const Args& args, const Graph& graph,
                                       const std::vector<Target>& targets, Terminal& terminal) {
  MeasureOptions options;
  options.runtime = args.text("runtime");
  options.optimize = TRY(optimize_of(args));
  options.compiler = args.text("compiler");
  options.emulator = args.text("emulator");
  options.flags = words(args.text("flags"));
  TRY_STATUS(check_flags(options.flags, targets));
  options.place = args.texts("place");
  options.inputs = TRY(inputs_of(args, graph, terminal));
  options.max_seconds = static_cast<double>(TRY(args.integer("seconds", 1, 1'000'000)));
  options.use_cache = !args.has("no-cache");
  options.keep_folder = args.text("keep");
  options.cancelled = terminal.cancelled;
  return options;
}

std::vector<Result<Measured>> measure_all(const Graph& graph, const std::vector<Target>& targets,
                                          const MeasureOptions& options, Terminal& terminal) {
  return for_each_target<Measured>(
      targets, terminal, [&](const Target& target, const StageProgress& say) {
        MeasureOptions mine = options;
        if (!mine.keep_folder.empty() && targets.size() > 1) mine.keep_folder /= target.name;
        return in(measure_model(graph, target, mine, say), "{} on {}", graph.name(), target.name);
      });
}

Result<std::vector<Record>> read_records(const std::string& file) {
  const std::string text = TRY(read_text(file));
  return in(parse_records(text), "record {}", file);
}

Result<std::vector<Record>> records_of(const std::string& file, const Args& args,
                                       Terminal& terminal) {
  if (!TRY(holds_records(file))) return measured_records(file, args, terminal);
  std::vector<Record> records = TRY(read_records(file));
  if (records.empty()) return fail(ErrorKind::input, "{} holds no record", file);
  if (!args.has("on") || args.text("on") == "all") return records;
  std::vector<Record> wanted;
  for (const Target& target : TRY(targets_of(args))) {
    const auto found = std::ranges::find(records, target.name, &Record::target);
    if (found == records.end()) {
      std::vector<std::string> names;
      for (const Record& record : records) names.push_back(record.target);
      return fail(ErrorKind::input, "{} holds no record of {}; it has {}", file, target.name,
                  fmt::join(names, ", "));
    }
    for (const Record& record : records)
      if (record.target == target.name) wanted.push_back(record);
  }
  return wanted;
}

Status require_measured(const std::vector<Record>& records) {
  for (const Record& record : records)
    if (!record.instructions && record.fits.starts_with("not known"))
      return fail(ErrorKind::environment, "{}", record.instructions.reason);
  return {};
}

}  // namespace assay
