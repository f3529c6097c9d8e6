// One result, every field described once.
//
// `describe` lists a row's fields: name, unit, meaning. JSON, its schema, CSV, Markdown and
// docs/records.md are all made from these lists; a new field is one line here.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "record/figure.h"

namespace assay {

constexpr int kRecordSchemaVersion = 1;

/// A layer: one node of the graph in the order it runs.
struct LayerRecord {
  int64_t index = 0;
  std::string op, name, detail, output_shape, dtype;
  Figure macs, instructions, cycles, latency_us, energy_uj, loads, stores, branches_taken;
  Figure macs_executed, calls, mispredicted, unaligned;
  Figure code_bytes, constant_bytes, arena_bytes, stack_bytes;
  Figure load_bytes, store_bytes;
  std::string bound_by;
  Shares causes;
  Figure branches_not_taken = {};
  Shares classes = {}, region_loads = {}, region_load_bytes = {}, region_stores = {};
  Shares region_store_bytes = {}, region_fetches = {}, cache_hits = {}, cache_misses = {};
};

/// A function of the image, its own instructions only.
struct FunctionRecord {
  std::string name;
  Figure code_bytes, instructions, cycles;
  Figure entries = {}, loads = {}, stores = {};
  Shares causes = {};
  Figure frame_bytes = {}, stack_bytes = {};
  Figure branches_taken = {}, branches_not_taken = {}, macs_executed = {}, calls = {};
  Figure mispredicted = {}, unaligned = {}, load_bytes = {}, store_bytes = {};
  Shares classes = {}, region_loads = {}, region_load_bytes = {}, region_stores = {};
  Shares region_store_bytes = {}, region_fetches = {}, cache_hits = {}, cache_misses = {};
};

/// A line of source with what its instructions did in one function, callees excluded.
struct LineRecord {
  std::string file;
  int64_t line = 0;  ///< 0: not known
  std::string function, inlined;
  Figure instructions, cycles, loads, stores;
  Shares causes = {};
};

/// A buffer of the arena: where it stands, and from which layer to which.
struct BufferRecord {
  std::string name, what;  ///< of the tensor that is written first; "tensor" or "scratch"
  Figure offset_bytes, bytes;
  int64_t first_layer = 0, last_layer = 0;
};

/// Bytes of one kind: "weights" in flash, "arena" in RAM.
struct ComponentRecord {
  std::string memory, name;  ///< "flash" or "ram"
  Figure bytes;
};

/// A memory region of the part, how full it is, and what one inference asked of it.
struct RegionRecord {
  std::string name, kind;
  Figure used_bytes, size_bytes;
  Figure loads = {}, load_bytes = {}, stores = {}, store_bytes = {}, fetches = {};
};

/// A cache or line buffer of the memory model.
struct CacheRecord {
  std::string name;
  Figure hits, misses;
};

/// Instructions and cycles of one class ("mac", "load").
struct ClassRecord {
  std::string name;
  Figure instructions;
};

/// One inference every so often, and what a battery makes of it.
struct DutyRecord {
  Figure period_us, inferences_power_uw, average_power_uw, battery_life_h;
  std::string battery, basis;  ///< "220 mAh at 3 V"; where the current between inferences is from
};

/// What inferences on the rows of --data took, one after the other: time that depends on the data.
struct SpreadRecord {
  int64_t rows = 0, slowest_row = 0;  ///< the first that took most
  Figure mean_cycles, p50_cycles, p95_cycles, p99_cycles, most_cycles;
  Figure most_latency_us;
};

/// A part of a pipeline, and how busy the part is with it between two inferences.
struct StageRecord {
  std::string name;  ///< "acquisition", "features", "inference", "total"
  Figure bytes, cycles, latency_us, busy_percent;
};

/// The most that the part was seen to do: multiply-accumulates or bytes a second.
struct PeakRecord {
  std::string name, kind;  ///< kind: "compute" or "bandwidth"
  Figure rate;
};

/// A change, and what it was simulated to bring.
struct AdviceRecord {
  std::string change, says, how;  ///< how: what was run, or why nothing was
  Figure cycles, latency_us, energy_uj, flash_bytes, ram_bytes;
  Figure cycles_change_percent, latency_change_percent;
  Figure verified_cycles;
};

/// A power trace of the same model on the part (`assay energy`): what one inference took.
struct MeasuredRecord {
  std::string trace, windows_by;
  int64_t windows = 0, inferences = 0;  ///< inferences: in each window
  Figure energy_uj, latency_us, active_uw, idle_uw;
};

/// A stretch of that trace, for drawing it.
struct PowerRecord {
  int64_t window = 0;  ///< the window that it is in, from 1; 0: none
  Figure begins_us, least_uw, most_uw;
};

/// What could not be done or given, and why.
struct TroubleRecord {
  std::string where, reason;
};

struct Record {
  int64_t schema_version = kRecordSchemaVersion;
  std::string assay_version;
  // what
  std::string model, model_format, model_hash;
  std::string target, part, core, memory_system, data_hash;
  Figure clock_hz;
  // how
  std::string runtime, optimize, compiler, flags, emulator, semantics;
  // the figures
  std::string fits;      ///< "yes", "no: flash overflows by 1 234 B"
  std::string why = {};  ///< what takes most of the time, in a sentence
  Figure macs, parameters;
  Figure flash_bytes, ram_bytes, code_bytes, constant_bytes, arena_bytes, arena_lower_bound_bytes;
  Figure static_ram_bytes, stack_bytes, heap_bytes;
  Figure instructions, cycles, latency_us, energy_uj, loads, stores, branches_taken;
  Figure branches_not_taken, macs_executed, calls, mispredicted, unaligned;
  Figure instructions_least, instructions_most;
  Shares causes;
  Figure warm_cycles, warm_latency_us;  ///< of a second inference on the same input
  Shares warm_causes;
  // the proof
  std::string inputs_hash, outputs_hash;
  std::string verified;  ///< "equal to the reference (tflm) in 20 of 20 inputs", or why not
  Figure verified_inputs;
  std::string cycles_basis, energy_basis;  ///< where the intervals come from
  // the rows
  std::vector<LayerRecord> layers;
  std::vector<FunctionRecord> functions;
  std::vector<LineRecord> lines;
  std::vector<BufferRecord> buffers;
  std::vector<ComponentRecord> components;
  std::vector<RegionRecord> regions;
  std::vector<CacheRecord> caches;
  std::vector<ClassRecord> classes;
  std::vector<DutyRecord> duty;
  std::vector<SpreadRecord> spread;
  std::vector<StageRecord> stages;
  std::vector<PeakRecord> peaks;
  std::vector<AdviceRecord> advice;
  std::vector<MeasuredRecord> measured;
  std::vector<PowerRecord> power;
  std::vector<TroubleRecord> troubles;
};

// Each describe() calls visit(name, member, unit, meaning); rows() visits the lists.
// The visitor sees std::string, int64_t and Figure members.

/// Counters in parts, as a layer and a function have them.
template <class Row, class Visit>
void describe_parts(Row& row, Visit&& visit) {
  visit("classes", row.classes, Unit::instructions,
        "by class of instruction; they sum to the instructions");
  visit("region_loads", row.region_loads, Unit::count,
        "loads by memory region; with peripherals' and those that a failed condition skipped, they "
        "sum to the loads");
  visit("region_load_bytes", row.region_load_bytes, Unit::bytes, "what they loaded");
  visit("region_stores", row.region_stores, Unit::count, "stores by memory region, as the loads");
  visit("region_store_bytes", row.region_store_bytes, Unit::bytes, "what they stored");
  visit("region_fetches", row.region_fetches, Unit::count,
        "fetches of code by memory region, by the memory model");
  visit("cache_hits", row.cache_hits, Unit::count,
        "look-ups by cache that found their line, by the memory model");
  visit("cache_misses", row.cache_misses, Unit::count, "look-ups by cache that did not");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, LayerRecord>
void describe(Self& row, Visit&& visit) {
  visit("index", row.index, Unit::none, "position in the order the layers run");
  visit("op", row.op, Unit::none, "operator, as `assay operators` names it");
  visit("name", row.name, Unit::none, "name of the layer's output in the model file");
  visit("detail", row.detail, Unit::none, "kernel size, stride and the like");
  visit("output_shape", row.output_shape, Unit::none, "extents of the output");
  visit("dtype", row.dtype, Unit::none, "element type of the output");
  visit("macs", row.macs, Unit::count, "multiply-accumulates, from shapes");
  visit("instructions", row.instructions, Unit::instructions, "executed in this layer");
  visit("cycles", row.cycles, Unit::cycles, "by the core's timing model");
  visit("latency_us", row.latency_us, Unit::microseconds, "cycles at the target's clock");
  visit("energy_uj", row.energy_uj, Unit::microjoules, "latency at the part's run current");
  visit("loads", row.loads, Unit::count, "transfers from memory");
  visit("stores", row.stores, Unit::count, "transfers to memory");
  visit("branches_taken", row.branches_taken, Unit::count,
        "control went elsewhere than to the next address");
  visit("macs_executed", row.macs_executed, Unit::count,
        "multiply-accumulates executed, each lane of a SIMD instruction counted");
  visit("calls", row.calls, Unit::count, "calls of functions");
  visit("mispredicted", row.mispredicted, Unit::count,
        "conditional branches that the model's predictor guessed wrong");
  visit("unaligned", row.unaligned, Unit::count, "accesses not aligned to their size");
  visit("code_bytes", row.code_bytes, Unit::bytes, "code that this layer alone brings");
  visit("constant_bytes", row.constant_bytes, Unit::bytes, "weights and tables of this layer");
  visit("arena_bytes", row.arena_bytes, Unit::bytes, "arena in use while it runs");
  visit("stack_bytes", row.stack_bytes, Unit::bytes,
        "deepest stack below the invoke function's entry");
  visit("load_bytes", row.load_bytes, Unit::bytes, "loaded from memories of the part");
  visit("store_bytes", row.store_bytes, Unit::bytes, "stored to memories of the part");
  visit(
      "bound_by", row.bound_by, Unit::none,
      "the group of causes that takes most of its cycles; of `assay explain` also requantisation, "
      "memory capacity");
  visit(
      "causes", row.causes, Unit::cycles,
      "cycles by cause; they sum to the cycles. Intervals are the total's in proportion: no single "
      "cause is validated");
  visit("branches_not_taken", row.branches_not_taken, Unit::count, "conditional ones");
  describe_parts(row, visit);
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, FunctionRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "symbol");
  visit("code_bytes", row.code_bytes, Unit::bytes, "size of the function");
  visit("instructions", row.instructions, Unit::instructions, "executed in it, callees excluded");
  visit("cycles", row.cycles, Unit::cycles, "by the core's timing model, callees excluded");
  visit("entries", row.entries, Unit::count, "how often it was entered");
  visit("loads", row.loads, Unit::count, "transfers from memory");
  visit("stores", row.stores, Unit::count, "transfers to memory");
  visit(
      "causes", row.causes, Unit::cycles,
      "cycles by cause; they sum to the cycles. Intervals are the total's in proportion: no single "
      "cause is validated");
  visit("frame_bytes", row.frame_bytes, Unit::bytes,
        "most stack that one call of it took, callees excluded");
  visit("stack_bytes", row.stack_bytes, Unit::bytes,
        "deepest stack while its own code ran, below the invoke function's entry; in a profile "
        "below where the run, the thread or the exception's handler began");
  visit("branches_taken", row.branches_taken, Unit::count,
        "control went elsewhere than to the next address");
  visit("branches_not_taken", row.branches_not_taken, Unit::count, "conditional ones");
  visit("macs_executed", row.macs_executed, Unit::count,
        "multiply-accumulates executed, each lane of a SIMD instruction counted");
  visit("calls", row.calls, Unit::count, "calls of other functions");
  visit("mispredicted", row.mispredicted, Unit::count,
        "conditional branches that the model's predictor guessed wrong");
  visit("unaligned", row.unaligned, Unit::count, "accesses not aligned to their size");
  visit("load_bytes", row.load_bytes, Unit::bytes, "loaded from memories of the part");
  visit("store_bytes", row.store_bytes, Unit::bytes, "stored to memories of the part");
  describe_parts(row, visit);
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, LineRecord>
void describe(Self& row, Visit&& visit) {
  visit("file", row.file, Unit::none, "as the image's DWARF names it");
  visit("line", row.line, Unit::none, "in it; 0 where DWARF names none");
  visit("function", row.function, Unit::none, "symbol that the code stands in");
  visit("inlined", row.inlined, Unit::none,
        "calls that the compiler replaced by what was called, innermost first");
  visit("instructions", row.instructions, Unit::instructions, "executed, callees excluded");
  visit("cycles", row.cycles, Unit::cycles,
        "by the core's timing model; waits for memory are spread over the instructions of a block");
  visit("loads", row.loads, Unit::count, "transfers from memory");
  visit("stores", row.stores, Unit::count, "transfers to memory");
  visit(
      "causes", row.causes, Unit::cycles,
      "cycles by cause; they sum to the cycles. Intervals are the total's in proportion: no single "
      "cause is validated");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, BufferRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "the tensor that is written first");
  visit("what", row.what, Unit::none, "tensor or scratch");
  visit("offset_bytes", row.offset_bytes, Unit::bytes, "from the arena's start");
  visit("bytes", row.bytes, Unit::bytes, "how many");
  visit("first_layer", row.first_layer, Unit::none, "index of the first layer that needs it");
  visit("last_layer", row.last_layer, Unit::none, "index of the last layer that needs it");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, ComponentRecord>
void describe(Self& row, Visit&& visit) {
  visit("memory", row.memory, Unit::none, "flash or ram");
  visit("name", row.name, Unit::none, "what the bytes are");
  visit("bytes", row.bytes, Unit::bytes, "how many");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, RegionRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "region of the part, as its manual calls it");
  visit("kind", row.kind, Unit::none, "flash or ram");
  visit("used_bytes", row.used_bytes, Unit::bytes, "used by the image, arena included");
  visit("size_bytes", row.size_bytes, Unit::bytes, "size of the region");
  visit("loads", row.loads, Unit::count, "loads by the code of one inference");
  visit("load_bytes", row.load_bytes, Unit::bytes, "what they loaded");
  visit("stores", row.stores, Unit::count, "stores by the code of one inference");
  visit("store_bytes", row.store_bytes, Unit::bytes, "what they stored");
  visit("fetches", row.fetches, Unit::count, "fetches of code by the memory model");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, CacheRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "cache, line buffer or accelerator");
  visit("hits", row.hits, Unit::count, "look-ups that found their line, by the memory model");
  visit("misses", row.misses, Unit::count, "look-ups that did not");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, ClassRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "class of instruction, as in data/cores");
  visit("instructions", row.instructions, Unit::instructions, "executed");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, DutyRecord>
void describe(Self& row, Visit&& visit) {
  visit("period_us", row.period_us, Unit::microseconds, "an inference every so often");
  visit("inferences_power_uw", row.inferences_power_uw, Unit::microwatts,
        "what the inferences alone take, spread over the period");
  visit("average_power_uw", row.average_power_uw, Unit::microwatts,
        "with what the part draws between them");
  visit("battery_life_h", row.battery_life_h, Unit::hours,
        "the battery's nominal charge at its nominal voltage; no losses, no self-discharge");
  visit("battery", row.battery, Unit::none, "the battery, as given");
  visit("basis", row.basis, Unit::none, "where the current between inferences comes from");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, SpreadRecord>
void describe(Self& row, Visit&& visit) {
  visit("rows", row.rows, Unit::count, "of data, an inference each, one after the other");
  visit("slowest_row", row.slowest_row, Unit::none, "the first row that took most, from 0");
  visit("mean_cycles", row.mean_cycles, Unit::cycles, "of the rows");
  visit("p50_cycles", row.p50_cycles, Unit::cycles, "half of the rows took no more");
  visit("p95_cycles", row.p95_cycles, Unit::cycles, "95 % of the rows took no more");
  visit("p99_cycles", row.p99_cycles, Unit::cycles, "99 % of the rows took no more");
  visit("most_cycles", row.most_cycles, Unit::cycles, "of the slowest row");
  visit("most_latency_us", row.most_latency_us, Unit::microseconds,
        "of the slowest row, at the target's clock");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, StageRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "acquisition, features, inference or total");
  visit("bytes", row.bytes, Unit::bytes, "of samples that are collected for an inference");
  visit("cycles", row.cycles, Unit::cycles, "of its layers");
  visit("latency_us", row.latency_us, Unit::microseconds, "of its layers");
  visit("busy_percent", row.busy_percent, Unit::percent, "of the time between two inferences");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, PeakRecord>
void describe(Self& row, Visit&& visit) {
  visit("name", row.name, Unit::none, "micro-program of `assay bench`, and the memory it used");
  visit("kind", row.kind, Unit::none, "compute (multiply-accumulates) or bandwidth (bytes)");
  visit("rate", row.rate, Unit::per_second, "the most that it reached");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, AdviceRecord>
void describe(Self& row, Visit&& visit) {
  visit("change", row.change, Unit::none, "as `assay explain --what-if` takes it");
  visit("says", row.says, Unit::none, "in words");
  visit("how", row.how, Unit::none, "what was run to know it, or why nothing was");
  visit("cycles", row.cycles, Unit::cycles, "of one inference with the change");
  visit("latency_us", row.latency_us, Unit::microseconds, "of one inference with the change");
  visit("energy_uj", row.energy_uj, Unit::microjoules, "of one inference with the change");
  visit("flash_bytes", row.flash_bytes, Unit::bytes, "with the change");
  visit("ram_bytes", row.ram_bytes, Unit::bytes, "with the change");
  visit("cycles_change_percent", row.cycles_change_percent, Unit::percent,
        "against the model as it is; below zero: fewer");
  visit("latency_change_percent", row.latency_change_percent, Unit::percent,
        "against the model as it is; below zero: faster");
  visit("verified_cycles", row.verified_cycles, Unit::cycles, "of the image built with the change");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, MeasuredRecord>
void describe(Self& row, Visit&& visit) {
  visit("trace", row.trace, Unit::none, "file of the power trace");
  visit("windows_by", row.windows_by, Unit::none, "how the inferences were found in it");
  visit("windows", row.windows, Unit::none, "stretches that were integrated");
  visit("inferences", row.inferences, Unit::none, "in each window");
  visit("energy_uj", row.energy_uj, Unit::microjoules, "of one inference; least and most window");
  visit("latency_us", row.latency_us, Unit::microseconds, "of one inference");
  visit("active_uw", row.active_uw, Unit::microwatts, "mean power in the windows");
  visit("idle_uw", row.idle_uw, Unit::microwatts, "mean power outside of them");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, PowerRecord>
void describe(Self& row, Visit&& visit) {
  visit("window", row.window, Unit::none, "the window that it is in, from 1; 0 if none");
  visit("begins_us", row.begins_us, Unit::microseconds, "on the trace's clock");
  visit("least_uw", row.least_uw, Unit::microwatts, "smallest sample until the next row");
  visit("most_uw", row.most_uw, Unit::microwatts, "largest sample until the next row");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, TroubleRecord>
void describe(Self& row, Visit&& visit) {
  visit("where", row.where, Unit::none, "node, figure or stage");
  visit("reason", row.reason, Unit::none, "why it could not be done or given");
}

template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, Record>
void describe(Self& r, Visit&& visit) {
  visit("schema_version", r.schema_version, Unit::none, "of this record");
  visit("assay_version", r.assay_version, Unit::none, "of the program that made it");
  visit("model", r.model, Unit::none, "file name of the model");
  visit("model_format", r.model_format, Unit::none, "importer that read it");
  visit("model_hash", r.model_hash, Unit::none, "XXH3-128 of the model's bytes");
  visit("target", r.target, Unit::none, "a file of data/targets, or the user's own");
  visit("part", r.part, Unit::none, "part number");
  visit("core", r.core, Unit::none, "a file of data/cores");
  visit("memory_system", r.memory_system, Unit::none,
        "flash wait states and accelerators, in words");
  visit("data_hash", r.data_hash, Unit::none, "XXH3-128 of the target's and the core's files");
  visit("clock_hz", r.clock_hz, Unit::hertz, "clock of the core");
  visit("runtime", r.runtime, Unit::none, "what turned the graph into a program");
  visit("optimize", r.optimize, Unit::none, "size, balanced or speed");
  visit("compiler", r.compiler, Unit::none, "with its version");
  visit("flags", r.flags, Unit::none, "as the compiler got them");
  visit("emulator", r.emulator, Unit::none, "what ran the image");
  visit("semantics", r.semantics, Unit::none, "whose arithmetic the reference follows");
  visit("fits", r.fits, Unit::none, "yes, or what overflows by how much");
  visit("why", r.why, Unit::none, "what takes most of an estimate's time, in a sentence");
  visit("macs", r.macs, Unit::count, "multiply-accumulates, from shapes");
  visit("parameters", r.parameters, Unit::count,
        "constants of the model that are weights or biases");
  visit("flash_bytes", r.flash_bytes, Unit::bytes,
        "loaded into flash, .data's initialisers included");
  visit("ram_bytes", r.ram_bytes, Unit::bytes, ".data + .bss + arena + stack high water");
  visit("code_bytes", r.code_bytes, Unit::bytes,
        "flash without the model's constants: kernels, model code, start-up, libc");
  visit("constant_bytes", r.constant_bytes, Unit::bytes,
        "weights and tables of the model in flash");
  visit("arena_bytes", r.arena_bytes, Unit::bytes, "activations with input, output and scratch");
  visit("arena_lower_bound_bytes", r.arena_lower_bound_bytes, Unit::bytes,
        "largest live set in this order: no plan is smaller");
  visit("static_ram_bytes", r.static_ram_bytes, Unit::bytes, ".data + .bss without arena");
  visit("stack_bytes", r.stack_bytes, Unit::bytes, "deepest stack of the whole run");
  visit("heap_bytes", r.heap_bytes, Unit::bytes,
        "most that _sbrk had handed out; 0 where the image has neither _sbrk nor malloc");
  visit("instructions", r.instructions, Unit::instructions, "of one inference, the first input");
  visit("cycles", r.cycles, Unit::cycles, "of one inference, by the core's timing model");
  visit("latency_us", r.latency_us, Unit::microseconds, "cycles at the target's clock");
  visit("energy_uj", r.energy_uj, Unit::microjoules, "latency at the part's run current");
  visit("loads", r.loads, Unit::count, "transfers from memory");
  visit("stores", r.stores, Unit::count, "transfers to memory");
  visit("branches_taken", r.branches_taken, Unit::count,
        "control went elsewhere than to the next address");
  visit("branches_not_taken", r.branches_not_taken, Unit::count, "conditional ones");
  visit("macs_executed", r.macs_executed, Unit::count,
        "multiply-accumulates executed, each lane of a SIMD instruction counted");
  visit("calls", r.calls, Unit::count, "calls of functions");
  visit("mispredicted", r.mispredicted, Unit::count,
        "conditional branches that the model's predictor guessed wrong");
  visit("unaligned", r.unaligned, Unit::count, "accesses not aligned to their size");
  visit(
      "causes", r.causes, Unit::cycles,
      "cycles by cause; they sum to the cycles. Intervals are the total's in proportion: no single "
      "cause is validated");
  visit("warm_cycles", r.warm_cycles, Unit::cycles,
        "of a second inference on the same input: caches, buffers and predictors are as the first "
        "left them");
  visit("warm_latency_us", r.warm_latency_us, Unit::microseconds,
        "these cycles at the target's clock");
  visit("warm_causes", r.warm_causes, Unit::cycles, "these cycles by cause, as `causes`");
  visit("instructions_least", r.instructions_least, Unit::instructions, "over the verified inputs");
  visit("instructions_most", r.instructions_most, Unit::instructions, "over the verified inputs");
  visit("inputs_hash", r.inputs_hash, Unit::none,
        "XXH3-128 of the inputs that the image was run on, one after the other");
  visit("outputs_hash", r.outputs_hash, Unit::none, "XXH3-128 of what the image made of them");
  visit("verified", r.verified, Unit::none,
        "what the outputs were compared against, and how many were equal");
  visit("verified_inputs", r.verified_inputs, Unit::count,
        "inputs whose outputs were equal: integers to the last byte, floats within the tolerance");
  visit("cycles_basis", r.cycles_basis, Unit::none, "where the interval of the cycles comes from");
  visit("energy_basis", r.energy_basis, Unit::none, "where the energy and its interval come from");
}

/// Visits the lists of a record: visit("layers", rows, meaning).
template <class Self, class Visit>
requires std::is_same_v<std::remove_const_t<Self>, Record>
void describe_lists(Self& r, Visit&& visit) {
  visit("layers", r.layers, "one row a node, in the order they run");
  visit("functions", r.functions, "one row a function that ran, most cycles first");
  visit("lines", r.lines, "one row a line of source and function, most cycles first");
  visit("buffers", r.buffers, "where the arena's buffers stand, and how long");
  visit("components", r.components, "where the bytes are");
  visit("regions", r.regions, "how full each memory region is");
  visit("caches", r.caches, "caches of the memory model");
  visit("classes", r.classes, "instructions by class");
  visit("duty", r.duty, "power and battery life at a duty cycle, where one was asked for");
  visit("spread", r.spread, "cycles over the rows of --data, where it was given");
  visit("stages", r.stages, "of a pipeline: what its input's preparation takes beside the model");
  visit("peaks", r.peaks, "what the part was seen to do at most, by `assay bench`");
  visit("advice", r.advice, "changes, and what each was simulated to bring");
  visit("measured", r.measured, "what a power trace of the same says (assay energy --record-to)");
  visit("power", r.power, "that trace, in at most 600 stretches");
  visit("troubles", r.troubles, "what could not be done or given, and why");
}

}  // namespace assay
