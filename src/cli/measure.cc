// assay measure MODEL --on TARGET[,TARGET...]: build real firmware, run it, count everything.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>

#include "cli/common.h"
#include "cli/duty.h"
#include "cli/longest_row.h"
#include "cli/measuring.h"
#include "import/importer.h"
#include "record/json.h"
#include "report/format.h"
#include "util/npy.h"

namespace assay {
namespace {

constexpr Option kFirst[] = {
    {"model", "MODEL", "the model file", Option::operand, true},
    {"on",
     "TARGET[,TARGET...]",
     "parts or boards (assay targets), your own files by path, or all",
     Option::value,
     true,
     {},
     "target"},
};
constexpr Option kLast[] = {
    {"data", "FILE",
     "rows to run one after the other, and to tell the spread of their cycles: .csv, .npy or .npz; "
     "longest: the row that takes the most decisions in a forest"},
    {"outputs", "FILE.npz", "write what the firmware produced"},
    kEveryOption,
    kBatteryOption,
    kSleepOption,
    {"json", "FILE", "write the record as JSON; - for standard output"},
    {"keep",
     "DIR",
     "keep sources, linker script and image there (one folder a target if there are several)",
     Option::value,
     false,
     {},
     "directory"},
};
constexpr auto kOptions = with_measure_options(kFirst, kLast);

Status write_outputs(const std::string& file, const Graph& graph, const Measured& measured) {
  std::vector<NpyArray> arrays;
  const std::vector<std::string> names = npz_names(graph, graph.outputs());
  size_t at = 0;
  for (size_t k = 0; k < graph.outputs().size(); ++k) {
    const Tensor& tensor = graph.tensor(graph.outputs()[k]);
    const auto size = static_cast<size_t>(tensor.bytes());
    NpyArray array{names[k], npy_descr(tensor.dtype), {}, {}};
    if (measured.outputs.size() > 1)
      array.shape.push_back(static_cast<int64_t>(measured.outputs.size()));
    array.shape.insert(array.shape.end(), tensor.shape.dims.begin(), tensor.shape.dims.end());
    for (const Bytes& run : measured.outputs) {
      const auto mine = std::span(run).subspan(at, size);
      array.bytes.insert(array.bytes.end(), mine.begin(), mine.end());
    }
    at += size;
    arrays.push_back(std::move(array));
  }
  return write_npz(file, arrays);
}

/// The exit code that the whole command deserves: an image that does not fit is 4.
Status verdict(const std::vector<Record>& records) {
  for (const Record& record : records)
    if (record.fits.starts_with("no:"))
      return fail(ErrorKind::unsupported, "{} does not fit {}: {}", record.model, record.target,
                  record.fits.substr(4));
  for (const Record& record : records)
    if (!record.instructions) return fail(ErrorKind::environment, "{}", record.instructions.reason);
  return {};
}

Status run(const Args& args, Terminal& terminal) {
  const Graph graph = TRY(model_of(args, args.text("model"), terminal));
  TRY_STATUS(require_supported(graph, terminal));
  const std::vector<Target> targets = TRY(targets_of(args));
  MeasureOptions options = TRY(measure_options(args, graph, targets, terminal));
  if (args.has("data")) {
    if (args.has("input"))
      return fail(ErrorKind::usage, "--data and --input both say what to run on; give one");
    options.inputs = TRY(in(args.text("data") == "longest" ? longest_row(graph, terminal)
                                                           : data_rows(args.text("data"), graph),
                            "data {}", args.text("data")));
    options.spread = true;
  }
  if (args.has("outputs") && targets.size() > 1)
    return fail(ErrorKind::usage, "--outputs needs a single target");

  const std::optional<Duty> duty = TRY(duty_of(args));

  std::vector<Record> records;
  Status trouble;
  std::vector<Result<Measured>> results = measure_all(graph, targets, options, terminal);
  for (size_t i = 0; i < results.size(); ++i) {
    Result<Measured>& result = results[i];
    if (!result) {
      if (targets.size() == 1) return std::unexpected(std::move(result.error()));
      terminal.progress << "assay: " << text(result.error()) << "\n";
      if (trouble) trouble = std::unexpected(Error{result.error().kind, {}, {}});  // said already
      continue;
    }
    if (args.has("outputs") && !result->outputs.empty())
      TRY_STATUS(write_outputs(args.text("outputs"), graph, *result));
    Record& record = records.emplace_back(std::move(result->record));
    if (duty)
      record.duty.push_back(duty_cycle(record.latency_us, record.energy_uj, targets[i], *duty));
  }
  if (args.has("json"))
    TRY_STATUS(write_output(args.text("json"), records_json(records), terminal));
  if (args.text("json") != "-" && !records.empty()) {
    const Format* text = TRY(find_format("text"));
    terminal.out << text->render(records, {.colour = terminal.colour});
  }
  if (!trouble) return trouble;
  return verdict(records);
}

}  // namespace

const Command measure_command = {
    .name = "measure",
    .summary = "build real firmware, run it in the emulator, verify its outputs, count everything",
    .examples =
        "  assay measure kws.tflite --on nucleo-l4r5zi\n  assay measure kws.tflite --on "
        "pico,pico2,disco-f746ng --json kws.json\n"
        "  assay measure kws.tflite --on nucleo-l4r5zi --optimize speed --flags \"-funroll-loops\" "
        "--keep out/",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
