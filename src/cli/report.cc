// assay report RECORD... -o FILE: records as a page for people or a table for programs.
#include <filesystem>
#include <ostream>

#include "cli/common.h"
#include "record/json.h"
#include "report/format.h"
#include "util/files.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"records", "RECORD.json...", "what `assay measure --json FILE` wrote", Option::operands, true},
    {"output", "FILE",
     "page.html, .md, .txt, .csv, .json, .perfetto.json or .explorer.json; - or nothing: standard "
     "output"},
    {"format",
     "NAME",
     "instead of the one that the file's name says",
     Option::value,
     false,
     {},
     "text|markdown|html|csv|perfetto|model_explorer|json"},
};

Status run(const Args& args, Terminal& terminal) {
  std::vector<Record> records;
  for (const std::string& file : args.texts("records")) {
    const std::string text = TRY(read_text(file));
    std::vector<Record> read = TRY(in(parse_records(text), "record {}", file));
    records.insert(records.end(), std::make_move_iterator(read.begin()),
                   std::make_move_iterator(read.end()));
  }
  if (records.empty()) return fail(ErrorKind::input, "the files hold no record");
  const std::string file = args.text("output") == "-" ? "" : args.text("output");
  const Format* format = args.has("format") ? TRY(find_format(args.text("format")))
                         : file.empty()     ? TRY(find_format("text"))
                                            : TRY(format_of_file(file));
  if (format->one_record && records.size() > 1)
    return fail(ErrorKind::usage, "format {} takes one record, here are {}", format->name,
                records.size());
  const std::string page = format->render(records, {.colour = file.empty() && terminal.colour});
  return write_output(file.empty() ? "-" : file, page, terminal);
}

}  // namespace

const Command report_command = {
    .name = "report",
    .summary = "records as a page for people or a table for programs",
    .examples =
        "  assay measure kws.tflite --on pico,pico2 --json kws.json\n  assay report kws.json -o "
        "kws.html",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
