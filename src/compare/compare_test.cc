#include <gtest/gtest.h>

#include "compare/budget.h"
#include "compare/difference.h"
#include "report/test_records.h"

namespace assay {
namespace {

TEST(Amounts, ReadsWhatPeopleWrite) {
  const struct {
    std::string_view text;
    Unit unit;
    double value;
    bool percent = false;
  } cases[] = {
      {"64 KiB", Unit::bytes, 65536},      {"64KB", Unit::bytes, 65536},
      {"41 312 B", Unit::bytes, 41312},    {"1_000", Unit::bytes, 1000},
      {"1.5 MB", Unit::bytes, 1572864},    {"12 ms", Unit::microseconds, 12000},
      {"250 ns", Unit::microseconds, .25}, {"3.5 mJ", Unit::microjoules, 3500},
      {"700 k", Unit::cycles, 700000},     {"10 %", Unit::bytes, 10, true},
      {"80 MHz", Unit::hertz, 8e7},        {"40", Unit::percent, 40, true},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.text);
    const auto got = parse_amount(each.text, each.unit);
    ASSERT_TRUE(got) << text(got.error());
    EXPECT_DOUBLE_EQ(got->value, each.value);
    EXPECT_EQ(got->percent, each.percent);
  }
}

TEST(Amounts, RefusesTheRestWithWords) {
  const struct {
    std::string_view text;
    Unit unit;
    std::string_view words;
  } cases[] = {
      {"", Unit::bytes, "is no amount"},         {"many", Unit::bytes, "is no amount"},
      {"-1 B", Unit::bytes, "is no amount"},     {"1.2.3 B", Unit::bytes, "is no amount"},
      {"64 kB", Unit::bytes, "write KiB or B"},  {"12 ms", Unit::bytes, "no unit 'ms' here"},
      {"3 mW", Unit::microjoules, "nJ, uJ"},     {"12 sec", Unit::microseconds, "no unit 'sec'"},
      {"1e999 B", Unit::bytes, "no unit 'e999"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.text);
    const auto got = parse_amount(each.text, each.unit);
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().what.find(each.words), std::string::npos) << got.error().what;
  }
}

TEST(Glob, Matches) {
  EXPECT_TRUE(matches("conv*", "conv_2d"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*b?d", "axxbcd"));
  EXPECT_TRUE(matches("*a*a*a*b", std::string(2000, 'a') + "b"));
  EXPECT_FALSE(matches("conv", "conv_2d"));
  EXPECT_FALSE(matches("a?", "a"));
  EXPECT_FALSE(matches("", "a"));
}

double only(const Record& record, std::string_view path) {
  const auto field = parse_field(path);
  EXPECT_TRUE(field) << path << ": " << (field ? "" : text(field.error()));
  if (!field) return -1;
  const auto values = values_of(record, *field, 20'000.0);
  EXPECT_EQ(values.size(), 1u) << path;
  return values.size() == 1 ? values[0].figure.number() : -1;
}

TEST(Field, EveryPathOfARecordIsFound) {
  const Record record = test_record();
  EXPECT_EQ(only(record, "flash_bytes"), 32'880);
  EXPECT_EQ(only(record, "flash"), 32'880);
  EXPECT_EQ(only(record, "latency"), 11416.7);
  EXPECT_EQ(only(record, "causes.mac"), 452'000);
  EXPECT_EQ(only(record, "causes.bus"), 0);  // took no time
  EXPECT_EQ(only(record, "layers[1].cycles"), 250'000);
  EXPECT_EQ(only(record, "layers[conv_2d_2].cycles"), 640'000);
  EXPECT_EQ(only(record, "layers[depthwise*].causes.load"), 62'500);
  EXPECT_EQ(only(record, "components[weights].bytes"), 22'604);
  EXPECT_EQ(only(record, "components[ram/stack*].bytes"), 628);
  EXPECT_EQ(only(record, "functions[conv_2d_s8].code_bytes"), 1'204);
  EXPECT_EQ(only(record, "regions[SRAM1].used"), 16'760);
  EXPECT_EQ(only(record, "classes[mac].instructions"), 452'000);
  EXPECT_NEAR(only(record, "cpu_percent"), 57.08, 0.01);
  const auto both = values_of(record, *parse_field("layers[conv_2d].cycles"));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1].row, "layer 2 conv_2d");
}

TEST(Field, EveryFieldOfTheRecordHasAPath) {
  const Record record = test_record();
  describe(record, [&]<class Member>(std::string_view field, const Member&, Unit unit,
                                     std::string_view) {
    const std::string path = std::string(field) + (std::is_same_v<Member, Shares> ? ".mac" : "");
    const auto read = parse_field(path);
    ASSERT_TRUE(read) << text(read.error());
    EXPECT_EQ(read->unit, unit) << field;
    EXPECT_EQ(values_of(record, *read).size(), 1u) << field;
  });
}

TEST(Field, MisspeltOnesGetASuggestion) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"flsh_bytes", "did you mean flash_bytes"},
      {"layers[0].cycle", "did you mean cycles"},
      {"layer[0].cycles", "did you mean layers"},
      {"layers.conv.cycles", "has no field 'layers'"},
      {"layers[0.cycles", "rows are written LIST[ROWS].FIELD"},
      {"cycles.load", "has no parts"},
      {"causes", "name one: causes.load"},
      {"causes.lod", "did you mean load"},
      {"", "has no field ''"},
  };
  for (const auto& [path, words] : cases) {
    const auto read = parse_field(path);
    ASSERT_FALSE(read) << path;
    EXPECT_NE(read.error().what.find(words), std::string::npos) << read.error().what;
  }
}

Budget budget(const std::string& lines, const std::string& head = "") {
  auto read = parse_budget(head + "\n[budget]\n" + lines, "b.toml");
  EXPECT_TRUE(read) << text(read.error());
  return read ? *read : no_budget();
}

TEST(Budget, JudgesAtTheLimit) {
  const struct {
    std::string_view line;
    Verdict verdict;
    bool straddles = false, in_tolerance = false, strict = false;
  } cases[] = {
      {"flash_bytes = 32880", Verdict::pass},
      {"flash_bytes = 32879", Verdict::fail},
      {"flash_bytes = { max = 32879, tolerance = \"1 B\" }", Verdict::pass, false, true},
      {"flash_bytes = { max = 32879, tolerance = \"1 %\" }", Verdict::pass, false, true},
      {"flash_bytes = { max = 36533, headroom = \"10 %\" }", Verdict::fail},
      {"flash_bytes = { max = 36534, headroom = \"10 %\" }", Verdict::pass},
      {"flash_bytes = { max = \"2 %\" }", Verdict::pass},
      {"flash_bytes = { max = \"1 %\" }", Verdict::fail},
      {"flash_bytes = { min = 32880 }", Verdict::pass},
      {"flash_bytes = { min = 32881 }", Verdict::fail},
      {"cycles = 1370000", Verdict::pass, true},
      {"cycles = 1370000", Verdict::fail, true, false, true},
      {"cycles = 1369999", Verdict::fail, true},
      {"cycles = 1849500", Verdict::pass, false, false, true},
      {"cycles = 1342599", Verdict::fail},
      {"energy_uj = 1", Verdict::unknown},
      {"cpu_percent = 57.1", Verdict::pass, true},
      {"cpu_percent = 57", Verdict::fail, true},
      {"fits = \"yes\"", Verdict::pass},
      {"verified = { is = \"equal to *\" }", Verdict::pass},
      {"compiler = \"clang*\"", Verdict::fail},
      {"\"layers[*].cycles\" = 640000", Verdict::pass, true},
      {"\"layers[*].cycles\" = 639999", Verdict::fail, true},
      {"\"layers[*].cycles\" = { max = 1370000, sum = true }", Verdict::pass, true},
      {"\"layers[*].cycles\" = { max = 1369999, sum = true }", Verdict::fail, true},
      {"\"layers[nothing].cycles\" = 1", Verdict::unknown},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.line);
    const auto found =
        judge(budget(std::string(each.line), "every = \"20 ms\""), test_record(), each.strict);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].verdict, each.verdict);
    EXPECT_EQ(found[0].straddles, each.straddles);
    EXPECT_EQ(found[0].in_tolerance, each.in_tolerance);
    EXPECT_EQ(found[0].line, 3);
  }
}

TEST(Budget, SaysEveryRowThatFails) {
  const auto found = judge(budget("\"layers[*].cycles\" = 300000"), test_record(), false);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].row, "layer 0 conv_2d");
  EXPECT_EQ(found[1].row, "layer 2 conv_2d");
  EXPECT_EQ(found[1].rows, 4u);
}

TEST(Budget, LimitsForSomeTargetsOnly) {
  const auto read = parse_budget("[on.\"pico*\"]\nram = 1\n[on.\"nucleo-*\"]\nram = 2\n", "b.toml");
  ASSERT_TRUE(read) << text(read.error());
  const auto found = judge(*read, test_record(), false);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].limit, 2);
}

TEST(Budget, WhatDoesNotFitFailsUnasked) {
  const auto found = judge(budget("ram = \"1 MB\""), test_record_too_big(), false);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].verdict, Verdict::fail);
  EXPECT_EQ(found[0].field.text, "fits");
  EXPECT_EQ(found[1].verdict, Verdict::unknown);
}

TEST(Budget, BadFilesAreRefusedWithALine) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "holds no limit"},
      {"[budget]\nflsh = 1", "b.toml:2: budget: a record has no field 'flsh'; did you mean"},
      {"[budget]\nram = \"x\"", "b.toml:2: budget: 'x' is no amount"},
      {"[budget]\nram = true", "'ram' is no amount"},
      {"[budget]\nram = -1", "-1 is no amount"},
      {"[budget]\nram = inf", "inf is no amount"},
      {"[budget]\nram = {}", "give it 'max' or 'min'"},
      {"[budget]\nram = { mx = 1 }", "unknown key 'mx'; did you mean max"},
      {"[budget]\nram = { is = \"a\" }", "give it 'max' or 'min'"},
      {"[budget]\nfits = { max = 1 }", "'fits' is text: give it 'is'"},
      {"[budget]\ncpu_percent = 40", "every = \"20 ms\""},
      {"[budgets]\nram = 1", "unknown key 'budgets'; did you mean budget"},
      {"headroom = 5\n[budget]\nram = 1", "is a percentage"},
      {"every = 1\nrate = \"2/s\"\n[budget]\nram = 1", "give one of the two"},
      {"rate = \"0/s\"\n[budget]\nram = 1", "is zero"},
      {"[baseline]\nfits = \"1 %\"", "neither more nor less"},
      {"[budget]\nram = { max = 1, headroom = \"101 %\" }", "leaves nothing"},
  };
  for (const auto& [file, words] : cases) {
    SCOPED_TRACE(file);
    const auto read = parse_budget(file, "b.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::input);
    EXPECT_NE(text(read.error()).find(words), std::string::npos) << text(read.error());
  }
}

const Finding* finding_of(const std::vector<Finding>& findings, std::string_view field) {
  for (const Finding& each : findings)
    if (each.field.text == field) return &each;
  return nullptr;
}

TEST(Baseline, ToleranceIsZeroUnlessSaid) {
  Record now = test_record();
  now.flash_bytes = Figure::exact(32'881);
  now.cycles = Figure::modelled(1'370'001, 1'342'601, 1'849'501);
  now.ram_bytes = Figure::exact(16'000);
  const auto strict = judge_baseline(no_budget(), test_record(), now);
  EXPECT_EQ(finding_of(strict, "flash_bytes")->verdict, Verdict::fail);
  EXPECT_EQ(finding_of(strict, "cycles")->verdict, Verdict::fail);
  EXPECT_EQ(finding_of(strict, "ram_bytes")->verdict, Verdict::pass);
  EXPECT_EQ(finding_of(strict, "instructions")->verdict, Verdict::pass);
  EXPECT_EQ(finding_of(strict, "energy_uj"), nullptr);  // neither has one
  const auto read = parse_budget("[baseline]\ncycles = \"1 %\"\nflash = \"1 B\"\n", "b.toml");
  ASSERT_TRUE(read) << text(read.error());
  const auto loose = judge_baseline(*read, test_record(), now);
  EXPECT_EQ(finding_of(loose, "flash_bytes")->verdict, Verdict::pass);
  EXPECT_TRUE(finding_of(loose, "flash_bytes")->in_tolerance);
  EXPECT_EQ(finding_of(loose, "cycles")->verdict, Verdict::pass);
}

TEST(Baseline, WhatIsNoLongerKnownDoesNotPass) {
  Record now = test_record();
  now.stack_bytes = Figure::none("the image does not fit");
  const auto found = judge_baseline(no_budget(), test_record(), now);
  EXPECT_EQ(finding_of(found, "stack_bytes")->verdict, Verdict::unknown);
}

TEST(Difference, OfARecordWithItselfIsNone) {
  const RecordDifference d = difference(test_record(), test_record());
  EXPECT_TRUE(d.texts.empty() && d.causes.empty() && d.layers.empty() && d.components.empty());
  EXPECT_TRUE(d.same_inputs && d.same_outputs);
  for (const FigureChange& change : d.figures) EXPECT_EQ(change.delta(), 0) << change.name;
}

TEST(Difference, LayersAreMatchedByNameThenByOperator) {
  Record before = test_record(), after = test_record();
  const char* names[] = {"a", "b", "c", "d"};
  for (size_t i = 0; i < 4; ++i) before.layers[i].name = after.layers[i].name = names[i];
  after.layers.erase(after.layers.begin());  // conv_2d "a" is gone; the others keep their names
  after.layers[1].name = "renamed";          // conv_2d "c": by operator, though "a" stands first
  after.layers[1].cycles = Figure::modelled(700'000, 690'000, 800'000);
  after.layers.push_back(test_layer(3, "add", "", "1x12", 0, 500, 900, 24));
  const RecordDifference d = difference(before, after);
  ASSERT_EQ(d.layers.size(), 3u);
  EXPECT_TRUE(d.layers[0].removed);
  EXPECT_EQ(d.layers[0].delta, -640'000);  // what "renamed" did not match
  EXPECT_EQ(d.layers[1].delta, 240'000);
  EXPECT_TRUE(d.layers[2].added);
  EXPECT_EQ(d.layers[2].label, "layer 3 add");
}

TEST(Difference, SaysWhatMoved) {
  Record after = test_record();
  after.causes[0].figure = Figure::modelled(500'000, 490'000, 675'000);  // mac
  after.causes.pop_back();                                               // flash_data, half a cycle
  after.components[6].bytes = Figure::exact(17'200);                     // arena
  after.layers[2].output_shape = "1x25x5x76";
  after.layers[2].cycles = Figure::modelled(688'000, 680'000, 900'000);
  after.outputs_hash = "3";
  const RecordDifference d = difference(test_record(), after);
  ASSERT_EQ(d.causes.size(), 2u);
  EXPECT_EQ(d.causes[0].name, "mac");
  EXPECT_EQ(d.causes[0].delta(), 48'000);
  EXPECT_EQ(d.causes[1].delta(), -0.5);
  ASSERT_EQ(d.components.size(), 1u);
  EXPECT_EQ(d.components[0].name, "ram arena");
  ASSERT_EQ(d.layers.size(), 1u);
  EXPECT_EQ(d.layers[0].texts[0].name, "output_shape");
  EXPECT_TRUE(d.same_inputs && d.outputs_known && !d.same_outputs);
}

}  // namespace
}  // namespace assay
