// assay completion SHELL: tab completion, made from the commands' own tables.
//
//   source <(assay completion bash)
//   assay completion fish > ~/.config/fish/completions/assay.fish
//
// What stands before a comma is kept, so that each target of `--on a,b` completes.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/common.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"shell",
     "bash|zsh|fish",
     "the shell to write for; zsh reads bash's through bashcompinit",
     Option::operand,
     true,
     {},
     "bash|zsh|fish"},
};

bool is_operand(const Option& option) {
  return option.kind == Option::operand || option.kind == Option::operands;
}

/// The words that a value may be, separated by spaces; "" where it is none of a list.
std::string words_of(const Option& option) {
  if (option.completes == "target") return fmt::format("{} all", fmt::join(target_names(), " "));
  if (option.completes == "none" || option.completes == "directory" || option.completes == "file")
    return "";
  std::string words(option.completes);
  std::ranges::replace(words, '|', ' ');
  return words;
}

/// What bash offers after `--option`.
std::string candidates(const Option& option) {
  if (option.completes == "target") return fmt::format("_assay_list \"{}\"", words_of(option));
  if (option.completes == "none") return "COMPREPLY=()";
  if (option.completes == "directory") return "COMPREPLY=($(compgen -d -- \"$word\"))";
  if (option.completes == "file") return "COMPREPLY=($(compgen -f -- \"$word\"))";
  return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))", words_of(option));
}

std::string bash_script() {
  std::string commands, cases;
  for (const Command* command : all_commands()) {
    commands += fmt::format("{} ", command->name);
    std::string options = fmt::format("--help {} {}", kQuiet.name, kVerbose.name), values,
                operand = "COMPREPLY=($(compgen -f -- \"$word\"))";
    for (const Option& option : command->options) {
      if (is_operand(option)) {
        operand = candidates(option);
        continue;
      }
      options += fmt::format(" --{}", option.name);
      if (option.kind == Option::value || option.kind == Option::values)
        values += fmt::format("        --{}{}) {}; return ;;\n", option.name,
                              option.name == "output" ? "|-o" : "", candidates(option));
    }
    cases += fmt::format(
        "    {})\n      case \"$before\" in\n{}      esac\n      if [[ $word == -* ]]; then "
        "COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); else {}; fi ;;\n",
        command->name, values, options, operand);
  }
  return fmt::format(R"(_assay_list() {{
  local word=${{COMP_WORDS[COMP_CWORD]}}
  COMPREPLY=($(compgen -P "${{word%"${{word##*,}}"}}" -W "$1" -- "${{word##*,}}"))
}}
_assay() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  if [[ $COMP_CWORD == 1 ]]; then COMPREPLY=($(compgen -W "{}--help --version" -- "$word")); return; fi
  case "${{COMP_WORDS[1]}}" in
{}  esac
}}
complete -o filenames -F _assay assay
)",
                     commands, cases);
}

/// Text between single quotes for fish, in which \\ and ' are escaped.
std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_option(const std::string& when, const Option& option) {
  std::string line = fmt::format("complete -c assay -n {} -l {}", when, option.name);
  if (option.name == "output") line += " -s o";
  line += fmt::format(" -d {}", fish_quoted(option.help));
  if (option.kind == Option::flag) return line + "\n";
  line += " -r";
  const std::string words = words_of(option);
  if (option.completes == "target")
    line += fmt::format(" -f -a '(__fish_append , {})'", words);
  else if (!words.empty())
    line += fmt::format(" -f -a {}", fish_quoted(words));
  else if (option.completes == "none")
    line += " -f";
  else if (option.completes == "directory")
    line += " -f -a '(__fish_complete_directories)'";
  else
    line += " -F";
  return line + "\n";
}

std::string fish_script() {
  std::string text = "complete -c assay -n __fish_use_subcommand -f\n";
  for (const CommonOption& option : {kQuiet, kVerbose})
    text += fmt::format("complete -c assay -s {} -l {} -d {}\n", option.shorthand.substr(1),
                        option.name.substr(2), fish_quoted(option.help));
  for (const Command* command : all_commands()) {
    text += fmt::format("complete -c assay -n __fish_use_subcommand -a {} -d {}\n", command->name,
                        fish_quoted(command->summary));
    const std::string when = fmt::format("'__fish_seen_subcommand_from {}'", command->name);
    for (const Option& option : command->options) {
      if (!is_operand(option))
        text += fish_option(when, option);
      else if (const std::string words = words_of(option); !words.empty())
        text += fmt::format("complete -c assay -n {} -f -a {}\n", when, fish_quoted(words));
    }
  }
  return text;
}

Status run(const Args& args, Terminal& terminal) {
  const std::string shell = args.text("shell");
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    return fail(ErrorKind::usage, "no completion for '{}'; there is bash, zsh and fish", shell);
  if (shell == "zsh") terminal.out << "autoload -U +X bashcompinit && bashcompinit\n";
  terminal.out << (shell == "fish" ? fish_script() : bash_script());
  return {};
}

}  // namespace

const Command completion_command = {
    .name = "completion",
    .summary = "tab completion for bash, zsh and fish",
    .examples =
        "  source <(assay completion bash)\n  assay completion fish > "
        "~/.config/fish/completions/assay.fish",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
