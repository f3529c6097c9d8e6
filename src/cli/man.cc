// assay man: the manual page, made from the commands' own tables; `make install` installs it.
//
// Source: groff_man(7), the macros TH, SH, SS, TP, nf.
#include <fmt/format.h>

#include <ostream>

#include "cli/command.h"

namespace assay {
namespace {

/// Text that troff prints as it is: no escapes, minus signs that can be copied, no control lines.
std::string escaped(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string option_text(const Option& option) {
  const bool operand = option.kind == Option::operand || option.kind == Option::operands;
  std::string head = operand ? std::string(option.metavar) : fmt::format("--{}", option.name);
  if (option.name == "output") head = "-o, --output";
  if (!operand && option.kind != Option::flag) head += fmt::format(" {}", option.metavar);
  std::string help(option.help);
  if (!option.otherwise.empty()) help += fmt::format(" [{}]", option.otherwise);
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", escaped(head), escaped(help));
}

std::string command_text(const Command& command) {
  std::string text =
      fmt::format(".SS assay {}\n{}\n", escaped(command.name), escaped(command.summary));
  for (const Option& option : command.options) text += option_text(option);
  return text + fmt::format(".PP\n.nf\n{}\n.fi\n", escaped(command.examples));
}

Status run(const Args&, Terminal& terminal) {
  std::string text = fmt::format(
      ".TH ASSAY 1 \"\" \"assay {}\"\n"
      ".SH NAME\nassay \\- what a machine\\-learning model costs on a microcontroller, and why\n"
      ".SH SYNOPSIS\n.B assay\n.I COMMAND\n[\\fIOPTION\\fR...]\n"
      ".SH DESCRIPTION\n"
      "Builds real firmware for a model and a part, runs it in an emulator, and says what it "
      "costs: "
      "bytes and instructions counted, cycles, latency and energy modelled with their interval.\n"
      ".SH OPTIONS\n",
      ASSAY_VERSION);
  for (const CommonOption& option : {kQuiet, kVerbose})
    text += fmt::format(".TP\n\\fB{}, {}\\fR\n{}\n", escaped(option.shorthand),
                        escaped(option.name), escaped(option.help));
  text += ".SH COMMANDS\n";
  for (const Command* command : all_commands()) text += command_text(*command);
  text += fmt::format(".SH EXIT STATUS\n{}\n", escaped(kExitCodes));
  text +=
      ".SH ENVIRONMENT\n.TP\nNO_COLOR\nno colour, whatever the terminal\n"
      ".TP\nXDG_CACHE_HOME\nwhere results are kept, in assay/ [~/.cache]\n";
  terminal.out << text;
  return {};
}

}  // namespace

const Command man_command = {
    .name = "man",
    .summary = "the manual page",
    .examples = "  assay man | man -l -\n  assay man > assay.1",
    .options = {},
    .run = run,
};

}  // namespace assay
