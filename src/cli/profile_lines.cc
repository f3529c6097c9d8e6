// Lines of source: the page's section, with the text of each line where its file is at hand, and
// the record's rows.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "cli/compose.h"
#include "cli/profile_page.h"
#include "report/numbers.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kSourceWidth = 34, kPlaceWidth = 24;

double number(int64_t value) { return static_cast<double>(value); }

std::string clipped(std::string text, size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

/// "a.c:12", of a long name its end.
std::string place_text(const std::string& path, int64_t line) {
  std::string place = fmt::format("{}:{}", std::filesystem::path(path).filename().string(), line);
  if (place.size() > kPlaceWidth) place = ".." + place.substr(place.size() - kPlaceWidth + 2);
  return place;
}

/// The text of a line, if its file can be read; each file is read once.
class SourceText {
 public:
  std::string line(const std::string& path, int64_t number) {
    const auto [at, is_new] = files_.try_emplace(path);
    if (is_new) at->second = lines_of(path);
    const auto index = static_cast<size_t>(number - 1);
    return index < at->second.size() ? printable(at->second[index]) : "";
  }

 private:
  static std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return lines;  // a device never ends
    const Result<std::string> text = read_text(path);
    if (!text) return lines;
    std::istringstream stream(*text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  static std::string printable(std::string_view text) {
    std::string line(text.substr(std::min(text.find_first_not_of(" \t"), text.size())));
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    return line;
  }

  std::map<std::string, std::vector<std::string>> files_;
};

std::string function_of(const ProfileLine& line, const ProfileRegion& region) {
  if (line.function < 0) return "";
  return region.functions[static_cast<size_t>(line.function)].name;
}

LineRecord line_row(const ProfileLine& line, const ProfileRegion& region, const CoreTiming& core) {
  LineRecord row;
  row.file = line.file;
  row.line = line.line;
  row.function = function_of(line, region);
  for (const InlinedCall& call : line.inlined)
    row.inlined += fmt::format("{}{} at {}:{}", row.inlined.empty() ? "" : ", ", call.function,
                               call.at.file, call.at.line);
  row.instructions = Figure::exact(line.instructions);
  row.cycles = cycles_figure(number(line.causes.sum()) / kTicksPerCycle, core);
  row.loads = Figure::exact(line.loads);
  row.stores = Figure::exact(line.stores);
  row.causes = cause_shares(line.causes, core);
  return row;
}

}  // namespace

std::string profile_main_cause(const CauseTicks& causes) {
  const auto most = std::ranges::max_element(causes.ticks);
  return std::string(title(static_cast<Cause>(most - causes.ticks.begin())));
}

Section profile_lines(const Profiled& p, const ProfileRegion& region) {
  Section section;
  if (p.lines == nullptr || p.most_lines == 0) return section;
  section.title = "lines of source";
  section.table.columns = {{.title = "line"},
                           {.title = "instr", .right = true},
                           {.title = "self", .right = true},
                           {.title = "share", .right = true},
                           {.title = "most of it"},
                           {.title = "source"}};
  const double all = number(region.total.cycles) * kTicksPerCycle;
  double rest = number(region.unplaced.sum());
  SourceText sources;
  for (size_t i = 0; i < region.lines.size(); ++i) {
    const ProfileLine& line = region.lines[i];
    const double ticks = number(line.causes.sum());
    if (i >= p.most_lines) {
      rest += ticks;
      continue;
    }
    std::vector<std::string> words;
    if (line.number < 0)
      words.push_back("in " + function_of(line, region) + ", no line");
    else if (std::string text = sources.line(p.lines->path_of(line.number), line.line);
             !text.empty())
      words.push_back(std::move(text));
    if (!line.inlined.empty()) {
      const SourceLine& at = line.inlined.front().at;
      words.push_back("inlined at " + place_text(at.file, at.line));
    }
    words.resize(std::max<size_t>(1, words.size()));
    section.table.rows.push_back(
        {{line.number < 0 ? "-" : place_text(line.file, line.line), si(number(line.instructions)),
          si(ticks / kTicksPerCycle), percent(ticks, all), profile_main_cause(line.causes),
          clipped(words[0], kSourceWidth)}});
    for (size_t k = 1; k < words.size(); ++k)
      section.table.rows.push_back({{"", "", "", "", "", clipped(words[k], kSourceWidth)}});
  }
  if (rest != 0)
    section.table.rows.push_back(
        {{"all else", "", si(rest / kTicksPerCycle), percent(rest, all), "", ""}});
  return section;
}

std::vector<LineRecord> profile_line_rows(const ProfileRegion& region, const CoreTiming& core) {
  std::vector<LineRecord> rows;
  for (const ProfileLine& line : region.lines) rows.push_back(line_row(line, region, core));
  return rows;
}

}  // namespace assay
