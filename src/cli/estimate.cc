// assay estimate MODEL --on TARGET[,TARGET...]|all: no toolchain, no emulator, milliseconds.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <ostream>

#include "cli/common.h"
#include "cli/duty.h"
#include "cli/estimate_record.h"
#include "estimate/totals.h"
#include "import/importer.h"
#include "record/json.h"
#include "report/format.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"model", "MODEL", "the model file", Option::operand, true},
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    {"on",
     "TARGET[,TARGET...]",
     "parts or boards (assay targets), your own files by path, or all",
     Option::value,
     true,
     {},
     "target"},
    {"sort", "KEY",
     "the order of several targets: the shortest latency, the least energy, the lowest price or "
     "the "
     "least RAM first",
     Option::value, false, "latency", "latency|energy|price|ram"},
    kEveryOption,
    kBatteryOption,
    kSleepOption,
    {"json", "FILE", "write the records as JSON; - for standard output"},
};

/// What a record is sorted by: those that do not fit last, then those without the figure.
struct Key {
  int group = 0;
  double value = 0;
  auto operator<=>(const Key&) const = default;
};

/// "under 5 EUR" -> 5: price classes are sorted by the number in them.
std::optional<double> price(const Target& target) {
  const size_t digit = target.price_class.find_first_of("0123456789");
  if (digit == std::string::npos) return {};
  return std::strtod(target.price_class.c_str() + digit, nullptr);
}

Key key_of(const Record& record, const Target& target, std::string_view by) {
  std::optional<double> value;
  if (by == "price")
    value = price(target);
  else
    value = (by == "energy" ? record.energy_uj
             : by == "ram"  ? record.ram_bytes
                            : record.latency_us)
                .value;
  const bool misfit = record.fits.starts_with("no:");
  return {(misfit ? 2 : 0) + (value ? 0 : 1), value.value_or(0)};
}

/// Lowered and planned once for each kind of core.
class Preparations {
 public:
  explicit Preparations(const Graph& graph) : graph_(graph) {}
  Result<const Prepared*> of(const Target& target) {
    const LowerOptions options = lower_options(target, Optimize::balanced);
    std::optional<Prepared>& made = made_[options.isa.dsp ? 1 : 0];
    if (!made) made = TRY(prepare(graph_, options));
    return &*made;
  }

 private:
  const Graph& graph_;
  std::array<std::optional<Prepared>, 2> made_;
};

Result<std::vector<Record>> estimate_all(const Graph& graph, const std::vector<Target>& targets,
                                         std::string_view by, const std::optional<Duty>& duty) {
  Preparations preparations(graph);
  std::vector<std::pair<Key, Record>> keyed;
  for (const Target& target : targets) {
    const Prepared* model = TRY(preparations.of(target));
    Record record = estimate_record(graph, *model, target);
    if (duty) record.duty.push_back(duty_cycle(record.latency_us, record.energy_uj, target, *duty));
    const Key key = key_of(record, target, by);
    keyed.emplace_back(key, std::move(record));
  }
  std::ranges::stable_sort(keyed, {}, [](const auto& pair) { return pair.first; });
  std::vector<Record> records;
  for (auto& [key, record] : keyed) records.push_back(std::move(record));
  return records;
}

/// One line where the order asked for is none: no target has what it goes by.
void say_unsorted(const std::vector<Record>& records, const std::vector<Target>& targets,
                  std::string_view by, Terminal& terminal) {
  if (records.size() < 2) return;
  bool any = false;
  for (const Target& target : targets) any |= by == "price" && price(target).has_value();
  for (const Record& record : records)
    any |= by != "price" && key_of(record, targets[0], by).group % 2 == 0;
  if (any) return;
  const std::string_view reason =
      by == "price" ? "no target file has a price_class (prices change; give your own files one)"
                    : "no target has that figure";
  terminal.progress << fmt::format("assay: not sorted by {}: {}\n", by, reason);
}

/// 4 if the model fits none of the targets.
Status verdict(const std::vector<Record>& records) {
  for (const Record& record : records)
    if (!record.fits.starts_with("no:")) return {};
  if (records.size() > 1)
    return fail(ErrorKind::unsupported, "{} fits none of {} targets", records[0].model,
                records.size());
  return fail(ErrorKind::unsupported, "{} does not fit {}: {}", records[0].model, records[0].target,
              records[0].fits.substr(4));
}

Status run(const Args& args, Terminal& terminal) {
  const Graph graph = TRY(model_of(args, args.text("model"), terminal));
  TRY_STATUS(require_supported(graph, terminal));
  const std::string by = args.text("sort");
  constexpr std::string_view kKeys[] = {"latency", "energy", "price", "ram"};
  if (std::ranges::find(kKeys, by) == std::end(kKeys))
    return fail(ErrorKind::usage, "--sort '{}' is none of latency, energy, price, ram", by);
  const std::vector<Target> targets = TRY(targets_of(args));
  const std::optional<Duty> duty = TRY(duty_of(args));
  const std::vector<Record> records = TRY(estimate_all(graph, targets, by, duty));
  say_unsorted(records, targets, by, terminal);
  if (args.has("json"))
    TRY_STATUS(write_output(args.text("json"), records_json(records), terminal));
  if (args.text("json") != "-") {
    const Format* text = TRY(find_format("text"));
    terminal.out << text->render(records, {.colour = terminal.colour});
  }
  return verdict(records);
}

}  // namespace

const Command estimate_command = {
    .name = "estimate",
    .summary =
        "does it fit, how fast, how much energy: from tables, in milliseconds, with intervals",
    .examples =
        "  assay estimate kws.tflite --on all\n"
        "  assay estimate kws.tflite --on nucleo-l4r5zi,pico --sort ram --json estimate.json",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
