// A job and a trace as JSON: the same structs that the in-process emulator fills in, by name.
//
// The idea: one table names every counter of Counts, and reading and writing both walk it; a trace
// is refused unless every counter is there, is a whole number of at least 0 and the sums hold that
// hold by construction (classes to instructions, functions to the inference, layers at most it). A
// file that was cut short is no JSON. Not handled: traces of other versions of Assay, which say so.
#include "measure/trace.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "util/json.h"

namespace assay {
namespace {

constexpr std::string_view kJobFormat = "assay-qemu-job", kTraceFormat = "assay-qemu-trace";
constexpr int kVersion = 1;
constexpr double kLargest = 9007199254740992.0;  // 2^53: beyond it a double is no exact count
constexpr size_t kMaxRows = 1 << 20;

struct Counter {
  std::string_view name;
  int64_t Counts::*value;
};
constexpr Counter kCounters[] = {
    {"instructions", &Counts::instructions},
    {"cycles", &Counts::cycles},
    {"loads", &Counts::loads},
    {"stores", &Counts::stores},
    {"macs", &Counts::macs},
    {"calls", &Counts::calls},
    {"branches_taken", &Counts::branches_taken},
    {"branches_not_taken", &Counts::branches_not_taken},
    {"mispredicted", &Counts::mispredicted},
    {"unaligned", &Counts::unaligned},
    {"other_accesses", &Counts::other_accesses},
};

// A counter that is added to Counts must be added here too.
static_assert(sizeof(Counts) == sizeof(int64_t) * (std::size(kCounters) + kCauses + kInsnClasses +
                                                   5 * kMaxRegions + 2 * kMaxCaches));

/// The counters that come in rows: ticks by cause, instructions by class, traffic by region and by
/// cache. `Part` is Counts or const Counts.
template <class Part, class Visit>
void each_list(Part& counts, Visit&& visit) {
  std::vector<decltype(&counts.cycles)> causes, classes, regions, caches;
  for (auto& ticks : counts.causes.ticks) causes.push_back(&ticks);
  for (auto& count : counts.by_class) classes.push_back(&count);
  for (auto& region : counts.regions)
    regions.insert(regions.end(), {&region.loads, &region.load_bytes, &region.stores,
                                   &region.store_bytes, &region.fetches});
  for (auto& cache : counts.caches) caches.insert(caches.end(), {&cache.hits, &cache.misses});
  visit("ticks", causes);
  visit("classes", classes);
  visit("regions", regions);
  visit("caches", caches);
}

Json counts_json(const Counts& counts) {
  Json json = Json::object();
  for (const Counter& counter : kCounters) json.set(counter.name, counts.*counter.value);
  each_list(counts, [&](std::string_view name, const std::vector<const int64_t*>& values) {
    Json list = Json::array();
    for (const int64_t* value : values) list.push(*value);
    json.set(name, std::move(list));
  });
  return json;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push(text);
  return json;
}

Json all_counts_json(const std::vector<Counts>& rows) {
  Json json = Json::array();
  for (const Counts& counts : rows) json.push(counts_json(counts));
  return json;
}

Result<int64_t> whole(const Json& json, std::string_view key) {
  const Json value = json.at(key);
  if (!value.is_number()) return fail(ErrorKind::input, "'{}' is no number", key);
  const double number = value.number();
  if (!(number >= 0 && number <= kLargest) || number != std::floor(number))
    return fail(ErrorKind::input, "'{}' is {}, which no counter can be", key, number);
  return static_cast<int64_t>(number);
}

Result<std::string> line(const Json& json, std::string_view key) {
  if (!json.at(key).is_string()) return fail(ErrorKind::input, "'{}' is no text", key);
  return json.at(key).text();
}

Result<Json> list(const Json& json, std::string_view key) {
  Json rows = json.at(key);
  if (!rows.is_array()) return fail(ErrorKind::input, "'{}' is no list", key);
  if (rows.size() > kMaxRows)
    return fail(ErrorKind::input, "'{}' has {} rows, at most {}", key, rows.size(), kMaxRows);
  return rows;
}

Result<std::vector<std::string>> texts(const Json& json, std::string_view key) {
  const Json rows = TRY(list(json, key));
  std::vector<std::string> result;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Json row = rows.at(i);
    if (!row.is_string()) return fail(ErrorKind::input, "'{}' holds what is no text", key);
    result.push_back(row.text());
  }
  return result;
}

/// Fills `values` from a list of as many whole numbers; those of `ticks` alone may be negative.
Status read_list(const Json& json, std::string_view key, const std::vector<int64_t*>& values) {
  const Json rows = TRY(list(json, key));
  if (rows.size() != values.size())
    return fail(ErrorKind::input, "'{}' has {} rows, not {}", key, rows.size(), values.size());
  const double least = key == "ticks" ? -kLargest : 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const Json row = rows.at(i);
    const double number = row.number();
    if (!row.is_number() || !(number >= least && number <= kLargest) ||
        number != std::floor(number))
      return fail(ErrorKind::input, "'{}' holds what no counter can be", key);
    *values[i] = static_cast<int64_t>(number);
  }
  return {};
}

Result<Counts> read_counts(const Json& json) {
  if (!json.is_object()) return fail(ErrorKind::input, "counts are no object");
  Counts counts;
  for (const Counter& counter : kCounters) counts.*counter.value = TRY(whole(json, counter.name));
  Status lists;
  each_list(counts, [&](std::string_view name, const std::vector<int64_t*>& values) {
    if (lists) lists = read_list(json, name, values);
  });
  TRY_STATUS(lists);
  double instructions = 0, ticks = 0;  // sums of what may be 2^53 each
  for (const int64_t count : counts.by_class) instructions += static_cast<double>(count);
  for (const int64_t each : counts.causes.ticks) ticks += static_cast<double>(each);
  if (instructions != static_cast<double>(counts.instructions))
    return fail(ErrorKind::input, "the instruction classes do not sum to {}", counts.instructions);
  if (ticks != static_cast<double>(counts.cycles) * kTicksPerCycle)
    return fail(ErrorKind::input, "the causes do not sum to {} cycles", counts.cycles);
  return counts;
}

Result<std::vector<Counts>> read_all_counts(const Json& json, std::string_view key) {
  const Json rows = TRY(list(json, key));
  std::vector<Counts> result;
  for (size_t i = 0; i < rows.size(); ++i)
    result.push_back(TRY(in(read_counts(rows.at(i)), "{}[{}]", key, i)));
  return result;
}

Result<Json> parse(std::string_view text, std::string_view format) {
  Result<Json> json = Json::parse(text);
  if (!json) return fail(ErrorKind::input, "cut short or damaged: {}", json.error().what);
  if (!json->is_object() || json->at("format").text() != format)
    return fail(ErrorKind::input, "no {}", format);
  const int64_t version = TRY(whole(*json, "version"));
  if (version != kVersion)
    return fail(ErrorKind::input, "version {}, this Assay reads {}", version, kVersion);
  return json;
}

Result<FunctionCounts> read_function(const Json& row) {
  FunctionCounts function;
  function.name = TRY(line(row, "name"));
  function.entries = TRY(whole(row, "entries"));
  function.counts = TRY(read_counts(row.at("counts")));
  return function;
}

/// What holds by construction: each inference's instructions are shared out among functions, and
/// layers are parts of it.
Status check_sums(const RunFacts& facts) {
  const int64_t total = facts.first.total.instructions;
  const auto all = static_cast<double>(total);
  double in_functions = 0, in_layers = 0;
  for (const FunctionCounts& row : facts.first.functions)
    in_functions += static_cast<double>(row.counts.instructions);
  for (const Counts& layer : facts.first.layers)
    in_layers += static_cast<double>(layer.instructions);
  if (facts.inferences.empty()) return {};  // stopped before the first one was added up
  if (in_functions != all)
    return fail(ErrorKind::input, "{} instructions in functions, {} in all", in_functions, total);
  if (in_layers > all)
    return fail(ErrorKind::input, "{} instructions in layers, {} in all", in_layers, total);
  if (facts.inferences[0].instructions != total)
    return fail(ErrorKind::input, "the first inference is not the one in the list");
  if (facts.first.layers.size() != facts.first.layer_stack_bytes.size())
    return fail(ErrorKind::input, "{} layers, but {} stacks", facts.first.layers.size(),
                facts.first.layer_stack_bytes.size());
  return {};
}

Result<InferenceFacts> read_first(const Json& json) {
  InferenceFacts first;
  first.total = TRY(in(read_counts(json.at("total")), "total"));
  first.layers = TRY(read_all_counts(json, "layers"));
  const Json stacks = TRY(list(json, "layer_stack_bytes"));
  first.layer_stack_bytes.resize(std::min(stacks.size(), kMaxRows));
  std::vector<int64_t*> values;
  for (int64_t& bytes : first.layer_stack_bytes) values.push_back(&bytes);
  TRY_STATUS(read_list(json, "layer_stack_bytes", values));
  const Json functions = TRY(list(json, "functions"));
  for (size_t i = 0; i < functions.size(); ++i)
    first.functions.push_back(TRY(in(read_function(functions.at(i)), "functions[{}]", i)));
  return first;
}

}  // namespace

std::string write_job(const TraceJob& job) {
  return Json::object()
      .set("format", kJobFormat)
      .set("version", kVersion)
      .set("core", job.core)
      .set("target", job.target)
      .set("elf", job.elf)
      .set("layers", texts_json(job.layer_symbols))
      .set("invoke", job.invoke_symbol)
      .set("stack_top", int64_t{job.stack_top})
      .set("max_instructions", job.max_instructions)
      .set("max_seconds", job.max_seconds)
      .set("count_twice", job.count_twice)
      .dump();
}

Result<TraceJob> read_job(std::string_view text) {
  const Json json = TRY(parse(text, kJobFormat));
  TraceJob job;
  job.core = TRY(line(json, "core"));
  job.target = TRY(line(json, "target"));
  job.elf = TRY(line(json, "elf"));
  job.layer_symbols = TRY(texts(json, "layers"));
  job.invoke_symbol = TRY(line(json, "invoke"));
  const int64_t stack_top = TRY(whole(json, "stack_top"));
  job.stack_top = static_cast<uint32_t>(stack_top);
  job.max_instructions = TRY(whole(json, "max_instructions"));
  job.max_seconds = json.at("max_seconds").number();
  job.count_twice = json.at("count_twice").truth();
  return job;
}

std::string write_trace(const Trace& trace) {
  const RunFacts& facts = trace.facts;
  Json functions = Json::array(), stacks = Json::array(), unknown = Json::array();
  for (const FunctionCounts& row : facts.first.functions)
    functions.push(Json::object()
                       .set("name", row.name)
                       .set("entries", row.entries)
                       .set("counts", counts_json(row.counts)));
  for (const int64_t bytes : facts.first.layer_stack_bytes) stacks.push(bytes);
  for (const UnknownInsn& row : facts.unknown)
    unknown.push(Json::object().set("mnemonic", row.mnemonic).set("executed", row.executed));
  return Json::object()
      .set("format", kTraceFormat)
      .set("version", kVersion)
      .set("stopped", trace.stopped)
      .set("fault", trace.fault)
      .set("startup", counts_json(facts.startup))
      .set("total", counts_json(facts.first.total))
      .set("layers", all_counts_json(facts.first.layers))
      .set("layer_stack_bytes", std::move(stacks))
      .set("functions", std::move(functions))
      .set("inferences", all_counts_json(facts.inferences))
      .set("stack_bytes", facts.stack_bytes)
      .set("no_stack", facts.no_stack)
      .set("caches", texts_json(facts.caches))
      .set("unknown", std::move(unknown))
      .set("notes", texts_json(facts.notes))
      .dump();
}

Result<Trace> read_trace(std::string_view text) {
  const Json json = TRY(parse(text, kTraceFormat));
  Trace trace;
  trace.stopped = TRY(line(json, "stopped"));
  trace.fault = TRY(line(json, "fault"));
  RunFacts& facts = trace.facts;
  facts.startup = TRY(in(read_counts(json.at("startup")), "startup"));
  facts.first = TRY(read_first(json));
  facts.inferences = TRY(read_all_counts(json, "inferences"));
  facts.stack_bytes = TRY(whole(json, "stack_bytes"));
  facts.no_stack = TRY(line(json, "no_stack"));
  facts.caches = TRY(texts(json, "caches"));
  if (facts.caches.size() > kMaxCaches)
    return fail(ErrorKind::input, "{} caches, at most {}", facts.caches.size(), kMaxCaches);
  const Json unknown = TRY(list(json, "unknown"));
  for (size_t i = 0; i < unknown.size(); ++i) {
    UnknownInsn row;
    row.mnemonic = TRY(line(unknown.at(i), "mnemonic"));
    row.executed = TRY(whole(unknown.at(i), "executed"));
    facts.unknown.push_back(std::move(row));
  }
  facts.notes = TRY(texts(json, "notes"));
  TRY_STATUS(check_sums(facts));
  return trace;
}

}  // namespace assay
