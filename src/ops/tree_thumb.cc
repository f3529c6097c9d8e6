// Forest -> Thumb-2: `cmp column, rank; bhs right` and the left side, down to the load of a leaf.
//
// The idea: a forest is larger than any cache, so each taken branch waits for flash. A node is made
// of 16-bit instructions (4 bytes where its column is in a low register, else 6), the likelier side
// falls through into what is being read ahead, and the other begins with a read of flash. The last
// decision of a path loads one of two leaves in an IT block, without a branch unless one is likely,
// and goes to the next tree, which adds it: the same order of additions as the arrays', the same
// bits. Compilers make three times as many bytes of the same comparisons (tree_code.h), and know no
// likelier side.
//
// Which side is likelier is not in the model. Trees split where their data is, so the thresholds of
// a feature, all trees' together, stand as dense as its values: the share of thresholds on a side,
// of those that can still be met, is taken as its probability.
//
// Ranks: floats are equally wide buckets first, and then keys from the bucket's first on, until
// one is not below; a bisection reads flash at each of its eight or nine steps.
//
// Not handled: more than 8 outputs or 4 096 columns, cores without FPU; these take tree_code.h.
// Branches, loads: Armv7-M Architecture Reference Manual (DDI 0403), chapter A7.
#include "ops/tree_thumb.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "ops/tree_code.h"

namespace assay {
namespace {

constexpr int64_t kMostOutputs = 8;     // s0 .. s7; s15 is the leaf's
constexpr int64_t kNearColumns = 32;    // LDRB of 16 bits
constexpr int64_t kMostColumns = 4096;  // LDRB of 32 bits
constexpr int64_t kMostFeatures = 0x8000;
constexpr int64_t kPoolBytes = 400;  // of code before its literals, which VLDR reaches in 1 020
constexpr double kSure = 0.75;       // from here on a branch takes less than the other leaf's VLDR
constexpr size_t kStatementBytes = 3500;  // C99 promises strings of 4 095, 5.2.4.1
constexpr std::string_view kRegisters[] = {"r1", "r2", "r4", "r5",  "r6",  "r7",
                                           "lr", "r8", "r9", "r10", "r11", "r12"};

struct Range {
  int32_t from = 0, to = 0;  ///< ranks that a value can still have: from .. to
};

struct Odds {
  const Forest& forest;
  std::vector<int32_t> place;       ///< of each node's threshold among its feature's
  std::map<int32_t, Range> ranges;  ///< of each feature
  std::vector<double> left;         ///< each node's probability to go left
  std::map<int32_t, double> column_visits;

  void visit(const RankedForest& ranked, int32_t at, double reached) {
    if (at < 0) return;
    const auto i = static_cast<size_t>(at);
    const TreeNode node = forest.node(i);
    Range& range = ranges[node.feature];
    const Range before = range;
    const int32_t rank = std::clamp(place[i] + 1, before.from, before.to + 1);
    const double share = before.to >= before.from ? static_cast<double>(rank - before.from) /
                                                        (before.to + 1 - before.from)
                                                  : 0.5;
    left[i] = std::clamp(share, 0.01, 0.99);
    column_visits[ranked.nodes[i].column] += reached;
    range = {before.from, rank - 1};
    visit(ranked, node.left, reached * left[i]);
    ranges[node.feature] = {rank, before.to};
    visit(ranked, node.right, reached * (1 - left[i]));
    ranges[node.feature] = before;
  }
};

Odds odds_of(const Forest& forest, const RankedForest& ranked) {
  Odds odds{forest, {}, {}, std::vector<double>(forest.node_count(), 0.5), {}};
  const std::vector<int32_t>& features = ranked.columns.ranked;
  for (size_t i = 0; i < features.size(); i += 3) odds.ranges[features[i]] = {0, features[i + 1]};
  for (const RankedNode& node : ranked.nodes)
    odds.place.push_back((ranked.columns.parts[static_cast<size_t>(node.column)] >> 8) *
                             Columns::kRanks +
                         node.rank - 1);
  for (size_t t = 0; t < forest.tree_count(); ++t) odds.visit(ranked, forest.root(t), 1);
  return odds;
}

/// The columns that are read most, in registers.
std::map<int32_t, std::string_view> columns_in_registers(const Odds& odds) {
  std::vector<std::pair<int32_t, double>> most(odds.column_visits.begin(),
                                               odds.column_visits.end());
  std::ranges::stable_sort(most, std::greater{}, &std::pair<int32_t, double>::second);
  std::map<int32_t, std::string_view> taken;
  for (size_t i = 0; i < std::min(most.size(), std::size(kRegisters)); ++i)
    taken[most[i].first] = kRegisters[i];
  return taken;
}

struct ThumbWriter {
  const Forest& forest;
  const RankedForest& ranked;
  Odds odds;
  std::map<int32_t, std::string_view> in_register;
  std::string text, statement;
  std::vector<std::pair<int, uint32_t>> pool;  ///< label and bits of literals not yet placed
  int64_t since_pool = 0;                      ///< bytes of code after the first use of one
  int next_label = 1;

  void line(std::string_view instruction, int64_t bytes) {
    statement += fmt::format("    \"{}\\n\"\n", instruction);
    if (!pool.empty()) since_pool += bytes;
    if (statement.size() > kStatementBytes) flush();
  }

  void flush() {
    if (!statement.empty()) text += fmt::format("  __asm__(\n{}  );\n", statement);
    statement.clear();
  }

  /// What is jumped to begins with a read of flash.
  void label(int number) {
    line(".balign 8", 6);
    line(fmt::format("{}:", number), 0);
  }

  /// Where code does not fall through.
  void place_pool() {
    if (pool.empty()) return;
    line(".balign 4", 2);
    for (const auto& [number, bits] : pool) line(fmt::format("{}: .word {:#x}", number, bits), 0);
    pool.clear();
    since_pool = 0;
  }

  void load(std::string_view condition, float value) {
    const int number = next_label++;
    pool.push_back({number, std::bit_cast<uint32_t>(value)});
    line(fmt::format("vldr{} s15, {}f", condition, number), 4);
  }

  void go(int next) {
    line(fmt::format("b {}f", next), 4);
    if (since_pool + 4 * static_cast<int64_t>(pool.size()) > kPoolBytes) place_pool();
  }

  /// A leaf of one value is added by the tree that is next.
  void leaf(int32_t index, int32_t column, int next) {
    const std::span<const float> values = forest.leaf(index);
    if (values.size() == 1) {
      load("", values[0]);
    } else {
      for (size_t k = 0; k < values.size(); ++k) {
        if (values[k] == 0) continue;
        load("", values[k]);
        line(fmt::format("vadd.f32 s{0}, s{0}, s15", static_cast<size_t>(column) + k), 4);
      }
    }
    go(next);
  }

  void compare(const RankedNode& node) {
    const auto found = in_register.find(node.column);
    const std::string_view held = found == in_register.end() ? "r3" : found->second;
    if (found == in_register.end())
      line(fmt::format("ldrb r3, [r0, #{}]", node.column), node.column < kNearColumns ? 2 : 4);
    line(fmt::format("cmp {}, #{}", held, node.rank), 4);
  }

  void child(int32_t at, int32_t column, int next) {
    if (at < 0) return leaf(~at, column, next);
    const auto i = static_cast<size_t>(at);
    const TreeNode node = forest.node(i);
    compare(ranked.nodes[i]);
    if (node.left < 0 && node.right < 0 && forest.leaf_width == 1 &&
        std::max(odds.left[i], 1 - odds.left[i]) < kSure) {
      line("ite hs", 2);
      load("hs", forest.leaf(~node.right)[0]);
      load("lo", forest.leaf(~node.left)[0]);
      return go(next);
    }
    const bool left_first = odds.left[i] >= 0.5;
    const int other = next_label++;
    line(fmt::format("{} {}f", left_first ? "bhs" : "blo", other), 4);
    child(left_first ? node.left : node.right, column, next);
    label(other);
    child(left_first ? node.right : node.left, column, next);
  }

  void tree(size_t t) {
    const int next = next_label++;
    const int32_t column = forest.column(t);
    child(forest.root(t), column, next);
    label(next);
    if (forest.leaf_width == 1) line(fmt::format("vadd.f32 s{0}, s{0}, s15", column), 4);
  }

  void function() {
    line("push {r1, r4-r11, lr}", 4);
    for (int64_t k = 0; k < forest.outputs; ++k)
      line(fmt::format("vldr s{}, [r1, #{}]", k, 4 * k), 4);
    for (const auto& [column, held] : in_register)
      line(fmt::format("ldrb {}, [r0, #{}]", held, column), 4);
    for (size_t t = 0; t < forest.tree_count(); ++t) tree(t);
    line("pop {r1}", 2);
    for (int64_t k = 0; k < forest.outputs; ++k)
      line(fmt::format("vstr s{}, [r1, #{}]", k, 4 * k), 4);
    line("pop {r4-r11, pc}", 4);
    place_pool();
    flush();
  }
};

/// Values from `low` on, in steps of 1 / scale; of each bucket: the keys in those before it.
struct Buckets {
  float low = 0, scale = 0;
  std::vector<uint16_t> first;
};

/// The bucket of a value as the kernel takes it: float32 steps that never decrease.
size_t bucket_of(const Buckets& buckets, float value) {
  const float at = (value - buckets.low) * buckets.scale;
  return static_cast<size_t>(std::clamp(at, 0.0F, static_cast<float>(buckets.first.size() - 1)));
}

float value_of(int32_t key) {
  return std::bit_cast<float>(key ^ static_cast<int32_t>(static_cast<uint32_t>(key >> 31) >> 1));
}

/// Fills `first`; returns the keys that a search passes by, summed over the keys themselves.
int64_t fill(Buckets& buckets, std::span<const int32_t> keys) {
  std::vector<int32_t> count(buckets.first.size());
  for (const int32_t key : keys) ++count[bucket_of(buckets, value_of(key))];
  int64_t passed = 0;
  int32_t before = 0;
  for (size_t b = 0; b < count.size(); ++b) {
    buckets.first[b] = static_cast<uint16_t>(before);
    before += count[b];
    passed += int64_t{count[b]} * count[b];
  }
  return passed;
}

/// About as many buckets as keys; over all of them, or without those at the ends, which may be far
/// away.
Buckets buckets_of(std::span<const int32_t> keys) {
  Buckets best{0, 0, std::vector<uint16_t>(keys.size())};
  int64_t least = fill(best, keys);
  for (const size_t outside : {size_t{0}, keys.size() / 64, keys.size() / 16, keys.size() / 4}) {
    const float low = value_of(keys[outside]);
    const float scale =
        static_cast<float>(keys.size()) / (value_of(keys[keys.size() - 1 - outside]) - low);
    if (!std::isnormal(scale) || !std::isfinite(low)) continue;
    Buckets buckets{low, scale, std::vector<uint16_t>(keys.size())};
    const int64_t passed = fill(buckets, keys);
    if (passed >= least) continue;
    least = passed;
    best = std::move(buckets);
  }
  return best;
}

}  // namespace

std::string not_as_thumb(const Forest& forest, const Columns& columns) {
  if (static_cast<int64_t>(columns.parts.size()) > kMostColumns || forest.features > kMostFeatures)
    return fmt::format("more than {} columns or {} features", kMostColumns, kMostFeatures);
  if (forest.outputs > kMostOutputs) return fmt::format("more than {} outputs", kMostOutputs);
  return not_as_code(forest);
}

std::string tree_thumb(const Forest& forest, const RankedForest& ranked) {
  Odds odds = odds_of(forest, ranked);
  auto in_register = columns_in_registers(odds);
  ThumbWriter writer{forest, ranked, std::move(odds), std::move(in_register), {}, {}, {}};
  writer.function();
  return "#ifndef __ARM_FP\n"
         "#error \"these trees are assembly for a core with an FPU: emit them with --optimize "
         "balanced\"\n"
         "#endif\n"
         "__attribute__((naked, noinline, aligned(16))) static void\n"
         "@(const uint8_t *c __attribute__((unused)), float *out __attribute__((unused))) {\n" +
         writer.text + "}\n";
}

Searches searches_of(const Columns& columns) {
  Searches made;
  std::span<const int32_t> keys = columns.keys;
  size_t column = 0;
  for (size_t i = 0; i < columns.ranked.size(); i += 3) {
    const auto mine = keys.first(static_cast<size_t>(columns.ranked[i + 1]));
    const Buckets buckets = buckets_of(mine);
    keys = keys.subspan(mine.size());
    const size_t end = column + static_cast<size_t>(columns.ranked[i + 2] & 0xffffff);
    while (column < end) {
      const int32_t part = columns.parts[column] >> 8, nan = columns.nans[column];
      int32_t run = 1;
      while (++column < end && columns.parts[column] >> 8 == part + run &&
             columns.nans[column] == nan)
        ++run;
      made.search.insert(made.search.end(), {columns.ranked[i] << 16 | columns.ranked[i + 1],
                                             part * Columns::kRanks << 8 | run});
      made.bounds.insert(made.bounds.end(), {buckets.low, buckets.scale});
      made.nan.push_back(nan);
      made.keys.insert(made.keys.end(), mine.begin(), mine.end());
      made.keys.push_back(std::numeric_limits<int32_t>::max());
      made.first.insert(made.first.end(), buckets.first.begin(), buckets.first.end());
    }
  }
  return made;
}

}  // namespace assay
