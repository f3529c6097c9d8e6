// What changed from one record to another: figures, causes, layers, bytes; largest first.
// The one engine behind `assay check --baseline` and `assay compare`.
#pragma once

#include <string>
#include <vector>

#include "record/record.h"

namespace assay {

struct FigureChange {
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
  std::vector<TextChange> texts = {};      ///< detail, output_shape, ...; not the name
  std::vector<FigureChange> figures = {};  ///< that differ
  std::vector<FigureChange> causes = {};   ///< that differ, largest first
  double delta = 0;                        ///< of RecordDifference::ordered_by
};

struct RecordDifference {
  std::vector<TextChange> texts;      ///< of the record's own fields that are text
  std::vector<FigureChange> figures;  ///< that either has, in the record's order
  std::vector<FigureChange> causes, components, regions, functions;  ///< that differ, largest first
  std::vector<LayerChange> layers;                                   ///< that differ, largest first
  std::string
      ordered_by;  ///< "cycles", or "instructions" where one has no cycles; of layers and functions
  /// Outputs: computed on the same inputs, and equal.
  bool same_inputs = false, same_outputs = false, outputs_known = false;
};

/// Layers are matched by name; those left over by operator, in order.
RecordDifference difference(const Record& before, const Record& after);

/// The same with what grew first, most first, then what shrank: for a gate that failed.
RecordDifference worse_first(RecordDifference difference);

/// The change of a record's figure: "ram_bytes"; nullptr if neither has it.
const FigureChange* change_of(const RecordDifference& difference, std::string_view field);

}  // namespace assay
