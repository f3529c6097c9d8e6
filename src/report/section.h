// A page is a list of sections; a section is data. Formats turn sections into text or Markdown.
// Sections compute nothing: they choose, sort and format what the record holds (shares and sums
// for display aside).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/record.h"

namespace assay {

class Notes;

/// Which page a section is of: what it costs, or why and what would help.
enum class View { costs, reasons, both };

enum class Style { plain, strong, good, bad, dim };

struct Column {
  std::string title = {};  ///< of all columns empty: the table has no header
  bool right = false;      ///< numbers
  size_t max_width = 0;    ///< longer cells are clipped; 0: never
  size_t min_width = 10;   ///< what it may shrink to where the table is too wide
};

/// A row with fewer cells than columns lets its last cell run over the rest.
struct Row {
  std::vector<std::string> cells = {};
  Style style = Style::plain;
};

struct Table {
  std::vector<Column> columns = {};
  std::vector<Row> rows = {};
};

struct Section {
  std::string title = {};
  Table table = {};
  std::vector<std::string> lines = {};  ///< sentences, below the table
  Style style = Style::plain;           ///< of the lines
};

/// One file and one line in sections.def each.
struct SectionDef {
  std::string_view id;
  /// Nothing to say: an empty section, which leaves no trace.
  Section (*build)(const Record& record, const Notes& notes);
  std::string_view beside = "";  ///< id of the section to whose right it goes if there is room
  View view = View::both;
};

#define ASSAY_SECTION(id) extern const SectionDef id##_section;
#include "report/sections.def"
#undef ASSAY_SECTION

}  // namespace assay
