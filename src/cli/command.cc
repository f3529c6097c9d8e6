// The list of commands, and what the user typed.
#include "cli/command.h"

#include <charconv>

namespace assay {
namespace {

constexpr const Command* kCommands[] = {
#define ASSAY_COMMAND(id) &id##_command,
#include "cli/commands.def"
#undef ASSAY_COMMAND
};

}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }

std::string Args::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.empty() ? "" : found->second.back();
}

std::vector<std::string> Args::texts(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

Result<int64_t> Args::integer(std::string_view name, int64_t least, int64_t most) const {
  const std::string typed = text(name);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  if (error != std::errc() || end != typed.data() + typed.size())
    return fail(ErrorKind::usage, "--{} '{}' is no whole number", name, typed);
  if (value < least || value > most)
    return fail(ErrorKind::usage, "--{} {} is not between {} and {}", name, value, least, most);
  return value;
}

}  // namespace assay
