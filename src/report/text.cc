// Pages for a terminal: pages.md's look. A headline stands at the margin with its facts beside it;
// everything else is a block with a blank line before.
#include <fmt/format.h>

#include <algorithm>

#include "report/format.h"
#include "report/layout.h"
#include "report/page.h"
#include "report/printable.h"

namespace assay {
namespace {

constexpr size_t kNarrowestPage = 40;

std::string plain(const Line& line) { return line.text; }

// Source: ECMA-48, 8.3.117 (SGR). The indent stays outside, so that nothing is underlined by it.
std::string painted(const Line& line) {
  const char* code = "";
  switch (line.style) {
    case Style::plain:
      return line.text;
    case Style::strong:
      code = "1";
      break;
    case Style::good:
      code = "32";
      break;
    case Style::bad:
      code = "31";
      break;
    case Style::dim:
      code = "2";
      break;
  }
  return line.text.empty() ? "" : fmt::format("\x1b[{}m{}\x1b[0m", code, line.text);
}

/// Title and facts; the facts stand beside the title if there is room, else below it.
std::vector<Line> headline(const Section& section, size_t width) {
  size_t widest = 0;
  for (const std::string& line : section.lines) widest = std::max(widest, display_width(line));
  const size_t at = display_width(section.title) + 4;
  if (section.lines.empty() || at + widest > width) {
    std::vector<Line> lines = {{section.title, Style::strong}};
    for (const std::string& fact : section.lines)
      for (const std::string& piece : wrapped(fact, width - 2)) lines.push_back({"  " + piece});
    return lines;
  }
  std::vector<Line> lines;
  for (const std::string& line : section.lines)
    lines.push_back(lines.empty() ? Line{section.title + "    " + line, Style::strong}
                                  : Line{std::string(at, ' ') + line});
  return lines;
}

bool is_headline(const Section& section) {
  return section.style == Style::strong && section.table.rows.empty();
}

std::string render(std::span<const Record> records, const RenderOptions& options) {
  if (records.empty()) return "no records\n";
  const size_t width = std::max(kNarrowestPage, static_cast<size_t>(std::max(0, options.width)));
  const auto paint = options.colour ? painted : plain;
  const std::vector<PagePart> page = make_page(records, options);
  std::string text;
  for (size_t i = 0; i < page.size(); ++i) {
    const Section& section = page[i].section;
    std::vector<Line> lines =
        is_headline(section) ? headline(section, width) : section_lines(section, width);
    if (i + 1 < page.size() && page[i + 1].beside) {
      const std::vector<Line> both =
          beside(lines, section_lines(page[i + 1].section, width), width, paint);
      if (!both.empty()) {
        lines = both;
        ++i;
      }
    }
    if (!text.empty()) text += '\n';
    for (const Line& line : lines) text += paint(line) + '\n';
  }
  return text;
}

}  // namespace

const Format text_format = {
    .name = "text", .summary = "a page for a terminal", .extensions = {".txt"}, .render = render};

}  // namespace assay
