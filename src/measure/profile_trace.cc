// Profiles between two processes.
//
// What sums by construction must sum here too: functions' own counts to their region, paths' to
// it, and each line to instructions that a region has. Not carried: what the plugin cannot see
// (registers, peripherals, the serial line), and file names: who has the image knows them.
#include "measure/profile_trace.h"

#include <fmt/format.h>

#include "measure/trace_json.h"

namespace assay {
namespace {

constexpr int64_t kMostExceptions = 512;  ///< that M-profile can have
constexpr std::string_view kEnds[] = {"finished", "limit", "fault"};

Json ticks_json(const CauseTicks& causes) {
  Json list = Json::array();
  for (const int64_t ticks : causes.ticks) list.push(ticks);
  return list;
}

Status read_ticks(const Json& row, CauseTicks& causes) {
  std::vector<int64_t*> values;
  for (int64_t& ticks : causes.ticks) values.push_back(&ticks);
  return read_list(row, "ticks", values);
}

Json function_json(const ProfileFunction& f) {
  return Json::object()
      .set("name", f.name)
      .set("address", int64_t{f.address})
      .set("code_bytes", f.code_bytes)
      .set("calls", f.calls)
      .set("self", counts_json(f.self))
      .set("inclusive", counts_json(f.inclusive));
}

Result<ProfileFunction> read_function(const Json& row) {
  ProfileFunction f;
  f.name = TRY(line(row, "name"));
  f.address = static_cast<uint32_t>(TRY(whole(row, "address")));
  f.code_bytes = TRY(whole(row, "code_bytes"));
  f.calls = TRY(whole(row, "calls"));
  f.self = TRY(in(read_counts(row.at("self")), "self"));
  f.inclusive = TRY(in(read_counts(row.at("inclusive")), "inclusive"));
  return f;
}

Json path_json(const ProfilePath& path, const std::vector<int64_t>& sent) {
  Json functions = Json::array();
  for (const size_t function : path.functions) functions.push(sent[function]);
  return Json::object()
      .set("functions", std::move(functions))
      .set("calls", path.calls)
      .set("self", counts_json(path.self));
}

Result<ProfilePath> read_path(const Json& row, size_t functions) {
  ProfilePath path;
  const Json indices = TRY(list(row, "functions"));
  for (size_t i = 0; i < indices.size(); ++i) {
    const double index = indices.at(i).number();
    if (!(index >= 0 && index < static_cast<double>(functions)))
      return fail(ErrorKind::input, "function {} of {}", index, functions);
    path.functions.push_back(static_cast<size_t>(index));
  }
  path.calls = TRY(whole(row, "calls"));
  path.self = TRY(in(read_counts(row.at("self")), "self"));
  return path;
}

Json line_json(const ProfileLine& row, const std::vector<int64_t>& sent) {
  return Json::object()
      .set("function", row.function < 0 ? int64_t{0} : sent[static_cast<size_t>(row.function)] + 1)
      .set("address", int64_t{row.hottest})
      .set("instructions", row.instructions)
      .set("loads", row.loads)
      .set("stores", row.stores)
      .set("ticks", ticks_json(row.causes));
}

Result<ProfileLine> read_profile_line(const Json& row, size_t functions) {
  ProfileLine made;
  const int64_t function = TRY(whole(row, "function"));
  if (function > static_cast<int64_t>(functions))
    return fail(ErrorKind::input, "function {} of {}", function, functions);
  made.function = static_cast<int>(function) - 1;
  made.hottest = static_cast<uint32_t>(TRY(whole(row, "address")));
  made.instructions = TRY(whole(row, "instructions"));
  made.loads = TRY(whole(row, "loads"));
  made.stores = TRY(whole(row, "stores"));
  TRY_STATUS(read_ticks(row, made.causes));
  return made;
}

/// Functions that nothing ran in are left out.
Json region_json(const ProfileRegion& region) {
  Json functions = Json::array(), paths = Json::array(), lines = Json::array();
  std::vector<int64_t> sent(region.functions.size(), -1);
  const auto send = [&](size_t i) {
    if (sent[i] >= 0) return;
    sent[i] = static_cast<int64_t>(functions.size());
    functions.push(function_json(region.functions[i]));
  };
  for (size_t i = 0; i < region.functions.size(); ++i)
    if (region.functions[i].inclusive.cycles != 0) send(i);
  for (const ProfilePath& path : region.paths)
    for (const size_t function : path.functions) send(function);
  for (const ProfileLine& row : region.lines)
    if (row.function >= 0) send(static_cast<size_t>(row.function));
  for (const ProfilePath& path : region.paths) paths.push(path_json(path, sent));
  for (const ProfileLine& row : region.lines) lines.push(line_json(row, sent));
  return Json::object()
      .set("name", region.name)
      .set("times", region.times)
      .set("total", counts_json(region.total))
      .set("functions", std::move(functions))
      .set("paths", std::move(paths))
      .set("lines", std::move(lines))
      .set("ticks", ticks_json(region.unplaced));
}

/// What holds by construction.
Status check_sums(const ProfileRegion& region) {
  double functions = 0, paths = 0, lines = 0;
  for (const ProfileFunction& f : region.functions)
    functions += static_cast<double>(f.self.instructions);
  for (const ProfilePath& path : region.paths) paths += static_cast<double>(path.self.instructions);
  for (const ProfileLine& row : region.lines) lines += static_cast<double>(row.instructions);
  const auto all = static_cast<double>(region.total.instructions);
  if (functions > all || paths > all || lines > all || functions != paths)
    return fail(ErrorKind::input,
                "{} instructions in functions, {} on paths and {} in lines, {} in all", functions,
                paths, lines, all);
  return {};
}

Result<ProfileRegion> read_region(const Json& row) {
  ProfileRegion region;
  region.name = TRY(line(row, "name"));
  region.times = TRY(whole(row, "times"));
  region.total = TRY(in(read_counts(row.at("total")), "total"));
  const Json functions = TRY(list(row, "functions"));
  for (size_t i = 0; i < functions.size(); ++i)
    region.functions.push_back(TRY(in(read_function(functions.at(i)), "functions[{}]", i)));
  const Json paths = TRY(list(row, "paths"));
  for (size_t i = 0; i < paths.size(); ++i)
    region.paths.push_back(TRY(in(read_path(paths.at(i), functions.size()), "paths[{}]", i)));
  const Json lines = TRY(list(row, "lines"));
  for (size_t i = 0; i < lines.size(); ++i)
    region.lines.push_back(
        TRY(in(read_profile_line(lines.at(i), functions.size()), "lines[{}]", i)));
  TRY_STATUS(read_ticks(row, region.unplaced));
  TRY_STATUS(check_sums(region));
  return region;
}

Json pairs_json(const std::vector<std::pair<int, int64_t>>& pairs) {
  Json rows = Json::array();
  for (const auto& [number, count] : pairs)
    rows.push(Json::object().set("number", number).set("count", count));
  return rows;
}

}  // namespace

Json profile_json(const ProfileFacts& facts) {
  Json regions = Json::array(), unknown = Json::array();
  for (const ProfileRegion& region : facts.regions) regions.push(region_json(region));
  for (const UnknownInsn& row : facts.unknown)
    unknown.push(Json::object().set("mnemonic", row.mnemonic).set("executed", row.executed));
  return Json::object()
      .set("end", kEnds[static_cast<size_t>(facts.end)])
      .set("ended", facts.ended)
      .set("missed", facts.missed)
      .set("regions", std::move(regions))
      .set("exceptions", pairs_json(facts.exceptions))
      .set("caches", texts_json(facts.caches))
      .set("unknown", std::move(unknown))
      .set("notes", texts_json(facts.notes));
}

Result<ProfileFacts> read_profile(const Json& json) {
  ProfileFacts facts;
  const std::string end = TRY(line(json, "end"));
  size_t known = 0;
  while (known < std::size(kEnds) && kEnds[known] != end) ++known;
  if (known == std::size(kEnds)) return fail(ErrorKind::input, "'end' is '{}'", end);
  facts.end = static_cast<ProfileEnd>(known);
  facts.ended = TRY(line(json, "ended"));
  facts.missed = TRY(line(json, "missed"));
  const Json regions = TRY(list(json, "regions"));
  for (size_t i = 0; i < regions.size(); ++i)
    facts.regions.push_back(TRY(in(read_region(regions.at(i)), "regions[{}]", i)));
  if (facts.regions.empty()) return fail(ErrorKind::input, "'regions' is empty");
  const Json exceptions = TRY(list(json, "exceptions"));
  for (size_t i = 0; i < exceptions.size(); ++i) {
    const Json row = exceptions.at(i);
    const int64_t number = TRY(whole(row, "number"));
    const int64_t count = TRY(whole(row, "count"));
    if (number >= kMostExceptions) return fail(ErrorKind::input, "exception {}", number);
    facts.exceptions.emplace_back(static_cast<int>(number), count);
  }
  facts.caches = TRY(texts(json, "caches"));
  const Json unknown = TRY(list(json, "unknown"));
  for (size_t i = 0; i < unknown.size(); ++i) {
    UnknownInsn insn{TRY(line(unknown.at(i), "mnemonic")), 0};
    insn.executed = TRY(whole(unknown.at(i), "executed"));
    facts.unknown.push_back(std::move(insn));
  }
  facts.notes = TRY(texts(json, "notes"));
  facts.instructions = facts.regions.back().total.instructions;
  facts.cycles = facts.regions.back().total.cycles;
  return facts;
}

}  // namespace assay
