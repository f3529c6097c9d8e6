// Sums over a graph that need no running: multiply-accumulates, parameters, weight bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hw/target.h"
#include "ir/graph.h"
#include "ops/op.h"
#include "record/figure.h"

namespace assay {

struct Totals {
  int64_t macs = 0;
  int64_t parameters = 0;      ///< elements of constants that are floating point or quantised
  int64_t constant_bytes = 0;  ///< of all constants, shapes and axes included
};

Totals totals(const Graph& graph);

/// The work of a node; zero for an operator that we do not know. Saturates.
Work work_of(const Graph& graph, const Node& node);

/// Multiply-accumulates of one inference; none where the data decide how many there are.
Figure macs_figure(const Graph& graph, const Node& node);
Figure macs_figure(const Graph& graph);

/// What distinguishes the node from others of its kind: "3x3 s2 relu6", "axis 3".
std::string detail_of(const Graph& graph, const Node& node);

/// The kernels' choice for a target.
LowerOptions lower_options(const Target& target, Optimize optimize);

/// The nodes lowered for planning; those that cannot be run, by what `unsupported` gave, get a call
/// without scratch.
std::vector<KernelCall> lower_for_plan(const Graph& graph, const LowerOptions& options,
                                       std::span<const Unsupported> reasons);

}  // namespace assay
