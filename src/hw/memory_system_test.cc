// Memory systems by hand: short sequences whose waits follow from the manual's words.
#include "hw/memory_system.h"

#include <gtest/gtest.h>

#include "util/text.h"

namespace assay {
namespace {

constexpr uint32_t kFlash = 0x08000000, kRam = 0x20000000;

/// A board with a flash of 3 wait states, of which a read gives 16 bytes, and what `more` adds.
Target board(std::string_view flash, std::string_view more) {
  const std::string file = fmt::format(R"(description = "a board"
part = "X1"
core = "cortex_m4"
dsp = true
clock_hz = 100_000_000
[[memory]]
name = "FLASH"
kind = "flash"
address = 0x0800_0000
size_bytes = 65_536
{}
[[memory]]
name = "RAM"
kind = "ram"
address = 0x2000_0000
size_bytes = 8_192
{})",
                                       flash, more);
  Result<Target> target = read_target(file, "board.toml");
  EXPECT_TRUE(target) << (target ? "" : text(target.error()));
  return target ? *target : Target{};
}

constexpr std::string_view kThreeWaits =
    "waits = [{ max_clock_hz = 100_000_000, wait_states = 3 }]\nread_bytes = 16";

/// Code of 32-bit instructions, each of one cycle, none of which touches data.
CodeRun code(uint32_t begin, uint32_t bytes) { return {begin, begin + bytes, kCycle / 4, 0}; }

struct Bench {
  explicit Bench(Target made) : target(std::move(made)), memory(target) {}
  /// Cycles that it costs to fetch code, or to access data, at that cycle.
  int64_t fetch(uint32_t begin, uint32_t bytes, int64_t now) {
    const int64_t before = counts.cycles;
    CodeRun run = code(begin, bytes);
    memory.fetch(run, now, counts);
    return counts.cycles - before;
  }
  int64_t load(uint32_t address, int64_t now, uint32_t bytes = 4) {
    return access(address, bytes, false, now);
  }
  int64_t store(uint32_t address, int64_t now) { return access(address, 4, true, now); }
  int64_t access(uint32_t address, uint32_t bytes, bool is_store, int64_t now) {
    memory.start(code(kRam, 0), now);
    const int64_t before = counts.cycles;
    memory.access(address, bytes, is_store, counts);
    return counts.cycles - before;
  }
  int64_t spent(Cause cause) const { return counts.causes[cause] / kTicksPerCycle; }

  Target target;
  MemorySystem memory;
  Counts counts;
};

// ST RM0090, figure 5: sequential 32-bit instructions with 3 wait states. Without prefetch each
// line of four instructions waits three cycles; with prefetch only the first does, as four cycles
// are enough to read the next line.
TEST(Prefetch, HidesTheNextLineOfSequentialCode) {
  Bench without(board(kThreeWaits, ""));
  EXPECT_EQ(without.fetch(kFlash, 64, 0), 4 * 3);
  EXPECT_EQ(without.spent(Cause::flash_fetch), 12);
  Bench with(board(kThreeWaits, R"([[cache]]
name = "prefetch"
holds = "code"
regions = ["FLASH"]
line_bytes = 16
lines = 1
buffer = true
prefetch = true)"));
  EXPECT_EQ(with.fetch(kFlash, 64, 0), 3);
  EXPECT_EQ(with.counts.caches[0].misses, 1);
  EXPECT_EQ(with.counts.caches[0].hits, 3);
}

// The same with 16-bit instructions of one cycle that are twice as dense: eight cycles a line. And
// with code that takes only half of the four cycles: half of the wait is left.
TEST(Prefetch, IsLateWhereCodeIsFast) {
  Bench bench(board(kThreeWaits, R"([[cache]]
name = "prefetch"
holds = "code"
regions = ["FLASH"]
line_bytes = 16
lines = 1
buffer = true
prefetch = true)"));
  Counts counts;
  CodeRun run = {kFlash, kFlash + 32, kCycle / 8, 0};  // two cycles a line
  bench.memory.fetch(run, 0, counts);
  EXPECT_EQ(counts.cycles, 3 + 2);
}

/// Two lines with prefetch, as of the STM32G0.
std::string two_lines(std::string_view more) {
  return fmt::format(R"([[cache]]
name = "I-lines"
holds = "code"
regions = ["FLASH"]
line_bytes = 16
lines = 2
buffer = true
prefetch = true
{})",
                     more);
}

// ST RM0090 section 3.5.2: only what was in neither the current line, the prefetched line nor the
// cache is copied into it. So a loop of four lines keeps its first in two.
TEST(Prefetch, LeavesTheLinesToWhatMisses) {
  Bench bench(board(kThreeWaits, two_lines("misses_only = true")));
  EXPECT_EQ(bench.fetch(kFlash, 64, 0), 3);
  EXPECT_EQ(bench.fetch(kFlash, 64, 19), 0);
  Bench all(board(kThreeWaits, two_lines("")));
  EXPECT_EQ(all.fetch(kFlash, 64, 0), 3);
  EXPECT_EQ(all.fetch(kFlash, 64, 19), 3);
}

// The flash does one read at a time: data waits for the line of code that is being read ahead.
TEST(Prefetch, DelaysDataAndBranches) {
  Bench bench(board(kThreeWaits, two_lines("misses_only = true")));
  Counts counts;
  CodeRun line = {kFlash, kFlash + 16, kCycle / 4, 2 * kCycle};
  bench.memory.fetch(line, 0, counts);  // runs from 3 to 7, while the next line is read
  EXPECT_EQ(counts.cycles, 3);
  bench.memory.access(kFlash + 256, 4, false, counts);  // at 5: waits until 7, then its own 3
  EXPECT_EQ(counts.cycles, 3 + 5);
  bench.memory.access(kFlash + 256, 4, false, counts);
  EXPECT_EQ(counts.cycles, 3 + 5 + 3);
  EXPECT_EQ(bench.fetch(kFlash + 512, 16, 20), 3);
  EXPECT_EQ(bench.fetch(kFlash + 1024, 16, 25), 2 + 3);  // 528 is read from 23 to 27
}

constexpr std::string_view kArt = R"([[cache]]
name = "I-lines"
holds = "code"
regions = ["FLASH"]
line_bytes = 16
lines = 2
buffer = true
[[cache]]
name = "D-lines"
holds = "data"
regions = ["FLASH"]
line_bytes = 16
lines = 2
buffer = true)";

// ST RM0090 section 3.5.2: on a miss, the line read is copied into the instruction cache; once all
// lines are filled, the least recently used is replaced.
TEST(FlashAccelerator, KeepsTheLinesUsedLast) {
  Bench bench(board(kThreeWaits, kArt));
  EXPECT_EQ(bench.fetch(kFlash, 16, 0), 3);
  EXPECT_EQ(bench.fetch(kFlash + 0x40, 16, 10), 3);
  EXPECT_EQ(bench.fetch(kFlash, 16, 20), 0);         // there
  EXPECT_EQ(bench.fetch(kFlash + 0x80, 16, 30), 3);  // in the place of 0x40
  EXPECT_EQ(bench.fetch(kFlash, 16, 40), 0);
  EXPECT_EQ(bench.fetch(kFlash + 0x40, 16, 50), 3);
  EXPECT_EQ(bench.counts.caches[0].misses, 4);
  EXPECT_EQ(bench.counts.regions[0].fetches, 6);
}

TEST(FlashAccelerator, ReadsALineOfDataOnce) {
  Bench bench(board(kThreeWaits, kArt));
  EXPECT_EQ(bench.load(kFlash + 4, 0), 3);
  EXPECT_EQ(bench.load(kFlash + 8, 4), 0);
  EXPECT_EQ(bench.load(kFlash + 0, 5), 0);
  EXPECT_EQ(bench.load(kFlash + 16, 6), 3);
  EXPECT_EQ(bench.spent(Cause::flash_data), 6);
  EXPECT_EQ(bench.counts.caches[1].hits, 2);
  EXPECT_EQ(bench.load(kRam, 20), 0);
}

// STM32L4, two banks: a line has 32 bytes, a read gives 8 of them (lines of 4*64 bits).
TEST(FlashAccelerator, FillsALineInParts) {
  Bench bench(board("waits = [{ max_clock_hz = 100_000_000, wait_states = 3 }]\nread_bytes = 8",
                    R"([[cache]]
name = "D-lines"
holds = "data"
regions = ["FLASH"]
line_bytes = 32
fill_bytes = 8
lines = 1
buffer = true)"));
  int64_t waits = 0;
  for (uint32_t i = 0; i < 8; ++i) waits += bench.load(kFlash + 4 * i, 10 * i);
  EXPECT_EQ(waits, 4 * 3);
  EXPECT_EQ(bench.load(kFlash, 100), 0);
}

// The flash does one read at a time: a second miss waits for the end of the first.
TEST(FlashAccelerator, ReadsOneAfterAnother) {
  Bench bench(board(kThreeWaits, ""));
  EXPECT_EQ(bench.load(kFlash, 0), 3);
  EXPECT_EQ(bench.load(kFlash + 32, 1), 3 + 3);  // issued at 1, the flash is free at 4
}

// A flash that reads ahead behind a cache: a stream of data that follows on waits for the cache
// alone; one that jumps waits for its own read, and for what was read ahead in vain.
TEST(Prefetch, HelpsSequentialDataBehindACache) {
  Bench bench(board(kThreeWaits, R"([[cache]]
name = "ICACHE"
holds = "all"
regions = ["FLASH"]
line_bytes = 16
lines = 64
ways = 2
prefetch = true
miss_cycles = 2
miss_source = "made up")"));
  EXPECT_EQ(bench.load(kFlash, 0), 2 + 3);        // there at 6; the flash reads on until 10
  EXPECT_EQ(bench.load(kFlash + 4, 6), 0);        // a hit
  EXPECT_EQ(bench.load(kFlash + 16, 20), 2);      // had been read by 10
  EXPECT_EQ(bench.load(kFlash + 32, 24), 2 + 2);  // being read: from 23 to 27, wanted at 25
  EXPECT_EQ(bench.load(kFlash + 256, 100), 2 + 3);
  EXPECT_EQ(bench.load(kFlash + 512, 107), 3 + 2 + 3);  // 272 is read until 110
  EXPECT_EQ(bench.fetch(kFlash + 528, 16, 200), 2);     // code too
  EXPECT_EQ(bench.counts.caches[0].misses, 6);
}

/// Accelerators and caches of each kind: with lines filled in parts or whole, code's own or shared
/// with data, with prefetch into a buffer, past it, or none.
constexpr std::string_view kKinds[] = {
    "holds = \"code\"\nlines = 2\nbuffer = true\nprefetch = true",
    "holds = \"code\"\nlines = 8\nfill_bytes = 8\nbuffer = true\nprefetch = true\n"
    "misses_only = true\n[[cache]]\nname = \"D\"\nregions = [\"FLASH\"]\nline_bytes = 32\n"
    "holds = \"data\"\nlines = 2\nfill_bytes = 8\nbuffer = true",
    "holds = \"code\"\nlines = 8\nbuffer = true\nprefetch = true\nmisses_only = false\n"
    "[[cache]]\nname = \"D\"\nregions = [\"FLASH\"]\nline_bytes = 32\n"
    "holds = \"data\"\nlines = 2\nbuffer = true",
    "holds = \"code\"\nlines = 16\nways = 4\nmiss_cycles = 1\nmiss_source = \"made up\"",
    "holds = \"all\"\nlines = 16\nways = 2\nprefetch = true",
    "holds = \"all\"\nlines = 16\nways = 2\nfill_bytes = 16",
};

// What is remembered of code that waited for nothing must change nothing: the same walk through
// loops, jumps and data, with CodeRuns that live on and with new ones each time.
TEST(HeldCode, CountsAsIfItWereLookedUpEachTime) {
  for (const std::string_view kind : kKinds) {
    SCOPED_TRACE(kind);
    const std::string cache =
        fmt::format("[[cache]]\nname = \"I\"\nregions = [\"FLASH\"]\nline_bytes = 32\n{}", kind);
    Bench kept(board(kThreeWaits, cache)), anew(board(kThreeWaits, cache));
    std::vector<CodeRun> runs;
    for (uint32_t i = 0; i < 40; ++i)  // of all lengths and paces, some of them slower than flash
      runs.push_back({kFlash + i * 38 + i % 3, kFlash + i * 38 + 2 + i * 7 % 90,
                      static_cast<int32_t>(1 + i * 5 % 17), kCycle});
    uint64_t state = 1;
    const auto random = [&state](uint32_t below) {
      state = state * 6364136223846793005 + 1442695040888963407;
      return static_cast<uint32_t>(state >> 40) % below;
    };
    int64_t remembered = 0;
    for (int loop = 0; loop < 400; ++loop) {
      const uint32_t from = random(40), blocks = 1 + random(4), data = random(4096);
      for (uint32_t step = 0; step < 8 * blocks; ++step) {
        CodeRun& run = runs[(from + step % blocks) % 40];
        CodeRun copy = run;
        copy.held = {};
        const int64_t now = 100 * loop + 3 * step;
        remembered += run.held.parts;
        kept.memory.fetch(run, now, kept.counts);
        anew.memory.fetch(copy, now, anew.counts);
        const uint32_t address = kFlash + 4 * ((data + step / 3) % 4096);
        if (step % 2 == 0) kept.memory.access(address, 4, false, kept.counts);
        if (step % 2 == 0) anew.memory.access(address, 4, false, anew.counts);
      }
      ASSERT_EQ(kept.counts.cycles, anew.counts.cycles) << loop;
      ASSERT_EQ(kept.counts.causes.ticks, anew.counts.causes.ticks) << loop;
      ASSERT_EQ(kept.counts.regions[0].fetches, anew.counts.regions[0].fetches) << loop;
      for (size_t i = 0; i < 2; ++i) {
        ASSERT_EQ(kept.counts.caches[i].hits, anew.counts.caches[i].hits) << loop;
        ASSERT_EQ(kept.counts.caches[i].misses, anew.counts.caches[i].misses) << loop;
      }
    }
    const bool alone = kind == kKinds[0];  // where data has no lines, what is read ahead delays it
    EXPECT_EQ(remembered > 0, !alone);
  }
}

TEST(MemorySystem, ChargesTheBusThatDataSharesWithCode) {
  Bench bench(
      board("waits = [{ max_clock_hz = 100_000_000, wait_states = 0 }]\n"
            "data_read_cycles = 0.5",
            ""));
  EXPECT_EQ(bench.load(kFlash, 0), 0);  // half a cycle is owed
  EXPECT_EQ(bench.load(kFlash, 9), 1);
  EXPECT_EQ(bench.spent(Cause::bus), 1);
  check_causes(bench.counts);
}

TEST(MemorySystem, ReadsTheFarPartOfARegionMoreSlowly) {
  Bench bench(
      board("", "far_address = 0x2000_1000\nfar_read_cycles = 1\nfar_source = \"somewhere\""));
  EXPECT_EQ(bench.load(kRam + 0x0ffc, 0), 0);
  EXPECT_EQ(bench.load(kRam + 0x1000, 9), 1);
  EXPECT_EQ(bench.store(kRam + 0x1000, 18), 0);
  EXPECT_EQ(bench.spent(Cause::bus), 1);
  const auto near = bench.memory.immediate(kRam, 4, false);
  ASSERT_TRUE(near);
  EXPECT_EQ(near->last, kRam + 0x0fff);
  EXPECT_FALSE(bench.memory.immediate(kRam + 0x1000, 4, false));
  EXPECT_TRUE(bench.memory.times_data());
}

// Arm DDI 0489F section 5.9: the requested data comes first, the rest of the line behind it.
// 64-bit bus at the core's clock, 256-bit flash with 7 wait states, as on an STM32F746.
constexpr std::string_view kSevenWaits =
    "waits = [{ max_clock_hz = 100_000_000, wait_states = 7 }]\nread_bytes = 32\nbus_bytes = 8";
constexpr std::string_view kL1 = R"(waits = [{ max_clock_hz = 100_000_000, wait_states = 0 }]
[[cache]]
name = "L1 D-cache"
holds = "data"
regions = ["FLASH", "RAM"]
line_bytes = 32
lines = 128
ways = 4
write_back = true)";

TEST(L1Cache, TakesTheCriticalWordFirst) {
  Bench bench(board(kSevenWaits, kL1));
  EXPECT_EQ(bench.load(kFlash + 16, 0), 7);
  EXPECT_EQ(bench.load(kFlash + 24, 8), 0);  // arrives with the next beat, at 9
  Bench again(board(kSevenWaits, kL1));
  EXPECT_EQ(again.load(kFlash + 16, 0), 7);
  EXPECT_EQ(again.load(kFlash + 8, 8), 2);  // the last of the four beats, at 11
  EXPECT_EQ(again.spent(Cause::dcache_miss), 9);
}

TEST(L1Cache, FourWaysHoldFourLinesOfASet) {
  Bench bench(board(kSevenWaits, kL1));
  constexpr uint32_t kSetStride = 32 * 32;  // 32 sets of 32 bytes
  for (uint32_t way = 0; way < 4; ++way)
    EXPECT_EQ(bench.load(kFlash + way * kSetStride, 100 * way), 7);
  for (uint32_t way = 0; way < 4; ++way)
    EXPECT_EQ(bench.load(kFlash + way * kSetStride, 1000 + 100 * way), 0);
  EXPECT_EQ(bench.load(kFlash + 4 * kSetStride, 2000), 7);
  EXPECT_EQ(bench.load(kFlash, 3000), 7);  // the first had to go
}

TEST(L1Cache, AllocatesOnStoresBehindTheCoresBack) {
  Bench bench(board(kSevenWaits, kL1));
  EXPECT_EQ(bench.store(kRam, 0), 0);
  EXPECT_EQ(bench.counts.caches[0].misses, 1);
  EXPECT_EQ(bench.load(kRam + 4, 100), 0);
  EXPECT_EQ(bench.counts.caches[0].hits, 1);
}

// RP2040: 62.5 MHz SPI at 125 MHz, 12 clocks before the first data, 2 clocks a byte: a word comes
// after (12 + 8) * 2 = 40 cycles, the line of 8 bytes after 56.
TEST(SerialFlash, TakesCommandAndData) {
  Bench bench([] {
    Target target = board(
        "serial = { clock_hz = 50_000_000, command_clocks = 12, clocks_per_byte = 2 }", R"([[cache]]
name = "XIP cache"
holds = "all"
regions = ["FLASH"]
line_bytes = 8
lines = 4
ways = 2)");
    return target;
  }());
  EXPECT_EQ(bench.load(kFlash, 0), 39);
  EXPECT_EQ(bench.load(kFlash + 4, 41), 14);  // at 56
  EXPECT_EQ(bench.load(kFlash + 4, 100), 0);
  EXPECT_EQ(bench.fetch(kFlash, 8, 200), 0);  // data and code share it
}

// Arm's write buffer of the Cortex-M3 and M4 has one entry: a single store to slow RAM is free, the
// next waits for it.
TEST(WriteBuffer, HidesOneStore) {
  Bench bench(board("waits = [{ max_clock_hz = 100_000_000, wait_states = 0 }]",
                    "waits = [{ max_clock_hz = 100_000_000, wait_states = 2 }]"));
  EXPECT_EQ(bench.store(kRam, 0), 0);
  EXPECT_EQ(bench.store(kRam, 1), 2);  // the memory is busy until 3
  EXPECT_EQ(bench.store(kRam, 50), 0);
  EXPECT_EQ(bench.spent(Cause::bus), 2);
}

// Arm DDI 0439B section 3.3.2: a halfword-aligned word one cycle, a byte-aligned word two, a
// byte-aligned halfword one; stores none.
TEST(MemorySystem, SplitsUnalignedLoads) {
  const Target target = board("", "");
  CoreRules rules;
  rules.unaligned_load = 1;
  rules.unaligned_parts = true;
  MemorySystem memory(target, rules);
  const auto cycles = [&](uint32_t address, uint32_t bytes, bool is_store) {
    Counts counts;
    memory.access(address, bytes, is_store, counts);
    EXPECT_EQ(counts.causes[Cause::unaligned], counts.cycles * kTicksPerCycle);
    return counts.cycles;
  };
  EXPECT_EQ(cycles(kRam, 4, false), 0);
  EXPECT_EQ(cycles(kRam + 2, 4, false), 1);
  EXPECT_EQ(cycles(kRam + 1, 4, false), 2);
  EXPECT_EQ(cycles(kRam + 1, 2, false), 1);
  EXPECT_EQ(cycles(kRam + 1, 1, false), 0);
  EXPECT_EQ(cycles(kRam + 4, 8, false), 0);  // LDRD needs words aligned
  EXPECT_EQ(cycles(kRam + 1, 4, true), 0);
}

TEST(L1Cache, GoesOnUntilTheResultIsNeeded) {
  Bench bench(board(kSevenWaits, std::string(kL1) + "\nhidden_cycles = 2"));
  EXPECT_EQ(bench.load(kFlash, 0), 5);
}

TEST(MemorySystem, IsColdAfterReset) {
  Bench bench(board(kThreeWaits, kArt));
  EXPECT_EQ(bench.load(kFlash, 0), 3);
  EXPECT_EQ(bench.load(kFlash, 10), 0);
  bench.memory.reset();
  EXPECT_EQ(bench.load(kFlash, 20), 3);
}

TEST(MemorySystem, TightlyCoupledMemoryNeverWaits) {
  Bench bench(board(kThreeWaits, "clock_divider = 4\ntightly_coupled = true"));
  EXPECT_EQ(bench.load(kRam, 0), 0);
  EXPECT_EQ(bench.fetch(kRam, 64, 0), 0);
}

TEST(ReadCaches, RefusesWhatCannotBe) {
  const auto refusal = [](std::string_view cache) {
    const std::string file = fmt::format(R"(description = "a board"
part = "X1"
core = "cortex_m3"
clock_hz = 1
[[memory]]
name = "FLASH"
kind = "flash"
address = 0
size_bytes = 64
[[memory]]
name = "RAM"
kind = "ram"
address = 64
size_bytes = 64
[[cache]]
name = "C"
holds = "code"
{})",
                                         cache);
    const Result<Target> target = read_target(file, "b.toml");
    return target ? "" : text(target.error());
  };
  EXPECT_EQ(refusal("regions = [\"FLASH\"]\nline_bytes = 16\nlines = 4\nways = 2"), "");
  EXPECT_NE(
      refusal("regions = [\"FLASHH\"]\nline_bytes = 16\nlines = 4").find("no [[memory]] is called"),
      std::string::npos);
  EXPECT_NE(
      refusal("regions = [\"FLASH\"]\nline_bytes = 12\nlines = 4").find("need a power of two"),
      std::string::npos);
  EXPECT_NE(refusal("regions = [\"FLASH\"]\nline_bytes = 16\nlines = 6\nways = 2").find("of sets"),
            std::string::npos);
  EXPECT_NE(refusal("regions = [\"FLASH\"]\nline_bytes = 16\nlines = 4\n[[cache]]\nname = \"D\"\n"
                    "holds = \"all\"\nregions = [\"FLASH\"]\nline_bytes = 16\nlines = 4")
                .find("both stand before FLASH"),
            std::string::npos);
}

TEST(MemorySystem, FetchesTheLastLineOfTheAddressSpace) {
  Target target = board(kThreeWaits, "");
  target.regions[0].address = 0xffff0000;
  target.regions[0].size_bytes = 0x10000;
  Bench bench(target);
  EXPECT_EQ(bench.fetch(0xfffffff0, 12, 0), 3);
}

}  // namespace
}  // namespace assay
