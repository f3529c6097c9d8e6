// An estimate as a record: the same fields as a measurement's, predicted instead of counted.
#pragma once

#include "estimate/estimate.h"
#include "hw/target.h"
#include "ir/graph.h"
#include "record/record.h"

namespace assay {

/// What `assay estimate` answers for one target. A target without costs gives a record that says
/// so.
Record estimate_record(const Graph& graph, const Prepared& model, const Target& target);

}  // namespace assay
