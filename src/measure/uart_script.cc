// Reads a script, and plays it: output is searched for the awaited text from where the text before
// was found, so that what came early is not missed; each byte is searched once for a text.
#include "measure/uart_script.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace assay {
namespace {

constexpr size_t kMaxSteps = 1 << 20, kMostRead = 1 << 16;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char next = i + 1 < text.size() ? text[++i] : '\0';
    if (next == 'n')
      out += '\n';
    else if (next == 'r')
      out += '\r';
    else if (next == 't')
      out += '\t';
    else if (next == 's')
      out += ' ';
    else if (next == '\\')
      out += '\\';
    else if (next == 'x' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
             hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      return fail(ErrorKind::input, "'\\{}' is none of \\n \\r \\t \\s \\\\ \\xNN", next);
    }
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

/// "inference = (three - one) / 2"
Result<DerivedRegion> read_derived(std::string_view text) {
  std::istringstream words{std::string(text)};
  DerivedRegion region;
  std::string equals, minus, slash, rest;
  words >> region.name >> equals >> region.minuend >> minus >> region.subtrahend >> slash;
  const bool parsed = static_cast<bool>(words >> region.divisor) && !(words >> rest);
  const bool shaped = equals == "=" && minus == "-" && slash == "/" &&
                      region.minuend.starts_with('(') && region.subtrahend.ends_with(')');
  if (!parsed || !shaped || region.divisor < 1)
    return fail(ErrorKind::input, "need: derive NAME = (A - B) / N");
  region.minuend.erase(0, 1);
  region.subtrahend.pop_back();
  return region;
}

struct Names {
  std::set<std::string, std::less<>> open, closed;
};

Status check_region(const UartStep& step, Names& names) {
  if (!is_name(step.text))
    return fail(ErrorKind::input, "'{}' is no region name: letters, digits, '_', '-', '.'",
                step.text);
  if (step.kind == UartStep::begin) {
    if (!names.open.insert(step.text).second)
      return fail(ErrorKind::input, "{} has begun already", step.text);
    return {};
  }
  if (names.open.erase(step.text) == 0)
    return fail(ErrorKind::input, "{} has not begun", step.text);
  names.closed.insert(step.text);
  return {};
}

Status read_line(std::string_view line, UartScript& script, Names& names) {
  const size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space), rest = trimmed(line.substr(space));
  if (word == "derive") {
    DerivedRegion region = TRY(read_derived(rest));
    for (const std::string& name : {region.minuend, region.subtrahend})
      if (!names.closed.contains(name)) return fail(ErrorKind::input, "no region {} above", name);
    script.derived.push_back(std::move(region));
    return {};
  }
  UartStep step;
  if (word == "wait")
    step.kind = UartStep::wait;
  else if (word == "send")
    step.kind = UartStep::send;
  else if (word == "begin")
    step.kind = UartStep::begin;
  else if (word == "end")
    step.kind = UartStep::end;
  else if (word == "stop")
    step.kind = UartStep::stop;
  else
    return fail(ErrorKind::input, "'{}' is none of wait, send, begin, end, derive, stop", word);
  if (step.kind != UartStep::stop && rest.empty())
    return fail(ErrorKind::input, "'{}' of what?", word);
  step.text = TRY(unescaped(rest));
  if (step.kind == UartStep::begin || step.kind == UartStep::end)
    TRY_STATUS(check_region(step, names));
  script.steps.push_back(std::move(step));
  return {};
}

}  // namespace

Result<UartScript> read_uart_script(std::string_view text) {
  UartScript script;
  Names names;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    TRY_STATUS(in(read_line(line, script, names), "line {}", number));
    if (script.steps.size() > kMaxSteps)
      return fail(ErrorKind::input, "more than {} steps", kMaxSteps);
  }
  if (!names.open.empty())
    return fail(ErrorKind::input, "region {} does not end", *names.open.begin());
  return script;
}

/// Moves past the text, or to where its beginning may stand already.
bool UartPlayer::find(std::string_view text) {
  const size_t at = output_.find(text, read_);
  if (at != std::string::npos)
    read_ = at + text.size();
  else if (output_.size() >= text.size())
    read_ = std::max(read_, output_.size() - (text.size() - 1));
  if (read_ > kMostRead && read_ > output_.size() / 2) {
    output_.erase(0, read_);
    read_ = 0;
  }
  return at != std::string::npos;
}

std::vector<const UartStep*> UartPlayer::take() {
  std::vector<const UartStep*> taken;
  for (; !done(); ++next_) {
    const UartStep& step = script_->steps[next_];
    if (step.kind == UartStep::wait) {
      if (!find(step.text)) break;
    }
    taken.push_back(&step);
  }
  return taken;
}

std::string_view UartPlayer::awaited() const {
  return done() ? std::string_view() : std::string_view(script_->steps[next_].text);
}

}  // namespace assay
