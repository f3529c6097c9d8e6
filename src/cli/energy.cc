// assay energy TRACE: energy per inference from a power trace.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "cli/common.h"
#include "cli/energy_page.h"
#include "hw/target.h"
#include "hw/target_power.h"
#include "measure/energy_runner.h"
#include "measure/power_summary.h"
#include "record/json.h"
#include "util/files.h"
#include "util/quantity.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kPageWidth = 100;

constexpr Option kOptions[] = {
    {"trace", "TRACE", "energy-runner's .bin or folder, or CSV of a meter, logger or oscilloscope",
     Option::operand, true},
    {"windows", "FILE",
     "when the inferences ran: energy-runner's timestamps, JSON pairs or lines begin,end in "
     "seconds; all: the whole trace"},
    {"trigger",
     "COLUMN[>LEVEL]",
     "windows are where this column is high: D0, \"CH2>1.5\"",
     Option::value,
     false,
     {},
     "none"},
    {"threshold",
     "auto|VALUE",
     "windows are where the power is above this: 12mW, 3.5mA, auto (between its two levels)",
     Option::value,
     false,
     {},
     "none"},
    {"inferences",
     "N",
     "how many are in each window; if not given, by energy-runner's log beside the trace, else 1",
     Option::value,
     false,
     {},
     "none"},
    {"idle", "WHAT", "keep: what the part draws; subtract: what it draws more than outside",
     Option::value, false, "keep", "keep|subtract"},
    {"voltage",
     "V",
     "of the supply, for files of current alone and for --save-to; a file's own voltage goes first",
     Option::value,
     false,
     {},
     "none"},
    {"columns",
     "ROLE[:UNIT],...",
     "what the columns are, for files without a header: time:ms,current:uA,-,D0; current:mV/0.5 is "
     "over a resistor of 0.5 ohm",
     Option::value,
     false,
     {},
     "none"},
    {"rate", "HZ", "samples a second, for files without time", Option::value, false, {}, "none"},
    {"min-window",
     "TIME",
     "leave out shorter windows; if not given, those of fewer than 3 samples",
     Option::value,
     false,
     {},
     "none"},
    {"bridge", "TIME", "interruptions up to this long do not end a window", Option::value, false,
     "0s", "none"},
    {"record", "FILE.json", "a record of `assay measure`: modelled beside measured"},
    {"record-to", "FILE.json",
     "write that record with the trace in it: `assay report` draws it beside what was modelled"},
    {"on",
     "TARGET",
     "the part that was measured, for --save-to; --record must be of it",
     Option::value,
     false,
     {},
     "target"},
    {"save-to", "FILE.toml", "write that target with the measured current, for --on FILE.toml"},
    {"json", "FILE", "write everything as JSON; - for standard output"},
};

Result<double> positive_quantity(const Args& args, std::string_view option, Dimension dimension) {
  if (!args.has(option)) return 0.0;
  const double value = TRY(in(read_quantity(args.text(option), dimension), "--{}", option));
  if (!(value > 0))
    return fail(ErrorKind::usage, "--{} {}: need more than 0", option, args.text(option));
  const double most = dimension == Dimension::volts ? 1e3 : 1e9;
  if (value > most)
    return fail(ErrorKind::usage, "--{} {}: too large, at most {} {}", option, args.text(option),
                thousands(static_cast<int64_t>(most)), symbol(dimension));
  return value;
}

struct Found {
  WindowRule rule;
  std::string by;
  std::string note;
};

Result<Found> given_windows(const std::filesystem::path& file) {
  Found found;
  found.rule.kind = WindowRule::given;
  const std::string text = TRY(in(read_text(file, 1 << 26), "windows {}", file.string()));
  found.rule.times = TRY(in(read_window_times(text), "windows {}", file.string()));
  found.by = "the times of " + file.filename().string();
  return found;
}

/// A level in watts, with a tenth of it (auto: of what the levels are apart) of hysteresis.
Result<Found> level_windows(const Args& args, const std::filesystem::path& trace,
                            const PowerTraceOptions& options) {
  Found found;
  const std::string typed = args.has("threshold") ? args.text("threshold") : "auto";
  if (typed == "auto") {
    const PowerLevels levels = TRY(find_levels(trace, options));
    const double slack = 0.1 * (levels.high_w - levels.low_w);
    found.rule.upper_w = levels.threshold_w + slack;
    found.rule.lower_w = levels.threshold_w - slack;
    found.by = fmt::format("two levels of power, {:.3g} and {:.3g} mW, parted at {:.4g} mW",
                           levels.low_w * 1e3, levels.high_w * 1e3, levels.threshold_w * 1e3);
    return found;
  }
  Quantity level = TRY(in(read_quantity(typed), "--threshold"));
  if (level.dimension == Dimension::amperes) {
    if (options.voltage_v <= 0)
      return fail(ErrorKind::usage, "--threshold {}: a current needs --voltage V", typed);
    level = {level.value * options.voltage_v, Dimension::watts};
  }
  if (level.dimension != Dimension::watts || !(level.value > 0))
    return fail(ErrorKind::usage, "--threshold {}: need a power or a current", typed);
  found.rule.upper_w = level.value;
  found.rule.lower_w = 0.9 * level.value;
  found.by = fmt::format("power above {:.4g} mW", level.value * 1e3);
  return found;
}

/// By what was asked for; else by the timestamps beside the trace, else by its own shape.
Result<Found> find_rule(const Args& args, const std::filesystem::path& trace,
                        const PowerTraceOptions& options) {
  const bool asked = args.has("windows") || args.has("trigger") || args.has("threshold");
  if (static_cast<int>(args.has("windows")) + static_cast<int>(args.has("trigger")) +
          static_cast<int>(args.has("threshold")) >
      1)
    return fail(ErrorKind::usage, "--windows, --trigger and --threshold: one of them");
  const auto beside_trace = timestamps_beside(trace);
  const bool by_file = (!asked && !beside_trace.empty()) || args.has("windows");
  for (const char* option : {"min-window", "bridge"})
    if (by_file && args.has(option) && args.text(option) != "0s")
      return fail(
          ErrorKind::usage,
          "--{} shapes windows that are found in the trace; here a file says where they are",
          option);
  Found found;
  if (!asked && !beside_trace.empty()) {
    return given_windows(beside_trace);
  } else if (args.has("windows") && args.text("windows") != "all") {
    return given_windows(args.text("windows"));
  } else if (args.has("windows")) {
    found.rule.kind = WindowRule::whole;
    found.by = "the whole trace";
  } else if (args.has("trigger")) {
    found.rule.kind = WindowRule::marked;
    found.by = "the trigger " + args.text("trigger");
  } else {
    Result<Found> by_level = level_windows(args, trace, options);
    const std::string missing =
        !asked && is_energy_runner(trace)
            ? "the timestamps of the energy-runner trace are missing (X-timestamps.json beside "
              "X-energy.bin, or --windows FILE)"
            : "";
    if (!by_level && !missing.empty())
      by_level.error().what = missing + ", and " + by_level.error().what;
    found = TRY(std::move(by_level));
    if (!missing.empty()) found.note = missing + ": windows are guessed from the power";
  }
  found.rule.shortest_s = TRY(positive_quantity(args, "min-window", Dimension::seconds));
  found.rule.bridge_s =
      args.text("bridge") == "0s" ? 0 : TRY(positive_quantity(args, "bridge", Dimension::seconds));
  if (found.rule.kind != WindowRule::whole && !args.has("min-window"))
    found.rule.shortest_samples = 3;
  return found;
}

/// How many inferences are in a window if the user did not say: what energy-runner's own log says,
/// and 0 without one, as each of its windows holds many; 1 in other traces.
void count_inferences(const std::filesystem::path& trace, EnergyResult& result) {
  if (!is_energy_runner(trace)) return;
  result.inferences = 0;
  if (timestamps_beside(trace).empty()) return;
  const auto logged = inferences_beside(trace, result.facts.windows.size());
  if (!logged) return;
  result.inferences = *logged;
  result.inferences_by = "results.txt";
}

Result<EnergyResult> analyse(const Args& args, const std::filesystem::path& trace,
                             const PowerTraceOptions& options, bool subtract) {
  EnergyResult result;
  result.file = trace.filename().string();
  result.subtract_idle = subtract;
  const bool said = args.has("inferences");
  if (said) result.inferences = TRY(args.integer("inferences", 1, 1'000'000'000));
  const Found found = TRY(find_rule(args, trace, options));
  result.windows_by = found.by;
  result.facts = TRY(read_windows(trace, options, found.rule));
  if (result.facts.windows.empty())
    return fail(ErrorKind::input, "no window by {}{}", found.by,
                result.facts.cut > 0
                    ? ": the only one is cut off by the trace's beginning or end (--windows all "
                      "takes the whole trace)"
                    : "");
  if (!said) count_inferences(trace, result);
  result.summary = summarise(result.facts, std::max<int64_t>(result.inferences, 1), subtract);
  if (result.inferences == 0)
    result.summary.caveats.push_back(
        "how many inferences are in a window is not known: say --inferences N");
  else if (!said && result.inferences == 1 && result.summary.time_us.p50 > 5e6)
    result.summary.caveats.push_back(
        "a window is taken as one inference: say --inferences N if it holds more");
  if (!found.note.empty()) result.summary.caveats.push_back(found.note);
  if (subtract && not_idle(result.facts, result.summary))
    return fail(ErrorKind::input,
                "outside of the windows the part draws more ({:.4g} mW) than inside ({:.4g} mW): "
                "it is not idle there, nothing can be subtracted: say --idle keep",
                result.summary.idle_w * 1e3, result.summary.active_w * 1e3);
  return result;
}

Status save(const Args& args, const EnergyResult& result, const Target& target, double voltage) {
  const std::string file = args.text("save-to");
  if (!file.ends_with(".toml"))
    return fail(ErrorKind::usage, "--save-to {}: a target's file ends in .toml", file);
  const std::string name = std::filesystem::path(file).stem().string();
  const MeasuredPower measured{voltage,
                               result.summary.active_w,
                               result.summary.power_w.least,
                               result.summary.power_w.most,
                               result.file,
                               static_cast<int64_t>(result.facts.windows.size())};
  const std::string text = TRY(in(with_measured_power(target, name, measured), "--save-to"));
  return write_text(file, text);
}

/// An option that is wrong whatever the trace.
bool blames_option(const Error& error) {
  const std::string& outermost = error.frames.empty() ? error.what : error.frames.back();
  return error.kind == ErrorKind::usage && outermost.starts_with("--");
}

Status run(const Args& args, Terminal& terminal) {
  PowerTraceOptions options;
  options.voltage_v = TRY(positive_quantity(args, "voltage", Dimension::volts));
  options.rate_hz = TRY(positive_quantity(args, "rate", Dimension::hertz));
  options.columns = args.text("columns");
  options.trigger = args.text("trigger");
  const std::string idle = args.text("idle");
  if (idle != "keep" && idle != "subtract")
    return fail(ErrorKind::usage, "--idle '{}' is none of keep, subtract", idle);
  std::optional<Target> target;
  if (args.has("on")) target = TRY(load_target(args.text("on")));
  double voltage = options.voltage_v;
  if (voltage <= 0 && target) voltage = target->voltage_v;
  if (target && !args.has("save-to") && !args.has("record"))
    return fail(ErrorKind::usage, "--on is of use with --save-to or --record only");
  if (args.has("record-to") && !args.has("record"))
    return fail(ErrorKind::usage, "--record-to needs --record FILE.json: what was modelled");
  if (args.has("save-to") && !target)
    return fail(ErrorKind::usage, "--save-to needs --on TARGET: the part that was measured");
  if (args.has("save-to") && voltage <= 0)
    return fail(ErrorKind::usage, "--save-to needs --voltage: the target's file has none");
  const std::filesystem::path trace = TRY(trace_file(args.text("trace")));
  Result<EnergyResult> analysed = analyse(args, trace, options, idle == "subtract");
  if (!analysed && !blames_option(analysed.error()))
    analysed.error().frames.push_back(fmt::format("trace {}", args.text("trace")));
  EnergyResult result = TRY(std::move(analysed));
  if (args.has("record") && result.inferences == 0)
    return fail(ErrorKind::usage,
                "--record needs --inferences N: energy-runner's windows hold many, and no "
                "results.txt beside the trace says how many");
  if (args.has("record")) {
    const std::string text = TRY(read_text(args.text("record")));
    std::vector<Record> records = TRY(in(parse_records(text), "record {}", args.text("record")));
    if (records.size() != 1)
      return fail(ErrorKind::input, "record {}: {} records, need one", args.text("record"),
                  records.size());
    result.record = std::move(records[0]);
    if (target && result.record->target != target->name)
      return fail(ErrorKind::usage, "--record {} is of {}, --on says {}", args.text("record"),
                  result.record->target, target->name);
  }
  if (result.facts.trace.voltage_v > 0) voltage = result.facts.trace.voltage_v;
  if (args.has("save-to")) TRY_STATUS(save(args, result, *target, voltage));
  if (args.has("record-to")) {
    const Record record = measured_record(result);
    TRY_STATUS(write_output(args.text("record-to"), records_json({&record, 1}), terminal));
  }
  if (args.has("json"))
    TRY_STATUS(write_output(args.text("json"), energy_json(result).dump(), terminal));
  if (args.text("json") != "-") terminal.out << energy_page(result, kPageWidth);
  return {};
}

}  // namespace

const Command energy_command = {
    .name = "energy",
    .summary = "energy per inference from a power trace: energy-runner, CSV of meters and loggers",
    .examples =
        "  assay energy trace1-energy.bin --inferences 250\n"
        "  assay energy ppk2.csv --voltage 3 --trigger D0 --idle subtract\n"
        "  assay energy scope.csv --threshold auto --on nucleo-l4r5zi --save-to my_board.toml",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
