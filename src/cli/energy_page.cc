// Energy from a power trace. Shown:
//
//   trace1-energy.bin    energy-runner, power in mW at 1000 Hz; 102 400 samples in 102.4 s
//                        5 windows of 250 inferences, by the timestamps of trace1-timestamps.json
//
//     energy   5.090 mJ an inference   5.087 .. 5.095 mJ   n 5, sd 0.06 %, p50 5.090 mJ, p95 ...
//     time     40.68 ms an inference   40.67 .. 40.68 ms
//     power    125.2 mW in the windows, 73.16 mW idle, 98.97 mW on average
#include "cli/energy_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/layout.h"
#include "report/notes.h"
#include "report/numbers.h"
#include "report/printable.h"
#include "util/quantity.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kMostRows = 12;

/// Four significant digits with a prefix: "5.090 mJ". A table of 1000s from pico on.
std::string scaled(double value, std::string_view unit) {
  static constexpr std::string_view kPrefixes[] = {"p", "n", "u", "m", "", "k", "M"};
  if (value == 0) return fmt::format("0 {}", unit);
  int step = static_cast<int>(std::floor(std::log10(std::abs(value)) / 3));
  // 999.96 is 1.000 of the next.
  if (std::abs(value) / std::pow(1000.0, step) >= 999.95) ++step;
  step = std::clamp(step, -4, 2);
  const double shown = value / std::pow(1000.0, step);
  const double size = std::abs(shown);
  return fmt::format("{:.{}f} {}{}", shown,
                     size < 9.9995   ? 3
                     : size < 99.995 ? 2
                                     : 1,
                     kPrefixes[step + 4], unit);
}

std::string joules(double uj) { return scaled(uj * 1e-6, "J"); }
std::string seconds(double us) { return scaled(us * 1e-6, "s"); }
std::string watts(double w) { return scaled(w, "W"); }

std::string headline(const EnergyResult& result) {
  const PowerTraceInfo& trace = result.facts.trace;
  const std::string title = printable(result.file, true) + "    ", margin(title.size(), ' ');
  const size_t n = result.facts.windows.size();
  std::string holds;
  if (result.inferences > 0)
    holds = fmt::format(" of {} {}", thousands(result.inferences),
                        result.inferences == 1 ? "inference" : "inferences");
  if (!result.inferences_by.empty()) holds += fmt::format(" ({})", result.inferences_by);
  return fmt::format("{}{}; {} samples in {}\n{}{} {}{}, by {}\n\n", title,
                     printable(trace.format, true), thousands(trace.samples),
                     scaled(trace.last_s - trace.first_s, "s"), margin, thousands(int64_t(n)),
                     n == 1 ? "window" : "windows", holds, printable(result.windows_by, true));
}

std::string_view per(const EnergyResult& result) {
  return result.inferences > 0 ? "an inference" : "a window";
}

std::string figures(const EnergyResult& result) {
  const PowerSummary& s = result.summary;
  const WindowSpread& e = s.energy_uj;
  std::string text = fmt::format(
      "  energy   {} {}{}   {} .. {}\n           n {}, sd {}, p50 {}, p95 {}\n", joules(e.mean),
      per(result), result.subtract_idle ? " above idle" : "", joules(e.least), joules(e.most),
      thousands(static_cast<int64_t>(result.facts.windows.size())), joules(e.sd), joules(e.p50),
      joules(e.p95));
  text += fmt::format("  time     {} {}   {} .. {}\n", seconds(s.time_us.mean), per(result),
                      seconds(s.time_us.least), seconds(s.time_us.most));
  text += fmt::format("  power    {} in the windows, ", watts(s.active_w));
  text += result.facts.idle_s > 0
              ? fmt::format("{} idle, {} on average\n", watts(s.idle_w), watts(s.average_w))
              : "nothing outside of them\n";
  return text;
}

std::string table(const EnergyResult& result, size_t width) {
  Section section;
  section.table.columns = {
      {"window", true}, {"begins", true}, {"lasts", true}, {"energy", true}, {"power", true}};
  // Otherwise it would be the energy once more.
  const bool kept_column = result.inferences > 0 || result.subtract_idle;
  if (kept_column)
    section.table.columns.push_back({result.inferences > 0 ? "an inference" : "above idle", true});
  const auto& windows = result.facts.windows;
  const auto n = static_cast<double>(result.summary.inferences);
  for (size_t i = 0; i < std::min(windows.size(), kMostRows); ++i) {
    const PowerWindow& w = windows[i];
    const double lasts = w.end_s - w.start_s;
    const double kept = w.joules - (result.subtract_idle ? result.summary.idle_w * lasts : 0);
    Row row{{fmt::format("{}", i + 1), fmt::format("{:.{}f} s", w.start_s, lasts < 0.0999 ? 6 : 3),
             scaled(lasts, "s"), scaled(w.joules, "J"), watts(lasts > 0 ? w.joules / lasts : 0)}};
    if (kept_column) row.cells.push_back(scaled(kept / n, "J"));
    section.table.rows.push_back(std::move(row));
  }
  std::string text = "\n";
  for (const Line& line : section_lines(section, width - 2)) text += "  " + line.text + "\n";
  if (windows.size() > kMostRows)
    text += fmt::format("  {} more (--json lists all)\n",
                        thousands(static_cast<int64_t>(windows.size() - kMostRows)));
  return text;
}

/// modelled 1.62 mJ (1.30 .. 2.00), measured 1.82 mJ: 1.12 times as much, inside
std::string beside_record(const EnergyResult& result) {
  const Record& record = *result.record;
  const Notes none;
  std::string text = fmt::format("\n  beside the record of {} on {}\n",
                                 printable(record.model, true), printable(record.target, true));
  const auto line = [&](std::string_view what, const Figure& modelled, double measured,
                        const std::string& model_text, const std::string& interval,
                        const std::string& measured_text) {
    if (!modelled)
      return fmt::format("  {:<8} measured {}; the record has none: {}\n", what, measured_text,
                         printable(modelled.reason, true));
    const bool inside = measured >= modelled.low && measured <= modelled.high;
    return fmt::format("  {:<8} modelled {} {}, measured {}: {:.3f} times it, {} the interval\n",
                       what, model_text, interval, measured_text, measured / modelled.number(),
                       inside ? "in" : "outside");
  };
  const PowerSummary& s = result.summary;
  text += line("energy", record.energy_uj, s.energy_uj.mean, energy_text(record.energy_uj, none),
               energy_interval(record.energy_uj), joules(s.energy_uj.mean));
  text += line("time", record.latency_us, s.time_us.mean, time_text(record.latency_us, none),
               time_interval(record.latency_us), seconds(s.time_us.mean));
  return text;
}

std::string paragraph(const std::string& text, size_t width) {
  std::string result, margin;
  for (const std::string& line : wrapped(text, width - 2)) {
    result += margin + line + "\n";
    margin = "  ";
  }
  return result;
}

Json spread_json(const WindowSpread& spread, std::string_view unit) {
  return Json::object()
      .set("value", spread.mean)
      .set("unit", unit)
      .set("how", "measured")
      .set("low", spread.least)
      .set("high", spread.most)
      .set("sd", spread.sd)
      .set("p50", spread.p50)
      .set("p95", spread.p95);
}

/// What a histogram knows of a median.
double three_digits(double value) { return read_number(fmt::format("{:.2e}", value)).value; }

constexpr std::string_view kRule =
    "each sample counts for the time until the next (rectangles), and belongs to a window if begin "
    "<= its time < end: the rule of EEMBC's runner";

Json series_json(const PowerSeries& series) {
  Json times = Json::array(), least = Json::array(), most = Json::array();
  for (size_t i = 0; i < series.time_s.size(); ++i) {
    times.push(series.time_s[i]);
    least.push(series.least_w[i]);
    most.push(series.most_w[i]);
  }
  return Json::object().set("time_s", times).set("least_w", least).set("most_w", most);
}

Json comparison_json(const EnergyResult& result) {
  const Record& record = *result.record;
  const auto ratio = [](const Figure& modelled, double measured) -> Json {
    if (!modelled || !(modelled.number() > 0)) return nullptr;
    return measured / modelled.number();
  };
  const auto figure = [](const Figure& f, std::string_view unit) {
    Json json = Json::object();
    if (!f) return json.set("value", nullptr).set("unit", unit).set("reason", f.reason);
    return json.set("value", f.number())
        .set("unit", unit)
        .set("how", name(f.how))
        .set("low", f.low)
        .set("high", f.high);
  };
  return Json::object()
      .set("model", record.model)
      .set("target", record.target)
      .set("energy", figure(record.energy_uj, "uJ"))
      .set("energy_measured_to_modelled", ratio(record.energy_uj, result.summary.energy_uj.mean))
      .set("latency", figure(record.latency_us, "us"))
      .set("latency_measured_to_modelled", ratio(record.latency_us, result.summary.time_us.mean));
}

}  // namespace

std::string energy_page(const EnergyResult& result, size_t width) {
  std::string text = headline(result) + figures(result);
  if (result.facts.windows.size() > 1) text += table(result, width);
  if (result.record) text += beside_record(result);
  text += "\n" + paragraph("measured: " + std::string(kRule), width);
  for (const std::string& caveat : result.summary.caveats)
    text += paragraph("note: " + printable(caveat, true), width);
  return text;
}

Json energy_json(const EnergyResult& result) {
  const PowerTraceInfo& trace = result.facts.trace;
  const PowerSummary& s = result.summary;
  Json windows = Json::array();
  for (const PowerWindow& w : result.facts.windows)
    windows.push(Json::object()
                     .set("begin_s", w.start_s)
                     .set("end_s", w.end_s)
                     .set("energy_uj", w.joules * 1e6)
                     .set("samples", w.samples));
  Json caveats = Json::array();
  for (const std::string& caveat : s.caveats) caveats.push(caveat);
  const bool counted = result.inferences > 0;
  Json json = Json::object();
  json.set("trace", result.file)
      .set("format", trace.format)
      .set("samples", trace.samples)
      .set("begin_s", trace.first_s)
      .set("end_s", trace.last_s)
      .set("rate_hz", trace.rate_hz)
      .set("windows_by", result.windows_by)
      .set("rule", kRule)
      .set("idle", result.subtract_idle ? "subtract" : "keep")
      .set("inferences_per_window", counted ? Json(result.inferences) : Json(nullptr))
      .set("windows", static_cast<int64_t>(result.facts.windows.size()))
      .set("energy_per_inference", counted ? spread_json(s.energy_uj, "uJ") : Json(nullptr))
      .set("time_per_inference", counted ? spread_json(s.time_us, "us") : Json(nullptr))
      .set("power_in_windows", spread_json(s.power_w, "W"))
      .set("active_w", s.active_w);
  const double median = result.facts.idle_median_w;  // 0: none, or not above nothing
  json.set("idle_w", result.facts.idle_s > 0 ? Json(s.idle_w) : Json(nullptr))
      .set("idle_median_w", median > 0 ? Json(three_digits(median)) : Json(nullptr));
  json.set("average_w", s.average_w).set("window_rows", windows).set("caveats", caveats);
  if (result.record) json.set("record", comparison_json(result));
  return json.set("series", series_json(result.facts.series));
}

}  // namespace assay
