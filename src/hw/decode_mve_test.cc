// Armv8.1-M's own instructions against truth written by hand, against objdump on random words, and
// the time of small sequences by the published pipeline.
#include "hw/decode_mve.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "hw/timer.h"
#include "objdump.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

constexpr std::string_view kIsa = "thumbv8.1m.main";

/// "r0 q1 s9 flags": whole vectors by their name.
std::string registers(uint64_t mask) {
  std::string text;
  const auto add = [&text](const std::string& name) { text += (text.empty() ? "" : " ") + name; };
  for (unsigned i = 0; i < 16; ++i)
    if (mask >> i & 1) add(fmt::format("r{}", i));
  for (unsigned q = 0; q < 8; ++q) {
    const uint64_t part = mask >> (16 + 4 * q) & 0xf;
    if (part == 0xf) add(fmt::format("q{}", q));
    for (unsigned s = 0; part != 0xf && s < 4; ++s)
      if (part >> s & 1) add(fmt::format("s{}", 4 * q + s));
  }
  if (mask >> 48 & 1) add("flags");
  if (mask >> 49 & 1) add("vpr");
  return text;
}

TEST(DecodeMve, KnownInstructions) {
  // clang-format off
  const struct {
    const char *code, *assembly, *cls, *reads, *writes;
    int macs, loads, stores;
  } cases[] = {
      {"ef24 2846", "vadd.i32 q1, q2, q3", "vec_alu", "q2 q3", "q1", 0, 0, 0},
      {"ee22 2a03", "vmul.f32 s4, s4, s6", "fp_mul", "s4 s6", "s4", 1, 0, 0},
      {"ee03 0e40", "vmla.s8 q0, q1, r0", "vec_mac", "r0 q0 q1", "q0", 16, 0, 0},
      {"eef6 0e04", "vmladav.s16 r0, q3, q2", "vec_mac", "q2 q3", "r0", 8, 0, 0},
      {"eef6 0e24", "vmladava.s16 r0, q3, q2", "vec_mac", "r0 q2 q3", "r0", 8, 0, 0},
      {"ee86 0f24", "vrmlaldavha.s32 r0, r1, q3, q2", "vec_mac", "r0 r1 q2 q3", "r0 r1", 4, 0, 0},
      {"ed90 1f00", "vldrw.u32 q0, [r0]", "vec_load", "r0", "q0", 0, 2, 0},
      {"ecb0 1f04", "vldrw.u32 q0, [r0], #16", "vec_load", "r0", "r0 q0", 0, 2, 0},
      {"ed90 0e80", "vldrb.s16 q0, [r0]", "vec_load", "r0", "q0", 0, 2, 0},
      {"ed80 3f04", "vstrw.32 q1, [r0, #16]", "vec_store", "r0 q1", "", 0, 0, 2},
      {"fc90 0f43", "vldrw.u32 q0, [r0, q1, uxtw #2]", "vec_gather", "r0 q1", "q0", 0, 4, 0},
      {"eee2 1b10", "vdup.8 q1, r1", "vec_alu", "r1", "q1", 0, 0, 0},
      {"ef08 2c52", "vfma.f32 q1, q4, q1", "vec_fmac", "q1 q4", "q1", 4, 0, 0},
      {"f002 e801", "vctp.8 r2", "vec_predicate", "r2", "vpr", 0, 0, 0},
      {"fe71 0f4d", "vpst", "vec_predicate", "vpr", "vpr", 0, 0, 0},
      {"f042 e001", "dls lr, r2", "loop_start", "r2", "r14", 0, 0, 0},
      {"f00f c005", "le lr, ...", "loop_end", "r14", "r14 r15", 0, 0, 0},
      {"ea51 9002", "csinc r0, r1, r2, eq", "alu", "r1 r2 flags", "r0", 0, 0, 0},
      {"ea51 3323", "orrs.w r3, r1, r3, asr #12", "alu", "r1 r3", "r3 flags", 0, 0, 0},
  };
  // clang-format on
  for (const auto& c : cases) {
    SCOPED_TRACE(c.assembly);
    const std::vector<Insn> insns = decode(code_of(c.code), 0x1000, kIsa);
    ASSERT_EQ(insns.size(), 1u);
    EXPECT_EQ(name(insns[0].cls), c.cls);
    EXPECT_EQ(registers(insns[0].reads), c.reads);
    EXPECT_EQ(registers(insns[0].writes), c.writes);
    EXPECT_EQ(insns[0].macs, c.macs);
    EXPECT_EQ(insns[0].loads, c.loads);
    EXPECT_EQ(insns[0].stores, c.stores);
  }
}

int64_t cycles(std::string_view code) {
  const CoreTiming core = load_core("cortex_m55").value();
  return time_block(core, decode(code_of(code), 0, kIsa)).once.cycles;
}

TEST(CortexM55, SequencesOfThePublishedPipeline) {
  // LLVM ARMScheduleM55.td draws VLDR; VADD; VMUL; VSTR: one starts each cycle, but the store waits
  // for the load's and the product's beats. Here independent, then dependent, then in one pipe.
  constexpr std::string_view kLoad = "ed90 1f00 ", kAdd = "ef24 2846 ", kOther = "ef28 a84a ";
  EXPECT_EQ(cycles(std::string(kLoad)), 1);
  EXPECT_EQ(cycles(std::string(kLoad) + std::string(kAdd)), 2) << "two pipes: beats overlap";
  EXPECT_EQ(cycles(std::string(kAdd) + std::string(kOther)), 3) << "one pipe: two beats each";
  EXPECT_EQ(cycles("ed90 1f00 ed91 3f00"), 3) << "two loads";
  EXPECT_EQ(cycles("1c40 2105"), 1) << "adds r0, r0, #1 beside movs r1, #5";
  EXPECT_EQ(cycles("1888 2105"), 1) << "a pair needs one of them to be simple";
  EXPECT_EQ(cycles("1888 18d3"), 2) << "two additions of registers";
  EXPECT_EQ(cycles("6801 1c49"), 3) << "ldr r1, [r0]; adds r1, r1, #1 waits for the load";
  EXPECT_EQ(cycles("fb01 f002 fb00 f303"), 3) << "mul after mul: two cycles to the product";
}

TEST(CortexM55, ALoopOfOneBlockCostsWhatItsSecondRoundTakes) {
  const CoreTiming core = load_core("cortex_m55").value();
  // vldrw q0, [r0], #16; vstrw q0, [r1], #16; le back: both in one pipe, two beats each.
  const std::vector<Insn> loop = decode(code_of("ecb0 1f04 eca1 1f04 f00f c007"), 0, kIsa);
  ASSERT_EQ(loop.size(), 3u);
  EXPECT_EQ(loop[2].address + static_cast<uint32_t>(loop[2].offset_bytes), 0u);
  const BlockCost cost = time_block(core, loop);
  EXPECT_EQ(cost.once.cycles, 3) << "the store's second beat overlaps with what follows";
  EXPECT_EQ(cost.once.cycles + cost.taken_cycles(), 4) << "but not with the next load";
  EXPECT_EQ(cost.taken.sum() % kTicksPerCycle, 0);
}

/// Encodings that objdump names though the architecture gives them to nothing: immediates with bit
/// 7 set, VEOR with a size, elements as wide as what they are widened to.
bool is_reserved(std::string_view mnemonic, uint16_t first, uint16_t second) {
  const bool one_register = (first & 0xef80) == 0xef80 && (second & 0x50) == 0x50;
  if (one_register && (first & 0x38) == 0 && (second & 0x80) != 0) return true;
  if (mnemonic.starts_with("veor")) return (first & 0x30) != 0;
  if (!mnemonic.starts_with("vldr") && !mnemonic.starts_with("vstr")) return false;
  const bool widening = (second & 0x1e00) == 0x0e00;
  const unsigned size = second >> 7 & 3;
  return widening && (size == 0 || size == 3 || (size == 1 && (first & 8) != 0));
}

TEST(DecodeMveSlow, AgreesWithObjdumpOnRandomWords) {
  const std::filesystem::path objdump = find_program("arm-none-eabi-objdump");
  if (objdump.empty()) GTEST_SKIP() << "skipped: arm-none-eabi-objdump not installed";
  std::string name = (std::filesystem::temp_directory_path() / "assay-mve-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(name.data());
  std::mt19937 random(1);
  std::map<std::string, int> wrong;
  int compared = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<std::byte> code;
    std::vector<uint32_t> words;
    for (int i = 0; i < 500; ++i) {
      constexpr uint32_t kTops[] = {0xec, 0xed, 0xee, 0xef, 0xfc, 0xfd, 0xfe, 0xff};
      const uint32_t word = kTops[random() % 8] << 24 | (random() & 0xffffff);
      words.push_back(word);
      for (const uint32_t byte : {word >> 16, word >> 24, word, word >> 8})
        code.push_back(static_cast<std::byte>(byte & 0xff));
    }
    ASSERT_TRUE(write_file(folder / "words.bin", code));
    const Result<ProcessResult> listed =
        run_process({objdump.string(), "-D", "-b", "binary", "-m", "armv8.1-m.main", "-M",
                     "force-thumb", "words.bin"},
                    folder, 60);
    ASSERT_TRUE(listed) << text(listed.error());
    std::istringstream lines(listed->out);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream columns(line);
      std::string address, first, second, mnemonic;
      columns >> address >> first >> second >> mnemonic;
      const bool doubtful = line.find("UNDEFINED") != std::string::npos ||
                            line.find("UNPREDICTABLE") != std::string::npos ||
                            line.find("ndefined") != std::string::npos ||
                            line.find("illegal") != std::string::npos;
      if (first.size() != 4 || second.size() != 4 || doubtful || mnemonic[0] != 'v') continue;
      // Vectors only: what names a q register; the dot products and long multiplies are
      // A-profile's.
      const size_t q = line.find("\tq"), comma = line.find(", q");
      if (q == std::string::npos && comma == std::string::npos) continue;
      if (mnemonic.starts_with("vsdot") || mnemonic.starts_with("vudot") ||
          mnemonic.starts_with("vfmal") || mnemonic.starts_with("vfmsl"))
        continue;
      std::string root = mnemonic.substr(0, mnemonic.find('.'));
      const auto a = static_cast<uint16_t>(std::stoul(first, nullptr, 16));
      const auto b = static_cast<uint16_t>(std::stoul(second, nullptr, 16));
      if (is_reserved(mnemonic, a, b)) continue;
      const std::string_view row = mve_mnemonics(a, b);
      ++compared;
      // In a block of VPT objdump adds t or e; rows name the shortest form of a family.
      bool fits = false;
      std::istringstream known{std::string(row)};
      for (std::string word; known >> word;) {
        const std::string stem = word.substr(0, word.find_first_of(".!,"));
        fits |= root.starts_with(stem) || (stem.size() > 3 && root.starts_with(stem.substr(0, 4)));
      }
      if (!fits) ++wrong[fmt::format("{} as '{}' ({} {})", root, row, first, second)];
    }
  }
  std::filesystem::remove_all(folder);
  EXPECT_GT(compared, 2000);
  std::string all;
  for (const auto& [what, count] : wrong) all += fmt::format("{} x {}\n", count, what);
  EXPECT_TRUE(wrong.empty()) << all;
}

}  // namespace
}  // namespace assay
