/// A first budget, with its reasons:
///
///   [budget]   # kws on nucleo-l4r5zi: aot, balanced, gcc 12.2.1
///   fits         = "yes"
///   flash_bytes  = "39 785 B"    # 36 168 B measured: weights 22 604 B, tables 8 296 B
///   latency_us   = "36.1 ms"     # 32.8 ms modelled (32.8 .. 36.4)
///
/// Does not handle: layers and functions, which a person names when they matter.
#include "report/budget_text.h"

#include <fmt/format.h>

#include <cmath>

#include "report/difference_words.h"
#include "report/names.h"
#include "report/numbers.h"
#include "report/printable.h"

namespace assay {
namespace {

struct Limited {
  const char* field;
  Figure Record::*figure;
  Unit unit;
};
constexpr Limited kLimited[] = {
    {"flash_bytes", &Record::flash_bytes, Unit::bytes},
    {"ram_bytes", &Record::ram_bytes, Unit::bytes},
    {"arena_bytes", &Record::arena_bytes, Unit::bytes},
    {"stack_bytes", &Record::stack_bytes, Unit::bytes},
    {"instructions", &Record::instructions, Unit::instructions},
    {"latency_us", &Record::latency_us, Unit::microseconds},
    {"energy_uj", &Record::energy_uj, Unit::microjoules},
};

/// Three digits and a unit, never less than the value.
std::string rounded_up(double value, const char* const (&units)[3]) {
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < 3) {
    value /= 1000;
    ++unit;
  }
  const double step = value < 10 ? 0.01 : value < 100 ? 0.1 : 1;
  return fmt::format("{} {}",
                     fmt::format("{:.{}f}", std::ceil(value / step - 1e-9) * step,
                                 value < 10    ? 2
                                 : value < 100 ? 1
                                               : 0),
                     units[unit]);
}

std::string limit_text(double limit, Unit unit) {
  static constexpr const char* kTimes[] = {"us", "ms", "s"};
  static constexpr const char* kEnergies[] = {"uJ", "mJ", "J"};
  if (unit == Unit::microseconds) return rounded_up(limit, kTimes);
  if (unit == Unit::microjoules) return rounded_up(limit, kEnergies);
  return amount_text(std::ceil(limit), unit);
}

std::string line(const Record& record, const Limited& limited, double headroom_percent) {
  const Figure& figure = record.*limited.figure;
  if (!figure)
    return fmt::format("# {}: not known ({})\n", limited.field, printable(figure.reason, true));
  const double limit = figure.number() * (1 + headroom_percent / 100);
  std::string about = amount_text(figure.number(), limited.unit);
  if (figure.how != How::exact) about += fmt::format(" {} {}", name(figure.how), spread(figure));
  const std::string parts = what_takes(record, limited.field, "");
  if (figure.how == How::exact && !parts.empty()) about += ": " + printable(parts, true);
  return fmt::format("{:<12} = {:<14} # {}\n", limited.field,
                     fmt::format("\"{}\"", limit_text(limit, limited.unit)), about);
}

std::string table(const Record& record, const std::string& head, double headroom_percent) {
  std::string text =
      fmt::format("\n{}   # {}, {}, {}, {}\n", head, printable(record.model, true), record.runtime,
                  record.optimize, printable(compiler_title(record.compiler), true));
  text += fmt::format("{:<12} = \"yes\"\n", "fits");
  for (const Limited& limited : kLimited) text += line(record, limited, headroom_percent);
  return text;
}

}  // namespace

std::string budget_text(std::span<const Record> records, double headroom_percent,
                        std::string_view command) {
  std::string text = fmt::format(
      "# What may be spent: measured, and {} % more. The check that reads this file:\n"
      "#   {}\n"
      "# A key is any field of a record (docs/records.md), of its rows as "
      "\"layers[conv_2d*].cycles\";\n"
      "# a value is the most there may be, or {{ max = .., min = .., headroom = \"10 %\" }}\n"
      "# (docs/budgets.md).\n"
      "\n"
      "# every = \"20 ms\"   # how often an inference starts; then cpu_percent can be limited "
      "too\n",
      headroom_percent, printable(command, true));
  for (const Record& record : records)
    text +=
        table(record, records.size() == 1 ? "[budget]" : fmt::format("[on.\"{}\"]", record.target),
              headroom_percent);
  return text +
         "\n[baseline]             # of `--baseline RECORD`: how much worse each may be\n"
         "tolerance    = \"0 %\"\n";
}

}  // namespace assay
