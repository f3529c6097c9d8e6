// budget.toml -> Budget. A key of a limit's table is a field's path, so every field of a record can
// be limited; a value is the limit, or a table that says more.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compare/budget.h"
#include "util/toml.h"

namespace assay {
namespace {

/// What a baseline is held to without a word about it: all of them are better if smaller.
constexpr std::string_view kUsual[] = {"flash_bytes",  "ram_bytes", "arena_bytes", "stack_bytes",
                                       "instructions", "cycles",    "latency_us",  "energy_uj"};

/// The error as one of the file, at the key's line.
template <class T>
Result<T> at(Result<T> result, const Toml& toml, std::string_view key) {
  if (!result) return std::unexpected(toml.error_at(key, result.error().what));
  return result;
}

/// A number, or text with a unit; `otherwise` if missing.
Result<Amount> amount(const Toml& toml, std::string_view key, Unit unit, Amount otherwise = {}) {
  switch (toml.kind(key)) {
    case Toml::Kind::missing:
      return otherwise;
    case Toml::Kind::number: {
      const double value = TRY(toml.real(key));
      if (!(value >= 0 && value <= 9e15))
        return std::unexpected(toml.error_at(key, fmt::format("{} is no amount", value)));
      return Amount{value, unit == Unit::percent};
    }
    case Toml::Kind::text: {
      const std::string text = TRY(toml.text(key));
      return at(parse_amount(text, unit), toml, key);
    }
    default:
      return std::unexpected(toml.error_at(key, fmt::format("'{}' is no amount", key)));
  }
}

/// A share of a limit: "10 %", or an amount in the field's unit.
Result<Amount> share(const Toml& toml, std::string_view key, Unit unit, Amount otherwise) {
  const Amount quantity = TRY(amount(toml, key, unit, otherwise));
  if (quantity.percent && quantity.value > 100 && key == "headroom")
    return std::unexpected(toml.error_at(key, "a headroom of more than 100 % leaves nothing"));
  return quantity;
}

struct Defaults {
  Amount headroom, tolerance;
};

Status read_bounds(const Toml& table, std::string_view key, const Defaults& defaults,
                   Limit& limit) {
  const Unit unit = limit.field.unit;
  if (table.has("max")) limit.max = TRY(amount(table, "max", unit));
  if (table.has("min")) limit.min = TRY(amount(table, "min", unit));
  limit.is = TRY(table.text("is", ""));
  limit.headroom = TRY(share(table, "headroom", unit, defaults.headroom));
  limit.tolerance = TRY(share(table, "tolerance", unit, defaults.tolerance));
  limit.sum = TRY(table.boolean("sum", false));
  TRY_STATUS(table.no_other_keys());
  const bool bounded = limit.max || limit.min;
  if (limit.field.is_text ? bounded || limit.is.empty() : !bounded || !limit.is.empty())
    return std::unexpected(table.error_at(
        "", limit.field.is_text ? fmt::format("'{}' is text: give it 'is'", key)
                                : fmt::format("'{}' is a number: give it 'max' or 'min'", key)));
  return {};
}

Result<Limit> read_limit(const Toml& toml, const std::string& key, const Defaults& defaults) {
  FieldPath path = TRY(at(parse_field(key), toml, key));
  Limit limit{.field = std::move(path),
              .headroom = defaults.headroom,
              .tolerance = defaults.tolerance,
              .line = toml.line(key)};
  if (toml.kind(key) == Toml::Kind::table) {
    const Toml table = TRY(toml.table(key));
    TRY_STATUS(read_bounds(table, key, defaults, limit));
  } else if (limit.field.is_text) {
    limit.is = TRY(toml.text(key));
  } else {
    limit.max = TRY(amount(toml, key, limit.field.unit));
  }
  return limit;
}

Status read_limits(const Toml& toml, const std::string& target, const Defaults& defaults,
                   Budget& budget) {
  for (const std::string& key : toml.keys()) {
    Limit limit = TRY(read_limit(toml, key, defaults));
    limit.target = target;
    if (limit.field.field == kCpuPercent && !budget.every_us)
      return std::unexpected(toml.error_at(
          key,
          "cpu_percent needs to know how often an inference starts: every = \"20 ms\" at the "
          "top of the file"));
    budget.limits.push_back(std::move(limit));
  }
  return {};
}

/// every = "20 ms", or rate = "50/s".
Result<std::optional<double>> read_period(const Toml& toml) {
  const bool every = toml.has("every"), rate = toml.has("rate");
  if (every && rate)
    return std::unexpected(toml.error_at("rate", "'every' says the same; give one of the two"));
  double us = 0;
  if (every) {
    us = TRY(amount(toml, "every", Unit::microseconds)).value;
  } else if (rate) {
    std::string text = TRY(toml.text("rate"));
    if (text.ends_with("/s")) text.resize(text.size() - 2);
    const Amount hertz = TRY(at(parse_amount(text, Unit::hertz), toml, "rate"));
    us = hertz.value > 0 ? 1e6 / hertz.value : 0;
  } else {
    return std::optional<double>();
  }
  if (!(us > 0)) return std::unexpected(toml.error_at(every ? "every" : "rate", "is zero"));
  return std::optional(us);
}

Status read_baseline(const Toml& toml, Budget& budget) {
  const Amount all = TRY(share(toml, "tolerance", Unit::none, {0, true}));
  if (!all.percent)
    return std::unexpected(
        toml.error_at("tolerance", "a tolerance for all is a percentage: \"1 %\""));
  for (Allowance& allowance : budget.allowances) allowance.tolerance = all;
  for (const std::string& key : toml.keys()) {
    if (key == "tolerance") continue;
    FieldPath path = TRY(at(parse_field(key), toml, key));
    if (path.is_text)
      return std::unexpected(
          toml.error_at(key, fmt::format("'{}' is text, which is neither more nor less", key)));
    const Amount tolerance = TRY(share(toml, key, path.unit, all));
    std::erase_if(budget.allowances, [&](const Allowance& a) { return a.field.text == path.text; });
    budget.allowances.push_back({std::move(path), tolerance, toml.line(key)});
  }
  return {};
}

}  // namespace

Budget no_budget() {
  Budget budget;
  for (const std::string_view field : kUsual) {
    Result<FieldPath> path = parse_field(field);
    if (path) budget.allowances.push_back({std::move(*path), {0, true}, 0});
  }
  return budget;
}

Result<Budget> parse_budget(std::string_view text, std::string_view file) {
  const Toml toml = TRY(Toml::parse(text, file));
  Budget budget = no_budget();
  budget.file = file;
  budget.every_us = TRY(read_period(toml));
  Defaults defaults;
  defaults.headroom = TRY(share(toml, "headroom", Unit::none, {}));
  defaults.tolerance = TRY(share(toml, "tolerance", Unit::none, {}));
  for (const char* key : {"headroom", "tolerance"})
    if (toml.has(key) && !(key[0] == 'h' ? defaults.headroom : defaults.tolerance).percent)
      return std::unexpected(
          toml.error_at(key, fmt::format("a {} for all is a percentage: \"5 %\"", key)));
  if (toml.has("budget")) {
    const Toml table = TRY(toml.table("budget"));
    TRY_STATUS(read_limits(table, "", defaults, budget));
  }
  if (toml.has("on")) {
    const Toml on = TRY(toml.table("on"));
    for (const std::string& target : on.keys()) {
      const Toml table = TRY(on.table(target));
      TRY_STATUS(read_limits(table, target, defaults, budget));
    }
  }
  if (toml.has("baseline")) {
    const Toml table = TRY(toml.table("baseline"));
    TRY_STATUS(read_baseline(table, budget));
  }
  TRY_STATUS(toml.no_other_keys());
  if (budget.limits.empty() && !toml.has("baseline"))
    return fail(ErrorKind::input, "{}: holds no limit; assay init-budget writes a first one", file);
  std::ranges::stable_sort(budget.limits, {}, &Limit::line);
  return budget;
}

}  // namespace assay
