// The benchmark's rows -> what `assay estimate` reads: data/costs/TARGET.costs.
#pragma once

#include "bench/bench.h"
#include "estimate/cost_table.h"

namespace assay {

CostTable fit_costs(const BenchResult& result);

}  // namespace assay
