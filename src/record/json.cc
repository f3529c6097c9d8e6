// Record <-> JSON, driven by `describe` alone: there is no field name in this file but
// schema_version.
//
// A figure is {"value", "unit", "how"} with {"low", "high"} where it is not exact, or {"value":
// null, "unit", "reason"}. A record file comes from anywhere, so reading checks types, units,
// signs and magnitudes; what it lets through, a report can print. The version rises when a field
// changes its meaning or goes away, never when one is added: a reader therefore skips fields that
// it does not know and leaves empty those that are missing.
//
// Does not handle: streams of records (one a line), and other schema versions.
#include "record/json.h"

#include <fmt/format.h>

#include <cmath>

namespace assay {
namespace {

constexpr double kLargest = 9007199254740992.0;  // 2^53: beyond, a double no longer counts by one
constexpr How kHows[] = {How::exact, How::modelled, How::predicted, How::measured};

Json value_json(const std::string& text, Unit) { return text; }
Json value_json(int64_t value, Unit) { return value; }
Json value_json(const Figure& figure, Unit unit) {
  Json json = Json::object();
  if (!std::isfinite(figure.number())) {
    json.set("value", nullptr).set("unit", name(unit));
    return json.set("reason", figure.reason.empty() ? "not given" : figure.reason);
  }
  json.set("value", figure.number()).set("unit", name(unit)).set("how", name(figure.how));
  if (figure.how != How::exact) json.set("low", figure.low).set("high", figure.high);
  return json;
}

Json value_json(const Shares& shares, Unit unit) {
  Json json = Json::object();
  for (const Share& share : shares) json.set(share.name, value_json(share.figure, unit));
  return json;
}

template <class Row>
Json row_json(const Row& row) {
  Json json = Json::object();
  describe(row, [&](std::string_view field, const auto& member, Unit unit, std::string_view) {
    json.set(field, value_json(member, unit));
  });
  return json;
}

std::string_view kind_of(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "an array";
  if (json.is_string()) return "text";
  if (json.is_number()) return "a number";
  if (json.is_null()) return "null";
  return "true or false";
}

std::unexpected<Error> wrong_kind(const Json& json, std::string_view need) {
  return fail(ErrorKind::input, "is {}, need {}", kind_of(json), need);
}

Status read_value(const Json& json, Unit, std::string& into) {
  if (!json.is_string()) return wrong_kind(json, "text");
  into = json.text();
  return {};
}

Status read_value(const Json& json, Unit, int64_t& into) {
  if (!json.is_number()) return wrong_kind(json, "a whole number");
  const double value = json.number();
  if (!(value >= 0 && value <= kLargest && value == std::floor(value)))
    return fail(ErrorKind::input, "{} is not a whole number from 0 to 2^53", value);
  into = static_cast<int64_t>(value);
  return {};
}

/// Only a change, in percent, can be below zero.
Result<double> read_number(const Json& figure, std::string_view key, Unit unit) {
  const Json json = figure.at(key);
  if (!json.is_number())
    return fail(ErrorKind::input, "'{}' is {}, need a number", key,
                figure.has(key) ? kind_of(json) : "missing");
  const double value = json.number();
  const double least = unit == Unit::percent ? -kLargest : 0;
  if (!(value >= least && value <= kLargest))
    return fail(ErrorKind::input, "'{}' is {}, need {} to 2^53", key, value,
                least < 0 ? "-2^53" : "0");
  return value;
}

Result<How> read_how(const Json& figure) {
  const std::string word = figure.at("how").text();
  for (const How how : kHows)
    if (word == name(how)) return how;
  return fail(ErrorKind::input, "'how' is '{}', need exact, modelled, predicted or measured", word);
}

Status read_value(const Json& json, Unit unit, Figure& into) {
  if (!json.is_object()) return wrong_kind(json, "an object with 'value' and 'unit'");
  if (!json.has("value")) return fail(ErrorKind::input, "has no 'value'");
  if (json.at("unit").text() != name(unit))
    return fail(ErrorKind::input, "unit is '{}', need '{}'", json.at("unit").text(), name(unit));
  if (json.at("value").is_null()) {
    if (json.at("reason").text().empty())
      return fail(ErrorKind::input, "has neither a value nor a 'reason'");
    into = Figure::none(json.at("reason").text());
    return {};
  }
  Figure figure;
  figure.value = TRY(read_number(json, "value", unit));
  figure.how = TRY(read_how(json));
  if (figure.how != How::exact) {
    figure.low = TRY(read_number(json, "low", unit));
    figure.high = TRY(read_number(json, "high", unit));
    if (figure.low > figure.number() || figure.high < figure.number())
      return fail(ErrorKind::input, "value {} lies outside {} .. {}", figure.number(), figure.low,
                  figure.high);
  }
  into = std::move(figure);
  return {};
}

Status read_value(const Json& json, Unit unit, Shares& into) {
  if (!json.is_object()) return wrong_kind(json, "an object of figures");
  into.clear();
  for (const std::string& name : json.keys()) {
    Share share{name, {}};
    TRY_STATUS(in(read_value(json.at(name), unit, share.figure), "'{}'", name));
    into.push_back(std::move(share));
  }
  return {};
}

void clear(Shares& shares) { shares.clear(); }
void clear(Figure& figure) { figure = Figure::none("not in this record"); }
void clear(std::string& text) { text.clear(); }
void clear(int64_t& value) { value = 0; }

template <class Row>
Status read_row(const Json& json, Row& row) {
  if (!json.is_object()) return wrong_kind(json, "an object");
  Status status;
  describe(row, [&](std::string_view field, auto& member, Unit unit, std::string_view) {
    if (!status) return;
    if (json.has(field))
      status = in(read_value(json.at(field), unit, member), "field '{}'", field);
    else
      clear(member);
  });
  return status;
}

template <class Row>
Status read_rows(const Json& json, std::vector<Row>& rows) {
  if (!json.is_array()) return wrong_kind(json, "an array");
  rows.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    Row row;
    TRY_STATUS(in(read_row(json.at(i), row), "row {}", i));
    rows.push_back(std::move(row));
  }
  return {};
}

Status check_version(const Json& json) {
  if (!json.is_object()) return wrong_kind(json, "an object: a record that assay wrote");
  if (!json.at("schema_version").is_number())
    return fail(ErrorKind::input, "has no schema_version: not a record that assay wrote");
  const double version = json.at("schema_version").number();
  if (version != kRecordSchemaVersion)
    return fail(
        ErrorKind::unsupported,
        "schema version {} is not the one that this assay reads ({}); make the record again "
        "with this assay, or report it with the one that made it",
        version, kRecordSchemaVersion);
  return {};
}

}  // namespace

Json to_json(const Record& record) {
  Json json = row_json(record);
  describe_lists(record, [&](std::string_view list, const auto& rows, std::string_view) {
    Json array = Json::array();
    for (const auto& row : rows) array.push(row_json(row));
    json.set(list, std::move(array));
  });
  return json;
}

Json figure_json(const Figure& figure, Unit unit) { return value_json(figure, unit); }

std::string records_json(std::span<const Record> records) {
  if (records.size() == 1) return to_json(records[0]).dump();
  Json array = Json::array();
  for (const Record& record : records) array.push(to_json(record));
  return array.dump();
}

Result<Record> record_from_json(const Json& json) {
  TRY_STATUS(check_version(json));
  Record record;
  TRY_STATUS(read_row(json, record));
  Status status;
  describe_lists(record, [&](std::string_view list, auto& rows, std::string_view) {
    if (status && json.has(list)) status = in(read_rows(json.at(list), rows), "list '{}'", list);
  });
  if (!status) return std::unexpected(std::move(status).error());
  return record;
}

Result<std::vector<Record>> parse_records(std::string_view text) {
  const Json json = TRY(Json::parse(text));
  std::vector<Record> records;
  if (!json.is_array()) {
    Record record = TRY(record_from_json(json));
    records.push_back(std::move(record));
    return records;
  }
  for (size_t i = 0; i < json.size(); ++i) {
    Record record = TRY(in(record_from_json(json.at(i)), "record {}", i));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace assay
