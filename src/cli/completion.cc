// assay completion SHELL: tab completion, made from the commands' own tables.
//
//   source <(assay completion bash)
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/common.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"shell",
     "bash|zsh",
     "the shell to write for; zsh reads bash's through bashcompinit",
     Option::operand,
     true,
     {},
     "bash|zsh"},
};

/// What bash offers after `--option`.
std::string candidates(const Option& option) {
  if (option.completes == "target")
    return fmt::format("COMPREPLY=($(compgen -W \"{} all\" -- \"$word\"))",
                       fmt::join(target_names(), " "));
  if (option.completes == "none") return "COMPREPLY=()";
  if (option.completes == "directory") return "COMPREPLY=($(compgen -d -- \"$word\"))";
  if (option.completes == "file") return "COMPREPLY=($(compgen -f -- \"$word\"))";
  std::string words(option.completes);
  std::ranges::replace(words, '|', ' ');
  return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))", words);
}

std::string bash_script() {
  std::string commands, cases;
  for (const Command* command : all_commands()) {
    commands += fmt::format("{} ", command->name);
    std::string options = "--help", values, operand = "COMPREPLY=($(compgen -f -- \"$word\"))";
    for (const Option& option : command->options) {
      if (option.kind == Option::operand || option.kind == Option::operands) {
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
  return fmt::format(R"(_assay() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  if [[ $COMP_CWORD == 1 ]]; then COMPREPLY=($(compgen -W "{}--help --version" -- "$word")); return; fi
  case "${{COMP_WORDS[1]}}" in
{}  esac
}}
complete -o filenames -F _assay assay
)",
                     commands, cases);
}

Status run(const Args& args, Terminal& terminal) {
  const std::string shell = args.text("shell");
  if (shell != "bash" && shell != "zsh")
    return fail(ErrorKind::usage, "no completion for '{}'; there is bash and zsh", shell);
  if (shell == "zsh") terminal.out << "autoload -U +X bashcompinit && bashcompinit\n";
  terminal.out << bash_script();
  return {};
}

}  // namespace

const Command completion_command = {
    .name = "completion",
    .summary = "tab completion for bash and zsh",
    .examples = "  source <(assay completion bash)",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
