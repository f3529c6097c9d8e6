// The counters of Counts as JSON, and checked reading of whole numbers, texts and lists.
//
// The idea: one table names every counter, and reading and writing both walk it. Counts are refused
// unless every counter is there, is a whole number of at least 0, the classes sum to the
// instructions and the causes to the cycles.
#include "measure/trace_json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace assay {
namespace {

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

}  // namespace

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

/// Fills `values` from a list of as many counts.
Status read_list(const Json& json, std::string_view key, const std::vector<int64_t*>& values) {
  const Json rows = TRY(list(json, key));
  if (rows.size() != values.size())
    return fail(ErrorKind::input, "'{}' has {} rows, not {}", key, rows.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const Json row = rows.at(i);
    const double number = row.number();
    if (!row.is_number() || !(number >= 0 && number <= kLargest) || number != std::floor(number))
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

}  // namespace assay
