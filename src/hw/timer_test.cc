// The timing rules on snippets whose cycles were counted by hand from the manuals' words.
#include "hw/timer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace assay {
namespace {

CoreTiming core(std::string_view name) {
  Result<CoreTiming> loaded = load_core(name);
  if (!loaded) {
    ADD_FAILURE() << text(loaded.error());
    return {};
  }
  return *std::move(loaded);
}

std::vector<std::byte> bytes(std::string_view halfwords) {
  std::vector<std::byte> code;
  std::istringstream words{std::string(halfwords)};
  for (std::string word; words >> word;) {
    const unsigned value = static_cast<unsigned>(std::stoul(word, nullptr, 16));
    code.push_back(static_cast<std::byte>(value & 0xff));
    code.push_back(static_cast<std::byte>(value >> 8));
  }
  return code;
}

BlockCost cost(const CoreTiming& timing, std::string_view halfwords) {
  return time_block(timing, decode(bytes(halfwords), 0, timing.isa));
}

struct Case {
  std::string_view code, assembly;
  int64_t cycles;     ///< branch not taken
  int64_t taken = 0;  ///< more when it is taken
  std::string_view rule = "";
};

void check(std::string_view name, std::span<const Case> cases) {
  const CoreTiming timing = core(name);
  for (const Case& row : cases) {
    SCOPED_TRACE(fmt::format("{}: {} ({})", name, row.assembly, row.rule));
    const BlockCost found = cost(timing, row.code);
    EXPECT_EQ(found.once.cycles, row.cycles);
    EXPECT_EQ(found.taken_cycles(), row.taken);
  }
}

// clang-format off
TEST(Timer, CortexM4) {
  constexpr Case kCases[] = {
      {"1888 4048", "adds; eors", 2},
      {"fb21 3002 fb21 3002", "smlad; smlad", 2, 0, "table 3-1: 1 each"},
      {"fba2 0103", "umull", 1, 0, "table 3-1"},
      {"fb91 f0f2", "sdiv", 7, 0, "2 to 12, the middle"},
      {"6808", "ldr r0, [r1]", 2, 0, "table 3-1"},
      {"6808 6811", "ldr r0, [r1]; ldr r1, [r2]", 3, 0, "LDR R0,[R1]; LDR R1,[R2]: three cycles total"},
      {"5948 6811 685a", "ldr r0, [r1, r5]; ldr r1, [r2]; ldr r2, [r3, #4]", 4, 0, "four cycles total"},
      {"6808 6802", "ldr r0, [r1]; ldr r2, [r0]", 5, 0, "not pipelined, and the address is late"},
      {"3104 6808", "adds r1, #4; ldr r0, [r1]", 4, 0, "address depends on data processing: one stall"},
      {"f851 0b04 f852 3b04", "ldr r0, [r1], #4; ldr r3, [r2], #4", 3, 0, "two bases alternate"},
      {"f851 0b04 f851 3b04", "ldr r0, [r1], #4; ldr r3, [r1], #4", 3, 0, "one base: its update is there in time"},
      {"6808 6190", "ldr r0, [r1]; str r0, [r2, #24]", 2, 0, "store removes the load's stall"},
      {"6190 6808", "str r0, [r2, #24]; ldr r0, [r1]", 4, 0, "load after store: one more"},
      {"6190 e891 000c", "str r0, [r2, #24]; ldm r1, {r2, r3}", 5, 0, "load multiple after store: too"},
      {"5088", "str r0, [r1, r2]", 2, 0, "register offset: 2"},
      {"5888 5099", "ldr r0, [r1, r2]; str r1, [r3, r2]", 3, 0, "LDR R0,[R1,R2]; STR R1,[R3,R2]: three"},
      {"e890 000e", "ldm r0, {r1-r3}", 4, 0, "1 + N"},
      {"e9d2 0100", "ldrd", 3, 0, "1 + N"},
      {"b510", "push {r4, lr}", 3, 0, "1 + N"},
      {"e7fe", "b", 1, 1, "1 + P"},
      {"2803 d0fa", "cmp; beq", 2, 1, "1, or 1 + P"},
      {"4770", "bx lr", 1, 1, "1 + P"},
      {"bd10", "pop {r4, pc}", 3, 3, "1 + N + P, the reload after a load takes three"},
      {"f85d fb04", "ldr pc, [sp], #4", 2, 3, "at least five cycles"},
      {"e8df f000", "tbb", 3, 3, "at least six cycles"},
      {"2803 bf08 2001", "cmp; it eq; moveq", 2, 0, "IT folds after a 16-bit instruction"},
      {"f1b0 0f03 bf08 2001", "cmp.w; it eq; moveq", 3, 0, "but not after a 32-bit one"},
      {"fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002",
       "8 smlad, aligned", 8, 0, "a word each: none waits"},
      {"1888 fb21 3002 fb21 3002 fb21 3002 fb21 3002", "adds; 4 smlad off words", 6, 0, "the fourth waits"},
      {"1888 fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002 fb21 3002",
       "adds; 7 smlad off words", 10, 0, "a stall every three"},
      {"1888 fb21 3002 fb21 3002 fb21 3002 f8d1 0000 fb21 3002 fb21 3002",
       "adds; 3 smlad; ldr.w; 2 smlad off words", 9, 0, "during the load the queue fills again"},
      {"ec51 0b10", "vmov r0, r1, d0", 2, 0, "one cycle a register"},
      {"ec41 0b10", "vmov d0, r0, r1", 2, 0, "one cycle a register"},
      {"ec51 0b10 6801", "vmov r0, r1, d0; ldr r1, [r0]", 4, 0, "r0 was there a cycle earlier"},
      {"ee10 0a10 6801", "vmov r0, s0; ldr r1, [r0]", 4, 0, "one stall"},
      {"ee00 0a81", "vmla.f32", 3, 0, "table 3-25"},
      {"ee80 0a81", "vdiv.f32", 14, 0, "table 3-25"},
      {"ed91 0b00", "vldr d0", 3, 0, "two words"},
      {"ecb0 0a04", "vldm r0!, {s0-s3}", 5, 0, "1 + N"},
  };
  check("cortex_m4", kCases);
}

TEST(Timer, CortexM3) {
  constexpr Case kCases[] = {
      {"fb01 3002", "mla", 2, 0, "table 3.1"},
      {"fba2 0103", "umull", 4, 0, "3 to 5, the middle"},
      {"fbe2 0103", "umlal", 5, 0, "4 to 7"},
      {"6808 6811", "ldr; ldr", 3, 0, "pipelined"},
      {"f851 0b04 f852 3b04", "ldr r0, [r1], #4; ldr r3, [r2], #4", 4, 0, "indexed loads do not chain"},
  };
  check("cortex_m3", kCases);
}

TEST(Timer, CortexM0) {
  constexpr Case kCases[] = {
      {"4348", "muls", 1},
      {"6808 6811", "ldr; ldr", 4, 0, "2 each"},
      {"6048", "str", 2},
      {"c80e", "ldm r0!, {r1-r3}", 4, 0, "1 + N"},
      {"d0fa", "beq", 1, 2, "1 or 3"},
      {"f7ff fffe", "bl", 2, 2, "4"},
      {"4770", "bx lr", 1, 2, "3"},
      {"bd10", "pop {r4, pc}", 3, 3, "4 + N"},
  };
  check("cortex_m0", kCases);
}

TEST(Timer, CortexM0Plus) {
  constexpr Case kCases[] = {
      {"6808 6048", "ldr; str", 4, 0, "table 3.1: 2 each"},
      {"d0fa", "beq", 1, 1, "1 or 2"},
      {"f7ff fffe", "bl", 2, 1, "3"},
      {"4770", "bx lr", 1, 1, "2"},
      {"bd10", "pop {r4, pc}", 3, 2, "3 + N"},
  };
  check("cortex_m0plus", kCases);
}

TEST(Timer, CortexM33) {
  constexpr Case kCases[] = {
      {"1888 4048", "adds r0, r1, r2; eors r0, r1", 2, 0, "no pairs of arithmetic"},
      {"6808 3001", "ldr r0, [r1]; adds r0, #1", 3, 0, "load to use is 2 cycles"},
      {"6808 3101 3001", "ldr r0, [r1]; adds r1, #1; adds r0, #1", 3, 0, "hidden by another instruction"},
      {"6808 6190", "ldr r0, [r1]; str r0, [r2, #24]", 2, 0, "load to store is 1"},
      {"6808 fb01 0002", "ldr r0, [r1]; mla r0, r1, r2, r0", 2, 0, "into an accumulator in 1"},
      {"fb21 3302 fb24 3305", "smlad r3, ..., r3; smlad r3, ..., r3", 2, 0, "accumulators chain"},
      {"fb01 f002 1840", "mul r0, r1, r2; adds r0, r0, r1", 3, 0, "multiply: result in 2"},
      {"4348", "muls", 2, 0, "two stages and flags"},
      {"eb01 0082 1840", "add r0, r1, r2, lsl #2; adds r0, r0, r1", 3, 0, "shifted operand: result in 2"},
      {"3f01 d1fa", "subs r7, #1; bne", 1, 2, "2 cycles taken, 0 not taken"},
      {"4440 d1fa", "add r0, r8; bne", 1, 1, "1 cycle taken after what sets no flags"},
      {"f1a7 0701 d1fa", "sub.w r7, r7, #1; bne", 2, 1, "only 16-bit instructions pair"},
      {"ce0f d1fa", "ldm r6!, {r0-r3}; bne", 4, 1, "4 cycles, then 1"},
      {"2803 bf08 2001", "cmp; it eq; moveq", 2, 0, "IT pairs with what is before"},
      {"e9d2 0100", "ldrd", 2, 0, "2 cycles"},
      {"bd10", "pop {r4, pc}", 2, 3, "BX lr after POP {lr} is 1 faster"},
      {"eea0 0a81 eea0 0a82", "vfma s0, ...; vfma s0, ...", 4, 0, "the next FPU instruction after 3"},
      {"ee30 0a81 ee30 0a20", "vadd s0, ...; vadd s0, s0, s1", 3, 0, "FPU results in 2"},
  };
  check("cortex_m33", kCases);
}

TEST(Timer, CortexM7) {
  constexpr Case kCases[] = {
      {"1888 1963", "adds r0, r1, r2; adds r3, r4, r5", 1, 0, "two an issue"},
      {"1888 4043", "adds r0, r1, r2; eors r3, r0", 1, 0, "early ALU to late ALU in the same cycle"},
      {"4048 4043", "eors r0, r1; eors r3, r0", 1, 0, "logic is late: 2 cycles, the last slot left to the next block"},
      {"4048 4043 4044", "eors; eors; eors in a chain of r0, then two readers", 2, 0, "readers pair"},
      {"3104 6808", "adds r1, #4; ldr r0, [r1]", 1, 0, "an address is read early: no pair, slot left"},
      {"6808 1843", "ldr r0, [r1]; adds r3, r0, r1", 1, 0, "word to the late ALU next cycle, slot left"},
      {"7808 1843 1964", "ldrb r0, [r1]; adds r3, r0, r1; adds r4, r4, r5", 3, 0, "bytes take one more"},
      {"6808 6190", "ldr r0, [r1]; str r0, [r2, #24]", 1, 0, "a store takes a result of the same cycle"},
      {"6808 684a", "ldr r0, [r1]; ldr r2, [r1, #4]", 1, 0, "different banks"},
      {"6808 688a 46c0", "ldr r0, [r1]; ldr r2, [r1, #8]; mov r8, r8", 2, 0, "same bank"},
      {"fb21 3302 fb24 3305 46c0", "smlad; smlad; mov", 2, 0, "one multiplier; accumulators chain"},
      {"eb01 0082 eb03 0485 46c0", "add ..., lsl; add ..., lsl; mov", 2, 0, "one shifted operand a cycle"},
      {"1888 b253", "adds r0, r1, r2; sxtb r3, r2", 1, 0, "bit-field only as the older: slot left"},
      {"b253 1888", "sxtb r3, r2; adds r0, r1, r2", 1, 0, "as the older it pairs"},
      {"e890 001e", "ldm r0, {r1-r4}", 2, 0, "ceil(registers / 2)"},
      {"eba0 0451 ea84 0012 46c0", "sub r4, r0, r1, lsr #1; eor r0, r4, r2, lsr #32; mov", 2, 0, "the plain operand is read late"},
      {"eba0 0451 ea80 0014 46c0 46c0", "sub r4, r0, r1, lsr #1; eor r0, r0, r4, lsr #32; mov; mov", 3, 0, "the shifted one early"},
      {"f340 0400 4043", "sbfx r4, r0, #0, #1; eors r3, r0", 1, 0, "bit-field as the older pairs"},
      {"b2c4 ea80 0311", "uxtb r4, r0; eor r3, r0, r1, lsr #32", 1, 0, "UXTB leaves the shifter free"},
      {"f3c0 0447 ea80 0311 46c0", "ubfx; eor ..., lsr; mov", 2, 0, "UBFX does not"},
      {"9001 9a01 46c0", "str r0, [sp, #4]; ldr r2, [sp, #4]; mov", 7, 0, "a load waits for a store of its word"},
      {"9001 9a02 46c0", "str r0, [sp, #4]; ldr r2, [sp, #8]; mov", 1, 0, "not for another"},
      {"3f01 d1fa", "subs; bne", 1, 0, "pair, predicted"},
      {"fb91 f0f2", "sdiv", 7, 0, "ARMScheduleM7.td"},
      {"ee30 0a81 ee31 1a82 46c0", "vadd; vadd; mov", 2, 0, "one FPU"},
  };
  check("cortex_m7", kCases);
}
// clang-format on

TEST(Timer, BranchTargetsAcrossTwoWords) {
  EXPECT_EQ(core("cortex_m4").rules.straddling_target, 1);  // 100166, table 3-1: P by alignment
  EXPECT_EQ(core("cortex_m33").rules.straddling_target, 2);
  EXPECT_EQ(core("cortex_m7").rules.straddling_target, 0);
}

TEST(Timer, ReturnsArePredictedToWhereTheyWent) {
  EXPECT_TRUE(cost(core("cortex_m7"), "4770").indirect);   // bx lr
  EXPECT_TRUE(cost(core("cortex_m7"), "bd10").indirect);   // pop {r4, pc}
  EXPECT_FALSE(cost(core("cortex_m7"), "e7fe").indirect);  // b
  TargetPredictor predictor;
  EXPECT_TRUE(predictor.mispredicts(0x100));
  EXPECT_FALSE(predictor.mispredicts(0x100));
  EXPECT_TRUE(predictor.mispredicts(0x200));
}

TEST(Timer, CountsAndStackDrop) {
  // push {r4, lr}; sub sp, #16; smlad r0, r1, r2, r3; ldrd r0, r1, [r2]; add sp, #16; pop {r4, pc}
  const BlockCost found = cost(core("cortex_m4"), "b510 b084 fb21 3002 e9d2 0100 b004 bd10");
  EXPECT_EQ(found.once.instructions, 6);
  EXPECT_EQ(found.once.loads, 4);
  EXPECT_EQ(found.once.stores, 2);
  EXPECT_EQ(found.once.macs, 2);
  EXPECT_EQ(found.once.by_class[static_cast<size_t>(InsnClass::load_pc)], 1);
  EXPECT_EQ(found.stack_drop_bytes, 24);
  EXPECT_TRUE(found.ends_in_branch);
  EXPECT_FALSE(found.conditional);
}

TEST(Timer, BlockWithoutBranchIsNeverTaken) {
  const BlockCost found = cost(core("cortex_m4"), "1888");
  EXPECT_FALSE(found.ends_in_branch);
  EXPECT_EQ(found.taken_cycles(), 0);
  EXPECT_EQ(time_block(core("cortex_m7"), {}).once.cycles, 0);
}

TEST(Timer, CountsAdd) {
  Counts sum, one;
  one.cycles = 3;
  one.by_class[0] = 2;
  sum.add(one, 5);
  sum += one;
  EXPECT_EQ(sum.cycles, 18);
  EXPECT_EQ(sum.by_class[0], 12);
}

TEST(Timer, PredictorLearnsALoop) {
  Predictor predictor;
  int wrong = 0;
  for (int i = 0; i < 100; ++i) wrong += predictor.mispredicts(i % 10 != 9);  // ten loops of ten
  EXPECT_EQ(wrong, 11);  // the exits, and the first branch of all
}

/// Blocks of made-up code: no cause of any may be less than nothing, branch taken or not.
TEST(Timer, NoCauseIsNegative) {
  constexpr std::string_view kCores[] = {"cortex_m0", "cortex_m0plus", "cortex_m3",  "cortex_m33",
                                         "cortex_m4", "cortex_m55",    "cortex_m7",  "esp32_c3",
                                         "hazard3",   "nuclei_n200",   "sifive_e31", "avr5"};
  for (const std::string_view name : kCores) {
    const CoreTiming timing = core(name);
    uint32_t random = 1;
    for (int trial = 0; trial < 4000; ++trial) {
      std::vector<std::byte> code(trial % 3 == 0 ? 64 : 24);
      for (std::byte& each : code)
        each = static_cast<std::byte>((random = random * 1664525 + 1013904223) >> 24);
      std::vector<Insn> insns = decode(code, static_cast<uint32_t>(trial % 2 * 2), timing.isa);
      const auto end = std::ranges::find_if(insns, &Insn::ends_block);
      if (end != insns.end()) insns.erase(end + 1, insns.end());
      const BlockCost found = time_block(timing, insns);
      for (size_t k = 0; k < kCauses; ++k) {
        const auto cause = static_cast<Cause>(k);
        EXPECT_GE(found.once.causes[cause], 0) << name << " " << trial << " " << assay::name(cause);
        EXPECT_GE(found.once.causes[cause] + found.taken[cause], 0) << name << " " << trial;
      }
    }
  }
}

}  // namespace
}  // namespace assay
