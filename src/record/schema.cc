// JSON Schema and the documentation of records, generated: no field is named here.
//
// A figure's shape depends on its unit alone, so there is one definition a unit, with three cases:
// exact, with an interval, and without a value but with a reason.
// Source: JSON Schema draft 2020-12 (json-schema.org/draft/2020-12), core and validation.
#include "record/schema.h"

#include <fmt/format.h>

#include <set>
#include <type_traits>

#include "record/record.h"

namespace assay {
namespace {

Json strings(std::initializer_list<std::string_view> values) {
  Json array = Json::array();
  for (const std::string_view value : values) array.push(value);
  return array;
}

Json object_schema(Json properties, Json required) {
  Json schema = Json::object();
  schema.set("type", "object").set("properties", std::move(properties));
  return schema.set("required", std::move(required));
}

/// Only a change, in percent, can be below zero.
Json number_schema(Unit unit) {
  Json schema = Json::object().set("type", "number");
  if (unit != Unit::percent) schema.set("minimum", 0);
  return schema;
}

Json constant(std::string_view value) { return Json::object().set("const", value); }

Json exact_schema(Unit unit) {
  Json fields = Json::object();
  fields.set("value", number_schema(unit)).set("unit", constant(name(unit)));
  fields.set("how", constant(name(How::exact)));
  return object_schema(std::move(fields), strings({"value", "unit", "how"}));
}

Json interval_schema(Unit unit) {
  Json hows = Json::object();
  hows.set("enum", strings({name(How::modelled), name(How::predicted), name(How::measured)}));
  Json fields = Json::object();
  fields.set("value", number_schema(unit)).set("unit", constant(name(unit)));
  fields.set("how", std::move(hows))
      .set("low", number_schema(unit))
      .set("high", number_schema(unit));
  return object_schema(std::move(fields), strings({"value", "unit", "how", "low", "high"}));
}

Json reason_schema(Unit unit) {
  Json fields = Json::object();
  fields.set("value", Json::object().set("type", "null")).set("unit", constant(name(unit)));
  fields.set("reason", Json::object().set("type", "string").set("minLength", 1));
  return object_schema(std::move(fields), strings({"value", "unit", "reason"}));
}

Json figure_schema(Unit unit) {
  Json cases = Json::array();
  cases.push(exact_schema(unit)).push(interval_schema(unit)).push(reason_schema(unit));
  return Json::object().set("oneOf", std::move(cases));
}

std::string figure_definition(Unit unit) { return fmt::format("figure_{}", name(unit)); }

template <class Member>
Json member_schema(const Member&, Unit unit) {
  Json schema = Json::object();
  const std::string figure = "#/$defs/" + figure_definition(unit);
  if constexpr (std::is_same_v<Member, Figure>)
    schema.set("$ref", figure);
  else if constexpr (std::is_same_v<Member, Shares>)
    schema.set("type", "object").set("additionalProperties", Json::object().set("$ref", figure));
  else if constexpr (std::is_same_v<Member, std::string>)
    schema.set("type", "string");
  else
    schema.set("type", "integer").set("minimum", 0);
  return schema;
}

/// The fields of a row as "properties" and "required", and the units that its figures use.
struct Fields {
  Json properties = Json::object(), required = Json::array();
  std::set<Unit> units;
};

template <class Row>
Fields fields_of(const Row& row) {
  Fields fields;
  describe(row, [&](std::string_view field, const auto& member, Unit unit, std::string_view what) {
    Json schema = member_schema(member, unit);
    fields.properties.set(field, schema.set("description", what));
    fields.required.push(field);
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Member, Figure> || std::is_same_v<Member, Shares>)
      fields.units.insert(unit);
  });
  return fields;
}

template <class Row>
std::string field_table(const Row& row) {
  std::string table = "| field | kind | unit | meaning |\n| --- | --- | --- | --- |\n";
  describe(row, [&](std::string_view field, const auto& member, Unit unit, std::string_view what) {
    using Member = std::remove_cvref_t<decltype(member)>;
    const bool figure = std::is_same_v<Member, Figure>;
    const bool text = std::is_same_v<Member, std::string>;
    const bool shares = std::is_same_v<Member, Shares>;
    table += fmt::format("| `{}` | {} | {} | {} |\n", field,
                         figure   ? "figure"
                         : shares ? "object of figures"
                         : text   ? "text"
                                  : "number",
                         figure || shares ? name(unit) : std::string_view(), what);
  });
  return table;
}

constexpr std::string_view kIntroduction =
    "# Records\n"
    "\n"
    "What `--json` writes and `assay report` reads. Made from `src/record/record.h` (do not edit; "
    "`UPDATE=1` and the\n"
    "record tests write it anew, and the JSON Schema in `record.schema.json` with it).\n"
    "\n"
    "* One record is an object, several are an array of objects.\n"
    "* A **figure** is `{\"value\": 8955686, \"unit\": \"cycles\", \"how\": \"modelled\", "
    "\"low\": 8776572, \"high\": 12090176}`.\n"
    "  `how` is `exact` (counted, repeatable to the bit; no interval), `modelled` (from exact "
    "counts by a timing or power\n"
    "  model), `predicted` (from a fitted table) or `measured` (read from hardware). The last "
    "three carry `low` and `high`.\n"
    "* A figure that cannot be given is `{\"value\": null, \"unit\": \"uJ\", \"reason\": "
    "\"...\"}`: "
    "never left out, never zero.\n"
    "* `schema_version` rises when a field changes its meaning or goes away. Fields may be added "
    "without that, so a reader\n"
    "  skips those that it does not know; `assay report` also takes a record that lacks some, as "
    "not given.\n"
    "* In CSV a record is a line: a column a field; for a figure that has an interval also "
    "`_low`, `_high` and `_how`; an\n"
    "  empty cell is a figure that cannot be given, and the last column, `not_given`, says why. "
    "The lists are left out.\n";

}  // namespace

Json record_schema() {
  const Record record;
  Fields top = fields_of(record);
  std::set<Unit> units = top.units;
  describe_lists(record, [&]<class Row>(std::string_view list, const std::vector<Row>&,
                                        std::string_view what) {
    Fields row = fields_of(Row());
    units.merge(row.units);
    Json array = Json::object();
    array.set("type", "array").set("description", what);
    array.set("items", object_schema(std::move(row.properties), std::move(row.required)));
    top.properties.set(list, std::move(array));
    top.required.push(list);
  });
  top.properties.set(
      "schema_version",
      Json::object().set("const", kRecordSchemaVersion).set("description", "of this record"));
  Json definitions = Json::object();
  definitions.set("record", object_schema(std::move(top.properties), std::move(top.required)));
  for (const Unit unit : units) definitions.set(figure_definition(unit), figure_schema(unit));

  const Json one = Json::object().set("$ref", "#/$defs/record");
  Json shapes = Json::array();
  shapes.push(one).push(Json::object().set("type", "array").set("items", one));
  Json schema = Json::object();
  schema.set("$schema", "https://json-schema.org/draft/2020-12/schema");
  schema.set("title", "Assay records").set("oneOf", std::move(shapes));
  return schema.set("$defs", std::move(definitions));
}

std::string records_markdown() {
  const Record record;
  std::string page(kIntroduction);
  page += "\n## A record\n\n" + field_table(record);
  describe_lists(record, [&]<class Row>(std::string_view list, const std::vector<Row>&,
                                        std::string_view what) {
    page += fmt::format("\n## `{}[]`: {}\n\n", list, what) + field_table(Row());
  });
  return page;
}

}  // namespace assay
