// simavr on real AVR firmware: the outputs are right, every cycle is the core file's and simavr's
// alike, and firmware that goes wrong ends in one clear line.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "measure/measure.h"
#include "measure/trace.h"
#include "test_program.h"

namespace assay {
namespace {

class SimavrSlow : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "assay-simavr-XXXXXX").string();
    folder = mkdtemp(name.data());
    const Result<Toolchain> found = find_toolchain("", avr_family);
    if (!found) GTEST_SKIP() << "skipped: avr-gcc not installed";
    toolchain = *found;
    if (const std::string why = simavr_emulator.missing(); !why.empty())
      GTEST_SKIP() << "skipped: simavr " << why;
    use("arduino-uno");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void use(const std::string& name) {
    target = load_target(name).value();
    core = load_core(target.core).value();
  }

  Result<RunFacts> run(const Program& program, bool twice = true) {
    image = TRY(build_image(program, target, toolchain, {}, folder));
    if (!image.overflows.empty()) return fail(ErrorKind::input, "{}", text(image.overflows));
    const ElfFile elf = TRY(read_elf(image.elf));
    RunRequest request = run_request(elf, program, target, core, inputs, limits);
    request.count_twice = twice;
    return simavr_emulator.run(request);
  }

  /// The test program with another second layer.
  static Program with(const std::string& body) {
    Program program = test_program();
    std::string& source = program.sources.back().text;
    const size_t begin = source.find("  volatile int8_t copy"), end = source.find("void *toy_in");
    source.replace(begin, end - begin, body + "\n}\n");
    return program;
  }

  std::string error_of(const std::string& body) {
    const Result<RunFacts> facts = run(with(body));
    return facts ? "it ran" : text(facts.error());
  }

  /// Cycles and instructions of the second layer beyond those of an empty one.
  std::pair<int64_t, int64_t> cost_of(const std::string& body) {
    const Result<RunFacts> empty = run(with("  __asm__ volatile(\"\");")), facts = run(with(body));
    EXPECT_TRUE(empty);
    EXPECT_TRUE(facts) << text(facts.error());
    if (!empty || !facts) return {};
    const Counts &with_it = facts->first.layers[2], &without = empty->first.layers[2];
    return {with_it.cycles - without.cycles, with_it.instructions - without.instructions};
  }

  std::filesystem::path folder;
  Target target;
  CoreTiming core;
  Toolchain toolchain;
  Image image;
  RunLimits limits;
  std::vector<std::vector<std::byte>> inputs = {std::vector<std::byte>(16, std::byte{37}),
                                                std::vector<std::byte>(16, std::byte{200})};
};

TEST_F(SimavrSlow, CyclesAreTheCoreFilesAndSimavrs) {
  for (const char* name : {"arduino-uno", "arduino-mega2560"}) {
    SCOPED_TRACE(name);
    use(name);
    const Result<RunFacts> facts = run(test_program()), again = run(test_program(), false);
    ASSERT_TRUE(facts) << text(facts.error());
    ASSERT_TRUE(again) << text(again.error());
    EXPECT_EQ(write_trace({*facts, {}, {}}), write_trace({*again, {}, {}}));
    ASSERT_EQ(facts->outputs.size(), 2u);
    for (size_t i = 0; i < 2; ++i) EXPECT_EQ(facts->outputs[i], test_output(inputs[i]));
    EXPECT_GT(facts->first.total.cycles, facts->first.total.instructions);
    EXPECT_TRUE(facts->unknown.empty());
    EXPECT_TRUE(facts->notes.empty());
    EXPECT_GT(facts->stack_bytes, 0);
    EXPECT_LT(facts->stack_bytes, 200);
  }
}

TEST_F(SimavrSlow, EachWayOfLeavingABlock) {
  using Cost = std::pair<int64_t, int64_t>;  // cycles, instructions
  for (const char* name : {"arduino-uno", "arduino-mega2560"}) {
    SCOPED_TRACE(name);
    use(name);
    const int64_t wide = core.isa == "avr6" ? 1 : 0;
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("rjmp .+0");)"), (Cost{2, 1}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("rjmp .+2\n\tnop");)"), (Cost{2, 1}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("sec\n\tbrcs .+2\n\tnop");)"), (Cost{3, 2}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("sec\n\tbrcc .+2\n\tnop");)"), (Cost{3, 3}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("sbrs r1, 0\n\tnop");)"), (Cost{2, 2}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("sbrc r1, 0\n\tnop");)"), (Cost{2, 1}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("sbrc r1, 0\n\tlds r0, 0x0300");)"), (Cost{3, 1}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("cpse r1, r1\n\tjmp 0");)"), (Cost{3, 1}));
    EXPECT_EQ(cost_of(R"(  __asm__ volatile("rcall .+0\n\tpop r0\n\tpop r0"
                         "\n\t.if )" +
                      std::to_string(wide) + R"(\n\tpop r0\n\t.endif");)"),
              (Cost{7 + 3 * wide, 3 + wide}));
  }
}

TEST_F(SimavrSlow, CountsAccessesByMemory) {
  const Result<RunFacts> facts =
      run(with(R"(  const volatile __flash uint8_t *stored = (const volatile __flash uint8_t *)2;
  volatile uint8_t *ram = arena + 40;
  int i;
  for (i = 0; i < 10; ++i) *ram = stored[i];)"));
  ASSERT_TRUE(facts) << text(facts.error());
  const Counts& layer = facts->first.layers[2];
  EXPECT_EQ(layer.regions[0].loads, 10);  // flash, by LPM
  EXPECT_EQ(layer.causes[Cause::flash_data] / kTicksPerCycle, 10);
  EXPECT_GE(layer.regions[1].stores, 10);
}

TEST_F(SimavrSlow, ABigFrameIsStack) {
  const Result<RunFacts> facts = run(with(R"(  volatile uint8_t big[300];
  big[0] = big[299] = arena[0];)"));
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_GE(facts->first.layer_stack_bytes[2], 300);
  EXPECT_GE(facts->stack_bytes, 300);
}

TEST_F(SimavrSlow, FirmwareThatGoesWrongSaysWhere) {
  limits.max_instructions = 1'000'000;
  const auto holds = [this](const std::string& body, std::string_view what) {
    const std::string error = error_of(body);
    EXPECT_NE(error.find(what), std::string::npos) << error;
  };
  holds("  *(volatile uint8_t *)(0x4000 + arena[0]) = 1;", "a store of data at 0x40");
  holds("  arena[0] = *(volatile uint8_t *)(0x4000 + arena[0]);", "toy_layer_02_add");
  holds("  arena[0] = *(const volatile __flash uint8_t *)(0x9000 + arena[0]);",
        "a load from program memory at 0x090");
  holds("  __asm__ volatile(\"sleep\");", "it sleeps");
  holds("  for (;;) arena[0] = 1;", "the limit of 1 000 000 instructions");
  holds("  ((void (*)(void))0x7000)();", "the image faulted");
  holds("  volatile uint8_t big[1960];\n  big[0] = big[1959] = arena[0];", "the stack took");
}

TEST_F(SimavrSlow, WhatCannotBeBuiltIsSaid) {
  Program program = test_program();
  program.plan.arena_bytes = 40'000;
  EXPECT_EQ(text(run(program).error()), "SRAM overflows by 37 952 B");
  program = test_program();
  program.constants[0].bytes = 40'000;
  EXPECT_NE(text(run(program).error()).find("takes at most 32 767 B in one array"),
            std::string::npos);
  program.constants.assign(3, {"toy_00_weights", true, 30'000, 0});
  EXPECT_NE(text(run(program).error()).find("reach 64 512 B"), std::string::npos);
  target.part = "ATmega9999";
  EXPECT_EQ(simavr_emulator.unavailable(core, target), "simavr has no ATmega9999");
}

}  // namespace
}  // namespace assay
