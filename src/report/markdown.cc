// Pages as GitHub-flavoured Markdown: the sections of the text page, nothing clipped.
// Source: GitHub Flavored Markdown Spec 0.29, 4.10 (tables) and 2.4 (backslash escapes).
#include <fmt/format.h>

#include <algorithm>

#include "report/format.h"
#include "report/page.h"

namespace assay {
namespace {

/// Text that stays text: names in a model file may hold markup.
std::string escaped(std::string_view text) {
  constexpr std::string_view kMarkup = "\\|<>*`[]";
  std::string out;
  for (const char c : text) {
    if (kMarkup.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string row_text(const std::vector<std::string>& cells, size_t columns) {
  std::string text = "|";
  for (size_t i = 0; i < columns; ++i)
    text += fmt::format(" {} |", i < cells.size() ? escaped(cells[i]) : "");
  return text + "\n";
}

std::string table_text(const Table& table) {
  if (table.rows.empty()) return "";
  std::vector<std::string> titles;
  std::string rule = "|";
  for (const Column& column : table.columns) {
    titles.push_back(column.title);
    rule += column.right ? " ---: |" : " --- |";
  }
  std::string text = row_text(titles, titles.size()) + rule + "\n";
  for (const Row& row : table.rows) text += row_text(row.cells, titles.size());
  return text;
}

std::string section_text(const Section& section) {
  const bool headline = section.style == Style::strong && section.table.rows.empty();
  std::vector<std::string> parts;
  if (!section.title.empty())
    parts.push_back(fmt::format("{} {}\n", headline ? "#" : "##", escaped(section.title)));
  if (!section.table.rows.empty()) parts.push_back(table_text(section.table));
  std::string lines;
  for (const std::string& line : section.lines)
    lines += fmt::format("{}{}\n", section.lines.size() > 1 ? "* " : "", escaped(line));
  if (!lines.empty()) parts.push_back(lines);
  return fmt::format("{}", fmt::join(parts, "\n"));
}

std::string render(std::span<const Record> records, const RenderOptions& options) {
  if (records.empty()) return "no records\n";
  std::string text;
  for (const PagePart& part : make_page(records, options))
    text += (text.empty() ? "" : "\n") + section_text(part.section);
  return text;
}

}  // namespace

const Format markdown_format = {.name = "markdown",
                                .summary = "the same page for a web site or a pull request",
                                .extensions = {".md", ".markdown"},
                                .render = render};

}  // namespace assay
