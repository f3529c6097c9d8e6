// assay compare A B [C...]: records, or models measured on the way, side by side. Lists after
// --on, --optimize, --runtime and --compiler, and several --flags, each make a record of their own.
#include <fmt/format.h>

#include <filesystem>
#include <ostream>
#include <sstream>

#include "cli/common.h"
#include "cli/measuring.h"
#include "report/compare_page.h"
#include "report/page.h"

namespace assay {
namespace {

constexpr Option kFirst[] = {
    {"subjects", "MODEL|RECORD...",
     "models to measure, or files of records; the first is compared with", Option::operands, true},
    {"on",
     "TARGET[,TARGET...]",
     "the parts to measure models on; of files of records those to compare",
     Option::value,
     false,
     {},
     "target"},
    {"vary-flags",
     "\"FLAGS\"",
     "compare with these compiler flags too; may be given several times, \"\" is without any",
     Option::values,
     false,
     {},
     "none"},
};
constexpr Option kLast[] = {
    {"markdown", "FILE", "write the page as Markdown; - for standard output"},
    {"json", "FILE", "write every difference as JSON; - for standard output"},
};
constexpr auto kOptions = with_measure_options(kFirst, kLast);

/// "a,b" as two; the whole as one if there is no comma.
std::vector<std::string> choices(const std::string& list) {
  std::vector<std::string> words;
  std::stringstream stream(list);
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  if (words.empty()) words.emplace_back();
  return words;
}

/// Arguments with one choice of each list: all combinations, the first option varying slowest.
std::vector<Args> variants(const Args& args) {
  std::vector<Args> all = {args};
  const auto vary = [&all](const char* option, const std::vector<std::string>& values) {
    if (values.size() < 2) return;
    std::vector<Args> more;
    for (const Args& each : all)
      for (const std::string& value : values) {
        more.push_back(each);
        more.back().set(option, {value});
      }
    all = std::move(more);
  };
  for (const char* option : {"runtime", "optimize", "compiler"})
    vary(option, choices(args.text(option)));
  std::vector<std::string> flags = args.texts("vary-flags");
  if (!flags.empty()) flags.insert(flags.begin(), args.text("flags"));
  vary("flags", flags);
  return all;
}

struct Gathered {
  std::vector<Record> records;
  std::vector<std::string> names;
};

Result<Gathered> gathered(const Args& args, Terminal& terminal) {
  Gathered all;
  for (const std::string& subject : args.texts("subjects")) {
    size_t variant = 0;
    for (const Args& each : variants(args)) {
      std::vector<Record> records = TRY(records_of(subject, each, terminal));
      ++variant;
      const bool from_file = !records.empty() && variant > 1 && !args.has("on");
      if (from_file) break;  // a record is as it is, whatever is varied
      for (Record& record : records) {
        all.records.push_back(std::move(record));
        all.names.push_back(std::filesystem::path(subject).filename().string());
      }
    }
  }
  return all;
}

Status run(const Args& args, Terminal& terminal) {
  Gathered all = TRY(gathered(args, terminal));
  if (all.records.size() < 2)
    return fail(ErrorKind::usage,
                "one record is nothing to compare: name a second one, or --on a,b, --optimize "
                "size,speed, --vary-flags \"-O3\"");
  const std::vector<Labelled> records = labelled(std::move(all.records), all.names);
  const std::vector<Section> page = compare_page(records);
  if (args.has("json"))
    TRY_STATUS(write_output(args.text("json"), compare_json(records).dump(), terminal));
  if (args.has("markdown"))
    TRY_STATUS(write_output(args.text("markdown"), markdown_of(page, {}), terminal));
  if (args.text("json") != "-" && args.text("markdown") != "-")
    terminal.out << text_of(page, {.colour = terminal.colour});
  return {};
}

}  // namespace

const Command compare_command = {
    .name = "compare",
    .summary = "records, models, targets, compilers or flags side by side, and what differs where",
    .examples =
        "  assay compare kws.tflite --on nucleo-l4r5zi --optimize size,speed\n"
        "  assay compare old.tflite new.tflite --on nucleo-l4r5zi\n"
        "  assay compare main.json branch.json --markdown diff.md",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
