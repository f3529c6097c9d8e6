// A command of the program: a filled-in struct in a file of its own, and a line in commands.def.
#pragma once

#include <atomic>
#include <iosfwd>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

/// One option or operand. The long name doubles as the key in Args.
struct Option {
  enum Kind { flag, value, values, operand, operands };  ///< values: may be given several times
  std::string_view name;                                 ///< "on" for --on; for operands the key
  std::string_view metavar;                              ///< "TARGET[,TARGET...]"
  std::string_view help;
  Kind kind = value;
  bool required = false;
  std::string_view otherwise = {};  ///< the default, shown in --help
  std::string_view completes =
      "file";  ///< "file", "target", "format:a|b|c" or "none": for the shell
};

/// What the user typed, by option name.
class Args {
 public:
  void set(std::string name, std::vector<std::string> values) {
    values_[std::move(name)] = std::move(values);
  }
  void set_default(std::string name, std::string value) {
    defaults_.insert(name);
    values_[std::move(name)] = {std::move(value)};
  }
  bool has(std::string_view name) const { return values_.contains(name); }
  /// Whether the user typed it; has() is also true of an option with a default.
  bool typed(std::string_view name) const { return has(name) && !defaults_.contains(name); }
  /// The last value given, or the default.
  std::string text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  /// Whole numbers with a lower limit; error: usage.
  Result<int64_t> integer(std::string_view name, int64_t least, int64_t most) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::set<std::string, std::less<>> defaults_;
};

/// Where a command writes, and what it may assume about who reads.
struct Terminal {
  std::ostream& out;
  std::ostream& progress;    ///< stderr: progress on long work, only if `interactive`
  bool interactive = false;  ///< stderr is a terminal, and --quiet was not given
  bool colour = false;       ///< stdout is a terminal and NO_COLOR is not set
  const std::atomic<bool>* cancelled = nullptr;  ///< Ctrl-C
  bool verbose = false;                          ///< say each step on `progress`, with its time
};

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;  ///< after --help, ready to copy
  std::span<const Option> options;
  Status (*run)(const Args& args, Terminal& terminal);
};

#define ASSAY_COMMAND(id) extern const Command id##_command;
#include "cli/commands.def"
#undef ASSAY_COMMAND

std::span<const Command* const> all_commands();

/// Options that every command takes.
struct CommonOption {
  std::string_view name, shorthand, help;
};
constexpr CommonOption kQuiet{"--quiet", "-q", "no progress, only results and errors"};
constexpr CommonOption kVerbose{"--verbose", "-v",
                                "say each step with its time, on standard error"};

constexpr std::string_view kExitCodes =
    "0 fine, 1 a budget or baseline is not kept, 2 usage, 3 input,\n"
    "4 unsupported or does not fit, 5 environment, 70 a mistake of ours, 130 interrupted.";

}  // namespace assay
