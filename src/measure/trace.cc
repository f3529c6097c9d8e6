// A job and a trace as JSON: the same structs that the in-process emulator fills in, by name.
//
// A trace is refused unless every counter is there (trace_json.h) and the sums hold that hold by
// construction: functions to the inference, layers at most it; of a profile, profile_trace.cc. A
// file that was cut short is no JSON. Not handled: traces of other versions of Assay, which say so.
#include "measure/trace.h"

#include <fmt/format.h>

#include "measure/profile_trace.h"
#include "measure/trace_json.h"

namespace assay {
namespace {

constexpr std::string_view kJobFormat = "assay-qemu-job", kTraceFormat = "assay-qemu-trace";
constexpr int kVersion = 3;

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
  function.frame_bytes = TRY(whole(row, "frame_bytes"));
  function.stack_bytes = TRY(whole(row, "stack_bytes"));
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
  first.layer_stack_bytes.resize(stacks.size());
  std::vector<int64_t*> values;
  for (int64_t& bytes : first.layer_stack_bytes) values.push_back(&bytes);
  TRY_STATUS(read_list(json, "layer_stack_bytes", values));
  const Json functions = TRY(list(json, "functions"));
  for (size_t i = 0; i < functions.size(); ++i)
    first.functions.push_back(TRY(in(read_function(functions.at(i)), "functions[{}]", i)));
  return first;
}

Json optional_json(const std::optional<uint32_t>& value) {
  return value ? Json(int64_t{*value}) : Json(nullptr);
}

Json profile_job_json(const ProfileJob& job) {
  return Json::object()
      .set("from", optional_json(job.from))
      .set("to", optional_json(job.to))
      .set("until", optional_json(job.until))
      .set("vector_table", optional_json(job.vector_table))
      .set("times", job.times)
      .set("lines", job.lines);
}

Result<std::optional<uint32_t>> read_address(const Json& json, std::string_view key) {
  if (json.at(key).is_null()) return std::nullopt;
  return static_cast<uint32_t>(TRY(whole(json, key)));
}

Result<ProfileJob> read_profile_job(const Json& json) {
  ProfileJob job;
  job.from = TRY(read_address(json, "from"));
  job.to = TRY(read_address(json, "to"));
  job.until = TRY(read_address(json, "until"));
  job.vector_table = TRY(read_address(json, "vector_table"));
  job.times = TRY(whole(json, "times"));
  job.lines = json.at("lines").truth();
  return job;
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
      .set("profile", job.profile ? profile_job_json(*job.profile) : Json(nullptr))
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
  if (!json.at("profile").is_null())
    job.profile = TRY(in(read_profile_job(json.at("profile")), "profile"));
  return job;
}

std::string write_trace(const Trace& trace) {
  if (trace.profile)
    return Json::object()
        .set("format", kTraceFormat)
        .set("version", kVersion)
        .set("profile", profile_json(*trace.profile))
        .line();
  const RunFacts& facts = trace.facts;
  Json functions = Json::array(), stacks = Json::array(), unknown = Json::array();
  for (const FunctionCounts& row : facts.first.functions)
    functions.push(Json::object()
                       .set("name", row.name)
                       .set("entries", row.entries)
                       .set("frame_bytes", row.frame_bytes)
                       .set("stack_bytes", row.stack_bytes)
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
  if (json.has("profile")) {
    trace.profile = TRY(in(read_profile(json.at("profile")), "profile"));
    return trace;
  }
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
