// What-if: what can be said, what becomes of a target, and that "as if" is what a build gives.
#include <gtest/gtest.h>

#include "explain/advice.h"
#include "explain/bounds.h"
#include "explain/gain.h"
#include "import/importer.h"
#include "ops/run.h"
#include "util/embedded.h"

namespace assay {
namespace {

TEST(Change, ReadsWhatItPrints) {
  for (const char* words : {"weights=ram", "code=tcm weights=ram clock=80MHz", "caches=off",
                            "optimize=speed flag=-O3", "target=pico", "type=int8",
                            "resolution=64 channels=4", "icache=off dcache=32KiB", "width=0.5"}) {
    const Result<Change> change = parse_change(words);
    ASSERT_TRUE(change) << words;
    EXPECT_EQ(text(*change), words);
  }
  EXPECT_EQ(parse_change("clock=4000kHz")->clock_hz, 4'000'000);
}

TEST(Change, SaysWhatIsWrong) {
  const struct {
    const char *words, *what;
  } cases[] = {
      {"wieghts=ram",
       "no change 'wieghts'; did you mean weights?   (there are: weights, code, "
       "arena, clock, caches, icache, dcache, optimize, flag, target, type, resolution, channels, "
       "width)"},
      {" ", "what-if: no change is given"},
      {"clock=8MHz clock=4MHz", "what-if: clock is given twice"},
      {"clock=", "clock=: need clock=VALUE"},
      {"clock", "clock: need clock=VALUE"},
      {"clock=80", "clock=80: need a number with MHz, kHz or Hz"},
      {"clock=nanMHz", "clock=nanMHz: need a number with MHz, kHz or Hz"},
      {"clock=-1MHz", "clock=-1MHz: need a number with MHz, kHz or Hz"},
      {"clock=1e300MHz", "clock=1e300MHz: need a number with MHz, kHz or Hz"},
      {"caches=maybe", "caches=maybe: need on, off, or a size from 1KiB to 4096KiB"},
      {"icache=0KiB", "icache=0KiB: need on, off, or a size from 1KiB to 4096KiB"},
      {"dcache=32kB", "dcache=32kB: need on, off, or a size from 1KiB to 4096KiB"},
      {"resolution=64x64", "resolution=64x64: need a number from 2 to 4096"},
      {"channels=65", "channels=65: need a number from 2 to 64"},
      {"width=1", "width=1: need a share from 0.05 to below 1"},
      {"type=f16", "type=f16: need type=int8"},
      {"optimize=fast", "optimize=fast: need size, balanced or speed"},
  };
  for (const auto& c : cases) {
    const Result<Change> change = parse_change(c.words);
    ASSERT_FALSE(change) << c.words;
    EXPECT_EQ(change.error().kind, ErrorKind::usage);
    EXPECT_EQ(change.error().what, c.what);
  }
}

TEST(Changed, WaitStatesFollowTheClock) {
  const Target target = load_target("nucleo-l4r5zi").value();
  const Target slow = changed(target, parse_change("clock=40MHz").value()).value();
  EXPECT_EQ(slow.clock_hz, 40'000'000);
  EXPECT_EQ(slow.regions[0].wait_states(slow.clock_hz), 1);
  EXPECT_EQ(slow.memory_system, "5 wait states, ART on; what if clock=40MHz");
  EXPECT_NE(slow.file_text, target.file_text);
  EXPECT_TRUE(changed(target, parse_change("caches=off").value())->caches.empty());
  const auto fast = changed(target, parse_change("clock=121MHz").value());
  ASSERT_FALSE(fast);
  EXPECT_EQ(fast.error().what, "nucleo-l4r5zi is only known to run at up to 120MHz");
}

TEST(Changed, CachesAreSwitchedAndSizedApart) {
  const auto with = [](const char* part, const char* words) {
    return changed(load_target(part).value(), parse_change(words).value());
  };
  const Target no_code = with("nucleo-f767zi", "icache=off").value();
  ASSERT_FALSE(no_code.caches.empty());
  for (const CacheSpec& cache : no_code.caches) EXPECT_FALSE(cache.code) << cache.name;
  const Target larger = with("nucleo-f767zi", "dcache=32KiB").value();
  for (const CacheSpec& cache : larger.caches)
    EXPECT_EQ(cache.lines * cache.line_bytes, (cache.data ? 32 : 16) * 1024) << cache.name;
  EXPECT_EQ(with("esp32-c3-devkit", "caches=32KiB")->caches[0].lines, 1024);
  EXPECT_EQ(with("esp32-c3-devkit", "caches=32KiB")->caches[0].ways, 8);
  const struct {
    const char *part, *words, *what;
  } refused[] = {
      {"esp32-c3-devkit", "icache=32KiB",
       "the flash cache of esp32-c3-devkit holds code and data: say caches="},
      {"nucleo-f767zi", "dcache=24KiB",
       "the L1 D-cache would have 768 lines in 4 ways: need a power of two of sets"},
      {"arduino-uno", "dcache=off", "arduino-uno has no cache"},
  };
  for (const auto& each : refused) {
    const auto target = with(each.part, each.words);
    ASSERT_FALSE(target) << each.words;
    EXPECT_EQ(target.error().what, each.what);
  }
}

TEST(Gain, OnlyWhatMovedIsOffByTheModelsError) {
  CoreTiming core;
  core.validation.low = 0.9;
  core.validation.high = 1.2;
  Counts before, after;
  before.cycles = 1000;
  before.causes[Cause::mac] = 600 * kTicksPerCycle;
  before.causes[Cause::flash_data] = 400 * kTicksPerCycle;
  after = before;
  after.cycles = 750;
  after.causes[Cause::flash_data] = 100 * kTicksPerCycle;
  after.causes[Cause::bus] = 50 * kTicksPerCycle;
  const Figure gain = cycles_change(before, after, core, false);
  EXPECT_NEAR(gain.number(), -25, 1e-9);
  EXPECT_NEAR(gain.low, 100 * (50 * 0.9 - 300 * 1.2) / 1000, 1e-9);
  EXPECT_NEAR(gain.high, 100 * (50 * 1.2 - 300 * 0.9) / 1000, 1e-9);
  const Figure short_cut = cycles_change(before, after, core, true);
  EXPECT_LT(short_cut.low, gain.low);
  EXPECT_GT(short_cut.high, gain.high);
  const Figure slower = latency_change(gain, 100'000'000, 50'000'000);
  EXPECT_NEAR(slower.number(), 50, 1e-9);
  EXPECT_FALSE(cycles_change(Counts{}, after, core, false));
}

TEST(Bounds, TheLayersAtThePeakOfAShortMemory) {
  const Graph digits =
      load_model(std::string(ASSAY_SOURCE_DIR) + "/examples/digits.tflite").value();
  Record record;
  for (const double arena : {400.0, 700.0, 700.0}) {
    LayerRecord& layer = record.layers.emplace_back();
    layer.op = "add";
    layer.dtype = "int8";
    layer.bound_by = "issue";
    layer.arena_bytes = Figure::exact(static_cast<int64_t>(arena));
  }
  record.layers[0].cycles = Figure::exact(1000);  // rescales; the others did not run
  RegionRecord& ram = record.regions.emplace_back();
  ram.kind = "ram";
  ram.size_bytes = Figure::exact(1000);
  ram.used_bytes = Figure::exact(890);
  const Target unknown = [] {
    Target target;
    target.core = "none";
    return target;
  }();
  Record roomy = record;
  add_bounds(roomy, digits, unknown);
  EXPECT_EQ(roomy.layers[0].bound_by, "requantisation");
  EXPECT_EQ(roomy.layers[1].bound_by, "issue");
  record.regions[0].used_bytes = Figure::exact(900);
  add_bounds(record, digits, unknown);
  EXPECT_EQ(record.layers[0].bound_by, "requantisation");
  EXPECT_EQ(record.layers[1].bound_by, "issue, memory capacity");
  EXPECT_EQ(record.layers[2].bound_by, "issue, memory capacity");
  EXPECT_TRUE(overflowing(record).empty());
  record.regions[0].used_bytes = Figure::exact(1001);
  EXPECT_EQ(overflowing(record), std::vector<std::string>{"ram"});
}

class ExplainedSlow : public testing::Test {
 protected:
  static Graph graph() {
    return load_model(std::string(ASSAY_SOURCE_DIR) + "/examples/digits.tflite").value();
  }
  static SubjectOptions options(const Graph& graph) {
    SubjectOptions made;
    for (const Bytes& part : seeded_inputs(graph, 12345))
      made.input.insert(made.input.end(), part.begin(), part.end());
    return made;
  }
};

TEST_F(ExplainedSlow, AsIfIsWhatTheBuildGives) {
  const Graph model = graph();
  const SubjectOptions how = options(model);
  for (const char* part : {"nucleo-l4r5zi", "nucleo-g0b1re", "nucleo-u575zi-q", "disco-f746ng"}) {
    const Target target = load_target(part).value();
    const Result<Subject> subject = build_subject(model, target, {}, how);
    if (!subject && subject.error().kind == ErrorKind::environment)
      GTEST_SKIP() << text(subject.error());
    ASSERT_TRUE(subject) << text(subject.error());
    for (const char* words : {"weights=ram", "code=ram", "code=ram weights=ram", "caches=off"}) {
      const Result<Trial> trial =
          try_change(model, *subject, parse_change(words).value(), "", true, how);
      ASSERT_TRUE(trial) << part << " " << words << ": " << text(trial.error());
      ASSERT_EQ(trial->refusal, "") << part << " " << words;
      ASSERT_TRUE(trial->verified) << part << " " << words << ": " << trial->verified_refusal;
      const auto predicted = static_cast<double>(trial->counts.cycles);
      const auto got = static_cast<double>(trial->verified->cycles);
      EXPECT_NEAR(predicted / got, 1, 0.02) << part << " " << words;
    }
  }
}

TEST_F(ExplainedSlow, TheInt8TwinCostsWhatTheConvertedModelDoes) {
  const std::string examples = std::string(ASSAY_SOURCE_DIR) + "/examples/";
  const Target target = load_target("nucleo-l4r5zi").value();
  for (const std::string name : {"digits", "kws"}) {
    const Graph model = load_model(examples + name + ".tflite").value();
    const Graph floating = load_model(examples + name + "_float32.tflite").value();
    const Result<Subject> subject = build_subject(model, target, {}, options(model));
    if (!subject && subject.error().kind == ErrorKind::environment)
      GTEST_SKIP() << text(subject.error());
    const Subject base = build_subject(floating, target, {}, options(floating)).value();
    const Counts real = run_as(*subject, target, options(model))->first.total;
    const Trial twin =
        try_change(floating, base, parse_change("type=int8").value(), "", false, options(floating))
            .value();
    EXPECT_EQ(twin.refusal, "");
    EXPECT_EQ(twin.arena_bytes, subject->program.plan.arena_bytes) << name;
    EXPECT_NEAR(static_cast<double>(twin.counts.cycles) / static_cast<double>(real.cycles), 1, 0.01)
        << name;
    EXPECT_NE(
        try_change(model, *subject, parse_change("type=int8").value(), "", false, options(model))
            ->refusal.find("nothing in it is float"),
        std::string::npos);
  }
}

TEST_F(ExplainedSlow, WhatDoesNotFitIsRefusedInWords) {
  const Graph model = graph();
  const SubjectOptions how = options(model);
  const Target target = load_target("nucleo-l4r5zi").value();
  const Result<Subject> subject = build_subject(model, target, {}, how);
  if (!subject && subject.error().kind == ErrorKind::environment)
    GTEST_SKIP() << text(subject.error());
  ASSERT_TRUE(subject);
  const auto refusal = [&](const char* words) {
    return try_change(model, *subject, parse_change(words).value(), "", false, how)->refusal;
  };
  EXPECT_NE(refusal("weights=tcm").find("has no such memory"), std::string::npos);
  EXPECT_NE(refusal("clock=500MHz").find("is only known to run"), std::string::npos);
  EXPECT_NE(refusal("target=no-such-part").find("no target"), std::string::npos);
}

TEST(Advice, ShippedRulesAreReadAndBounded) {
  const EmbeddedFile* file = find_embedded("data/advice.toml");
  ASSERT_NE(file, nullptr);
  const auto rules = read_advice(file->text, file->path);
  ASSERT_TRUE(rules) << text(rules.error());
  EXPECT_GE(rules->size(), 5u);
  for (const Advice& rule : *rules)
    EXPECT_FALSE(rule.causes.empty() && rule.overflows.empty()) << rule.change;
  const Graph vww = load_model(std::string(ASSAY_SOURCE_DIR) + "/examples/vww.tflite").value();
  const std::string ram[] = {"ram"};
  const auto smaller = worth_fitting(*rules, vww, load_target("bluepill").value(), ram).value();
  EXPECT_GE(smaller.size(), 5u);
  for (const auto& [change, says] : smaller) EXPECT_TRUE(change.needs_build()) << text(change);
  const auto wrong = read_advice(
      "[[advice]]\nchange = \"weights=ram\"\nsays = \"x\"\nsource = \"y\"\ncauses = [\"flash\"]\n",
      "a.toml");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(text(wrong.error()), "a.toml:5: advice[0]: no cause 'flash'");
}

}  // namespace
}  // namespace assay
