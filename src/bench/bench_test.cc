// The micro-programs against plain formulas, cases against operators, costs to their file and back.
#include "bench/bench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <numbers>
#include <numeric>

#include "bench/costs.h"
#include "hw/target_power.h"
#include "util/embedded.h"
#include "util/files.h"
#include "util/hash.h"

#define BENCH_HOST 1
#include "bench_program.h"

extern "C" {
#define BENCH_PROGRAM(id) extern const struct bench_program bench_##id##_program;
#include "bench_programs.def"
#undef BENCH_PROGRAM
}

namespace assay {
namespace {

/// Runs a program on the host: x and its table made up as in the firmware.
template <class X, class Out>
std::pair<std::vector<X>, std::vector<Out>> run_program(const bench_program& program, int32_t n,
                                                        int32_t m) {
  std::vector<X> x(static_cast<size_t>(program.x_elements(n, m)));
  std::vector<Out> out(static_cast<size_t>(program.out_elements(n, m)));
  std::vector<int32_t> table(static_cast<size_t>(program.w_elements(n, m)) + 1);  // any type fits
  bench_random(program.x_type, x.data(), program.x_elements(n, m), 1);
  if (program.fill)
    program.fill(table.data(), n, m);
  else
    bench_random(program.w_type, table.data(), program.w_elements(n, m), 2);
  program.run(x.data(), table.data(), out.data(), n, m);
  return {x, out};
}

std::complex<double> fourier(const std::vector<double>& x, size_t k) {
  std::complex<double> sum;
  for (size_t i = 0; i < x.size(); ++i)
    sum += std::polar(x[i], -2 * std::numbers::pi * static_cast<double>(i * k % x.size()) /
                                static_cast<double>(x.size()));
  return sum;
}

TEST(MicroPrograms, TransformOfFloatsIsTheFourierSum) {
  for (const int32_t n : {8, 256, 1024}) {
    const auto [x, out] = run_program<float, float>(bench_fft_f32_program, n, 0);
    const std::vector<double> wide(x.begin(), x.end());
    for (size_t k = 0; k <= wide.size() / 2; ++k) {
      const std::complex<double> expected = fourier(wide, k);
      EXPECT_NEAR(out[2 * k], expected.real(), 1e-3) << n << " " << k;
      EXPECT_NEAR(out[2 * k + 1], expected.imag(), 1e-3) << n << " " << k;
    }
  }
}

TEST(MicroPrograms, TransformOfInt16IsTheFourierSumOverTwiceTheLength) {
  const int32_t n = 512;
  const auto [x, out] = run_program<int16_t, int16_t>(bench_fft_s16_program, n, 0);
  const std::vector<double> wide(x.begin(), x.end());
  for (size_t k = 0; k <= wide.size() / 2; ++k) {
    const std::complex<double> expected = fourier(wide, k) / (2.0 * n);
    EXPECT_NEAR(out[2 * k], expected.real(), 12) << k;
    EXPECT_NEAR(out[2 * k + 1], expected.imag(), 12) << k;
  }
}

TEST(MicroPrograms, DotProductsAreSums) {
  const auto [x, out] = run_program<int8_t, int32_t>(bench_mac_s8_program, 250, 0);
  std::vector<int8_t> w(250);
  bench_random(BENCH_S8, w.data(), 250, 2);
  EXPECT_EQ(out[0], std::inner_product(x.begin(), x.end(), w.begin(), 0));
}

TEST(MicroPrograms, MelBandsOverlapToOne) {
  // Between the first and the last centre the triangles add up to 1: all-ones in, the sum of the
  // bands is the number of bins but for the ends'.
  const int32_t bins = 257, bands = 20;
  std::vector<float> table(static_cast<size_t>(bench_mel_f32_program.w_elements(bins, bands)));
  bench_mel_f32_program.fill(table.data(), bins, bands);
  const std::vector<float> ones(bins, 1.0F);
  std::vector<float> out(bands);
  bench_mel_f32_program.run(ones.data(), table.data(), out.data(), bins, bands);
  const float sum = std::accumulate(out.begin(), out.end(), 0.0F);
  EXPECT_GT(sum, 0.85F * bins);
  EXPECT_LT(sum, 1.0F * bins);
  EXPECT_LT(out.front(), out.back()) << "bands widen";
}

TEST(MicroPrograms, TreesReachALeaf) {
  // Leaves above 0 where the path went right at the end would be chance; that a walk stays inside
  // its tree is not: all nodes 0 but the leaves, which count their tree.
  const int32_t depth = 4, trees = 3, nodes = 15;
  std::vector<int16_t> table(static_cast<size_t>(bench_tree_s16_program.w_elements(depth, trees)));
  for (int32_t t = 0; t < trees; ++t)
    for (int32_t leaf = 0; leaf <= nodes; ++leaf)
      table[static_cast<size_t>(t * (3 * nodes + 1) + 2 * nodes + leaf)] =
          static_cast<int16_t>(1 << t);
  const std::vector<int16_t> x(32, 5);
  int32_t out = 0;
  bench_tree_s16_program.run(x.data(), table.data(), &out, depth, trees);
  EXPECT_EQ(out, 1 + 2 + 4);
}

TEST(Digests, FloatsMayDifferInTheirLastPlaces) {
  std::vector<float> values(100);
  bench_random(BENCH_F32, values.data(), 100, 1);
  Digest expected{.is_float = true};
  const auto digest = [&] {
    std::array<uint32_t, 2> words{};
    bench_digest(BENCH_F32, values.data(), 100, words.data());
    return words;
  };
  expected.words = digest();
  const auto same = [&] {
    const std::array<uint32_t, 2> words = digest();
    return same_digest(expected, std::as_bytes(std::span(words)));
  };
  values[17] *= 1.00001F;
  EXPECT_TRUE(same());
  std::swap(values[1], values[2]);
  EXPECT_FALSE(same()) << "a digest sees what stands where";
  values[5] = NAN;
  EXPECT_FALSE(same());
  EXPECT_FALSE(same_digest(expected, {}));
}

TEST(Suites, EveryCaseIsALayerOfItsImage) {
  const Result<Target> target = load_target("nucleo-h743zi");
  ASSERT_TRUE(target);
  std::vector<BenchSuite> suites = operator_suites(*target);
  suites.push_back(micro_suite(*target));
  for (const BenchSuite& suite : suites) {
    std::vector<size_t> all(suite.labels.size());
    std::iota(all.begin(), all.end(), 0);
    const Result<BenchImage> image = suite.image(all);
    ASSERT_TRUE(image) << text(image.error());
    ASSERT_EQ(image->cases.size(), all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      const BenchCase& each = image->cases[i];
      EXPECT_EQ(each.program, suite.programs[i]);
      EXPECT_GT(each.units, 0) << each.program << " " << each.detail;
      EXPECT_FALSE(each.kernel.empty()) << each.program;
      EXPECT_FALSE(image->program.layers[image->layers[i]].symbol.empty()) << each.program;
    }
  }
}

TEST(Suites, TablesStandInEveryMemoryOfThePart) {
  const Result<Target> target = load_target("nucleo-h743zi");
  ASSERT_TRUE(target);
  const BenchSuite suite = micro_suite(*target);
  for (const MemoryRegion& region : target->regions) {
    if (region.kind == RegionKind::code_ram) continue;  // no place for tables
    EXPECT_TRUE(std::ranges::any_of(suite.labels, [&](const std::string& label) {
      return label.starts_with("mac_s8 " + region.name + " ");
    })) << region.name;
  }
}

TEST(Programs, AMisspeltNameIsAnErrorWithASuggestion) {
  EXPECT_TRUE(check_programs({"mac_s8", "conv_3x3_s8"}));
  const Status wrong = check_programs({"conv3x3_s8"});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().what.find("did you mean conv_3x3_s8"), std::string::npos)
      << wrong.error().what;
}

/// Cycles 3 a MAC, 20 an output, 100 a call, in three shapes and more.
BenchResult made_up_result() {
  BenchResult result;
  result.target.name = "made-up";
  result.target.clock_hz = 1'000'000;
  result.core.validation = {.low = 0.9, .high = 1.25, .rows = 0, .of_part = false, .against = {}};
  for (const auto& [macs, outputs] : std::vector<std::pair<int64_t, int64_t>>{
           {100, 10}, {1000, 10}, {500, 50}, {64, 64}, {4000, 16}, {300, 3}, {2000, 200}}) {
    BenchCase what;
    what.program = "fully_connected_s8";
    what.group = "int8 kernels";
    what.title = "fully connected, int8";
    what.unit = "MAC";
    what.memory = "FLASH";
    what.kernel = "fully_connected_s8";
    what.units = macs;
    what.features = {{"calls", 1},
                     {"macs", static_cast<double>(macs)},
                     {"outputs", static_cast<double>(outputs)}};
    const int64_t cycles = 3 * macs + 20 * outputs + 100;
    result.rows.push_back({what, cycles / 2, cycles, macs, outputs, 40});
  }
  result.rows[2].what.is_first = true;
  result.rows[2].cycles += 77;
  result.sizes = {{"fully_connected_s8", 200, 16, 0, 77, 24, {{"memcpy", 40}}}};
  result.skips = {{"mac_s8 RAM n 1024", "RAM overflows by 12 B"}};
  return result;
}

TEST(Costs, FitFindsWhatTheRowsWereMadeOf) {
  const Costs costs = make_costs(made_up_result());
  ASSERT_EQ(costs.lines.size(), 1u);
  EXPECT_EQ(costs.lines[0].n, 7);
  EXPECT_NEAR(costs.lines[0].cycles_per_unit.most, 24.5625, 1e-9);  // 64 MACs: 1 572 cycles
  EXPECT_NEAR(costs.lines[0].per_second.least, 1e6 / 24.5625, 1e-6);
  ASSERT_EQ(costs.fitted.kernels.size(), 1u);
  const KernelCost& fitted = costs.fitted.kernels[0];
  EXPECT_EQ(fitted.code_bytes, 200);
  EXPECT_EQ(fitted.stack_bytes, 40);
  EXPECT_EQ(fitted.library, std::vector<std::string>{"memcpy"});
  ASSERT_EQ(fitted.cycles.size(), 3u);
  const std::pair<const char*, double> expected[] = {{"calls", 100}, {"macs", 3}, {"outputs", 20}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(fitted.cycles[i].first, expected[i].first);
    EXPECT_NEAR(fitted.cycles[i].second, expected[i].second, 1e-6);
  }
  EXPECT_LT(fitted.left_out_worst_error, 1e-9);
}

TEST(Costs, FileReadsBack) {
  const Costs costs = make_costs(made_up_result());
  const std::string toml = costs_toml(costs);
  const Result<Costs> read = read_costs(toml, "made-up.toml");
  ASSERT_TRUE(read) << text(read.error());
  EXPECT_EQ(costs_toml(*read), toml);
  ASSERT_EQ(read->kernels.size(), 1u);
  EXPECT_EQ(read->kernels[0].rows, costs.kernels[0].rows);
  EXPECT_EQ(read->skips[0].reason, "RAM overflows by 12 B");
}

TEST(Costs, HostileFilesAreOneLine) {
  const std::string good = costs_toml(make_costs(made_up_result()));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    return read_costs(bad, "c.toml");
  };
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"columns = 'calls ", "columns = '"},
                                                        {"clock_hz = 1000000", "clock_hz = 'fast'"},
                                                        {"mean = ", "mean = -"},
                                                        {"clock_hz", "clok_hz"},
                                                        {"1 100 10 100", "1 100 ten 100"}}) {
    const Result<Costs> read = with(from, to);
    ASSERT_FALSE(read) << to;
    EXPECT_EQ(read.error().kind, ErrorKind::input);
    EXPECT_TRUE(text(read.error()).starts_with("c.toml:")) << text(read.error());
  }
  EXPECT_FALSE(read_costs(good.substr(0, good.size() / 2), "c.toml"));
}

TEST(CostsSlow, ShippedOnesAreOfTheShippedTargets) {
  for (const CostTable& table : shipped_cost_tables()) {
    const Result<Target> target = load_target(table.target);
    ASSERT_TRUE(target) << text(target.error());
    const Result<CoreTiming> core = load_core(target->core);
    ASSERT_TRUE(core) << text(core.error());
    EXPECT_EQ(table.target_hash, hash_hex(text_without_currents(*target)))
        << table.target << " is stale";
    EXPECT_EQ(table.core_hash, hash_hex(core->file_text)) << table.target << " is stale";
    const std::string file = ASSAY_SOURCE_DIR "/data/costs/" + table.target + ".toml";
    const Result<std::string> rows = read_text(file);
    ASSERT_TRUE(rows) << text(rows.error());
    const Result<Costs> costs = read_costs(*rows, file);
    ASSERT_TRUE(costs) << text(costs.error());
    EXPECT_EQ(costs->target_hash, table.target_hash);
    EXPECT_GT(costs->lines.size(), 20u) << file;
  }
}

TEST(BenchSlow, StopsWhenCancelled) {
  const Result<Target> target = load_target("pico");
  ASSERT_TRUE(target);
  const std::atomic<bool> cancelled = true;
  const Result<BenchResult> result = run_bench(
      *target,
      {.only = {}, .compiler = {}, .use_cache = false, .weigh = false, .cancelled = &cancelled},
      [](std::string_view) {});
  ASSERT_FALSE(result);
  if (result.error().kind == ErrorKind::environment &&
      result.error().what.find("cancelled") == std::string::npos)
    GTEST_SKIP() << "skipped: " << text(result.error());
  EXPECT_NE(result.error().what.find("cancelled"), std::string::npos) << text(result.error());
}

}  // namespace
}  // namespace assay
