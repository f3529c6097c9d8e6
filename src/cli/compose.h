// Facts -> Record: each stage's findings written into the record's fields.
#pragma once

#include "cli/pipeline.h"
#include "emit/program.h"
#include "hw/core.h"
#include "measure/elf.h"
#include "measure/emulator.h"
#include "measure/toolchain.h"

namespace assay {

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

}  // namespace assay
