// Where a figure stands in a record: "ram_bytes", "layers[conv_2d*].cycles", "causes.flash_data".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/record.h"
#include "util/result.h"

namespace assay {

/// FIELD, causes.CAUSE, LIST[ROWS].FIELD or LIST[ROWS].causes.CAUSE; names are those of `describe`.
struct FieldPath {
  std::string text;        ///< as written, units of the names added: "ram" -> "ram_bytes"
  std::string list = {};   ///< "layers"; empty: of the record itself
  std::string rows = {};   ///< glob (* and ?) on a row's names
  std::string field = {};  ///< "cycles"
  std::string cause = {};  ///< "load" where the field is "causes"
  Unit unit = Unit::none;
  bool is_text = false;
};

/// The share of the time that inferences take: latency by how often one starts.
constexpr std::string_view kCpuPercent = "cpu_percent";

/// Every name is checked. A field's unit may be left out of its name ("ram", "latency").
/// Errors: input, with a suggestion.
Result<FieldPath> parse_field(std::string_view text);

struct FieldValue {
  std::string row = {};  ///< "layer 2 conv_2d"; empty for the record itself
  Figure figure = {};
  std::string text = {};  ///< of a field that is text
  double whole = 0;       ///< what 100 % of it is: the size of the memory; 0 if not known
};

/// One for the record itself, else one a row that matches, in the record's order. A layer matches
/// by index, operator, `op_index` or name; a component by "weights" or "flash/weights".
/// `every_us`: for cpu_percent.
std::vector<FieldValue> values_of(const Record& record, const FieldPath& path,
                                  std::optional<double> every_us = {});

/// The names that rows of a list can be asked for by.
std::vector<std::string> row_names(const Record& record, const std::string& list);

/// Whether `text` has the form of `glob`; a letter's case counts.
bool matches(std::string_view glob, std::string_view text);

std::string row_label(const LayerRecord& row);  ///< "layer 2 conv_2d"

}  // namespace assay
