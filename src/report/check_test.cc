#include "report/check.h"

#include <gtest/gtest.h>

#include "compare/budget.h"
#include "report/budget_text.h"
#include "report/compare_page.h"
#include "report/difference_words.h"
#include "report/numbers.h"
#include "report/test_records.h"

namespace assay {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(BudgetText, IsKeptByWhatItWasMadeOf) {
  Record with_energy = test_record();
  with_energy.target = "pico";
  with_energy.energy_uj = Figure::modelled(1234.567, 1000, 1500);
  with_energy.latency_us = Figure::modelled(999.996, 900, 1100);
  const std::vector<Record> records = {test_record(), with_energy};
  for (const double headroom : {0.0, 0.1, 10.0, 1000.0})
    for (const size_t count : {size_t{1}, size_t{2}}) {
      const auto some = std::span(records).first(count);
      const std::string text = budget_text(some, headroom, "assay check");
      const auto budget = parse_budget(text, "budget.toml");
      ASSERT_TRUE(budget) << assay::text(budget.error()) << "\n" << text;
      for (const Record& record : some) {
        const auto findings = judge(*budget, record, false);
        EXPECT_GE(findings.size(), 7u);
        for (const Finding& each : findings)
          EXPECT_EQ(each.verdict, Verdict::pass) << each.field.text << "\n" << text;
      }
    }
}

Check failing(const std::string& name) {
  Record record = test_record();
  record.model = name;
  const auto budget =
      parse_budget("[budget]\nflash = 1\n\"layers[no*].cycles\" = 1\n", "b,1:2.toml");
  Checked checked{.record = record, .findings = judge(*budget, record, false), .moved = {}};
  return {.budget_file = "b,1:2.toml", .baseline_file = {}, .records = {std::move(checked)}};
}

TEST(Check, HostileNamesStayText) {
  const Check check = failing("<a & \"b\">\n::error::x\x01%|");
  EXPECT_EQ(failures(check), 2u);
  const std::string xml = check_junit(check);
  EXPECT_TRUE(contains(xml, "&lt;a &amp; &quot;b&quot;> ::error::x?%| on nucleo-l4r5zi")) << xml;
  EXPECT_TRUE(contains(xml, "failures=\"1\" errors=\"1\"")) << xml;
  const std::string github = github_annotations(check);
  EXPECT_TRUE(contains(github,
                       "::error file=b%2C1%3A2.toml,line=2,title=assay%3A flash_bytes "
                       "exceeded::<a & \"b\"> ::error::x?%25|"))
      << github;
  EXPECT_EQ(std::count(github.begin(), github.end(), '\n'), 2);
  EXPECT_TRUE(contains(check_markdown(check), "\\<a & \"b\"\\> ::error::x?%\\|"));
}

TEST(Check, SaysWhatIsBehindARegression) {
  Record after = test_record();
  after.ram_bytes = after.arena_bytes = Figure::exact(17'960);
  after.components[6].bytes = Figure::exact(17'200);
  after.latency_us = Figure::modelled(11736.7, 11188.3, 15412.5);
  after.layers[2].output_shape = "1x25x5x76";
  after.layers[2].arena_bytes = Figure::exact(17'200);
  after.layers[2].cycles = Figure::modelled(678'400, 670'000, 900'000);
  after.layers[2].causes[0].figure = Figure::modelled(350'000, 340'000, 400'000);
  const RecordDifference d = difference(test_record(), after);
  EXPECT_EQ(what_moved(d, "ram_bytes", 1),
            "arena +1 200 B: layer 2 conv_2d +1 200 B (output 1x25x5x76, was 1x25x5x64)");
  EXPECT_EQ(what_moved(d, "latency_us", 1),
            "layer 2 conv_2d +38 400 (mac +30 000; output 1x25x5x76, was 1x25x5x64)");
}

TEST(Check, NamesWhatGotWorseBeforeWhatMovedMost) {
  Record after = test_record();
  after.cycles = Figure::modelled(1'360'000, 1'350'000, 1'500'000);
  after.latency_us = Figure::modelled(11'333, 11'000, 12'000);
  const auto add = [](Figure& figure, double more) {
    figure = Figure::modelled(figure.number() + more, figure.low, figure.high + 100'000);
  };
  add(after.layers[0].cycles, 5'000);
  add(after.layers[1].cycles, -60'000);
  add(after.layers[2].cycles, 9'000);
  add(after.layers[2].causes[0].figure, -20'000);
  add(after.layers[2].causes[1].figure, 15'000);
  const RecordDifference d = difference(test_record(), after);
  EXPECT_EQ(d.layers[0].delta, -60'000);
  EXPECT_EQ(what_moved(d, "latency_us", 1), "");  // it fell
  EXPECT_TRUE(what_moved(d, "latency_us", -1).starts_with("layer 1 "))
      << what_moved(d, "latency_us", -1);
  const RecordDifference worse = worse_first(d);
  EXPECT_EQ(worse.layers[0].delta, 9'000);
  EXPECT_EQ(worse.layers[0].causes[0].name, "load");
  EXPECT_EQ(worse.layers[1].delta, 5'000);
  EXPECT_EQ(worse.layers[2].delta, -60'000);
}

TEST(Compare, MarksTheParetoSet) {
  Record small = test_record(), fast = test_record(), worse = test_record();
  small.target = "small";
  small.flash_bytes = Figure::exact(30'000);
  fast.target = "fast";
  fast.latency_us = Figure::modelled(5'000, 4'900, 5'100);
  worse.target = "worse";
  worse.ram_bytes = Figure::exact(20'000);
  const auto records = labelled({test_record(), small, fast, worse}, {"a", "b", "c", "d"});
  EXPECT_EQ(records[1].label, "small");
  const Json json = compare_json(records);
  const bool pareto[] = {false, true, true, false};
  for (size_t i = 0; i < 4; ++i)
    EXPECT_EQ(json.at("records").at(i).at("pareto").truth(), pareto[i]) << i;
}

TEST(Compare, SaysWhenOutputsDiffer) {
  Record same = test_record(), other = test_record(), inputs = test_record();
  other.outputs_hash = "3";
  inputs.inputs_hash = "4";
  const auto outputs = [](const Record& record) {
    const auto records = labelled({test_record(), record}, {"a", "b"});
    return compare_json(records).at("records").at(1).at("outputs").text();
  };
  EXPECT_TRUE(contains(outputs(same), "equal to the byte"));
  EXPECT_TRUE(contains(outputs(inputs), "different inputs"));
  EXPECT_TRUE(contains(outputs(other), "though each equals its reference"));
  other.verified.clear();
  EXPECT_TRUE(contains(outputs(other), "DIFFER"));
  other.model_hash = "5";
  EXPECT_TRUE(contains(outputs(other), "as the models do"));
}

TEST(Numbers, AmountsHaveTheirUnitAndSign) {
  EXPECT_EQ(delta_text(1260, Unit::bytes), "+1 260 B");
  EXPECT_EQ(delta_text(-500, Unit::microseconds), "-500 us");
  EXPECT_EQ(delta_text(0, Unit::cycles), "0");
  EXPECT_EQ(change_percent(1000, 1070), "+7.0 %");
  EXPECT_EQ(change_percent(1000, 999.9), "-<0.1 %");
  EXPECT_EQ(change_percent(0, 5), "");
}

}  // namespace
}  // namespace assay
