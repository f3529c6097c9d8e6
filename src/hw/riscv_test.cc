// The RISC-V decoder against truth written by hand, and against objdump on every instruction of the
// toolchain's own libraries; the timing of its cores against what their manuals say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "hw/isa_family.h"
#include "hw/timer.h"
#include "objdump.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

constexpr std::string_view kIsa = "rv32imac_zba_zbb_zbs";

std::string registers(uint64_t mask) {
  std::string text;
  for (int i = 0; i < 64; ++i)
    if (mask >> i & 1) text += i < 32 ? fmt::format(" x{}", i) : fmt::format(" f{}", i - 32);
  return text;
}

/// "class: reads > writes, at address registers, what else there is".
std::string describe(const Insn& insn) {
  constexpr std::array<std::string_view, 5> kKinds = {"", ", logic", ", shift", ", bitfield", ""};
  std::string text =
      fmt::format("{}:{} >{}", name(insn.cls), registers(insn.reads), registers(insn.writes));
  if (insn.address_reads) text += ", at" + registers(insn.address_reads);
  if (insn.loads) text += fmt::format(", loads {}x{}", insn.loads, insn.access_bytes);
  if (insn.stores) text += fmt::format(", stores {}x{}", insn.stores, insn.access_bytes);
  if (insn.macs) text += fmt::format(", macs {}", insn.macs);
  if (insn.accumulator) text += ", adds" + registers(insn.accumulator);
  if (insn.stack_drop_bytes) text += fmt::format(", sp {:+}", -insn.stack_drop_bytes);
  text += kKinds[static_cast<size_t>(insn.kind)];
  if (insn.conditional) text += fmt::format(", conditional {:+}", insn.offset_bytes);
  if (insn.ends_block) text += ", ends";
  return text;
}

struct Case {
  std::string_view code, assembly, truth;
};

// clang-format off
constexpr Case kCases[] = {
    {"00c58533", "add a0,a1,a2", "alu: x11 x12 > x10"},
    {"00458513", "addi a0,a1,4", "alu: x11 > x10"},
    {"3e800513", "li a0,1000", "move: > x10"},
    {"00058513", "mv a0,a1", "move: x11 > x10"},
    {"852e", "c.mv a0,a1", "move: x11 > x10"},
    {"0001", "c.nop", "system: >"},
    {"00000013", "nop", "system: >"},
    {"fd010113", "addi sp,sp,-48", "alu: x2 > x2, sp -48"},
    {"1141", "c.addi sp,-16", "alu: x2 > x2, sp -16"},
    {"6121", "c.addi16sp sp,64", "alu: x2 > x2, sp +64"},
    {"7139", "c.addi16sp sp,-64", "alu: x2 > x2, sp -64"},
    {"00510133", "add sp,sp,t0", "alu: x2 x5 > x2"},
    {"0808", "c.addi4spn a0,sp,16", "alu: x2 > x10"},
    {"12345537", "lui a0,0x12345", "move: > x10"},
    {"00001517", "auipc a0,0x1", "alu: > x10"},
    {"02c58533", "mul a0,a1,a2", "mul: x11 x12 > x10, macs 1"},
    {"02c59533", "mulh a0,a1,a2", "mul_long: x11 x12 > x10, macs 1"},
    {"02c5d533", "divu a0,a1,a2", "div: x11 x12 > x10"},
    {"4588", "c.lw a0,8(a1)", "load: x11 > x10, at x11, loads 1x4"},
    {"fff28903", "lb s2,-1(t0)", "load: x5 > x18, at x5, loads 1x1"},
    {"002a5e03", "lhu t3,2(s4)", "load: x20 > x28, at x20, loads 1x2"},
    {"40b2", "c.lwsp ra,12(sp)", "load: x2 > x1, at x2, loads 1x4"},
    {"c606", "c.swsp ra,12(sp)", "store: x1 x2 >, at x2, stores 1x4"},
    {"012281a3", "sb s2,3(t0)", "store: x5 x18 >, at x5, stores 1x1"},
    {"c1c8", "c.sw a0,4(a1)", "store: x10 x11 >, at x11, stores 1x4"},
    {"00b50063", "beq a0,a1,.", "branch: x10 x11 >, conditional +0, ends"},
    {"01396463", "bltu s2,s3,.+8", "branch: x18 x19 >, conditional +8, ends"},
    {"feb51ee3", "bne a0,a1,.-4", "branch: x10 x11 >, conditional -4, ends"},
    {"fd65", "c.bnez a0,.-8", "branch: x10 >, conditional -8, ends"},
    {"c189", "c.beqz a1,.+2", "branch: x11 >, conditional +2, ends"},
    {"bfd5", "c.j .-12", "branch: >, ends"},
    {"ff3ff0ef", "jal ra,.-14", "call: > x1, ends"},
    {"0040006f", "j .+4", "branch: >, ends"},
    {"2ab5", "c.jal", "call: > x1, ends"},
    {"8282", "c.jr t0", "indirect: x5 >, ends"},
    {"8082", "ret", "indirect: x1 >, ends"},
    {"9302", "c.jalr t1", "call: x6 > x1, ends"},
    {"00830067", "jr 8(t1)", "indirect: x6 >, ends"},
    {"30059573", "csrrw a0,mstatus,a1", "system: x11 > x10"},
    {"9002", "c.ebreak", "system: >, ends"},
    {"00100073", "ebreak", "system: >, ends"},
    {"0ff0000f", "fence", "system: >"},
    {"1005a52f", "lr.w a0,(a1)", "load: x11 > x10, at x11, loads 1x4"},
    {"18c5a52f", "sc.w a0,a2,(a1)", "store: x11 x12 > x10, at x11, stores 1x4"},
    {"00c5a52f", "amoadd.w a0,a2,(a1)", "system: x11 x12 > x10, at x11, loads 1x4, stores 1x4"},
    {"850d", "c.srai a0,3", "alu: x10 > x10, shift"},
    {"050a", "c.slli a0,2", "alu: x10 > x10, shift"},
    {"8d0d", "c.sub a0,a1", "alu: x10 x11 > x10"},
    {"61c8", "c.flw fa0,4(a1)", "load: x11 > f10, at x11, loads 1x4"},
    {"e22a", "c.fswsp fa0,4(sp)", "store: x2 f10 >, at x2, stores 1x4"},
    {"68c5f543", "fmadd.s fa0,fa1,fa2,fa3", "fp_mac: f11 f12 f13 > f10, macs 1, adds f13"},
    {"00c5f553", "fadd.s fa0,fa1,fa2", "fp_add: f11 f12 > f10"},
    {"1949f953", "fdiv.s fs2,fs3,fs4", "fp_div: f19 f20 > f18"},
    {"c005f553", "fcvt.w.s a0,fa1", "fp_move: f11 > x10"},
    {"a0b52553", "feq.s a0,fa0,fa1", "fp_add: f10 f11 > x10"},
    {"20c5c533", "sh2add a0,a1,a2", "alu: x11 x12 > x10"},
    {"60159513", "ctz a0,a1", "alu: x11 > x10, bitfield"},
    {"6035d513", "rori a0,a1,3", "alu: x11 > x10, shift"},
    {"0805c533", "zext.h a0,a1", "alu: x11 > x10, bitfield"},
    {"9d4d", "c.mul a0,a1", "mul: x10 x11 > x10, macs 1"},
    {"9d61", "c.zext.b a0", "alu: x10 > x10, bitfield"},
    {"21c8", "c.fld: not in RV32 without D", "unknown: >"},
    {"81a8", "c.lbu a0,0(a1)", "load: x11 > x10, at x11, loads 1x1"},
    {"8da8", "c.sh a0,2(a1)", "store: x10 x11 >, at x11, stores 1x2"},
    {"b842", "cm.push {ra},-16", "store_multiple: x1 x2 > x2, at x2, stores 1x4, sp -16"},
    {"b872", "cm.push {ra,s0-s2},-16", "store_multiple: x1 x2 x8 x9 x18 > x2, at x2, stores 4x4, sp -16"},
    {"b8f6", "cm.push {ra,s0-s11},-80", "store_multiple: x1 x2 x8 x9 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 > x2, at x2, stores 13x4, sp -80"},
    {"be52", "cm.popret {ra,s0},16", "load_pc: x2 > x1 x2 x8, at x2, loads 2x4, sp +16, ends"},
    {"ac6a", "cm.mva01s s0,s2", "move: x8 x18 > x10 x11"},
    {"0000", "unimp", "unknown: >"},
    {"ffffffff", "nothing", "unknown: >"},
};
// clang-format on

TEST(Riscv, DecodesByHand) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(fmt::format("{} {}", row.code, row.assembly));
    const std::vector<std::byte> code = code_of(row.code);
    const std::vector<Insn> insns = decode(code, 0x8000, kIsa);
    ASSERT_EQ(insns.size(), 1);
    EXPECT_EQ(insns[0].size, code.size());
    EXPECT_EQ(describe(insns[0]), row.truth);
  }
}

TEST(Riscv, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(mnemonic(code_of("00c58533"), 0, kIsa), "add");
  EXPECT_EQ(mnemonic(code_of("02b57553"), 0, kIsa), ".word 0x02b57553");  // fadd.d
  EXPECT_EQ(mnemonic(code_of("21c8"), 0, kIsa), ".half 0x21c8");
  EXPECT_EQ(mnemonic({}, 0, kIsa), ".byte");
  EXPECT_EQ(decode(code_of("33"), 0, kIsa).size(), 1u);  // cut in the middle
}

// --- Against objdump -------------------------------------------------------------------------

/// Checks each instruction of a disassembly; returns how many it had.
size_t check_listing(const std::string& text, std::set<std::string>& problems) {
  size_t count = 0;
  for (const Listing& run : parse_listing(text)) {
    const std::vector<Insn> insns = decode(run.code, 0, kIsa);
    for (size_t i = 0; i < run.insns.size(); ++i, ++count) {
      const std::string& mnemonic = run.insns[i].mnemonic;
      if (i >= insns.size() || insns[i].size != run.insns[i].bytes ||
          insns[i].cls != riscv_class(run.insns[i]))
        problems.insert(mnemonic + ": " +
                        (i < insns.size() ? std::string(name(insns[i].cls)) : "nothing"));
    }
  }
  return count;
}

TEST(RiscvSlow, AgreesWithObjdumpOnTheLibraries) {
  const auto gcc = find_program("riscv64-unknown-elf-gcc");
  if (gcc.empty()) GTEST_SKIP() << "skipped: riscv64-unknown-elf-gcc not installed";
  size_t count = 0;
  std::set<std::string> problems;
  for (const char* march : {"rv32imc", "rv32imac", "rv32imafc"})
    for (const char* library : {"libgcc.a", "libc.a"}) {
      const std::string abi = std::string(march) == "rv32imafc" ? "ilp32f" : "ilp32";
      const auto path =
          run_process({gcc.string(), fmt::format("-march={}", march), "-mabi=" + abi,
                       "--specs=picolibc.specs", fmt::format("-print-file-name={}", library)},
                      ".");
      ASSERT_TRUE(path);
      std::string file = path->out.substr(0, path->out.find('\n'));
      if (file == library)  // the specs tell only the linker where picolibc is
        file = fmt::format("/usr/lib/picolibc/riscv64-unknown-elf/lib/{}/{}/libc.a",
                           std::string(march) == "rv32imc" ? "rv32im" : march, abi);
      const auto listing = run_process({"riscv64-unknown-elf-objdump", "-d", file}, ".");
      ASSERT_TRUE(listing) << text(listing.error());
      count += check_listing(listing->out, problems);
    }
  EXPECT_GT(count, 50'000u);
  for (const std::string& problem : problems) ADD_FAILURE() << problem;
}

/// Every operation of vectors, by all fields that tell them apart.
std::string every_vector() {
  std::string source = ".option arch, +v\n";
  const auto add = [&source](uint32_t function, uint32_t width, uint32_t vm, uint32_t rest) {
    const uint32_t word = function << 26 | vm << 25 | rest | width << 12 | 8 << 7;
    source += fmt::format(".insn 4, 0x{:08x}\n", word);
  };
  constexpr uint32_t kUnary[] = {0x10, 0x12, 0x13, 0x14, 0x27}, kUnits[] = {0, 8, 11, 16};
  for (uint32_t bits = 0; bits < 64 * 8 * 2; ++bits) {
    const uint32_t function = bits & 63, width = bits >> 6 & 7, vm = bits >> 9;
    const bool is_unary = std::ranges::find(kUnary, function) != std::end(kUnary);
    for (uint32_t vs1 = 0; vs1 < (is_unary ? 32 : 1); ++vs1)
      add(function, width, vm, 4 << 20 | vs1 << 15 | 0x57);
    add(function, width, vm, 0x57);
    if (width != 0 && width < 5) continue;  // of scalars
    for (const uint32_t unit : kUnits)
      for (const uint32_t opcode : {0x07, 0x27})
        add(function, width, vm, unit << 20 | 10 << 15 | opcode);
  }
  return source;
}

TEST(RiscvSlow, AgreesWithObjdumpOnEveryVector) {
  const auto gcc = find_program("riscv64-unknown-elf-gcc");
  if (gcc.empty()) GTEST_SKIP() << "skipped: riscv64-unknown-elf-gcc not installed";
  const std::filesystem::path folder = testing::TempDir();
  ASSERT_TRUE(write_text(folder / "vectors.s", every_vector()));
  const auto built =
      run_process({gcc.string(), "-march=rv32imafdcv", "-mabi=ilp32", "-c", "vectors.s"}, folder);
  ASSERT_TRUE(built) << text(built.error());
  ASSERT_EQ(built->exit_code, 0) << built->out;
  const auto listing =
      run_process({"riscv64-unknown-elf-objdump", "-d", "-M", "no-aliases", "vectors.o"}, folder);
  ASSERT_TRUE(listing) << text(listing.error());
  std::set<std::string> problems;
  EXPECT_GT(check_listing(listing->out, problems), 3'500u);
  for (const std::string& problem : problems) ADD_FAILURE() << problem;
}

// --- Timing: sequences whose cycles the manuals give -----------------------------------------

struct Timed {
  std::string_view code, assembly;
  int64_t cycles;     ///< branch not taken
  int64_t taken = 0;  ///< more when it is taken, nothing predicted
};

void check(std::string_view name, std::span<const Timed> cases) {
  const Result<CoreTiming> core = load_core(name);
  ASSERT_TRUE(core) << text(core.error());
  for (const Timed& row : cases) {
    SCOPED_TRACE(fmt::format("{}: {}", name, row.assembly));
    const BlockCost found = time_block(*core, decode(code_of(row.code), 0, core->isa));
    EXPECT_EQ(found.once.cycles, row.cycles);
    EXPECT_EQ(found.taken_cycles(), row.taken);
  }
}

TEST(RiscvTimer, Hazard3) {
  constexpr Timed kRows[] = {
      {"00c58533 8d0d", "add a0; sub a0, a0, a1", 2},
      {"4588 00c58633", "lw a0; add a2, a1, a2: independent", 2},
      {"4588 8d0d", "lw a0; sub a0, a0, a1: dependent", 3},
      {"4588 4510", "lw a0, (a1); lw a2, (a0): load data -> load address", 3},
      {"4588 c5c8", "lw a0, (a1); sw a0, 12(a1): load data -> store data", 2},
      {"02c58533 8d0d", "mul a0; sub a0, a0, a1", 2},
      {"02c59533 8d0d", "mulh a0; sub a0, a0, a1", 2},
      {"02c5d533", "divu", 18},
      {"bfd5", "j", 1, 1},
      {"8082", "ret", 1, 1},
      {"fd65", "bnez: 1, or 2 if mispredicted, which the predictor adds", 1, 0},
      {"b872", "cm.push {ra, s0-s2}: 1 + n", 5},
      {"ba72", "cm.pop {ra, s0-s2}: 1 + n", 5},
      {"be72", "cm.popret {ra, s0-s2}: 2 + n", 6},
  };
  check("hazard3", kRows);
}

TEST(RiscvTimer, SifiveE31) {
  constexpr Timed kRows[] = {
      {"4588 8d0d", "lw a0; sub a0: two-cycle result latency", 3},
      {"fff28903 00190913", "lb s2; addi s2, s2, 1: three-cycle result latency", 4},
      {"fff28903 852e 00190913", "lb s2; mv; addi s2, s2, 1", 4},
      {"02c58533 8d0d", "mul a0; sub a0: five-cycle result latency", 6},
      {"02c58533 02c586b3", "mul a0; mul a3: one operation at a time", 6},
      {"02c58533 852e", "mul a0; mv a0, a1: write after write is not modelled", 2},
      {"bfd5", "j: predicted", 1, 0},
      {"8082", "ret: predicted", 1, 0},
  };
  check("sifive_e31", kRows);
  EXPECT_EQ(load_core("sifive_e31")->rules.mispredict, 3);
}

TEST(RiscvTimer, PredictsTheLastBackwardBranch) {
  BranchPredictor predictor(Prediction::last_backward);
  Predictor loop, other;
  EXPECT_TRUE(predictor.mispredicts(loop, true, true));      // not met before
  EXPECT_FALSE(predictor.mispredicts(loop, true, true));     // remembered
  EXPECT_FALSE(predictor.mispredicts(other, false, false));  // all others: not taken
  EXPECT_TRUE(predictor.mispredicts(other, false, true));    // taken forwards: not remembered
  EXPECT_FALSE(predictor.mispredicts(loop, true, true));
  EXPECT_TRUE(predictor.mispredicts(loop, true, false));  // left: cleared
  EXPECT_FALSE(predictor.mispredicts(loop, true, false));
}

TEST(RiscvTimer, WhatAJumpMeets) {
  const Result<CoreTiming> core = load_core("hazard3");
  ASSERT_TRUE(core);
  EXPECT_EQ(core->rules.straddling_target, 1);
  const auto straddles = [&](uint32_t address, std::string_view code) {
    return time_block(*core, decode(code_of(code), address, core->isa)).straddles;
  };
  EXPECT_TRUE(straddles(2, "00c58533"));
  EXPECT_FALSE(straddles(4, "00c58533"));
  EXPECT_FALSE(straddles(2, "852e"));
}

}  // namespace
}  // namespace assay
