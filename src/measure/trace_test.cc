// The plugin's answer: what is written is read back, and what cannot be is refused with words.
#include "measure/trace.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

Counts some_counts(int64_t scale) {
  Counts counts;
  counts.instructions = 30 * scale;
  counts.by_class[0] = 10 * scale;
  counts.by_class[3] = 20 * scale;
  counts.spend(Cause::alu, 25 * scale);
  counts.causes[Cause::lost_slot] += 1;  // half a cycle
  counts.causes[Cause::alu] -= 1;
  counts.loads = 7;
  counts.regions[2].store_bytes = 12;
  counts.caches[1] = {5, 6};
  return counts;
}

Trace some_trace() {
  Trace trace;
  RunFacts& facts = trace.facts;
  facts.startup = some_counts(1);
  facts.first.total = some_counts(4);
  facts.first.layers = {some_counts(1), some_counts(2)};
  facts.first.layer_stack_bytes = {16, 32};
  facts.first.functions = {{"f", some_counts(3), 2}, {"g", some_counts(1), 1}};
  facts.inferences = {some_counts(4), some_counts(5)};
  facts.stack_bytes = 48;
  facts.caches = {"ICACHE"};
  facts.unknown = {{"vcmul.f16", 3}};
  facts.notes = {"a \"note\""};
  return trace;
}

TEST(Trace, IsReadBackAsItWasWritten) {
  const std::string json = write_trace(some_trace());
  const Result<Trace> read = read_trace(json);
  ASSERT_TRUE(read) << text(read.error());
  EXPECT_EQ(write_trace(*read), json);
  EXPECT_EQ(read->facts.first.functions[0].entries, 2);
  EXPECT_EQ(read->facts.first.total.causes[Cause::lost_slot], 1);
  EXPECT_EQ(read->facts.inferences[1].regions[2].store_bytes, 12);
}

TEST(Trace, AnyCutIsRefused) {
  std::string json = write_trace(some_trace());
  while (json.back() == '\n') json.pop_back();
  for (size_t bytes = 0; bytes < json.size(); bytes += 61) {
    const Result<Trace> read = read_trace(std::string_view(json).substr(0, bytes));
    ASSERT_FALSE(read) << bytes;
    EXPECT_NE(text(read.error()).find("cut short or damaged"), std::string::npos)
        << text(read.error());
  }
}

TEST(Trace, SaysWhatCannotBe) {
  const struct {
    const char *name, *from, *to, *words;
  } cases[] = {
      {"another format", "assay-qemu-trace", "assay-trace", "no assay-qemu-trace"},
      {"another version", "\"version\": 3", "\"version\": 1", "version 1, this Assay reads 3"},
      {"a counter that is no number", "\"loads\": 7", "\"loads\": \"7\"", "'loads' is no number"},
      {"a negative counter", "\"loads\": 7", "\"loads\": -7", "'loads' is -7, which no counter"},
      {"a negative cause", "49,", "-49,", "'ticks' holds what no counter can be"},
      {"half an access", "\"loads\": 7", "\"loads\": 7.5", "'loads' is 7.5"},
      {"beyond exact", "\"loads\": 7", "\"loads\": 1e300", "'loads' is 1e+300"},
      {"a counter that is missing", "\"loads\": 7,", "", "'loads' is no number"},
      {"classes that do not sum", "\"instructions\": 30", "\"instructions\": 31",
       "classes do not sum to 31"},
      {"causes that do not sum", "\"cycles\": 25", "\"cycles\": 26", "causes do not sum to 26"},
      {"layers and stacks", "\"layer_stack_bytes\": [\n    16,", "\"layer_stack_bytes\": [",
       "2 layers, but 1 stacks"},
      {"a function that is none", "\"name\": \"f\"", "\"name\": 5", "functions[0]: 'name' is no"},
      {"a stack that is none", "\"stack_bytes\": 48", "\"stack_bytes\": null", "'stack_bytes' is"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string json = write_trace(some_trace());
    const size_t at = json.find(c.from);
    ASSERT_NE(at, std::string::npos);
    json.replace(at, std::string_view(c.from).size(), c.to);
    const Result<Trace> read = read_trace(json);
    ASSERT_FALSE(read);
    EXPECT_EQ(exit_code(read.error()), 3);
    EXPECT_NE(text(read.error()).find(c.words), std::string::npos) << text(read.error());
  }
}

TEST(Trace, SumsOfHugeCountsDoNotWrap) {
  Trace trace = some_trace();
  const int64_t huge = int64_t{1} << 53;
  for (int64_t& count : trace.facts.inferences[1].by_class) count = huge;
  const Result<Trace> read = read_trace(write_trace(trace));
  ASSERT_FALSE(read);
  EXPECT_NE(text(read.error()).find("do not sum"), std::string::npos) << text(read.error());
}

Trace some_profile() {
  ProfileRegion region;
  region.name = "region";
  region.times = 2;
  region.total = some_counts(3);
  region.functions = {{"f", 0x08000100, 20, 2, some_counts(2), some_counts(3)},
                      {"never", 0x08000200, 4, 0, {}, {}},
                      {"g", 0x08000300, 8, 4, some_counts(1), some_counts(1)}};
  region.paths = {{{0}, 2, some_counts(2)}, {{0, 2}, 4, some_counts(1)}};
  ProfileLine& line = region.lines.emplace_back();
  line.function = 2;
  line.file = "a.c";
  line.instructions = 30;
  line.causes = some_counts(1).causes;
  line.hottest = 0x08000304;
  Trace trace;
  ProfileFacts& facts = trace.profile.emplace();
  facts.regions = {region};
  facts.end = ProfileEnd::limit;
  facts.exceptions = {{15, 3}};
  return trace;
}

TEST(ProfileTrace, IsReadBackWithoutTheFunctionsThatNeverRan) {
  const std::string json = write_trace(some_profile());
  const Result<Trace> read = read_trace(json);
  ASSERT_TRUE(read) << text(read.error());
  EXPECT_EQ(write_trace(*read), json);
  ASSERT_TRUE(read->profile);
  const ProfileRegion& region = read->profile->regions.at(0);
  ASSERT_EQ(region.functions.size(), 2u);
  EXPECT_EQ(region.functions[1].name, "g");
  EXPECT_EQ(region.paths[1].functions, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(region.lines[0].function, 1);
  EXPECT_EQ(region.lines[0].file, "");  // who has the image knows it
  EXPECT_EQ(read->profile->instructions, 90);
  for (size_t bytes = 0; bytes + 1 < json.size(); bytes += 61)
    EXPECT_FALSE(read_trace(std::string_view(json).substr(0, bytes))) << bytes;
}

TEST(ProfileTrace, SaysWhatCannotBe) {
  const struct {
    const char *name, *from, *to, *words;
  } cases[] = {
      {"an end that is none", "\"end\":\"limit\"", "\"end\":\"late\"", "'end' is 'late'"},
      {"a path through nothing", "\"functions\":[0,1]", "\"functions\":[0,2]",
       "regions[0]: paths[1]: function 2 of 2"},
      {"a line of nothing", "\"function\":2", "\"function\":3", "lines[0]: function 3 of 2"},
      {"an exception that is none", "\"number\":15", "\"number\":5000", "exception 5000"},
      {"causes in half", "\"ticks\":[", "\"ticks\":[1,", "'ticks' has"},
      {"no region", "\"regions\":[{", "\"regions\":[],\"x\":[{", "'regions' is empty"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string json = write_trace(some_profile());
    const size_t at = json.find(c.from);
    ASSERT_NE(at, std::string::npos);
    json.replace(at, std::string_view(c.from).size(), c.to);
    const Result<Trace> read = read_trace(json);
    ASSERT_FALSE(read);
    EXPECT_NE(text(read.error()).find(c.words), std::string::npos) << text(read.error());
  }
}

TEST(ProfileTrace, SumsAreChecked) {
  Trace trace = some_profile();
  trace.profile->regions[0].paths.pop_back();
  const Result<Trace> read = read_trace(write_trace(trace));
  ASSERT_FALSE(read);
  EXPECT_NE(text(read.error()).find("90 instructions in functions, 60 on paths"), std::string::npos)
      << text(read.error());
}

TEST(TraceJob, IsReadBackAsItWasWritten) {
  TraceJob job{.core = "name = \"c\"",
               .target = "part = 'p'\n",
               .layer_symbols = {"a", "", "b"},
               .invoke_symbol = "toy_invoke",
               .stack_top = 0xfffffff8,
               .max_instructions = 20'000'000'000,
               .max_seconds = 1.5,
               .count_twice = true,
               .profile = ProfileJob{.from = 4, .vector_table = 0, .times = 7, .lines = true}};
  const Result<TraceJob> read = read_job(write_job(job));
  ASSERT_TRUE(read) << text(read.error());
  EXPECT_EQ(write_job(*read), write_job(job));
  EXPECT_EQ(read->stack_top, job.stack_top);
  EXPECT_TRUE(read->count_twice);
  ASSERT_TRUE(read->profile);
  EXPECT_EQ(read->profile->from, 4u);
  EXPECT_EQ(read->profile->to, std::nullopt);
  EXPECT_EQ(read->profile->times, 7);
  EXPECT_FALSE(read_job("{}"));
}

}  // namespace
}  // namespace assay
