// Records side by side.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "record/record.h"
#include "report/format.h"
#include "report/section.h"
#include "util/json.h"

namespace assay {

struct Labelled {
  std::string label;  ///< what tells it from the others: "pico", "speed", "kws_v2 on pico"
  Record record;
};

/// What differs between them as labels: model, target, runtime, level, compiler, flags; else their
/// `names` (files).
std::vector<Labelled> labelled(std::vector<Record> records, const std::vector<std::string>& names);

/// Two: each figure, the outputs first, then where the difference is. More: a table against the
/// first with the Pareto set marked, and the layers side by side.
std::vector<Section> compare_page(std::span<const Labelled> records);

Json compare_json(std::span<const Labelled> records);

}  // namespace assay
