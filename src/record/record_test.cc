#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <set>

#include "record/csv.h"
#include "record/json.h"
#include "record/schema.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

/// Every field of a row different, so that a swapped or forgotten one shows.
struct Filler {
  int count = 0;
  void operator()(std::string_view field, std::string& text, Unit, std::string_view) {
    text = std::string(field) + " \"" + std::to_string(++count) + "\"";
  }
  void operator()(std::string_view field, int64_t& value, Unit, std::string_view) {
    value = field == "schema_version" ? kRecordSchemaVersion : ++count;
  }
  void operator()(std::string_view, Figure& figure, Unit, std::string_view) {
    ++count;
    if (count % 3 == 0)
      figure = Figure::exact(count * 1000);
    else if (count % 3 == 1)
      figure = Figure::modelled(count + 0.25, count - 1.5, count + 2.125);
    else
      figure = Figure::none("reason " + std::to_string(count));
  }
  void operator()(std::string_view, Shares& shares, Unit, std::string_view) {
    shares = {{"load", Figure::modelled(++count, count - 1, count + 1)},
              {"mac", Figure::exact(++count)}};
  }
};

Record filled() {
  Filler filler;
  Record record;
  describe(record, filler);
  describe_lists(record,
                 [&]<class Row>(std::string_view, std::vector<Row>& rows, std::string_view) {
                   rows.resize(2);
                   for (Row& row : rows) describe(row, filler);
                 });
  return record;
}

Error parse_error(std::string_view text) {
  const auto records = parse_records(text);
  EXPECT_FALSE(records) << text;
  return records ? Error{} : records.error();
}

TEST(RecordJson, ComesBackAsItWent) {
  const std::vector<Record> one = {filled()};
  const std::string text = records_json(one);
  EXPECT_TRUE(text.starts_with("{\n  \"schema_version\": 1,\n")) << text.substr(0, 60);
  const auto back = parse_records(text);
  ASSERT_TRUE(back) << assay::text(back.error());
  ASSERT_EQ(back->size(), 1u);
  EXPECT_EQ(records_json(*back), text);
  EXPECT_EQ(back->front().layers.size(), 2u);

  const std::vector<Record> two = {filled(), Record()};
  const auto both = parse_records(records_json(two));
  ASSERT_TRUE(both) << assay::text(both.error());
  EXPECT_EQ(records_json(*both), records_json(two));
  EXPECT_EQ(records_json({}), "[]\n");
}

TEST(RecordJson, OnlyAChangeGoesBelowZero) {
  Record record = filled();
  record.advice.front().cycles_change_percent = Figure::modelled(-9.75, -11, -8.5);
  const std::string text = records_json(std::vector{record});
  const auto back = parse_records(text);
  ASSERT_TRUE(back) << assay::text(back.error());
  EXPECT_EQ(records_json(*back), text);

  record.advice.front().cycles = Figure::exact(-1);
  EXPECT_NE(parse_error(records_json(std::vector{record})).what.find("-1, need 0 to 2^53"),
            std::string::npos);
}

TEST(RecordJson, FiguresAreObjects) {
  Record record;
  record.cycles = Figure::modelled(8955686, 8776572, 12090176);
  record.instructions = Figure::exact(7700000);
  record.energy_uj = Figure::none("the target file has no run current");
  record.latency_us = {std::nan(""), How::modelled, 0, 0, {}};
  const std::string text = to_json(record).dump();
  EXPECT_NE(text.find(R"("cycles": {
    "value": 8955686,
    "unit": "cycles",
    "how": "modelled",
    "low": 8776572,
    "high": 12090176
  })"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("instructions": {
    "value": 7700000,
    "unit": "instructions",
    "how": "exact"
  })"),
            std::string::npos);
  EXPECT_NE(text.find(R"("energy_uj": {
    "value": null,
    "unit": "uJ",
    "reason": "the target file has no run current"
  })"),
            std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(RecordJson, ToleratesNewAndMissingFields) {
  const auto records = parse_records(R"({"schema_version": 1, "model": "m", "tomorrow": [1]})");
  ASSERT_TRUE(records) << text(records.error());
  EXPECT_EQ(records->front().model, "m");
  EXPECT_FALSE(records->front().cycles);
  EXPECT_EQ(records->front().cycles.reason, "not in this record");
}

TEST(RecordJson, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* json;
    ErrorKind kind;
    const char* words;
  } cases[] = {
      {"", ErrorKind::input, "no valid JSON"},
      {"{\"schema_version\": 1,", ErrorKind::input, "line 1"},
      {"7", ErrorKind::input, "is a number, need an object"},
      {"[1]", ErrorKind::input, "record 0: is a number, need an object"},
      {"{}", ErrorKind::input, "has no schema_version"},
      {R"({"schema_version": "1"})", ErrorKind::input, "has no schema_version"},
      {R"({"schema_version": 2})", ErrorKind::unsupported, "schema version 2 is not the one"},
      {R"({"schema_version": 1, "model": 3})", ErrorKind::input,
       "field 'model': is a number, need text"},
      {R"({"schema_version": 1, "cycles": 3})", ErrorKind::input,
       "field 'cycles': is a number, need an object"},
      {R"({"schema_version": 1, "cycles": {"unit": "cycles"}})", ErrorKind::input,
       "field 'cycles': has no 'value'"},
      {R"({"schema_version": 1, "cycles": {"value": 3, "unit": "us", "how": "exact"}})",
       ErrorKind::input, "field 'cycles': unit is 'us', need 'cycles'"},
      {R"({"schema_version": 1, "cycles": {"value": 3, "unit": "cycles", "how": "guessed"}})",
       ErrorKind::input, "'how' is 'guessed', need exact, modelled"},
      {R"({"schema_version": 1, "cycles": {"value": 3, "unit": "cycles", "how": "modelled"}})",
       ErrorKind::input, "'low' is missing"},
      {R"({"schema_version": 1, "cycles":
           {"value": 3, "unit": "cycles", "how": "modelled", "low": 4, "high": 5}})",
       ErrorKind::input, "value 3 lies outside 4 .. 5"},
      {R"({"schema_version": 1, "cycles": {"value": -3, "unit": "cycles", "how": "exact"}})",
       ErrorKind::input, "'value' is -3, need 0 to 2^53"},
      {R"({"schema_version": 1, "cycles": {"value": 1e300, "unit": "cycles", "how": "exact"}})",
       ErrorKind::input, "need 0 to 2^53"},
      {R"({"schema_version": 1, "cycles": {"value": 1e999, "unit": "cycles", "how": "exact"}})",
       ErrorKind::input, "no valid JSON"},
      {R"({"schema_version": 1, "cycles": {"value": true, "unit": "cycles", "how": "exact"}})",
       ErrorKind::input, "'value' is true or false, need a number"},
      {R"({"schema_version": 1, "cycles": {"value": null, "unit": "cycles"}})", ErrorKind::input,
       "has neither a value nor a 'reason'"},
      {R"({"schema_version": 1, "layers": {}})", ErrorKind::input,
       "list 'layers': is an object, need an array"},
      {R"({"schema_version": 1, "layers": [{"index": 0}, 4]})", ErrorKind::input,
       "list 'layers': row 1: is a number, need an object"},
      {R"({"schema_version": 1, "layers": [{"index": 0.5}]})", ErrorKind::input,
       "list 'layers': row 0: field 'index': 0.5 is not a whole number"},
      {R"({"schema_version": 1, "layers": [{"index": 1e19}]})", ErrorKind::input,
       "is not a whole number from 0 to 2^53"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.json);
    const Error error = parse_error(c.json);
    EXPECT_EQ(error.kind, c.kind);
    EXPECT_NE(text(error).find(c.words), std::string::npos) << text(error);
  }
}

TEST(RecordJson, SurvivesHostileFiles) {
  EXPECT_NE(text(parse_error(std::string(1 << 20, '['))).find("nested"), std::string::npos);
  EXPECT_NE(text(parse_error("\x89PNG\r\n\x1a\n")).find("no valid JSON"), std::string::npos);

  const std::string whole = records_json(std::vector<Record>{filled()});
  for (size_t cut = 0; cut + 2 < whole.size(); cut += 97) {
    SCOPED_TRACE(cut);
    EXPECT_FALSE(parse_records(whole.substr(0, cut)));
  }
  // A flipped byte may stay a record; then it must write and read back like any other.
  int still_records = 0;
  for (size_t at = 0; at < whole.size(); at += 41) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x11);
    const auto records = parse_records(flipped);
    if (!records) continue;
    ++still_records;
    EXPECT_TRUE(parse_records(records_json(*records))) << at;
  }
  EXPECT_GT(still_records, 0);

  std::string many = R"({"schema_version": 1, "troubles": [)";
  for (int i = 0; i < 20000; ++i) many += R"({"where": "w", "reason": "r"},)";
  many += "{}]}";
  const auto records = parse_records(many);
  ASSERT_TRUE(records) << text(records.error());
  EXPECT_EQ(records->front().troubles.size(), 20001u);
}

std::set<std::string> names_of(const Json& schema) {
  const std::vector<std::string> keys = schema.at("properties").keys();
  EXPECT_EQ(schema.at("required").size(), keys.size());
  return {keys.begin(), keys.end()};
}

TEST(RecordSchema, ListsEveryFieldOnce) {
  const Json definition = record_schema().at("$defs").at("record");
  std::set<std::string> expected;
  Record record;
  describe(record, [&](std::string_view field, auto&, Unit, std::string_view meaning) {
    EXPECT_TRUE(expected.emplace(field).second) << field << " is described twice";
    EXPECT_FALSE(meaning.empty()) << field;
  });
  describe_lists(
      record, [&]<class Row>(std::string_view list, std::vector<Row>&, std::string_view meaning) {
        EXPECT_TRUE(expected.emplace(list).second) << list << " is described twice";
        EXPECT_FALSE(meaning.empty()) << list;
        std::set<std::string> fields;
        Row row;
        describe(row, [&](std::string_view field, auto&, Unit, std::string_view) {
          EXPECT_TRUE(fields.emplace(field).second) << field << " is described twice";
        });
        EXPECT_EQ(names_of(definition.at("properties").at(list).at("items")), fields);
      });
  EXPECT_EQ(names_of(definition), expected);
  for (const char* promised : {"flash_bytes", "ram_bytes", "code_bytes", "constant_bytes",
                               "arena_bytes", "static_ram_bytes", "stack_bytes", "instructions",
                               "cycles", "latency_us", "energy_uj", "macs", "verified", "layers"})
    EXPECT_TRUE(expected.contains(promised)) << promised;
}

TEST(RecordSchema, AgreesWithWhatIsWritten) {
  // The check by another's program; ours are above.
  const std::filesystem::path python = find_program("python3");
  const std::filesystem::path dir =
      std::filesystem::temp_directory_path() / ("assay_schema_" + std::to_string(::getpid()));
  std::filesystem::create_directories(dir);
  const std::vector<std::string> probe = {python.string(), "-c", "import jsonschema"};
  const auto found = run_process(probe, dir);
  if (python.empty() || !found || found->exit_code != 0) {
    std::filesystem::remove_all(dir);
    GTEST_SKIP() << "skipped: python3 with jsonschema is not installed";
  }
  ASSERT_TRUE(write_text(dir / "schema.json", record_schema().dump()));
  ASSERT_TRUE(write_text(dir / "one.json", records_json(std::vector<Record>{filled()})));
  ASSERT_TRUE(write_text(dir / "many.json", records_json(std::vector<Record>{filled(), {}})));
  std::string broken = records_json(std::vector<Record>{filled()});
  broken.replace(broken.find("\"modelled\""), 10, "\"guessed\"");
  ASSERT_TRUE(write_text(dir / "broken.json", broken));
  const char* script =
      "import json, jsonschema\n"
      "schema = json.load(open('schema.json'))\n"
      "jsonschema.Draft202012Validator.check_schema(schema)\n"
      "ok = lambda f: jsonschema.Draft202012Validator(schema).is_valid(json.load(open(f)))\n"
      "print(ok('one.json'), ok('many.json'), ok('broken.json'))\n";
  const auto checked = run_process({python.string(), "-c", script}, dir);
  std::filesystem::remove_all(dir);
  ASSERT_TRUE(checked) << text(checked.error());
  EXPECT_EQ(checked->out, "True True False\n");
}

void expect_committed(const std::string& path, const std::string& made) {
  const std::filesystem::path file = std::filesystem::path(ASSAY_SOURCE_DIR) / path;
  if (std::getenv("UPDATE") != nullptr) {
    const Status written = write_text(file, made);
    ASSERT_TRUE(written) << text(written.error());
  }
  const auto committed = read_text(file);
  ASSERT_TRUE(committed) << text(committed.error());
  EXPECT_EQ(*committed, made) << path << " is out of date: run the record tests with UPDATE=1";
}

TEST(RecordDocs, CommittedFilesAreUpToDate) {
  expect_committed("docs/records.md", records_markdown());
  expect_committed("docs/record.schema.json", record_schema().dump());
}

TEST(RecordCsv, HeaderAndRowAgree) {
  Record record;
  record.model = "a \"quoted\", name\nof two lines";
  record.cycles = Figure::modelled(4430000.5, 4341400, 5980500);
  record.instructions = Figure::exact(3910000);
  record.energy_uj = Figure::none("no run current");
  const std::string text = records_csv(std::vector<Record>{record});
  EXPECT_TRUE(text.starts_with("schema_version,assay_version,model,")) << text.substr(0, 60);
  EXPECT_NE(text.find(",cycles,cycles_low,cycles_high,cycles_how,"), std::string::npos) << text;
  EXPECT_EQ(text.find("instructions_low"), std::string::npos);
  EXPECT_NE(text.find("\"a \"\"quoted\"\", name\nof two lines\""), std::string::npos) << text;
  EXPECT_NE(text.find(",3910000,4430000.5,4341400,5980500,modelled,"), std::string::npos) << text;
  EXPECT_NE(text.find("energy_uj: no run current"), std::string::npos) << text;
  EXPECT_NE(text.find(",\"clock_hz, macs, parameters, flash_bytes,"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with(": not given; energy_uj: no run current\"\n")) << text;
}

TEST(RecordCsv, NoCellIsAFormula) {
  for (const char* name : {"=1+1", "+a", "-2+3", "@SUM(A1)", "\tx"}) {
    Record record;
    record.model = name;
    const std::string text = records_csv(std::vector<Record>{record});
    EXPECT_NE(text.find(std::string(",'") + name + ","), std::string::npos) << name << "\n" << text;
  }
  Record record;
  record.model = "-2.5";
  EXPECT_NE(records_csv(std::vector<Record>{record}).find(",-2.5,"), std::string::npos);
}

TEST(RecordCsv, AnyFigureWithAnIntervalBringsIt) {
  Record record;
  record.flash_bytes = {40000, How::predicted, 38000, 42000, {}};
  const std::string text = records_csv(std::vector<Record>{Record(), record});
  EXPECT_NE(text.find(",flash_bytes,flash_bytes_low,flash_bytes_high,flash_bytes_how,"),
            std::string::npos);
  EXPECT_NE(text.find(",40000,38000,42000,predicted,"), std::string::npos) << text;
}

}  // namespace
}  // namespace assay
