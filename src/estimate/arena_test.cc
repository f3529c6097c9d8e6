#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "estimate/plan.h"

namespace assay {
namespace {

bool sound(std::span<const Lifetime> buffers, const ArenaLayout& layout) {
  for (size_t a = 0; a < buffers.size(); ++a) {
    if (layout.offset[a] < 0 || layout.offset[a] + buffers[a].bytes > layout.arena_bytes)
      return false;
    for (size_t b = 0; b < a; ++b) {
      const bool in_time =
          buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
      const bool in_space = layout.offset[a] < layout.offset[b] + buffers[b].bytes &&
                            layout.offset[b] < layout.offset[a] + buffers[a].bytes;
      if (in_time && in_space && buffers[a].bytes > 0 && buffers[b].bytes > 0) return false;
    }
  }
  return true;
}

/// The least arena over every order of first-fit placement, which includes an optimal one.
int64_t exhaustive(std::span<const Lifetime> buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  int64_t best = std::numeric_limits<int64_t>::max();
  do {
    std::vector<int64_t> offset(buffers.size(), -1);
    int64_t arena = 0;
    for (const size_t b : order) {
      std::vector<int64_t> starts = {0};
      for (size_t p = 0; p < buffers.size(); ++p)
        if (offset[p] >= 0) starts.push_back(offset[p] + buffers[p].bytes);
      std::ranges::sort(starts);
      for (const int64_t at : starts) {
        const bool free = std::ranges::all_of(order, [&](size_t p) {
          if (offset[p] < 0 || p == b) return true;
          if (buffers[p].first > buffers[b].last || buffers[b].first > buffers[p].last) return true;
          return at >= offset[p] + buffers[p].bytes || offset[p] >= at + buffers[b].bytes;
        });
        if (!free) continue;
        offset[b] = at;
        arena = std::max(arena, at + buffers[b].bytes);
        break;
      }
    }
    best = std::min(best, arena);
  } while (std::ranges::next_permutation(order).found);
  return best;
}

TEST(LayOut, KnownCases) {
  const struct {
    const char* name;
    std::vector<Lifetime> buffers;  // {bytes, first step, last step}
    int64_t arena_bytes;
  } cases[] = {
      {"nothing to place", {}, 0},
      {"one buffer", {{7, 0, 0}}, 7},
      {"a chain reuses its bytes", {{100, 0, 1}, {40, 1, 2}, {100, 2, 3}}, 140},
      {"a skip connection keeps its buffer alive", {{100, 0, 3}, {40, 1, 2}, {30, 2, 3}}, 170},
      {"apart in time, one place", {{64, 0, 0}, {64, 1, 1}, {64, 2, 2}}, 64},
      {"nothing is no conflict", {{0, 0, 9}, {8, 0, 9}}, 8},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const ArenaLayout layout = lay_out(c.buffers, 1);
    EXPECT_EQ(layout.arena_bytes, c.arena_bytes);
    EXPECT_TRUE(sound(c.buffers, layout));
  }
}

TEST(LayOut, KeepsTheAlignment) {
  const std::vector<Lifetime> buffers = {{490, 0, 1}, {8000, 0, 2}, {13, 1, 2}};
  const ArenaLayout layout = lay_out(buffers, 8);
  for (const int64_t offset : layout.offset) EXPECT_EQ(offset % 8, 0);
  EXPECT_TRUE(sound(buffers, layout));
}

TEST(LayOut, IsNeverBelowAndHardlyEverAboveTheExhaustiveOptimum) {
  uint32_t random = 1;
  const auto pick = [&](uint32_t below) {
    random = random * 1664525u + 1013904223u;
    return static_cast<int>((random >> 16) % below);
  };
  int worse = 0;
  constexpr int kTrials = 60;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<Lifetime> buffers;
    for (int i = 0; i < 6; ++i) {
      const int first = pick(6);
      buffers.push_back({1 + pick(20), first, std::min(5, first + pick(4))});
    }
    const ArenaLayout layout = lay_out(buffers, 1);
    ASSERT_TRUE(sound(buffers, layout)) << "trial " << trial;
    const int64_t least = exhaustive(buffers);
    EXPECT_GE(layout.arena_bytes, least);
    EXPECT_GE(least, largest_live_set(buffers));
    worse += layout.arena_bytes > least ? 1 : 0;
  }
  EXPECT_EQ(worse, 0) << "of " << kTrials;
}

TEST(LargestLiveSet, EndsBeforeBeginningsOfTheNextStep) {
  EXPECT_EQ(largest_live_set({}), 0);
  const std::vector<Lifetime> buffers = {{10, 0, 1}, {20, 2, 3}, {5, 1, 2}};
  EXPECT_EQ(largest_live_set(buffers), 25);
}

}  // namespace
}  // namespace assay
