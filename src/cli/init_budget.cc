// assay init-budget MODEL|RECORD --on TARGET -o budget.toml: a first budget from a measurement.
#include <fmt/format.h>

#include <ostream>

#include "cli/common.h"
#include "cli/measuring.h"
#include "compare/amount.h"
#include "report/budget_text.h"

namespace assay {
namespace {

constexpr Option kFirst[] = {
    {"subject", "MODEL|RECORD", "a model to measure, or what `assay measure --json` wrote",
     Option::operand, true},
    {"on",
     "TARGET[,TARGET...]",
     "the parts to measure a model on",
     Option::value,
     false,
     {},
     "target"},
    {"headroom", "PERCENT", "how much more than measured may be spent", Option::value, false, "10%",
     "none"},
};
constexpr Option kLast[] = {
    {"output", "FILE.toml", "the budget; standard output if not given"},
};
constexpr auto kOptions = with_measure_options(kFirst, kLast);

Status run(const Args& args, Terminal& terminal) {
  const Amount headroom = TRY(in(parse_amount(args.text("headroom"), Unit::percent), "--headroom"));
  if (headroom.value > 1000) return fail(ErrorKind::usage, "--headroom of more than 1000 %");
  const std::string subject = args.text("subject");
  const std::vector<Record> records = TRY(records_of(subject, args, terminal));
  const std::string file = args.has("output") ? args.text("output") : "budget.toml";
  const std::string command = fmt::format("assay check {}{}{} --budget {}", subject,
                                          args.has("on") ? " --on " : "", args.text("on"), file);
  TRY_STATUS(write_output(args.has("output") ? file : "-",
                          budget_text(records, headroom.value, command), terminal));
  return require_measured(records);
}

}  // namespace

const Command init_budget_command = {
    .name = "init-budget",
    .summary = "write a first budget.toml from a measurement",
    .examples =
        "  assay init-budget kws.tflite --on nucleo-l4r5zi -o budget.toml\n"
        "  assay init-budget kws.json --headroom 5% -o budget.toml",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
