// Where buffers stand in one arena so that no two that live together overlap.
//
// Offset assignment is the NP-hard "dynamic storage allocation" problem. Each heuristic is an order
// in which buffers are placed, each at the lowest gap that fits (first fit); the best of a few
// orders is near the optimum for networks (Pisarchyk & Lee, "Efficient Memory Management for Deep
// Neural Net Inference", 2020, compare them). If none reaches the largest live set, which no layout
// can beat, the best order is perturbed for a bounded number of rounds.
#include <algorithm>
#include <functional>
#include <numeric>

#include "estimate/plan.h"

namespace assay {
namespace {

constexpr size_t kManyBuffers = 4096;          // above, one order is placed and none is searched
constexpr int64_t kSearchBudget = 40'000'000;  // pair comparisons spent on perturbing: ~0.1 s

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

int64_t align_up(int64_t value, int64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

using Order = std::vector<size_t>;

/// First fit in the given order. O(n^2).
ArenaLayout place(std::span<const Lifetime> buffers, const Order& order, int64_t alignment) {
  ArenaLayout layout{
      .offset = std::vector<int64_t>(buffers.size()), .arena_bytes = 0, .heuristic = {}};
  Order placed;  // by offset
  for (const size_t b : order) {
    int64_t at = 0;
    for (const size_t p : placed) {
      if (!overlap(buffers[p], buffers[b])) continue;
      if (at + buffers[b].bytes <= layout.offset[p]) break;
      at = std::max(at, align_up(layout.offset[p] + buffers[p].bytes, alignment));
    }
    layout.offset[b] = at;
    layout.arena_bytes = std::max(layout.arena_bytes, at + buffers[b].bytes);
    placed.insert(
        std::ranges::upper_bound(placed, at, {}, [&](size_t p) { return layout.offset[p]; }), b);
  }
  return layout;
}

/// The largest live set with each buffer rounded up: what a layout can reach at this alignment.
int64_t reachable(std::span<const Lifetime> buffers, int64_t alignment) {
  std::vector<Lifetime> rounded(buffers.begin(), buffers.end());
  for (Lifetime& each : rounded) each.bytes = align_up(each.bytes, alignment);
  return largest_live_set(rounded);
}

/// Swaps pairs in the best order while that helps; a fixed generator, so the same bytes every time.
void perturb(std::span<const Lifetime> buffers, Order order, int64_t alignment, ArenaLayout& best,
             int64_t goal) {
  const int64_t cost = static_cast<int64_t>(buffers.size() * buffers.size()) + 1;
  uint64_t random = 88172645463325252u;  // xorshift64, Marsaglia 2003
  const auto pick = [&] {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return static_cast<size_t>(random % buffers.size());
  };
  int64_t reached = best.arena_bytes;
  for (int64_t spent = 0; spent < kSearchBudget && best.arena_bytes > goal; spent += cost) {
    const size_t a = pick(), b = pick();
    std::swap(order[a], order[b]);
    ArenaLayout tried = place(buffers, order, alignment);
    if (tried.arena_bytes > reached) {
      std::swap(order[a], order[b]);
      continue;
    }
    reached = tried.arena_bytes;
    if (tried.arena_bytes < best.arena_bytes) {
      tried.heuristic = "local search";
      best = std::move(tried);
    }
  }
}

}  // namespace

int64_t largest_live_set(std::span<const Lifetime> buffers) {
  std::vector<std::pair<int, int64_t>> events;  // step, change
  for (const Lifetime& each : buffers) {
    events.emplace_back(each.first, each.bytes);
    events.emplace_back(each.last + 1, -each.bytes);
  }
  std::ranges::sort(events);  // at the same step, ends (negative) come first
  int64_t live = 0, most = 0;
  for (const auto& [step, change] : events) most = std::max(most, live += change);
  return most;
}

ArenaLayout lay_out(std::span<const Lifetime> buffers, int64_t alignment) {
  const auto by = [&](auto key) {
    Order order(buffers.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [&](size_t b) { return key(buffers[b]); });
    return order;
  };
  const std::pair<const char*, Order> orders[] = {
      {"largest first", by([](const Lifetime& l) { return std::pair(l.bytes, l.last - l.first); })},
      {"largest area first",
       by([](const Lifetime& l) { return l.bytes * (l.last - l.first + 1); })},
      {"longest-lived first",
       by([](const Lifetime& l) { return std::pair(l.last - l.first, l.bytes); })},
      {"earliest first", by([](const Lifetime& l) { return std::pair(-l.first, l.bytes); })},
      {"latest first", by([](const Lifetime& l) { return std::pair(l.last, l.bytes); })},
  };
  ArenaLayout best;
  const Order* best_order = nullptr;
  for (const auto& [name, order] : orders) {
    if (best_order && buffers.size() > kManyBuffers) break;
    ArenaLayout tried = place(buffers, order, alignment);
    if (best_order && tried.arena_bytes >= best.arena_bytes) continue;
    best = std::move(tried);
    best.heuristic = name;
    best_order = &order;
  }
  if (buffers.size() > 1 && buffers.size() <= kManyBuffers)
    perturb(buffers, *best_order, alignment, best, reachable(buffers, alignment));
  return best;
}

}  // namespace assay
