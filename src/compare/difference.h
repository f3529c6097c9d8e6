// What changed from one record to another: figures, causes, layers, bytes; largest first.
// The one engine behind `assay check --baseline` and `assay compare`.
#pragma once

#include <string>
#include <vector>

#include "record/record.h"

namespace assay {

struct Change {
  std::string name;
  Unit unit = Unit::none;
  Figure before, after;
  /// after - before; what is not there counts as nothing.
  double delta() const;
  bool both() const { return before && after; }
};

struct TextChange {
  std::string name, before, after;
};

struct LayerChange {
  std::string label;  ///< "layer 7 conv_2d", by its place in the later record
  bool added = false, removed = false;
  std::vector<TextChange> texts = {};  ///< detail, output_shape, ...; not the name
  std::vector<Change> figures = {};    ///< that differ
  std::vector<Change> causes = {};     ///< that differ, largest first
  double delta = 0;                    ///< of Difference::ordered_by
};

struct Difference {
  std::vector<TextChange> texts;  ///< of the record's own fields that are text
  std::vector<Change> figures;    ///< that either has, in the record's order
  std::vector<Change> causes, components, regions, functions;  ///< that differ, largest first
  std::vector<LayerChange> layers;                             ///< that differ, largest first
  std::string
      ordered_by;  ///< "cycles", or "instructions" where one has no cycles; of layers and functions
  /// Outputs: computed on the same inputs, and equal.
  bool same_inputs = false, same_outputs = false, outputs_known = false;
};

/// Layers are matched by name; those left over by operator, in order.
Difference difference(const Record& before, const Record& after);

/// The change of a record's figure: "ram_bytes"; nullptr if neither has it.
const Change* change_of(const Difference& difference, std::string_view field);

}  // namespace assay
