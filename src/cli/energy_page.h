// What `assay energy` found, for people and for programs.
#pragma once

#include <optional>
#include <string>

#include "measure/power_summary.h"
#include "record/record.h"
#include "util/json.h"

namespace assay {

struct EnergyResult {
  std::string file;           ///< without its folder
  std::string windows_by;     ///< "the timestamps of trace1-timestamps.json"
  int64_t inferences = 1;     ///< in each window; 0: not known
  std::string inferences_by;  ///< "results.txt"; empty: --inferences or taken as one
  bool subtract_idle = false;
  PowerFacts facts;
  PowerSummary summary;
  std::optional<Record> record;  ///< --record: what the model said
};

std::string energy_page(const EnergyResult& result, size_t width);
Json energy_json(const EnergyResult& result);
/// The record of --record with what the trace says in it: for `assay report`.
Record measured_record(const EnergyResult& result);

}  // namespace assay
