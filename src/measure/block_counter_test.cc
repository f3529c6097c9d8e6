#include <gtest/gtest.h>

#include <random>

#include "measure/inference_counter.h"

namespace assay {
namespace {

/// main 0x100, invoke 0x200, two layers 0x300 and 0x400, a kernel 0x500; all code is NOPs, so what
/// is counted is what the test drives: one instruction a halfword.
struct Machine {
  ElfFile elf;
  Target target;
  CoreTiming core = load_core("cortex_m4").value();
  RunRequest request{.elf = elf,
                     .target = target,
                     .core = core,
                     .inputs = {},
                     .layer_symbols = {"layer_0", "", "layer_1"},
                     .invoke_symbol = "invoke"};

  Machine() {
    const std::pair<const char*, uint32_t> functions[] = {{"main", 0x100},
                                                          {"invoke", 0x200},
                                                          {"layer_0", 0x300},
                                                          {"layer_1.isra.0", 0x400},
                                                          {"kernel", 0x500}};
    for (const auto& [name, address] : functions)
      elf.symbols.push_back({name, address, 0x100, true});
    elf.sections.push_back({".text", 0x100, 0x100, 0x500, true, false, true, true});
  }
};

/// Both counters over code of NOPs, or what else is given.
struct Counters {
  BlockCounter blocks;
  InferenceCounter inferences;

  explicit Counters(const Machine& machine, std::vector<uint8_t> code = {0x00, 0xbf})
      : blocks(machine.elf, machine.target, machine.core,
               [code](uint32_t, uint32_t bytes) {
                 std::vector<std::byte> all(bytes);
                 for (size_t i = 0; i < bytes; ++i) all[i] = std::byte{code[i % code.size()]};
                 return all;
               }),
        inferences(InferenceCounter::make(machine.request, blocks).value()) {
    blocks.begin_at(0x100);
  }
};

struct Step {
  uint32_t address, instructions, sp = 0x1000;
};

void drive(Counters& counters, std::initializer_list<Step> steps) {
  for (const Step& step : steps) {
    Block& block = counters.blocks.find(step.address, step.instructions * 2);
    counters.blocks.arrive(block);
    if (block.marks & Block::kAttend) counters.inferences.attend(block, {step.sp, 0x120 | 1});
    counters.blocks.start(block);
  }
}

TEST(BlockCounter, DividesAmongLayers) {
  Machine machine;
  Counters counters(machine);
  drive(counters, {{0x100, 5},         // start-up
                   {0x200, 3},         // invoke
                   {0x300, 2, 0xff0},  // layer 0
                   {0x500, 10},        // its kernel, twice round
                   {0x500, 10},
                   {0x310, 1},         // back in layer 0
                   {0x206, 4},         // invoke ends it
                   {0x400, 7, 0xfe0},  // layer 1
                   {0x20e, 1},
                   {0x120, 6}});  // main: where invoke returns to
  const RunFacts facts = counters.inferences.facts(0x1000);
  EXPECT_EQ(counters.inferences.inferences(), 1u);
  EXPECT_EQ(facts.startup.instructions, 5);
  EXPECT_EQ(facts.first.total.instructions, 38);
  ASSERT_EQ(facts.first.layers.size(), 3u);
  EXPECT_EQ(facts.first.layers[0].instructions, 23);
  EXPECT_EQ(facts.first.layers[1].instructions, 0);
  EXPECT_EQ(facts.first.layers[2].instructions, 7);
  EXPECT_EQ(facts.first.layer_stack_bytes, (std::vector<int64_t>{0x10, 0, 0x20}));
  EXPECT_EQ(facts.stack_bytes, 0x20);
  EXPECT_EQ(counters.blocks.instructions(), 49);
  int64_t in_functions = 0;
  for (const FunctionCounts& function : facts.first.functions)
    in_functions += function.counts.instructions;
  EXPECT_EQ(in_functions, facts.first.total.instructions) << "every instruction is in one function";
}

TEST(BlockCounter, CountsTakenBranchesOnly) {
  Machine machine;
  Counters counters(machine);
  drive(counters, {{0x100, 2},
                   {0x200, 2},
                   {0x204, 2},    // falls through: a block cut at a page's end
                   {0x300, 2},    // taken
                   {0x300, 2},    // taken, a loop to the layer's entry: no new layer
                   {0x208, 2},    // taken
                   {0x120, 1}});  // taken
  const RunFacts facts = counters.inferences.facts(0x1000);
  EXPECT_EQ(facts.startup.branches_taken, 1);
  EXPECT_EQ(facts.first.total.branches_taken, 4);
  EXPECT_EQ(facts.first.layers[0].instructions, 4);
  for (const FunctionCounts& function : facts.first.functions)
    EXPECT_EQ(function.entries, 1) << function.name;
}

TEST(BlockCounter, SaysWhatTheImageLacks) {
  Machine machine;
  machine.request.layer_symbols.push_back("layer_9");
  EXPECT_EQ(Counters(machine).inferences.facts(0).notes.at(0),
            "no function layer_9: its cost is in no layer");
  machine.request.invoke_symbol = "run";
  BlockCounter blocks(machine.elf, machine.target, machine.core, {});
  const auto inferences = InferenceCounter::make(machine.request, blocks);
  ASSERT_FALSE(inferences);
  EXPECT_EQ(text(inferences.error()), "the image has no function run");
}

/// BNE at 0x500, taken or not: a two-bit counter that begins weakly not taken.
TEST(BlockCounter, PredictsWhereTheCoreDoes) {
  Machine machine;
  machine.core.rules.prediction = Prediction::two_bit;
  machine.core.rules.mispredict = 7;
  Counters counters(machine, {0xfe, 0xd1});
  drive(counters, {{0x200, 1}, {0x500, 1}, {0x500, 1}, {0x500, 1}, {0x502, 1}, {0x120, 1}});
  const Counts total = counters.inferences.facts(0).first.total;
  // 0x500: taken (wrong), taken (right), not taken (wrong); the jumps from 0x200 and 0x502: wrong.
  EXPECT_EQ(total.mispredicted, 4);
  EXPECT_EQ(total.causes[Cause::misprediction], 4 * 7 * kTicksPerCycle);
}

TEST(BlockCounter, CountsAccessesByRegion) {
  Machine machine;
  for (const uint32_t address : {0u, 0x2000u}) {
    MemoryRegion& region = machine.target.regions.emplace_back();
    region.address = address;
    region.size_bytes = 0x1000;
  }
  Counters counters(machine);
  drive(counters, {{0x100, 1}, {0x200, 1}});
  counters.blocks.access(0x2ffe, 4, true);
  counters.blocks.access(0x10, 1, false);
  counters.blocks.access(0x40000000, 4, false);
  drive(counters, {{0x120, 1}});
  const Counts total = counters.inferences.facts(0).first.total;
  EXPECT_EQ(total.regions[1].stores, 1);
  EXPECT_EQ(total.regions[1].store_bytes, 4);
  EXPECT_EQ(total.regions[0].loads, 1);
  EXPECT_EQ(total.other_accesses, 1);
  EXPECT_EQ(total.unaligned, 1);
}

/// Accesses that wait for nothing take a short way, in the order of the code or by instruction; a
/// MemorySystem that is told of each says what they must come to.
TEST(BlockCounter, TheShortWayOfAccessesChangesNothing) {
  Machine machine;
  machine.target = load_target("nucleo-l4r5zi").value();
  const Target& target = machine.target;
  Counters counters(machine, {0x08, 0x68});  // LDR r0, [r1]
  MemorySystem memory(target, machine.core.rules);
  Counts expected;
  std::minstd_rand random(1);
  const auto access = [&](const auto& count) {
    const MemoryRegion& region = target.regions[random() % 3 == 0 ? 0 : 1];  // flash, RAM
    const uint32_t address = region.address + static_cast<uint32_t>(random() % 256);
    const uint32_t bytes = 1u << random() % 3;
    const bool is_store = random() % 2 != 0 && region.kind == RegionKind::ram;
    memory.access(address, bytes, is_store, expected);
    count(address, bytes, is_store);
  };
  constexpr uint32_t kLoads = 4;
  drive(counters, {{0x100, 1}, {0x200, 1}});
  for (int run = 0; run < 500; ++run) {
    drive(counters, {{0x20000100, kLoads}});
    const CodeRun& code = counters.blocks.block().code;
    memory.start(code, counters.blocks.now_cycles());
    for (uint32_t i = 0; i < kLoads + run % 2; ++i)  // at times more than the code says
      access([&](uint32_t address, uint32_t bytes, bool is_store) {
        counters.blocks.access(address, bytes, is_store);
      });
  }
  drive(counters, {{0x120, 1}});
  const Counts total = counters.inferences.facts(0).first.total;
  for (size_t i = 0; i < target.regions.size(); ++i) {
    EXPECT_EQ(total.regions[i].loads, expected.regions[i].loads);
    EXPECT_EQ(total.regions[i].load_bytes, expected.regions[i].load_bytes);
    EXPECT_EQ(total.regions[i].stores, expected.regions[i].stores);
    EXPECT_EQ(total.regions[i].store_bytes, expected.regions[i].store_bytes);
  }
  EXPECT_EQ(total.unaligned, expected.unaligned);
  EXPECT_EQ(total.causes[Cause::flash_data], expected.causes[Cause::flash_data]);
  EXPECT_GT(expected.causes[Cause::flash_data], 0);
  for (size_t i = 0; i < kMaxCaches; ++i) {
    EXPECT_EQ(total.caches[i].hits, expected.caches[i].hits);
    EXPECT_EQ(total.caches[i].misses, expected.caches[i].misses);
  }
}

TEST(BlockCounter, AnInstructionsSiteCountsWhereItAccesses) {
  Machine machine;
  for (const uint32_t address : {0u, 0x2000u}) {
    MemoryRegion& region = machine.target.regions.emplace_back();
    region.address = address;
    region.size_bytes = 0x1000;
  }
  Counters counters(machine, {0x08, 0x68});
  ASSERT_FALSE(counters.blocks.times_data());
  drive(counters, {{0x200, 2}});
  AccessSite& site = counters.blocks.site_of(counters.blocks.block(), 1);
  for (const uint32_t address : {0u, 0x10u, 0x2010u, 0x2012u, 0x0u, 0x40000000u, 0x0u})
    if (!site.count_again(address)) counters.blocks.access_at(site, address, 4);
  drive(counters, {{0x120, 1}});
  const Counts total = counters.inferences.facts(0).first.total;
  EXPECT_EQ(total.regions[0].loads, 4);
  EXPECT_EQ(total.regions[0].load_bytes, 16);
  EXPECT_EQ(total.regions[1].loads, 2);
  EXPECT_EQ(total.unaligned, 1);
  EXPECT_EQ(total.other_accesses, 1);
}

}  // namespace
}  // namespace assay
