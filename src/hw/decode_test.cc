// The decoder against truth written by hand: one row a form that GCC emits for kernels, libgcc and
// newlib, and against objdump on every instruction of the toolchain's own libraries.
#include "hw/decode.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "objdump.h"
#include "util/process.h"

namespace assay {
namespace {

std::string registers(uint64_t mask) {
  constexpr std::array<std::string_view, 3> kSpecial = {"sp", "lr", "pc"};
  std::string text;
  for (int i = 0; i < 49; ++i) {
    if ((mask >> i & 1) == 0) continue;
    text += i < 13   ? fmt::format(" r{}", i)
            : i < 16 ? fmt::format(" {}", kSpecial[static_cast<size_t>(i - 13)])
            : i < 48 ? fmt::format(" s{}", i - 16)
                     : " flags";
  }
  return text;
}

/// "class: reads > writes, at address registers, what else there is".
std::string describe(const Insn& insn) {
  constexpr std::array<std::string_view, 7> kKinds = {
      "", ", logic", ", shift", ", bitfield", ", extend", ", pack", ", dsp"};
  std::string text =
      fmt::format("{}:{} >{}", name(insn.cls), registers(insn.reads), registers(insn.writes));
  if (insn.address_reads) text += ", at" + registers(insn.address_reads);
  if (insn.loads) text += fmt::format(", loads {}x{}", insn.loads, insn.access_bytes);
  if (insn.stores) text += fmt::format(", stores {}x{}", insn.stores, insn.access_bytes);
  if (insn.macs) text += fmt::format(", macs {}", insn.macs);
  if (insn.accumulator) text += ", adds" + registers(insn.accumulator);
  if (insn.stack_drop_bytes) text += fmt::format(", sp {:+}", -insn.stack_drop_bytes);
  if (insn.writeback) text += ", writeback";
  text += kKinds[static_cast<size_t>(insn.kind)];
  if (insn.shifted) text += ", shifted";
  if (insn.shifted_reads) text += registers(insn.shifted_reads);
  if (insn.shifted_constant) text += ", shifted constant";
  if (insn.conditional) text += ", conditional";
  if (insn.ends_block) text += ", ends";
  return text;
}

struct Case {
  std::string_view code, assembly, truth;
};

void check(std::span<const Case> cases, std::string_view isa) {
  for (const Case& row : cases) {
    SCOPED_TRACE(fmt::format("{} {}", row.code, row.assembly));
    const std::vector<std::byte> code = code_of(row.code);
    const std::vector<Insn> insns = decode(code, 0x8000, isa);
    ASSERT_EQ(insns.size(), 1);
    EXPECT_EQ(insns[0].size, code.size());
    EXPECT_EQ(insns[0].address, 0x8000);
    EXPECT_EQ(describe(insns[0]), row.truth);
  }
}

// clang-format off
constexpr Case kV7em[] = {
    {"1888", "adds r0, r1, r2", "alu: r1 r2 > r0 flags"},
    {"eb01 0082", "add.w r0, r1, r2, lsl #2", "alu: r1 r2 > r0, shifted r2"},
    {"f108 0804", "add.w r8, r8, #4", "alu: r8 > r8"},
    {"a802", "add r0, sp, #8", "alu: sp > r0"},
    {"b084", "sub sp, #16", "alu: sp > sp, sp -16"},
    {"b004", "add sp, #16", "alu: sp > sp, sp +16"},
    {"3b01", "subs r3, #1", "alu: r3 > r3 flags"},
    {"2001", "movs r0, #1", "move: > r0 flags"},
    {"4688", "mov r8, r1", "move: r1 > r8"},
    {"f240 40d2", "movw r0, #1234", "move: > r0"},
    {"f2c0 40d2", "movt r0, #1234", "move: r0 > r0"},
    {"ea6f 00e1", "mvn.w r0, r1, asr #3", "move: r1 > r0, logic, shifted r1"},
    {"4288", "cmp r0, r1", "alu: r0 r1 > flags"},
    {"2803", "cmp r0, #3", "alu: r0 > flags"},
    {"4208", "tst r0, r1", "alu: r0 r1 > flags, logic"},
    {"00c8", "lsls r0, r1, #3", "alu: r1 > r0 flags, shift"},
    {"fa01 f002", "lsl.w r0, r1, r2", "alu: r1 r2 > r0, shift"},
    {"1088", "asrs r0, r1, #2", "alu: r1 > r0 flags, shift"},
    {"f1c1 0000", "rsb r0, r1, #0", "alu: r1 > r0"},
    {"eb41 0002", "adc.w r0, r1, r2", "alu: r1 r2 flags > r0, logic"},
    {"4188", "sbcs r0, r1", "alu: r0 r1 flags > r0 flags, logic"},
    {"f361 00c6", "bfi r0, r1, #3, #4", "alu: r0 r1 > r0, bitfield r1"},
    {"f3c1 00c3", "ubfx r0, r1, #3, #4", "alu: r1 > r0, bitfield r1"},
    {"f36f 0043", "bfc r0, #1, #3", "alu: r0 > r0, bitfield"},
    {"fab1 f081", "clz r0, r1", "alu: r1 > r0, extend"},
    {"ba08", "rev r0, r1", "alu: r1 > r0, bitfield r1"},
    {"b248", "sxtb r0, r1", "alu: r1 > r0, extend"},
    {"fa1f f091", "uxth.w r0, r1, ror #8", "alu: r1 > r0, extend"},
    {"fa2f f081", "sxtb16 r0, r1", "alu: r1 > r0, dsp"},
    {"fa2f f091", "sxtb16 r0, r1, ror #8", "alu: r1 > r0, dsp"},
    {"fa41 f082", "sxtab r0, r1, r2", "alu: r1 r2 > r0, adds r1, pack r2"},
    {"eac1 4002", "pkhbt r0, r1, r2, lsl #16", "alu: r1 r2 > r0, pack, shifted r2"},
    {"eac1 4022", "pkhtb r0, r1, r2, asr #16", "alu: r1 r2 > r0, pack, shifted r2"},
    {"f301 0007", "ssat r0, #8, r1", "alu: r1 > r0, dsp"},
    {"f321 00c7", "ssat r0, #8, r1, asr #3", "alu: r1 > r0, dsp, shifted r1"},
    {"f381 00c8", "usat r0, #8, r1, lsl #3", "alu: r1 > r0, dsp, shifted r1"},
    {"f321 0007", "ssat16 r0, #8, r1", "alu: r1 > r0, dsp"},
    {"fa82 f081", "qadd r0, r1, r2", "alu: r1 r2 > r0, dsp"},
    {"fa91 f002", "sadd16 r0, r1, r2", "alu: r1 r2 > r0, dsp"},
    {"fa81 f042", "uadd8 r0, r1, r2", "alu: r1 r2 > r0, dsp"},
    {"faa1 f082", "sel r0, r1, r2", "alu: r1 r2 > r0, dsp"},
    {"4348", "muls r0, r1", "mul: r0 r1 > r0 flags, macs 1"},
    {"fb01 f002", "mul.w r0, r1, r2", "mul: r1 r2 > r0, macs 1"},
    {"fb01 3002", "mla r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fb01 3012", "mls r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fb11 f002", "smulbb r0, r1, r2", "mul: r1 r2 > r0, macs 1"},
    {"fb11 3002", "smlabb r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fb31 3002", "smlawb r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fb31 f002", "smulwb r0, r1, r2", "mul: r1 r2 > r0, macs 1"},
    {"fb21 f002", "smuad r0, r1, r2", "mul: r1 r2 > r0, macs 2"},
    {"fb21 3002", "smlad r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 2, adds r3"},
    {"fb21 3012", "smladx r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 2, adds r3"},
    {"fb41 3002", "smlsd r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 2, adds r3"},
    {"fb41 f002", "smusd r0, r1, r2", "mul: r1 r2 > r0, macs 2"},
    {"fb51 f002", "smmul r0, r1, r2", "mul: r1 r2 > r0, macs 1"},
    {"fb51 f012", "smmulr r0, r1, r2", "mul: r1 r2 > r0, macs 1"},
    {"fb51 3002", "smmla r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fb51 3012", "smmlar r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fb61 3002", "smmls r0, r1, r2, r3", "mac: r1 r2 r3 > r0, macs 1, adds r3"},
    {"fba2 0103", "umull r0, r1, r2, r3", "mul_long: r2 r3 > r0 r1, macs 1"},
    {"fb82 0103", "smull r0, r1, r2, r3", "mul_long: r2 r3 > r0 r1, macs 1"},
    {"fbe2 0103", "umlal r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 1, adds r0 r1"},
    {"fbc2 0103", "smlal r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 1, adds r0 r1"},
    {"fbe2 0163", "umaal r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 1, adds r0 r1"},
    {"fbc2 01c3", "smlald r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 2, adds r0 r1"},
    {"fbc2 01d3", "smlaldx r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 2, adds r0 r1"},
    {"fbd2 01c3", "smlsld r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 2, adds r0 r1"},
    {"fbc2 0183", "smlalbb r0, r1, r2, r3", "mac_long: r0 r1 r2 r3 > r0 r1, macs 1, adds r0 r1"},
    {"fb71 f002", "usad8 r0, r1, r2", "mul: r1 r2 > r0"},
    {"fb71 3002", "usada8 r0, r1, r2, r3", "mac: r1 r2 r3 > r0, adds r3"},
    {"fb91 f0f2", "sdiv r0, r1, r2", "div: r1 r2 > r0"},
    {"fbb1 f0f2", "udiv r0, r1, r2", "div: r1 r2 > r0"},
    {"6808", "ldr r0, [r1, #0]", "load: r1 > r0, at r1, loads 1x4"},
    {"6848", "ldr r0, [r1, #4]", "load: r1 > r0, at r1, loads 1x4"},
    {"5888", "ldr r0, [r1, r2]", "load: r1 r2 > r0, at r1 r2, loads 1x4"},
    {"f851 0022", "ldr.w r0, [r1, r2, lsl #2]", "load: r1 r2 > r0, at r1 r2, loads 1x4"},
    {"f851 0b04", "ldr.w r0, [r1], #4", "load: r1 > r0 r1, at r1, loads 1x4, writeback"},
    {"f851 0f04", "ldr.w r0, [r1, #4]!", "load: r1 > r0 r1, at r1, loads 1x4, writeback"},
    {"4802", "ldr r0, [pc, #8]", "load: pc > r0, at pc, loads 1x4"},
    {"9802", "ldr r0, [sp, #8]", "load: sp > r0, at sp, loads 1x4"},
    {"78c8", "ldrb r0, [r1, #3]", "load: r1 > r0, at r1, loads 1x1"},
    {"5688", "ldrsb r0, [r1, r2]", "load: r1 r2 > r0, at r1 r2, loads 1x1"},
    {"f911 0b01", "ldrsb.w r0, [r1], #1", "load: r1 > r0 r1, at r1, loads 1x1, writeback"},
    {"8848", "ldrh r0, [r1, #2]", "load: r1 > r0, at r1, loads 1x2"},
    {"f931 0f02", "ldrsh.w r0, [r1, #2]!", "load: r1 > r0 r1, at r1, loads 1x2, writeback"},
    {"f851 f022", "ldr.w pc, [r1, r2, lsl #2]", "load_pc: r1 r2 > pc, at r1 r2, loads 1x4, ends"},
    {"f85d fb04", "ldr.w pc, [sp], #4", "load_pc: sp > sp pc, at sp, loads 1x4, sp +4, writeback, ends"},
    {"6048", "str r0, [r1, #4]", "store: r0 r1 >, at r1, stores 1x4"},
    {"5088", "str r0, [r1, r2]", "store: r0 r1 r2 >, at r1 r2, stores 1x4"},
    {"f841 0b04", "str.w r0, [r1], #4", "store: r0 r1 > r1, at r1, stores 1x4, writeback"},
    {"f801 0d01", "strb.w r0, [r1, #-1]!", "store: r0 r1 > r1, at r1, stores 1x1, writeback"},
    {"8048", "strh r0, [r1, #2]", "store: r0 r1 >, at r1, stores 1x2"},
    {"9001", "str r0, [sp, #4]", "store: r0 sp >, at sp, stores 1x4"},
    {"e9d2 0100", "ldrd r0, r1, [r2]", "load_multiple: r2 > r0 r1, at r2, loads 2x4"},
    {"e9f2 0102", "ldrd r0, r1, [r2, #8]!", "load_multiple: r2 > r0 r1 r2, at r2, loads 2x4, writeback"},
    {"e8f2 0102", "ldrd r0, r1, [r2], #8", "load_multiple: r2 > r0 r1 r2, at r2, loads 2x4, writeback"},
    {"e9c2 0102", "strd r0, r1, [r2, #8]", "store_multiple: r0 r1 r2 >, at r2, stores 2x4"},
    {"e96d 0102", "strd r0, r1, [sp, #-8]!", "store_multiple: r0 r1 sp > sp, at sp, stores 2x4, sp -8, writeback"},
    {"e890 000e", "ldmia.w r0, {r1, r2, r3}", "load_multiple: r0 > r1 r2 r3, at r0, loads 3x4"},
    {"c80e", "ldmia r0!, {r1, r2, r3}", "load_multiple: r0 > r0 r1 r2 r3, at r0, loads 3x4, writeback"},
    {"e8b0 0106", "ldmia.w r0!, {r1, r2, r8}", "load_multiple: r0 > r0 r1 r2 r8, at r0, loads 3x4, writeback"},
    {"e930 0006", "ldmdb r0!, {r1, r2}", "load_multiple: r0 > r0 r1 r2, at r0, loads 2x4, writeback"},
    {"c006", "stmia r0!, {r1, r2}", "store_multiple: r0 r1 r2 > r0, at r0, stores 2x4, writeback"},
    {"e880 0102", "stmia.w r0, {r1, r8}", "store_multiple: r0 r1 r8 >, at r0, stores 2x4"},
    {"e920 0006", "stmdb r0!, {r1, r2}", "store_multiple: r0 r1 r2 > r0, at r0, stores 2x4, writeback"},
    {"b510", "push {r4, lr}", "store_multiple: r4 sp lr > sp, at sp, stores 2x4, sp -8, writeback"},
    {"e92d 4110", "stmdb sp!, {r4, r8, lr}", "store_multiple: r4 r8 sp lr > sp, at sp, stores 3x4, sp -12, writeback"},
    {"bd10", "pop {r4, pc}", "load_pc: sp > r4 sp pc, at sp, loads 2x4, sp +8, writeback, ends"},
    {"bc30", "pop {r4, r5}", "load_multiple: sp > r4 r5 sp, at sp, loads 2x4, sp +8, writeback"},
    {"e8bd 8110", "ldmia.w sp!, {r4, r8, pc}", "load_pc: sp > r4 r8 sp pc, at sp, loads 3x4, sp +12, writeback, ends"},
    {"f84d 4d04", "str.w r4, [sp, #-4]!", "store: r4 sp > sp, at sp, stores 1x4, sp -4, writeback"},
    {"f85d 4b04", "ldr.w r4, [sp], #4", "load: sp > r4 sp, at sp, loads 1x4, sp +4, writeback"},
    {"e8bd 4110", "ldmia.w sp!, {r4, r8, lr}", "load_multiple: sp > r4 r8 sp lr, at sp, loads 3x4, sp +12, writeback"},
    {"e92d 0110", "stmdb sp!, {r4, r8}", "store_multiple: r4 r8 sp > sp, at sp, stores 2x4, sp -8, writeback"},
    {"e7fe", "b.n 186", "branch: > pc, ends"},
    {"f000 bffe", "b.w 1188", "branch: > pc, ends"},
    {"d0fa", "beq.n 184", "branch: flags > pc, conditional, ends"},
    {"f041 87fe", "bne.w 218e", "branch: flags > pc, conditional, ends"},
    {"b110", "cbz r0, 19a", "branch: r0 > pc, conditional, ends"},
    {"b913", "cbnz r3, 19c", "branch: r3 > pc, conditional, ends"},
    {"f7ff fffe", "bl 196", "call: > lr pc, ends"},
    {"4798", "blx r3", "call: r3 > lr pc, ends"},
    {"4770", "bx lr", "indirect: lr > pc, ends"},
    {"4718", "bx r3", "indirect: r3 > pc, ends"},
    {"469f", "mov pc, r3", "indirect: r3 > pc, ends"},
    {"e8df f000", "tbb [pc, r0]", "table_branch: r0 pc > pc, at r0 pc, loads 1x1, ends"},
    {"e8df f010", "tbh [pc, r0, lsl #1]", "table_branch: r0 pc > pc, at r0 pc, loads 1x2, ends"},
    {"bf00", "nop", "system: >"},
    {"f3af 8000", "nop.w", "system: >"},
    {"f3bf 8f4f", "dsb sy", "system: >"},
    {"f3bf 8f5f", "dmb sy", "system: >"},
    {"f3bf 8f6f", "isb sy", "system: >"},
    {"f3ef 8008", "mrs r0, MSP", "system: > r0"},
    {"f380 8811", "msr BASEPRI, r0", "system: r0 >"},
    {"f3ef 8000", "mrs r0, APSR", "system: > r0"},
    {"b672", "cpsid i", "system: >"},
    {"beab", "bkpt 0xab", "system: >, ends"},
    {"df01", "svc 1", "system: >, ends"},
    {"de00", "udf #0", "system: >, ends"},
    {"bf30", "wfi", "system: >"},
    {"bf40", "sev", "system: >"},
    {"bf10", "yield", "system: >"},
    {"e851 0f00", "ldrex r0, [r1]", "load: r1 > r0, at r1, loads 1x4"},
    {"e842 1000", "strex r0, r1, [r2]", "store: r1 r2 > r0, at r2, stores 1x4"},
    {"e8d1 0f4f", "ldrexb r0, [r1]", "load: r1 > r0, at r1, loads 1x1"},
    {"e8c2 1f50", "strexh r0, r1, [r2]", "store: r1 r2 > r0, at r2, stores 1x2"},
    {"f3bf 8f2f", "clrex", "system: >"},
    {"f890 f004", "pld [r0, #4]", "system: >"},
    {"ed91 0a01", "vldr s0, [r1, #4]", "load: r1 > s0, at r1, loads 1x4"},
    {"eddf 1a01", "vldr s3, [pc, #4]", "load: pc > s3, at pc, loads 1x4"},
    {"ed81 0a00", "vstr s0, [r1]", "store: r1 s0 >, at r1, stores 1x4"},
    {"ed91 0b00", "vldr d0, [r1]", "load: r1 > s0 s1, at r1, loads 2x4"},
    {"ed81 1b02", "vstr d1, [r1, #8]", "store: r1 s2 s3 >, at r1, stores 2x4"},
    {"ecb0 0a04", "vldmia r0!, {s0-s3}", "load_multiple: r0 > r0 s0 s1 s2 s3, at r0, loads 4x4, writeback"},
    {"ec90 0b08", "vldmia r0, {d0-d3}", "load_multiple: r0 > s0 s1 s2 s3 s4 s5 s6 s7, at r0, loads 8x4"},
    {"eca0 0a04", "vstmia r0!, {s0-s3}", "store_multiple: r0 s0 s1 s2 s3 > r0, at r0, stores 4x4, writeback"},
    {"ed20 2a01", "vstmdb r0!, {s4}", "store_multiple: r0 s4 > r0, at r0, stores 1x4, writeback"},
    {"ed2d 8b04", "vpush {d8-d9}", "store_multiple: sp s16 s17 s18 s19 > sp, at sp, stores 4x4, sp -16, writeback"},
    {"ed2d 8a01", "vpush {s16}", "store_multiple: sp s16 > sp, at sp, stores 1x4, sp -4, writeback"},
    {"ecbd 8b04", "vpop {d8-d9}", "load_multiple: sp > sp s16 s17 s18 s19, at sp, loads 4x4, sp +16, writeback"},
    {"ee30 0a81", "vadd.f32 s0, s1, s2", "fp_add: s1 s2 > s0"},
    {"ee30 0ac1", "vsub.f32 s0, s1, s2", "fp_add: s1 s2 > s0"},
    {"eeb4 0a60", "vcmp.f32 s0, s1", "fp_add: s0 s1 >"},
    {"eeb5 0ac0", "vcmpe.f32 s0, #0.0", "fp_add: s0 >"},
    {"eeb0 0ae0", "vabs.f32 s0, s1", "fp_add: s1 > s0"},
    {"eeb1 0a60", "vneg.f32 s0, s1", "fp_add: s1 > s0"},
    {"ee20 0a81", "vmul.f32 s0, s1, s2", "fp_mul: s1 s2 > s0, macs 1"},
    {"ee20 0ac1", "vnmul.f32 s0, s1, s2", "fp_mul: s1 s2 > s0, macs 1"},
    {"ee00 0a81", "vmla.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"ee00 0ac1", "vmls.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"ee10 0ac1", "vnmla.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"eea0 0a81", "vfma.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"eea0 0ac1", "vfms.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"ee90 0ac1", "vfnma.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"ee90 0a81", "vfnms.f32 s0, s1, s2", "fp_mac: s0 s1 s2 > s0, macs 1, adds s0"},
    {"ee80 0a81", "vdiv.f32 s0, s1, s2", "fp_div: s1 s2 > s0"},
    {"eeb1 0ae0", "vsqrt.f32 s0, s1", "fp_div: s1 > s0"},
    {"ee00 1a10", "vmov s0, r1", "fp_move: r1 > s0"},
    {"ee10 1a10", "vmov r1, s0", "fp_move: s0 > r1"},
    {"eeb0 0a60", "vmov.f32 s0, s1", "fp_move: s1 > s0"},
    {"eeb7 0a00", "vmov.f32 s0, #1.0", "fp_move: > s0"},
    {"ec51 0b12", "vmov r0, r1, d2", "fp_move: s4 s5 > r0 r1"},
    {"ec41 0b12", "vmov d2, r0, r1", "fp_move: r0 r1 > s4 s5"},
    {"ec51 0a11", "vmov r0, r1, s2, s3", "fp_move: s2 s3 > r0 r1"},
    {"ec41 0a11", "vmov s2, s3, r0, r1", "fp_move: r0 r1 > s2 s3"},
    {"eef1 fa10", "vmrs APSR_nzcv, fpscr", "fp_move: > flags"},
    {"eef1 0a10", "vmrs r0, fpscr", "fp_move: > r0"},
    {"eee1 0a10", "vmsr fpscr, r0", "fp_move: r0 >"},
    {"eeb8 0ae0", "vcvt.f32.s32 s0, s1", "fp_move: s1 > s0"},
    {"eebd 0ae0", "vcvt.s32.f32 s0, s1", "fp_move: s1 > s0"},
    {"eebd 0a60", "vcvtr.s32.f32 s0, s1", "fp_move: s1 > s0"},
    {"eeba 0ace", "vcvt.f32.s32 s0, s0, #4", "fp_move: s0 > s0"},
    {"eeb2 0a60", "vcvtb.f32.f16 s0, s1", "fp_move: s1 > s0"},
    {"eeb7 0ae0", "vcvt.f64.f32 d0, s1", "fp_move: s1 > s0 s1"},
    {"eef7 0bc0", "vcvt.f32.f64 s1, d0", "fp_move: s0 s1 > s1"},
    {"eefd 0bc0", "vcvt.s32.f64 s1, d0", "fp_move: s0 s1 > s1"},
    {"eeb8 0be1", "vcvt.f64.s32 d0, s3", "fp_move: s3 > s0 s1"},
    {"febc 0ae0", "vcvta.s32.f32 s0, s1", "fp_move: s1 > s0"},
    {"eeb6 0ae0", "vrintz.f32 s0, s1", "fp_move: s1 > s0"},
    {"feb8 0a60", "vrinta.f32 s0, s1", "fp_move: s1 > s0"},
    {"fe00 0a81", "vseleq.f32 s0, s1, s2", "fp_move: s1 s2 flags > s0"},
    {"fe80 0a81", "vmaxnm.f32 s0, s1, s2", "fp_add: s1 s2 > s0"},
    {"fe80 0ac1", "vminnm.f32 s0, s1, s2", "fp_add: s1 s2 > s0"},
    {"ee31 0b02", "vadd.f64 d0, d1, d2", "fp_double: s2 s3 s4 s5 > s0 s1"},
    {"ee21 0b02", "vmul.f64 d0, d1, d2", "fp_double: s2 s3 s4 s5 > s0 s1, macs 1"},
    {"ee01 0b02", "vmla.f64 d0, d1, d2", "fp_double: s0 s1 s2 s3 s4 s5 > s0 s1, macs 1"},
    {"eea1 0b02", "vfma.f64 d0, d1, d2", "fp_double: s0 s1 s2 s3 s4 s5 > s0 s1, macs 1"},
    {"ee81 0b02", "vdiv.f64 d0, d1, d2", "fp_double: s2 s3 s4 s5 > s0 s1"},
    {"eeb1 0bc1", "vsqrt.f64 d0, d1", "fp_double: s2 s3 > s0 s1"},
    {"eeb4 0b41", "vcmp.f64 d0, d1", "fp_double: s0 s1 s2 s3 >"},
    {"eeb0 0b41", "vmov.f64 d0, d1", "fp_move: s2 s3 > s0 s1"},
    {"ee11 0b10", "vmov.32 r0, d1[0]", "fp_move: s2 s3 > r0"},
    {"ee21 0b10", "vmov.32 d1[1], r0", "fp_move: r0 > s2 s3"},
    {"fa91 f0a1", "rbit r0, r1", "alu: r1 > r0, bitfield r1"},
    {"ea4f 0031", "mov.w r0, r1, rrx", "alu: r1 flags > r0, shift"},
    {"ea4f 00f1", "mov.w r0, r1, ror #3", "alu: r1 > r0, shift"},
    {"ea61 0002", "orn r0, r1, r2", "alu: r1 r2 > r0, logic"},
    {"ea81 10f2", "eor.w r0, r1, r2, ror #7", "alu: r1 r2 > r0, logic, shifted r2"},
    {"ea90 0f01", "teq r0, r1", "alu: r0 r1 > flags, logic"},
    {"42c8", "cmn r0, r1", "alu: r0 r1 > flags"},
    {"f20f 0006", "addw r0, pc, #6", "alu: pc > r0"},
    {"f601 70a0", "addw r0, r1, #4000", "alu: r1 > r0"},
    {"f6a1 70a0", "subw r0, r1, #4000", "alu: r1 > r0"},
    {"f851 0e00", "ldrt r0, [r1]", "load: r1 > r0, at r1, loads 1x4"},
    {"fb11 f012", "smulbt r0, r1, r2", "mul: r1 r2 > r0, macs 1"},
    {"ed83 2100", "stc p1, c2, [r3]", "unknown: >"},
    {"ee01 0f72", "mcr 15, 0, r0, cr1, cr2, {3}", "unknown: >"},
    {"f5ad 6d80", "sub.w sp, sp, #1024", "alu: sp > sp, sp -1024, shifted constant"},
    {"ebad 0d04", "sub.w sp, sp, r4", "alu: r4 sp > sp"},
    {"46bd", "mov sp, r7", "move: r7 > sp"},
    {"449d", "add sp, r3", "alu: r3 sp > sp"},
    {"3704", "adds r7, #4", "alu: r7 > r7 flags"},
    {"ed2d 8b02", "vpush {d8}", "store_multiple: sp s16 s17 > sp, at sp, stores 2x4, sp -8, writeback"},
};

constexpr Case kV8m[] = {
    {"e97f e97f", "sg", "system: >"},
    {"4774", "bxns lr", "indirect: lr > pc, ends"},
    {"479c", "blxns r3", "call: r3 > lr pc, ends"},
    {"e841 f000", "tt r0, r1", "system: r1 > r0"},
    {"e841 f040", "ttt r0, r1", "system: r1 > r0"},
    {"e841 f080", "tta r0, r1", "system: r1 > r0"},
    {"e841 f0c0", "ttat r0, r1", "system: r1 > r0"},
    {"e8d1 0faf", "lda r0, [r1]", "load: r1 > r0, at r1, loads 1x4"},
    {"e8d1 0f8f", "ldab r0, [r1]", "load: r1 > r0, at r1, loads 1x1"},
    {"e8d1 0f9f", "ldah r0, [r1]", "load: r1 > r0, at r1, loads 1x2"},
    {"e8c1 0faf", "stl r0, [r1]", "store: r0 r1 >, at r1, stores 1x4"},
    {"e8c1 0f8f", "stlb r0, [r1]", "store: r0 r1 >, at r1, stores 1x1"},
    {"e8d1 0fef", "ldaex r0, [r1]", "load: r1 > r0, at r1, loads 1x4"},
    {"e8c2 1fe0", "stlex r0, r1, [r2]", "store: r1 r2 > r0, at r2, stores 1x4"},
    {"ec30 0a00", "vlldm r0", "load_multiple: r0 >, at r0, loads 17x4"},
    {"ec20 0a00", "vlstm r0", "store_multiple: r0 >, at r0, stores 17x4"},
    {"febf 0ae0", "vcvtm.s32.f32 s0, s1", "fp_move: s1 > s0"},
    {"f3ef 800a", "mrs r0, MSPLIM", "system: > r0"},
    {"f380 880b", "msr PSPLIM, r0", "system: r0 >"},
    {"f3ef 8088", "mrs r0, MSP_NS", "system: > r0"},
};
// clang-format on

TEST(Decode, EachFormOfArmv7em) { check(kV7em, "thumbv7em"); }

TEST(Decode, EachFormThatArmv8mAdds) { check(kV8m, "thumbv8m.main"); }

TEST(Decode, ItBlockMakesConditionalAndKeepsFlags) {
  // itte ne; addne r0, r1, r2; cmpne r0, #3; bxeq lr; adds r0, r1, r2
  const std::vector<Insn> insns = decode(code_of("bf1a 1888 2803 4770 1888"), 0, "thumbv7em");
  ASSERT_EQ(insns.size(), 5);
  EXPECT_EQ(describe(insns[0]), "system: flags >");
  EXPECT_EQ(describe(insns[1]), "alu: r1 r2 flags > r0");
  EXPECT_EQ(describe(insns[2]), "alu: r0 flags > flags");
  EXPECT_EQ(describe(insns[3]), "indirect: lr flags > pc, conditional, ends");
  EXPECT_EQ(describe(insns[4]), "alu: r1 r2 > r0 flags");
}

TEST(Decode, ItStateDoesNotLeakIntoTheNextCall) {
  decode(code_of("bf01"), 0, "thumbv7em");  // itttt eq, and nothing after it
  EXPECT_EQ(describe(decode(code_of("1888"), 0, "thumbv7em")[0]), "alu: r1 r2 > r0 flags");
}

TEST(Decode, ConstantOffsetsAndBothHalvesOfCode) {
  // ldr r0, [r1, #4]; ldr.w r2, [r1, #-8]; movs r0, #1
  const std::vector<Insn> insns = decode(code_of("6848 f851 2c08 2001"), 0x100, "thumbv7em");
  ASSERT_EQ(insns.size(), 3);
  EXPECT_EQ(insns[0].offset_bytes, 4);
  EXPECT_EQ(insns[1].offset_bytes, -8);
  EXPECT_EQ(insns[1].address, 0x102);
  EXPECT_EQ(insns[2].address, 0x106);
}

TEST(Decode, WhatACoreLacksIsUnknown) {
  constexpr Case kLacking[] = {
      {"fb91 f0f2", "sdiv on Armv6-M", "thumbv6m"}, {"b110", "cbz on Armv6-M", "thumbv6m"},
      {"bf08", "it on Armv6-M", "thumbv6m"},        {"eb01 0082", "add.w on Armv6-M", "thumbv6m"},
      {"ef00 0840", "vadd.i8 q", "thumbv7em"},      {"ed83 2100", "stc", "thumbv7em"},
      {"f961 078f", "vld1.32", "thumbv7em"},        {"479c", "blxns before Armv8-M", "thumbv7em"},
  };
  for (const Case& row : kLacking) {
    SCOPED_TRACE(row.assembly);
    const std::vector<std::byte> code = code_of(row.code);
    const std::vector<Insn> insns = decode(code, 0, row.truth);
    ASSERT_EQ(insns.size(), 1);
    EXPECT_EQ(insns[0].cls, InsnClass::unknown);
    EXPECT_EQ(insns[0].size, code.size());
  }
  EXPECT_EQ(decode(code_of("f000 f800"), 0, "thumbv6m")[0].cls, InsnClass::call);
  EXPECT_EQ(decode(code_of("f3bf 8f4f"), 0, "thumbv6m")[0].cls, InsnClass::system);
}

TEST(Decode, EveryHalfwordHasASizeAndNothingIsLost) {
  for (const std::string_view isa : {"thumbv6m", "thumbv7em", "thumbv8m.main"}) {
    for (unsigned first = 0; first <= 0xffff; first += 7) {
      const std::vector<std::byte> code =
          code_of(fmt::format("{:04x} {:04x}", first, first ^ 0x5aa5));
      size_t bytes = 0;
      for (const Insn& insn : decode(code, 0, isa)) {
        EXPECT_EQ(insn.address, bytes);
        bytes += insn.size;
      }
      ASSERT_EQ(bytes, code.size()) << fmt::format("{:04x}", first);
    }
  }
}

TEST(Decode, CutShort) {
  EXPECT_TRUE(decode({}, 0, "thumbv7em").empty());
  const std::vector<std::byte> half = code_of("eb01");  // first half of add.w
  ASSERT_EQ(decode(half, 0, "thumbv7em").size(), 1);
  EXPECT_EQ(decode(half, 0, "thumbv7em")[0].cls, InsnClass::unknown);
  EXPECT_EQ(decode(half, 0, "thumbv7em")[0].size, 2);
  EXPECT_EQ(decode(std::span(half).first(1), 0, "thumbv7em")[0].size, 1);
}

TEST(Decode, Mnemonics) {
  EXPECT_EQ(mnemonic(code_of("ee01 0b02"), 0, "thumbv7em"), "vmla.f64");
  EXPECT_EQ(mnemonic(code_of("bf08"), 0, "thumbv7em"), "it");
  EXPECT_EQ(mnemonic(code_of("b600"), 0, "thumbv7em"), ".hword 0xb600");
  EXPECT_EQ(mnemonic(code_of("ffff ffff"), 0, "thumbv7em"), ".hword 0xffff, 0xffff");
  EXPECT_EQ(mnemonic({}, 0, "thumbv7em"), ".byte");
}

// --- Against objdump -------------------------------------------------------------------------

/// Coprocessor forms in libgcc's unwinder, for A-profile cores and FPUs long gone.
const std::set<std::string> kForeign = {"fldmiax", "fstmiax", "ldc2", "ldfe",
                                        "ldfp",    "stc2",    "stfe", "stfp"};

struct Multilib {
  std::string name, isa;
  std::vector<std::string> flags;
};

class AgainstObjdump : public testing::TestWithParam<Multilib> {};

TEST_P(AgainstObjdump, EveryInstructionOfLibgccAndLibm) {
  if (find_program("arm-none-eabi-objdump").empty() || find_program("arm-none-eabi-gcc").empty())
    GTEST_SKIP() << "skipped: arm-none-eabi-gcc is not installed (gcc-arm-none-eabi)";
  size_t compared = 0;
  std::set<std::string> problems;
  for (const std::string library : {"libgcc.a", "libm.a"}) {
    std::vector<std::string> argv = {"arm-none-eabi-gcc", "-print-file-name=" + library};
    argv.insert(argv.end(), GetParam().flags.begin(), GetParam().flags.end());
    const auto path = run_process(argv, ".");
    ASSERT_TRUE(path) << text(path.error());
    const auto listing = run_process(
        {"arm-none-eabi-objdump", "-d", path->out.substr(0, path->out.find('\n'))}, ".");
    ASSERT_TRUE(listing) << text(listing.error());
    for (const Listing& run : parse_listing(listing->out)) {
      const std::vector<Insn> insns = decode(run.code, 0, GetParam().isa);
      ASSERT_EQ(insns.size(), run.insns.size());
      for (size_t i = 0; i < insns.size(); ++i, ++compared) {
        const ListedInsn& says = run.insns[i];
        ASSERT_EQ(insns[i].size, says.bytes) << says.mnemonic;
        if (kForeign.contains(says.mnemonic)) continue;
        if (insns[i].cls != arm_class(says))
          problems.insert(
              fmt::format("{} {}: {}", says.mnemonic, says.operands, name(insns[i].cls)));
      }
    }
  }
  for (const std::string& problem : problems) ADD_FAILURE() << problem;
  EXPECT_GT(compared, 20000);
}

INSTANTIATE_TEST_SUITE_P(
    Multilib, AgainstObjdump,
    testing::Values(Multilib{"v6m", "thumbv6m", {"-mcpu=cortex-m0"}},
                    Multilib{"v7m", "thumbv7m", {"-mcpu=cortex-m3"}},
                    Multilib{"v7em", "thumbv7em", {"-mcpu=cortex-m4", "-mfloat-abi=hard"}},
                    Multilib{"v7em_dp", "thumbv7em", {"-mcpu=cortex-m7", "-mfloat-abi=hard"}},
                    Multilib{"v8m", "thumbv8m.main", {"-mcpu=cortex-m33", "-mfloat-abi=hard"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace assay
