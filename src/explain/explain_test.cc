// What-if: what can be said, what becomes of a target, and that "as if" is what a build gives.
#include <gtest/gtest.h>

#include "explain/advice.h"
#include "import/importer.h"
#include "ops/run.h"
#include "util/embedded.h"

namespace assay {
namespace {

TEST(Change, ReadsWhatItPrints) {
  for (const char* words :
       {"weights=ram", "code=tcm weights=ram clock=80MHz", "caches=off", "optimize=speed flag=-O3",
        "target=pico", "type=int8", "resolution=64 channels=4"}) {
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
       "arena, clock, caches, optimize, flag, target, type, resolution, channels)"},
      {" ", "what-if: no change is given"},
      {"clock=8MHz clock=4MHz", "what-if: clock is given twice"},
      {"clock=", "clock=: need clock=VALUE"},
      {"clock", "clock: need clock=VALUE"},
      {"clock=80", "clock=80: need a number with MHz, kHz or Hz"},
      {"clock=nanMHz", "clock=nanMHz: need a number with MHz, kHz or Hz"},
      {"clock=-1MHz", "clock=-1MHz: need a number with MHz, kHz or Hz"},
      {"clock=1e300MHz", "clock=1e300MHz: need a number with MHz, kHz or Hz"},
      {"caches=maybe", "caches=maybe: need on or off"},
      {"resolution=64x64", "resolution=64x64: need a number from 2 to 4096"},
      {"channels=65", "channels=65: need a number from 2 to 64"},
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
  for (const Advice& rule : *rules) EXPECT_FALSE(rule.causes.empty()) << rule.change;
  const auto wrong = read_advice(
      "[[advice]]\nchange = \"weights=ram\"\nsays = \"x\"\nsource = \"y\"\ncauses = [\"flash\"]\n",
      "a.toml");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(text(wrong.error()), "a.toml:5: advice[0]: no cause 'flash'");
}

}  // namespace
}  // namespace assay
