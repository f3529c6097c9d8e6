// The AVR decoder against truth written by hand, and against objdump on every first word that there
// is; the timing of its cores against the cycles of the manual, instruction by instruction.
#include "hw/avr.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "hw/isa_family.h"
#include "hw/timer.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

/// "9508 940e 0123": words as the manual writes them.
std::vector<std::byte> code_of(std::string_view words) {
  std::vector<std::byte> code;
  std::istringstream stream{std::string(words)};
  for (std::string word; stream >> word;) {
    const unsigned long value = std::stoul(word, nullptr, 16);
    code.push_back(static_cast<std::byte>(value & 0xff));
    code.push_back(static_cast<std::byte>(value >> 8));
  }
  return code;
}

// --- By hand ---------------------------------------------------------------------------------

std::string describe(const Insn& insn) {
  std::string text = fmt::format("{} {}", name(insn.cls), insn.size);
  if (insn.loads) text += fmt::format(", loads {}", insn.loads);
  if (insn.stores) text += fmt::format(", stores {}", insn.stores);
  if (insn.macs) text += ", mac";
  if (insn.reads_code) text += ", of code";
  if (insn.kind == AluKind::word) text += ", word";
  if (insn.stack_drop_bytes) text += fmt::format(", sp {:+}", -insn.stack_drop_bytes);
  if (insn.writes != 0 && !insn.stack_drop_bytes) text += ", sets sp";
  if (insn.conditional) text += ", conditional";
  if (insn.offset_bytes) text += fmt::format(" {:+}", insn.offset_bytes);
  if (insn.skipped_bytes) text += ", skips";
  if (insn.ends_block) text += ", ends";
  return text;
}

struct Case {
  std::string_view words, assembly, isa, truth;
};

constexpr Case kCases[] = {
    {"0f8e", "add r24, r30", "avr5", "alu 2"},
    {"01cf", "movw r24, r30", "avr5", "move 2"},
    {"9601", "adiw r24, 1", "avr5", "alu 2, word"},
    {"9fe0", "mul r30, r16", "avr5", "mul 2, mac"},
    {"8189", "ldd r24, Y+1", "avr5", "load 2, loads 1"},
    {"938d", "st X+, r24", "avr5", "store 2, stores 1"},
    {"9180 0100", "lds r24, 0x0100", "avr5", "load 4, loads 1"},
    {"9195", "lpm r25, Z+", "avr5", "load 2, loads 1, of code"},
    {"93df", "push r29", "avr5", "store 2, stores 1, sp -1"},
    {"91df", "pop r29", "avr5", "load 2, loads 1, sp +1"},
    {"bfcd", "out SPL, r28", "avr5", "system 2, sets sp"},
    {"bfde", "out SPH, r29", "avr5", "system 2"},
    {"940e 0123", "call", "avr5", "call 4, stores 2, sp -2, ends"},
    {"940e 0123", "call", "avr6", "call 4, stores 3, sp -3, ends"},
    {"d000", "rcall .+0", "avr5", "call 2, stores 2, sp -2, ends"},
    {"9508", "ret", "avr6", "load_pc 2, loads 3, sp +3, ends"},
    {"cfff", "rjmp .-2", "avr5", "branch 2, ends"},
    {"f7f1", "brne .-4", "avr5", "branch 2, conditional -2, ends"},
    {"fd87", "sbrc r24, 7", "avr5", "branch 2, conditional, skips, ends"},
    {"9409", "ijmp", "avr5", "indirect 2, ends"},
    {"9204", "xch, of AVRxm", "avr5", "unknown 2"},
};

TEST(Avr, DecodesByHand) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.assembly);
    const std::vector<Insn> insns = decode(code_of(row.words), 0x100, row.isa);
    ASSERT_EQ(insns.size(), 1u);
    EXPECT_EQ(describe(insns[0]), row.truth);
  }
  EXPECT_TRUE(decode({}, 0, "avr5").empty());
  EXPECT_EQ(decode(code_of("940e"), 0, "avr5")[0].cls, InsnClass::unknown);  // cut in the middle
  EXPECT_EQ(mnemonic({}, 0, "avr5"), ".byte");
}

TEST(Avr, KnowsWhereOperandsStand) {
  const auto text = [](std::string_view words) {
    const AvrAccess access = avr_access(code_of(words));
    return fmt::format("{} {} r{} {:+}", static_cast<int>(access.kind),
                       access.is_store ? "st" : "ld", access.low_register, access.offset);
  };
  using Kind = AvrAccess::Kind;
  const auto is = [](Kind kind, std::string_view rest) {
    return fmt::format("{} {}", static_cast<int>(kind), rest);
  };
  EXPECT_EQ(text("aff9"), is(Kind::pointer, "st r28 +57"));  // std Y+57, r31
  EXPECT_EQ(text("a187"), is(Kind::pointer, "ld r30 +39"));  // ldd r24, Z+39
  EXPECT_EQ(text("918e"), is(Kind::pointer, "ld r26 -1"));   // ld r24, -X
  EXPECT_EQ(text("918d"), is(Kind::pointer, "ld r26 +0"));   // ld r24, X+
  EXPECT_EQ(text("9380 0234"), is(Kind::direct, "st r0 +564"));
  EXPECT_EQ(text("95c8"), is(Kind::code, "ld r0 +0"));
  EXPECT_EQ(text("9187"), is(Kind::extended_code, "ld r0 +0"));
  EXPECT_EQ(text("940e 0123"), is(Kind::call, "st r0 +0"));
  EXPECT_EQ(text("9508"), is(Kind::ret, "ld r0 +0"));
  EXPECT_EQ(text("0f8e"), is(Kind::none, "ld r0 +0"));
}

// --- Against objdump -------------------------------------------------------------------------

/// objdump's aliases, by the instruction that they are.
std::string without_alias(const std::string& mnemonic) {
  static const std::map<std::string, std::string> kAliases = {
      {"lsl", "add"}, {"rol", "adc"}, {"tst", "and"}, {"clr", "eor"},
      {"ser", "ldi"}, {"sbr", "ori"}, {"cbr", "andi"}};
  static const std::set<std::string> kBitsSet = {"sec", "sez", "sen", "sev",
                                                 "ses", "seh", "set", "sei"};
  static const std::set<std::string> kBitsClear = {"clc", "clz", "cln", "clv",
                                                   "cls", "clh", "clt", "cli"};
  static const std::set<std::string> kIfSet = {"brcs", "brlo", "breq", "brmi", "brvs",
                                               "brlt", "brhs", "brts", "brie"};
  static const std::set<std::string> kIfClear = {"brcc", "brsh", "brne", "brpl", "brvc",
                                                 "brge", "brhc", "brtc", "brid"};
  if (const auto found = kAliases.find(mnemonic); found != kAliases.end()) return found->second;
  if (kBitsSet.contains(mnemonic)) return "bset";
  if (kBitsClear.contains(mnemonic)) return "bclr";
  if (kIfSet.contains(mnemonic)) return "brbs";
  if (kIfClear.contains(mnemonic)) return "brbc";
  return mnemonic;
}

/// Compares one line of a disassembly; "" if we agree.
std::string disagreement(std::span<const std::byte> code, uint32_t bytes, std::string theirs) {
  static const std::set<std::string> kOfXmega = {"xch", "las", "lac", "lat", "des"};
  const Insn insn = decode(code, 0, "avr6").front();
  const bool unknown = theirs == ".word" || kOfXmega.contains(theirs);
  const bool spm_plus = theirs == "spm" && insn.cls == InsnClass::unknown;  // "spm Z+": AVRxm
  if (unknown || spm_plus) return insn.cls == InsnClass::unknown ? "" : "is not in AVRe+";
  theirs = without_alias(theirs);
  std::string ours = mnemonic(code, 0, "avr6");
  if ((ours == "ldd" && theirs == "ld") || (ours == "std" && theirs == "st")) ours = theirs;
  if (insn.size != bytes) return fmt::format("is {} bytes, not {}", bytes, insn.size);
  return ours == theirs ? "" : "is not " + ours;
}

TEST(AvrSlow, AgreesWithObjdumpOnEveryWord) {
  if (find_program("avr-objdump").empty()) GTEST_SKIP() << "skipped: avr-objdump not installed";
  std::string folder = (std::filesystem::temp_directory_path() / "assay-avr-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  constexpr uint32_t kChunk = 0x2000;  // words whose listing fits into what run_process keeps
  size_t count = 0;
  for (uint32_t first = 0; first < 0x10000; first += kChunk) {
    std::vector<std::byte> code;
    for (uint32_t word = first; word < first + kChunk; ++word)
      for (const uint32_t byte : {word & 0xff, word >> 8, 0u, 0u})
        code.push_back(static_cast<std::byte>(byte));
    ASSERT_TRUE(write_file(folder + "/words.bin", code));
    const auto listing = run_process(
        {"avr-objdump", "-D", "-z", "-b", "binary", "-m", "avr:6", "words.bin"}, folder);
    ASSERT_TRUE(listing);
    std::istringstream lines(listing->out);
    for (std::string line; std::getline(lines, line);) {
      const size_t colon = line.find(":\t"), tab = line.find('\t', colon + 2);
      if (colon == std::string::npos || tab == std::string::npos) continue;
      const size_t at = std::stoul(line, nullptr, 16);
      if (at % 4 != 0 || at + 4 > code.size()) continue;  // the second word
      std::istringstream rest(line.substr(tab + 1));
      std::string theirs, byte;
      rest >> theirs;
      std::istringstream digits(line.substr(colon + 2, tab - colon - 2));
      uint32_t bytes = 0;
      while (digits >> byte) ++bytes;
      const std::string wrong = disagreement(std::span(code).subspan(at, 4), bytes, theirs);
      EXPECT_EQ(wrong, "") << line;
      ++count;
    }
  }
  EXPECT_EQ(count, 0x10000u);
  std::filesystem::remove_all(folder);
}

// --- Timing ----------------------------------------------------------------------------------

struct Timed {
  std::string_view words, assembly;
  int64_t avr5, avr6;  ///< not taken
  int64_t taken = 0;   ///< more when taken
};

/// AVR Instruction Set Manual, AVRe; ATmega2560 data sheet 2549O, 8.
constexpr Timed kTimes[] = {
    {"0f8e", "add", 1, 1},
    {"01cf", "movw", 1, 1},
    {"9601", "adiw", 2, 2},
    {"9701", "sbiw", 2, 2},
    {"9fe0", "mul", 2, 2},
    {"02e0", "muls", 2, 2},
    {"0300", "mulsu", 2, 2},
    {"0308", "fmul", 2, 2},
    {"9403", "inc", 1, 1},
    {"ef8f", "ldi", 1, 1},
    {"8189", "ldd", 2, 2},
    {"918d", "ld X+", 2, 2},
    {"918e", "ld -X", 2, 2},
    {"9180 0100", "lds", 2, 2},
    {"8389", "std", 2, 2},
    {"938d", "st X+", 2, 2},
    {"9380 0100", "sts", 2, 2},
    {"9195", "lpm Z+", 3, 3},
    {"95c8", "lpm", 3, 3},
    {"9187", "elpm Z+", 3, 3},
    {"93df", "push", 2, 2},
    {"91df", "pop", 2, 2},
    {"b78d", "in", 1, 1},
    {"bfcd", "out", 1, 1},
    {"9a00", "sbi", 2, 2},
    {"9800", "cbi", 2, 2},
    {"cfff", "rjmp", 2, 2},
    {"940c 0123", "jmp", 3, 3},
    {"9409", "ijmp", 2, 2},
    {"d000", "rcall", 3, 4},
    {"940e 0123", "call", 4, 5},
    {"9509", "icall", 3, 4},
    {"9508", "ret", 4, 5},
    {"9518", "reti", 4, 5},
    {"f7f1", "brne", 1, 1, 1},
    {"fd87", "sbrc", 1, 1, 1},
    {"1000", "cpse", 1, 1, 1},
    {"9900", "sbic", 1, 1, 1},
    {"9408", "sec", 1, 1},
    {"fa80", "bst", 1, 1},
    {"0000", "nop", 1, 1},
    {"95a8", "wdr", 1, 1},
    {"0f8e 8189 9195 cfff", "a block: the sum", 8, 8},
};

TEST(Avr, TakesTheManualsCycles) {
  for (const char* name : {"avr5", "avr6"}) {
    const Result<CoreTiming> core = load_core(name);
    ASSERT_TRUE(core) << text(core.error());
    for (const Timed& row : kTimes) {
      SCOPED_TRACE(fmt::format("{}: {}", name, row.assembly));
      const BlockCost cost = time_block(*core, decode(code_of(row.words), 0, core->isa));
      EXPECT_EQ(cost.once.cycles, core->isa == "avr5" ? row.avr5 : row.avr6);
      EXPECT_EQ(cost.taken_cycles(), row.taken);
    }
  }
}

TEST(Avr, ASkipTakesACycleForEachWordSkipped) {
  const Result<CoreTiming> core = load_core("avr5");
  ASSERT_TRUE(core);
  std::vector<Insn> block = decode(code_of("fd87"), 0, "avr5");
  block.back().skipped_bytes = 4;
  EXPECT_EQ(time_block(*core, block).taken_cycles(), 2);
}

TEST(Avr, SaysWhatCyclesAreFor) {
  const Result<CoreTiming> core = load_core("avr5");
  ASSERT_TRUE(core);
  const auto cycles = [&](std::string_view words, Cause cause) {
    return time_block(*core, decode(code_of(words), 0, "avr5")).once.causes[cause] / kTicksPerCycle;
  };
  EXPECT_EQ(cycles("9195", Cause::load), 1);
  EXPECT_EQ(cycles("9195", Cause::load_use), 1);
  EXPECT_EQ(cycles("9195", Cause::flash_data), 1);
  EXPECT_EQ(cycles("940e 0123", Cause::call), 4);
  EXPECT_EQ(cycles("9508", Cause::call), 4);
  EXPECT_EQ(cycles("cfff", Cause::branch_refill), 1);
  EXPECT_EQ(cycles("9fe0", Cause::multiply_latency), 1);
}

}  // namespace
}  // namespace assay
