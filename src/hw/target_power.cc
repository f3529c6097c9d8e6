// A target's TOML with another name and a measured current: lines are copied, so that comments and
// sources stay, except the name, the aliases (they are the shipped file's) and the run currents at
// the target's clock. The result is read again before it is given away. Not handled: a file whose
// keys of the top table stand on several lines each.
#include "hw/target_power.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

namespace assay {
namespace {

bool is_key(const std::string& line, std::string_view key) {
  if (!line.starts_with(key)) return false;
  const size_t next = line.find_first_not_of(" \t", key.size());
  return next != line.npos && line[next] == '=';
}

/// A TOML basic string: what would end it or the line is left out.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f) result += c;
  return result + '"';
}

}  // namespace

Result<std::string> with_measured_power(const Target& target, const std::string& name,
                                        const MeasuredPower& measured) {
  std::stringstream lines(target.file_text);
  std::string text = fmt::format("name = {}\n", quoted(name));
  bool top = true, in_current = false;
  size_t current = 0;
  const auto replaced = [&](const RunCurrent& row) {
    return std::abs(static_cast<double>(row.clock_hz - target.clock_hz)) <=
           0.01 * static_cast<double>(target.clock_hz);
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("[")) {
      top = false;
      in_current = false;
      if (line.starts_with("[[run_current]]")) {
        if (current < target.run_currents.size())
          in_current = replaced(target.run_currents[current]);
        ++current;
      }
    }
    if (in_current || (top && (is_key(line, "name") || is_key(line, "aliases")))) continue;
    text += line + "\n";
  }
  const double volts = measured.voltage_v;
  text += fmt::format(
      "\n[[run_current]]\ncondition  = \"measured while inferences ran\"\n"
      "clock_hz   = {}\nvoltage_v  = {:g}\ncurrent_ma = {:.5g}\nleast_ma   = {:.5g}\n"
      "most_ma    = {:.5g}\nsource     = {}\n",
      target.clock_hz, volts, measured.watts / volts * 1e3, measured.least_w / volts * 1e3,
      measured.most_w / volts * 1e3,
      quoted(fmt::format("measured: {}, {} windows", measured.file, measured.windows)));
  const Result<Target> again = read_target(text, name + ".toml");
  if (!again) return std::unexpected(again.error());
  return text;
}

std::string text_without_currents(const Target& target) {
  std::string text;
  bool current = false;
  for (std::string_view rest = target.file_text; !rest.empty();) {
    const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
    rest.remove_prefix(line.size());
    if (line.starts_with('['))
      current = line.starts_with("[[run_current]]") || line.starts_with("[[sleep_current]]");
    if (!current) text += line;
  }
  const size_t last = text.find_last_not_of('\n');
  return last == text.npos ? text : text.substr(0, last + 1) + "\n";
}

}  // namespace assay
