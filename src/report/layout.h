// Sections as lines of fixed-width text.
#pragma once

#include <string>
#include <vector>

#include "report/section.h"

namespace assay {

struct Line {
  std::string text;
  Style style = Style::plain;
};

/// Columns aligned and two spaces apart, one if the table would be wider than `width`; a last
/// column of text wraps, and names are clipped when even that is too wide.
std::vector<Line> table_lines(const Table& table, size_t width);

/// Title, table, sentences.
std::vector<Line> section_lines(const Section& section, size_t width);

/// Two blocks beside each other, or nothing if that is wider than `width`. `paint` colours a line.
std::vector<Line> beside(const std::vector<Line>& left, const std::vector<Line>& right,
                         size_t width, std::string (*paint)(const Line& line));

}  // namespace assay
