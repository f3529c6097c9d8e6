// The program: turns the commands' own description of their options into CLI11's, runs one, prints
// what went wrong. Nothing else prints errors or exits.
#include <CLI/CLI.hpp>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "cli/command.h"
#include "util/text.h"

namespace assay {
namespace {

std::atomic<bool> interrupted = false;  // set by the signal handler alone

constexpr std::string_view kWelcome = R"(assay: what an ML model costs on a microcontroller, and why

  assay estimate model.tflite --on all             which parts does it fit, how fast, in milliseconds
  assay measure  model.tflite --on nucleo-l4r5zi   build real firmware, run it in the emulator, count everything
  assay explain  model.tflite --on nucleo-l4r5zi   why it takes that long, and what would help

More: assay --help, assay COMMAND --help, docs/tour.md
)";

/// Ends at the second Ctrl-C; at the first, running work is asked to stop and cleans up.
void on_signal(int signal) {
  if (interrupted.exchange(true)) _exit(128 + signal);
}

void add_options(CLI::App& app, const Command& command,
                 std::map<std::string, std::vector<std::string>>& texts,
                 std::map<std::string, bool>& flags) {
  for (const Option& option : command.options) {
    const std::string key(option.name);
    std::string help(option.help);
    if (!option.otherwise.empty()) help += fmt::format(" [{}]", option.otherwise);
    if (option.kind == Option::flag) {
      app.add_flag("--" + key, flags[key], help);
      continue;
    }
    const bool operand = option.kind == Option::operand || option.kind == Option::operands;
    const std::string shorthand = key == "output" ? "-o,--output" : "--" + key;
    CLI::Option* added = app.add_option(operand ? key : shorthand, texts[key], help);
    added->type_name(std::string(option.metavar));
    if (option.kind == Option::operands)
      added->expected(1, -1);
    else
      added->expected(1)->multi_option_policy(option.kind == Option::values
                                                  ? CLI::MultiOptionPolicy::TakeAll
                                                  : CLI::MultiOptionPolicy::TakeLast);
    if (option.required) added->required();
  }
}

Args make_args(const Command& command, const std::map<std::string, std::vector<std::string>>& texts,
               const std::map<std::string, bool>& flags) {
  Args args;
  for (const Option& option : command.options) {
    const std::string key(option.name);
    if (option.kind == Option::flag) {
      if (flags.at(key)) args.set(key, {"yes"});
    } else if (!texts.at(key).empty()) {
      args.set(key, texts.at(key));
    } else if (!option.otherwise.empty()) {
      args.set_default(key, std::string(option.otherwise));
    }
  }
  return args;
}

int finish(const Status& status) {
  std::cout.flush();
  if (!status && interrupted) {
    std::cerr << "assay: interrupted; nothing is half-written\n";
    return 128 + SIGINT;
  }
  if (!status) {
    if (!status.error().what.empty()) std::cerr << "assay: " << text(status.error()) << "\n";
    return exit_code(status.error());
  }
  if (!std::cout) {
    std::cerr << "assay: cannot write the output; is the disk full?\n";
    return static_cast<int>(ErrorKind::environment);
  }
  return 0;
}

const Command* command_of(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    for (const Command* command : all_commands())
      if (command->name == argv[i]) return command;
  return nullptr;
}

/// The first thing typed that looks like an option and is none of the command's.
std::string unknown_option(const Command& command, int argc, char** argv) {
  std::vector<std::string> names = {"--help", std::string(kQuiet.name), std::string(kVerbose.name)};
  for (const Option& option : command.options)
    if (option.kind != Option::operand && option.kind != Option::operands)
      names.push_back(fmt::format("--{}", option.name));
  for (int i = 1; i < argc; ++i) {
    const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    if (!word.starts_with("--") || word == "--") continue;
    if (std::ranges::find(names, word) == names.end())
      return fmt::format("{} has no option '{}'{}", command.name, word, did_you_mean(word, names));
  }
  return "";
}

/// CLI11's own words, in our form: one line, and where help is.
int usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cerr);
  std::string what = error.what();
  std::vector<std::string> names;
  for (const Command* command : all_commands()) names.emplace_back(command->name);
  const Command* command = command_of(argc, argv);
  // A misspelt option can leave a required one missing: then CLI11 names the latter.
  const bool misspelt = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) ||
                        error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  if (!command && argc > 1 && argv[1][0] != '-')
    what = fmt::format("no command '{}'{}", argv[1], did_you_mean(argv[1], names));
  else if (const std::string unknown =
               command && misspelt ? unknown_option(*command, argc, argv) : "";
           !unknown.empty())
    what = unknown;
  std::cerr << "assay: " << what
            << (command ? fmt::format("   (assay {} --help lists all)\n", command->name)
                        : "   (assay --help lists all)\n");
  return static_cast<int>(ErrorKind::usage);
}

int run_program(int argc, char** argv) {
  if (argc == 1) {
    std::cout << kWelcome;
    return 0;
  }
  CLI::App app{"What a machine-learning model costs on a microcontroller, and why.", "assay"};
  app.set_version_flag("--version", std::string("assay ") + ASSAY_VERSION);
  app.set_help_flag("-h,--help", "print this help");
  app.footer("Every command has --help with examples. Exit codes: " + std::string(kExitCodes));
  bool quiet = false, verbose = false;
  for (auto [option, flag] : {std::pair(&kQuiet, &quiet), std::pair(&kVerbose, &verbose)})
    app.add_flag(fmt::format("{},{}", option->shorthand, option->name), *flag,
                 std::string(option->help));
  app.require_subcommand(1);
  std::map<const Command*, std::map<std::string, std::vector<std::string>>> texts;
  std::map<const Command*, std::map<std::string, bool>> flags;
  for (const Command* command : all_commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command->name), std::string(command->summary));
    sub->fallthrough();  // --quiet and --verbose may stand anywhere
    sub->footer("Examples:\n" + std::string(command->examples));
    add_options(*sub, *command, texts[command], flags[command]);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, argc, argv);
  }
  for (const Command* command : all_commands()) {
    if (!app.got_subcommand(std::string(command->name))) continue;
    const bool colour = isatty(STDOUT_FILENO) != 0 && !std::getenv("NO_COLOR");
    const bool interactive = isatty(STDERR_FILENO) != 0 && !quiet;
    Terminal terminal{std::cout, std::cerr, interactive, colour, &interrupted, verbose && !quiet};
    return finish(command->run(make_args(*command, texts[command], flags[command]), terminal));
  }
  return static_cast<int>(ErrorKind::usage);
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  std::signal(SIGINT, assay::on_signal);
  std::signal(SIGTERM, assay::on_signal);
  try {
    return assay::run_program(argc, argv);
  } catch (const std::bad_alloc&) {
    std::cerr << "assay: out of memory\n";
    return static_cast<int>(assay::ErrorKind::environment);
  } catch (const std::exception& error) {
    std::cerr << "assay: internal error: " << error.what() << "; please report it\n";
    return static_cast<int>(assay::ErrorKind::internal);
  }
}
