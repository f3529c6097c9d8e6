// Lays tables and sentences out in columns.
//
// Widths come from the cells, so a page is as dense as its numbers allow. Colour is put on last and
// on whole lines, because escape sequences have no width.
#include "report/layout.h"

#include <algorithm>

#include "report/printable.h"

namespace assay {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kNarrowestText = 24;  // a column of text is not wrapped to less
constexpr size_t kBetweenBlocks = 4;

std::string padded(const std::string& text, size_t width, bool right) {
  const size_t has = display_width(text);
  const std::string space(width > has ? width - has : 0, ' ');
  return right ? space + text : text + space;
}

std::string fitted(const Column& column, const std::string& cell, size_t width) {
  return column.max_width == 0 ? cell : clipped(cell, width);
}

/// A column's width; 0 where it has nothing to show and is left out.
std::vector<size_t> widths_of(const Table& table) {
  std::vector<size_t> widths;
  for (const Column& column : table.columns) widths.push_back(display_width(column.title));
  for (const Row& row : table.rows) {
    const size_t spanning = row.cells.size() < widths.size() ? 1 : 0;
    for (size_t i = 0; i + spanning < row.cells.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], display_width(fitted(table.columns[i], row.cells[i],
                                                           table.columns[i].max_width)));
  }
  return widths;
}

size_t sum_of(const std::vector<size_t>& widths, size_t gap) {
  size_t sum = kIndent;
  for (const size_t width : widths) sum += width == 0 ? 0 : width + gap;
  return sum - std::min(sum - kIndent, gap);
}

struct Grid {
  const Table& table;
  std::vector<size_t> widths;
  size_t gap = 2, page_width = 0;
};

/// The table's width with its last column, if it is text, wrapped as narrow as may be.
size_t least_width(const Table& table, const Grid& grid) {
  std::vector<size_t> widths = grid.widths;
  if (!widths.empty() && !table.columns.back().right)
    widths.back() = std::min(widths.back(), kNarrowestText);
  return sum_of(widths, grid.gap);
}

/// Takes one from the widest column that may be clipped; false if there is none.
bool narrow_widest(const Table& table, std::vector<size_t>& widths) {
  size_t* widest = nullptr;
  for (size_t i = 0; i < widths.size(); ++i)
    if (table.columns[i].max_width > 0 && widths[i] > table.columns[i].min_width &&
        (widest == nullptr || widths[i] > *widest))
      widest = &widths[i];
  if (widest == nullptr) return false;
  --*widest;
  return true;
}

/// One row; the last cell, if it is text, may go on in further lines.
void add_row(const Grid& grid, const std::vector<std::string>& cells, Style style,
             std::vector<Line>& lines) {
  std::string line(kIndent, ' ');
  bool first = true;
  for (size_t i = 0; i < cells.size() && i < grid.widths.size(); ++i) {
    const Column& column = grid.table.columns[i];
    const bool last = i + 1 == cells.size() || i + 1 == grid.widths.size();
    if (grid.widths[i] == 0 && cells[i].empty()) continue;
    if (!first) line.append(grid.gap, ' ');
    first = false;
    const std::string cell = last ? cells[i] : fitted(column, cells[i], grid.widths[i]);
    const size_t at = display_width(line);
    const size_t room = grid.page_width > at ? grid.page_width - at : 0;
    if (!last || column.right || display_width(cell) <= room || room < kNarrowestText) {
      const bool spans = last && i + 1 < grid.widths.size();
      line += padded(cell, spans ? 0 : grid.widths[i], column.right && !spans);
      continue;
    }
    const std::vector<std::string> pieces = wrapped(cell, room);
    for (size_t p = 0; p + 1 < pieces.size(); ++p) {
      lines.push_back({line + pieces[p], style});
      line.assign(at, ' ');
    }
    line += pieces.back();
  }
  line.erase(line.find_last_not_of(' ') + 1);
  lines.push_back({std::move(line), style});
}

void add_sentences(const Section& section, size_t indent, size_t width, std::vector<Line>& lines) {
  for (const std::string& sentence : section.lines) {
    // A footnote goes on below its text, not below its number.
    const size_t hang = sentence.starts_with('(') ? std::min(sentence.find(' ') + 1, size_t{6}) : 2;
    const size_t room = width > indent + hang + kNarrowestText ? width - indent - hang : width;
    bool first = true;
    for (const std::string& piece : wrapped(sentence, room)) {
      lines.push_back({std::string(indent + (first ? 0 : hang), ' ') + piece, section.style});
      first = false;
    }
  }
}

}  // namespace

std::vector<Line> table_lines(const Table& table, size_t width) {
  Grid grid{table, widths_of(table), 2, width};
  if (least_width(table, grid) > width) grid.gap = 1;
  while (least_width(table, grid) > width && narrow_widest(table, grid.widths)) {
  }
  std::vector<Line> lines;
  std::vector<std::string> titles;
  for (const Column& column : table.columns) titles.push_back(column.title);
  if (std::ranges::any_of(titles, [](const std::string& title) { return !title.empty(); }))
    add_row(grid, titles, Style::dim, lines);
  for (const Row& row : table.rows) add_row(grid, row.cells, row.style, lines);
  return lines;
}

std::vector<Line> section_lines(const Section& section, size_t width) {
  std::vector<Line> lines;
  if (!section.title.empty())
    lines.push_back({std::string(kIndent, ' ') + section.title, Style::strong});
  for (Line& line : table_lines(section.table, width)) lines.push_back(std::move(line));
  add_sentences(section, section.title.empty() ? 0 : kIndent, width, lines);
  return lines;
}

std::vector<Line> beside(const std::vector<Line>& left, const std::vector<Line>& right,
                         size_t width, std::string (*paint)(const Line& line)) {
  size_t left_width = 0, right_width = 0;
  for (const Line& line : left) left_width = std::max(left_width, display_width(line.text));
  for (const Line& line : right) right_width = std::max(right_width, display_width(line.text));
  const size_t at = std::max(left_width + kBetweenBlocks - kIndent, width / 2 - kIndent);
  if (at + right_width > width) return {};
  std::vector<Line> lines;
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string line;
    if (i < left.size()) line = paint(left[i]);
    if (i < right.size()) {
      const size_t used = i < left.size() ? display_width(left[i].text) : 0;
      line += std::string(at - used, ' ') + paint(right[i]);
    }
    lines.push_back({std::move(line)});
  }
  return lines;
}

}  // namespace assay
