// Facts -> Record: each stage's findings written into the record's fields.
#pragma once

#include <span>
#include <string>

#include "cli/pipeline.h"
#include "emit/program.h"
#include "hw/core.h"
#include "measure/elf.h"
#include "measure/emulator.h"
#include "measure/heap_watch.h"
#include "measure/toolchain.h"

namespace assay {

/// Modelled cycles with the core's interval, which the value itself never leaves.
Figure cycles_figure(double value, const CoreTiming& core);

/// Causes that took no time are left out. Each has the total's interval, in proportion.
Shares cause_shares(const CauseTicks& causes, const CoreTiming& core);

/// The group of causes that takes most of the cycles: "flash data"; "" without cycles.
std::string bound_by(const Counts& counts);

/// Cycles at the target's clock.
Figure latency_figure(const Figure& cycles, const Target& target);

/// Where the interval of the cycles comes from, and whether it is this part's own.
std::string cycles_basis(const Target& target, const CoreTiming& core);

/// What counts of a run belong to.
struct CountedOn {
  const Target& target;
  const CoreTiming& core;
  std::span<const std::string> caches;  ///< names of Counts::caches
};

/// Fills in a layer's or function's counters, in parts too.
template <class Row>
void add_counters(Row& row, const Counts& counts, const CountedOn& on);

/// Fills in the whole's: latency, the traffic of the regions that it lists and of each cache,
/// classes of instructions.
void add_counters(Record& record, const Counts& counts, const CountedOn& on);

/// Bytes, or why there are none.
Figure stack_figure(const std::string& no_stack, int64_t bytes);
Figure heap_figure(const HeapUse& heap);

/// What is known from the files alone; every other figure says that it was not got to.
Record describe_inputs(const Graph& graph, const Target& target, const CoreTiming& core,
                       const Program& program, const MeasureOptions& options);

/// No image: `reason` goes to every figure that needed one.
void add_no_image(Record& record, const std::string& reason);

/// An image that does not fit: by how much, and where.
void add_overflows(Record& record, const Target& target, const std::vector<Overflow>& overflows);

void add_footprint(Record& record, const Footprint& footprint, const ElfFile& elf,
                   const Program& program);

void add_run(Record& record, const RunFacts& facts, const ElfFile& elf, const Target& target,
             const CoreTiming& core);

/// The cycles of every inference, as of rows of data that they depend on.
void add_spread(Record& record, const std::vector<Counts>& inferences, const Target& target,
                const CoreTiming& core);

/// A second inference on the first's input.
void add_warm_run(Record& record, const Counts& second, const Target& target,
                  const CoreTiming& core);

}  // namespace assay
