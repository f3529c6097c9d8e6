// The arena over time. A cell of the drawing stands for arena_bytes / width bytes and shows the
// buffer that holds its first byte; buffers smaller than a cell may not show.
#include "estimate/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Converters join the names of all fused operators with ';'. The first, its end if it is long.
std::string short_name(const std::string& name) {
  constexpr size_t kLongest = 40;
  const std::string first = name.substr(0, name.find(';'));
  return first.size() <= kLongest ? first : ".." + first.substr(first.size() - kLongest);
}

/// A letter a buffer, in the order in which they come to life.
std::vector<char> letters(const MemoryPlan& plan) {
  std::vector<size_t> by_birth(plan.placements.size());
  std::iota(by_birth.begin(), by_birth.end(), size_t{0});
  std::ranges::stable_sort(by_birth, {},
                           [&](size_t b) { return plan.placements[b].lifetime.first; });
  std::vector<char> letter(plan.placements.size(), '~');
  size_t next = 0;
  for (const size_t b : by_birth)
    if (plan.placements[b].scratch_of < 0) letter[b] = kLetters[next++ % kLetters.size()];
  return letter;
}

std::string row(const MemoryPlan& plan, const std::vector<char>& letter, int step, int width) {
  std::string cells(static_cast<size_t>(width), '.');
  for (size_t b = 0; b < plan.placements.size(); ++b) {
    const Placement& placed = plan.placements[b];
    if (step < placed.lifetime.first || step > placed.lifetime.last) continue;
    // A buffer covers the cells that its bytes touch, rounded; its end never reaches its neighbour.
    const int64_t whole = std::max<int64_t>(plan.arena_bytes, 1);
    const int64_t from = (placed.offset * width + whole - 1) / whole;
    const int64_t to = ((placed.offset + placed.lifetime.bytes) * width + whole - 1) / whole;
    for (int64_t cell = from; cell < std::min<int64_t>(to, width); ++cell)
      cells[static_cast<size_t>(cell)] = letter[b];
  }
  return cells;
}

}  // namespace

std::string draw_arena(const Graph& graph, const MemoryPlan& plan, int width) {
  size_t widest = 4;
  for (const Node& node : graph.nodes()) widest = std::max(widest, node.op.size());
  widest = std::min<size_t>(widest, 24);
  const std::vector<char> letter = letters(plan);
  std::string drawing;
  for (size_t step = 0; step < plan.order.size(); ++step) {
    const Node& node = graph.nodes()[static_cast<size_t>(plan.order[step])];
    const bool peak = static_cast<int>(step) == plan.peak_step;
    drawing += fmt::format("  {:3} {:<{}}  {}  {:>11}{}\n", step, node.op.substr(0, widest), widest,
                           row(plan, letter, static_cast<int>(step), width),
                           bytes_text(plan.live_bytes[step]), peak ? "  <- peak" : "");
  }
  return drawing;
}

std::string describe_peak(const Graph& graph, const MemoryPlan& plan) {
  if (plan.order.empty()) return "no node runs";
  const Node& node =
      graph.nodes()[static_cast<size_t>(plan.order[static_cast<size_t>(plan.peak_step)])];
  std::vector<const Placement*> live;
  for (const Placement& placed : plan.placements)
    if (plan.peak_step >= placed.lifetime.first && plan.peak_step <= placed.lifetime.last)
      live.push_back(&placed);
  std::ranges::stable_sort(live, std::greater{},
                           [](const Placement* p) { return p->lifetime.bytes; });
  std::vector<std::string> parts;
  for (const Placement* placed : live) {
    const std::string what =
        placed->scratch_of >= 0
            ? "scratch"
            : fmt::format("'{}'", short_name(graph.tensor(placed->tensors[0]).name));
    parts.push_back(fmt::format("{} {}", bytes_text(placed->lifetime.bytes), what));
  }
  return fmt::format("layer {} ({}) sets the peak of {}: {}", plan.peak_step, node.op,
                     bytes_text(plan.live_bytes[static_cast<size_t>(plan.peak_step)]),
                     fmt::join(parts, " + "));
}

}  // namespace assay
