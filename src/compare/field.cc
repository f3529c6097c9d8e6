// Paths of fields, resolved by walking `describe`: no field is named here but those that others are
// derived from. A cause that took no time is not in a record; it counts as nothing, which is why
// its name is checked against the list of all causes.
//
// Does not handle: aggregation (a budget sums rows itself).
#include "compare/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "hw/cause.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kUnitEndings[] = {"", "_bytes", "_us", "_uj", "_hz"};
constexpr size_t kLongestPath = 500;

struct Known {
  std::string name;
  Unit unit;
  enum { text, number, figure, shares } kind;
};

template <class Row>
std::vector<Known> fields_of() {
  std::vector<Known> fields;
  Row row;
  describe(row, [&](std::string_view field, auto& member, Unit unit, std::string_view) {
    using Member = std::remove_cvref_t<decltype(member)>;
    const auto kind = std::is_same_v<Member, std::string> ? Known::text
                      : std::is_same_v<Member, Shares>    ? Known::shares
                      : std::is_same_v<Member, Figure>    ? Known::figure
                                                          : Known::number;
    fields.push_back({std::string(field), unit, kind});
  });
  return fields;
}

/// The fields of a list's rows; empty if there is no such list.
std::vector<Known> fields_of_list(std::string_view list, std::vector<std::string>& lists) {
  std::vector<Known> fields;
  const Record record;
  describe_lists(record,
                 [&]<class Row>(std::string_view name, const std::vector<Row>&, std::string_view) {
                   lists.emplace_back(name);
                   if (name == list) fields = fields_of<Row>();
                 });
  return fields;
}

Result<Known> find_known(const std::vector<Known>& fields, std::string_view word,
                         std::string_view of) {
  std::vector<std::string> names, bare;  // with the unit and without
  for (const std::string_view ending : kUnitEndings)
    for (const Known& known : fields) {
      if (known.name == fmt::format("{}{}", word, ending)) return known;
      if (ending.empty()) names.push_back(known.name);
      if (!ending.empty() && known.name.ends_with(ending))
        bare.push_back(known.name.substr(0, known.name.size() - ending.size()));
    }
  std::string instead = did_you_mean(word, names);
  if (instead.empty()) instead = did_you_mean(word, bare);
  return fail(ErrorKind::input, "{} has no field '{}'{}   (docs/records.md lists all)", of, word,
              instead);
}

Status check_cause(const std::string& cause) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kCauses; ++i) names.emplace_back(name(static_cast<Cause>(i)));
  if (std::ranges::find(names, cause) != names.end()) return {};
  return fail(ErrorKind::input, "no cause '{}'{}   (there are: {})", cause,
              did_you_mean(cause, names), fmt::join(names, ", "));
}

std::vector<std::string> names_of(const LayerRecord& row) {
  return {fmt::format("{}", row.index), row.op, fmt::format("{}_{}", row.op, row.index), row.name};
}
std::vector<std::string> names_of(const ComponentRecord& row) {
  return {row.name, row.memory + "/" + row.name};
}
/// Any other row goes by the first of its fields that is text.
template <class Row>
std::vector<std::string> names_of(const Row& row) {
  std::vector<std::string> names;
  describe(row, [&](std::string_view, const auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::string>)
      if (names.empty()) names.push_back(member);
  });
  return names;
}

std::string label_of(const LayerRecord& row) { return row_label(row); }
template <class Row>
std::string label_of(const Row& row) {
  return names_of(row).back();
}

double memory_bytes(const Record& record, std::string_view kind) {
  double size = 0;
  for (const RegionRecord& region : record.regions)
    if (region.kind == kind) size += region.size_bytes.value.value_or(0);
  return size;
}

double whole_of(const Record& record, const Record&, std::string_view field) {
  if (field == "flash_bytes") return memory_bytes(record, "flash");
  return field == "ram_bytes" ? memory_bytes(record, "ram") : 0;
}
double whole_of(const Record&, const RegionRecord& row, std::string_view field) {
  return field == "used_bytes" ? row.size_bytes.value.value_or(0) : 0;
}
template <class Row>
double whole_of(const Record&, const Row&, std::string_view) {
  return 0;
}

Figure share_of(const Shares& shares, const std::string& cause) {
  for (const Share& share : shares)
    if (share.name == cause) return share.figure;
  return shares.empty() ? Figure::none("the record has no causes") : Figure::modelled(0, 0, 0);
}

template <class Row>
FieldValue value_of(const Record& record, const Row& row, const FieldPath& path) {
  FieldValue value;
  describe(row, [&](std::string_view field, const auto& member, Unit, std::string_view) {
    if (field != path.field) return;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Member, Figure>)
      value.figure = member;
    else if constexpr (std::is_same_v<Member, Shares>)
      value.figure = share_of(member, path.cause);
    else if constexpr (std::is_same_v<Member, std::string>)
      value.text = member;
    else
      value.figure = Figure::exact(member);
    value.whole = whole_of(record, row, field);
  });
  return value;
}

Figure cpu_share(const Record& record, std::optional<double> every_us) {
  if (!every_us) return Figure::none("the budget says neither 'every' nor 'rate'");
  Figure share = record.latency_us;
  if (!share) return share;
  for (double* each : {&*share.value, &share.low, &share.high}) *each *= 100 / *every_us;
  return share;
}

}  // namespace

std::string row_label(const LayerRecord& row) {
  return fmt::format("layer {} {}", row.index, row.op);
}

bool matches(std::string_view glob, std::string_view text) {
  // The last * is retried from one letter further: linear in memory, n * m at worst.
  size_t g = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      retry = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

Result<FieldPath> parse_field(std::string_view text) {
  if (text.size() > kLongestPath)
    return fail(ErrorKind::input, "a field's name of {} letters", text.size());
  FieldPath path{.text = std::string(text)};
  std::string_view rest = text;
  std::vector<Known> fields = fields_of<Record>();
  fields.push_back({std::string(kCpuPercent), Unit::percent, Known::figure});
  const size_t open = text.find('['), close = text.rfind("].");
  if (open != std::string_view::npos) {
    if (close == std::string_view::npos || close < open)
      return fail(ErrorKind::input,
                  "'{}' is no field; rows are written LIST[ROWS].FIELD: "
                  "layers[conv_2d*].cycles",
                  text);
    path.list = text.substr(0, open);
    path.rows = text.substr(open + 1, close - open - 1);
    rest = text.substr(close + 2);
    std::vector<std::string> lists;
    fields = fields_of_list(path.list, lists);
    if (fields.empty())
      return fail(ErrorKind::input, "a record has no list '{}'{}   (there are: {})", path.list,
                  did_you_mean(path.list, lists), fmt::join(lists, ", "));
  }
  const size_t dot = rest.find('.');
  const std::string of = path.list.empty() ? "a record" : fmt::format("a row of {}", path.list);
  const Known known = TRY(find_known(fields, rest.substr(0, dot), of));
  path.field = known.name;
  path.unit = known.unit;
  path.is_text = known.kind == Known::text;
  path.text = fmt::format("{}{}", text.substr(0, text.size() - rest.size()), path.field);
  if (known.kind == Known::shares) {
    if (dot == std::string_view::npos)
      return fail(ErrorKind::input, "'{}' has many causes; name one: {}.load", text, text);
    path.cause = rest.substr(dot + 1);
    TRY_STATUS(check_cause(path.cause));
    path.text += "." + path.cause;
  } else if (dot != std::string_view::npos) {
    return fail(ErrorKind::input,
                "'{}' has no parts; rows are written LIST[ROWS].FIELD: "
                "layers[conv_2d*].cycles",
                rest.substr(0, dot));
  }
  return path;
}

std::vector<FieldValue> values_of(const Record& record, const FieldPath& path,
                                  std::optional<double> every_us) {
  if (path.list.empty() && path.field == kCpuPercent)
    return {{.figure = cpu_share(record, every_us)}};
  if (path.list.empty()) return {value_of(record, record, path)};
  std::vector<FieldValue> values;
  describe_lists(record, [&](std::string_view list, const auto& rows, std::string_view) {
    if (list != path.list) return;
    for (const auto& row : rows) {
      const std::vector<std::string> names = names_of(row);
      if (std::ranges::none_of(names, [&](const auto& each) { return matches(path.rows, each); }))
        continue;
      values.push_back(value_of(record, row, path));
      values.back().row = label_of(row);
    }
  });
  return values;
}

std::vector<std::string> row_names(const Record& record, const std::string& list) {
  std::vector<std::string> names;
  describe_lists(record, [&](std::string_view each, const auto& rows, std::string_view) {
    if (each != list) return;
    for (const auto& row : rows)
      for (std::string& name : names_of(row)) names.push_back(std::move(name));
  });
  return names;
}

}  // namespace assay
