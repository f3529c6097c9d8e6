// The page of a profile: the region that was asked for first, with its causes and functions; then
// what else is known of the run. The same as a record.
#include "cli/profile_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/compose.h"
#include "report/layout.h"
#include "report/notes.h"
#include "report/numbers.h"
#include "util/hash.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kMostFunctions = 15, kMostPaths = 8, kMostTouched = 12, kMostOutputLines = 12,
                 kMostClasses = 9;
constexpr int kBarWidth = 16;

double number(int64_t value) { return static_cast<double>(value); }

bool is_riscv(const Profiled& p) { return isa_family(p.core.isa).name == "riscv"; }

bool is_avr(const Profiled& p) { return isa_family(p.core.isa).name == "avr"; }

Section headline(const Profiled& p) {
  Section section;
  section.title = fmt::format("{} on {}", p.file, p.target.name);
  const std::string table = p.image.vector_table
                                ? fmt::format("vector table 0x{:08x}", *p.image.vector_table)
                            : is_riscv(p) ? fmt::format("entry 0x{:08x}", p.image.elf.entry)
                            : is_avr(p)   ? "entry 0x00000"
                                          : "no vector table";
  section.lines = {
      fmt::format("{}  {}  {} MHz, {}", p.target.part, p.core.title, p.target.clock_hz / 1'000'000,
                  p.target.memory_system),
      fmt::format("{} image, {}, {} functions with a name", p.image.format, table,
                  std::ranges::count_if(p.image.elf.symbols, &ElfSymbol::is_function))};
  return section;
}

Section summary(const Profiled& p, const ProfileRegion& region) {
  const Counts& c = region.total;
  const Figure cycles = cycles_figure(number(c.cycles), p.core);
  const Figure latency = latency_figure(cycles, p.target);
  const Notes notes;
  const Figure stack = profile_stack(p), heap = heap_figure(p.facts.heap);
  Section section;
  section.title = region.times == 1
                      ? region.name
                      : fmt::format("{} ({} times)", region.name, thousands(region.times));
  section.table.columns = {{}, {}, {}};
  section.table.rows = {
      {{"latency", time_text(latency, notes) + "   " + time_interval(latency),
        fmt::format("{} cycles, {} instructions ({:.2f} cycles each)", thousands(c.cycles),
                    thousands(c.instructions),
                    c.instructions > 0 ? number(c.cycles) / number(c.instructions) : 0)}},
      {{"memory", fmt::format("{} loads, {} stores", thousands(c.loads), thousands(c.stores)),
        fmt::format("{} unaligned", thousands(c.unaligned))}},
      {{"control", fmt::format("{} branches taken", thousands(c.branches_taken)),
        fmt::format("{} calls, {} mispredicted", thousands(c.calls), thousands(c.mispredicted))}},
      {{"RAM", "stack " + (stack ? bytes_text(stack, notes) : "by function alone"),
        "heap " + (!heap                ? "not known"
                   : heap.number() == 0 ? "none"
                                        : "at most " + bytes_text(heap, notes))}}};
  if (!stack && !p.facts.no_stack.empty()) section.table.rows.back().cells[1] = "stack not known";
  return section;
}

Section causes(const ProfileRegion& region) {
  std::vector<std::pair<int64_t, Cause>> rows;
  for (size_t i = 0; i < kCauses; ++i)
    if (region.total.causes.ticks[i] != 0)
      rows.emplace_back(region.total.causes.ticks[i], static_cast<Cause>(i));
  std::ranges::stable_sort(rows, std::greater{}, &std::pair<int64_t, Cause>::first);
  Section section;
  section.title = "where the cycles go";
  section.table.columns = {{}, {.right = true}, {.right = true}, {}};
  const double all = number(region.total.cycles) * kTicksPerCycle;
  for (const auto& [ticks, cause] : rows)
    section.table.rows.push_back(
        {{std::string(title(cause)), si(number(ticks) / kTicksPerCycle),
          percent(number(ticks), all), bar(number(ticks), number(rows[0].first), kBarWidth)}});
  section.table.rows.push_back({{"total", si(number(region.total.cycles)), "100 %", ""}});
  return section;
}

Section functions(const Profiled& p, const ProfileRegion& region) {
  const std::vector<ProfileFunction> rows = most_cycles_first(region);
  Section section;
  section.title = "functions";
  section.table.columns = {
      {.title = "function", .max_width = 34},   {.title = "calls", .right = true},
      {.title = "stack B", .right = true},      {.title = "instr", .right = true},
      {.title = "self", .right = true},         {.title = "share", .right = true},
      {.title = "with callees", .right = true}, {.title = "most of it"}};
  const double all = number(region.total.cycles);
  double rest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const ProfileFunction& f = rows[i];
    if (i >= kMostFunctions) {
      rest += number(f.self.cycles);
      continue;
    }
    section.table.rows.push_back(
        {{f.name, thousands(f.calls), p.facts.no_stack.empty() ? thousands(f.stack_bytes) : "",
          si(number(f.self.instructions)), si(number(f.self.cycles)),
          percent(number(f.self.cycles), all), si(number(f.inclusive.cycles)),
          profile_main_cause(f.self.causes)}});
  }
  if (rows.size() > kMostFunctions)
    section.table.rows.push_back({{fmt::format("{} more", rows.size() - kMostFunctions), "", "", "",
                                   si(rest), percent(rest, all), "", ""}});
  return section;
}

/// Instructions by class, most first.
Section classes(const ProfileRegion& region) {
  std::vector<std::pair<int64_t, InsnClass>> rows;
  for (size_t i = 0; i < kInsnClasses; ++i)
    if (region.total.by_class[i] > 0)
      rows.emplace_back(region.total.by_class[i], static_cast<InsnClass>(i));
  std::ranges::stable_sort(rows, std::greater{}, &std::pair<int64_t, InsnClass>::first);
  Section section;
  section.title = "what ran";
  section.table.columns = {{}, {.right = true}, {.right = true}, {}};
  const double all = number(region.total.instructions);
  double rest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double count = number(rows[i].first);
    if (i >= kMostClasses)
      rest += count;
    else
      section.table.rows.push_back(
          {{std::string(name(rows[i].second)), si(count), percent(count, all),
            bar(count, number(rows[0].first), kBarWidth)}});
  }
  if (rest > 0)
    section.table.rows.push_back(
        {{fmt::format("{} more", rows.size() - kMostClasses), si(rest), percent(rest, all), ""}});
  section.table.rows.push_back({{"instructions", si(all), "100 %", ""}});
  return section;
}

/// Layers of a model in C that Assay emitted, as `assay measure` has them.
Section layers(const ProfileRegion& region) {
  Section section;
  if (region.layers.empty()) return section;
  section.title = "layers";
  section.table.columns = {{.title = " ", .right = true},
                           {.title = "op"},
                           {.title = "calls", .right = true},
                           {.title = "instr", .right = true},
                           {.title = "cycles", .right = true},
                           {.title = "share", .right = true},
                           {.title = "most of it"}};
  for (const ProfileLayer& layer : region.layers)
    section.table.rows.push_back(
        {{fmt::format("{}", layer.index), layer.op + also_text(layer), thousands(layer.calls),
          si(number(layer.counts.instructions)), si(number(layer.counts.cycles)),
          percent(number(layer.counts.cycles), number(region.total.cycles)),
          profile_main_cause(layer.counts.causes)}});
  return section;
}

Section paths(const ProfileRegion& region) {
  std::vector<ProfilePath> rows = region.paths;
  std::ranges::stable_sort(rows, std::greater{},
                           [](const ProfilePath& path) { return path.self.cycles; });
  Section section;
  section.title = "call paths that take most";
  section.table.columns = {
      {.title = "self", .right = true}, {.title = "share", .right = true}, {.title = "path"}};
  for (size_t i = 0; i < std::min(kMostPaths, rows.size()); ++i) {
    std::string path;
    const std::vector<size_t>& list = rows[i].functions;
    const size_t first = list.size() > 4 ? list.size() - 4 : 0;
    if (first > 0) path = "...";
    for (size_t k = first; k < list.size(); ++k)
      path += (path.empty() ? "" : " > ") + region.functions[list[k]].name;
    section.table.rows.push_back(
        {{si(number(rows[i].self.cycles)),
          percent(number(rows[i].self.cycles), number(region.total.cycles)), path}});
  }
  return section;
}

Section regions(const Profiled& p) {
  Section section;
  section.title = "regions";
  section.table.columns = {{.title = "region"},
                           {.title = "times", .right = true},
                           {.title = "instr", .right = true},
                           {.title = "cycles", .right = true},
                           {.title = "latency", .right = true}};
  for (const ProfileRegion& region : p.facts.regions)
    section.table.rows.push_back(
        {{region.name, thousands(region.times), thousands(region.total.instructions),
          thousands(region.total.cycles),
          time_text(latency_figure(cycles_figure(number(region.total.cycles), p.core), p.target),
                    Notes())}});
  return section;
}

std::string riscv_trap_name(int number) {
  if (number == 11) return "environment calls";
  if (number == kFirstRiscvInterrupt + 3) return "software interrupts";
  if (number == kFirstRiscvInterrupt + 7) return "timer interrupts";
  return fmt::format("traps of cause {}", number % kFirstRiscvInterrupt);
}

std::string exception_name(int number) {
  if (number == kSvcall) return "SVCall";
  if (number == kPendsv) return "PendSV";
  if (number == kSystick) return "SysTick";
  if (number < kFirstInterrupt) return fmt::format("exception {}", number);
  return fmt::format("interrupt {}", number - kFirstInterrupt);
}

Section events(const Profiled& p) {
  Section section;
  section.title = "the run";
  section.lines.push_back("ended: " + p.facts.ended);
  std::string taken;
  for (const auto& [number, count] : p.facts.exceptions)
    taken += fmt::format("{}{} {}", taken.empty() ? "" : ", ", thousands(count),
                         is_riscv(p) ? riscv_trap_name(number)
                         : is_avr(p) ? fmt::format("of vector {}", number)
                                     : exception_name(number));
  if (!taken.empty()) section.lines.push_back("exceptions: " + taken);
  if (p.facts.idle_cycles > 0)
    section.lines.push_back(
        fmt::format("asleep for {} cycles, in no figure", thousands(p.facts.idle_cycles)));
  for (const UnknownInsn& each : p.facts.unknown)
    section.lines.push_back(fmt::format("{} is not known to the core's model: {} executed, as alu",
                                        each.mnemonic, thousands(each.executed)));
  for (const std::string& note : p.facts.notes) section.lines.push_back(note);
  if (!p.no_lines.empty()) section.lines.push_back("no lines of source: " + p.no_lines);
  if (p.facts.end != ProfileEnd::fault || p.emulator != "unicorn") return section;
  std::string line;
  constexpr const char* kNames[][2] = {
      {"r0", "a0"},  {"r1", "a1"}, {"r2", "a2"}, {"r3", "a3"}, {"r4", "a4"},  {"r5", "a5"},
      {"r6", "a6"},  {"r7", "a7"}, {"r8", "t0"}, {"r9", "t1"}, {"r10", "t2"}, {"r11", "s0"},
      {"r12", "s1"}, {"sp", "sp"}, {"lr", "ra"}, {"pc", "pc"}, {"xpsr", ""}};
  const size_t shown = std::size(kNames) - (is_riscv(p) ? 1 : 0);
  for (size_t i = 0; i < shown; ++i) {
    line += fmt::format("{:>4} {:08x}  ", kNames[i][is_riscv(p)], p.facts.board.registers[i]);
    if (i % 6 != 5 && i + 1 != shown) continue;
    section.lines.push_back(line);
    line.clear();
  }
  return section;
}

Section touched(const Profiled& p) {
  Section section;
  if (p.facts.touched.empty()) return section;
  section.title = "peripheral registers that nothing models (they read back what was written)";
  section.table.columns = {{.title = "address"},
                           {.title = "reads", .right = true},
                           {.title = "writes", .right = true},
                           {.title = "first at"},
                           {}};
  std::vector<TouchedAddress> rows = p.facts.touched;
  std::ranges::stable_sort(rows, std::greater{}, [](const TouchedAddress& each) {
    return std::pair(each.flipped, each.reads + each.writes);
  });
  for (size_t i = 0; i < std::min(kMostTouched, rows.size()); ++i)
    section.table.rows.push_back(
        {{fmt::format("0x{:08x}", rows[i].address), thousands(rows[i].reads),
          thousands(rows[i].writes), fmt::format("0x{:08x}", rows[i].first_pc),
          rows[i].flipped ? "polled: its bits were flipped to end the wait" : ""}});
  if (rows.size() > kMostTouched)
    section.table.rows.push_back({{fmt::format("{} more", rows.size() - kMostTouched)}});
  return section;
}

Section output(const Profiled& p) {
  Section section;
  std::vector<std::string> lines(1);
  for (const char c : p.facts.console) {
    if (c == '\n')
      lines.emplace_back();
    else if (c >= ' ' && c < '\x7f')
      lines.back() += c;
  }
  std::erase_if(lines, [](const std::string& line) { return line.empty(); });
  if (lines.empty()) return section;
  section.title = "serial output";
  const size_t first = lines.size() > kMostOutputLines ? lines.size() - kMostOutputLines : 0;
  if (first > 0) section.lines.push_back(fmt::format("({} lines before)", first));
  section.lines.insert(section.lines.end(), lines.begin() + static_cast<ptrdiff_t>(first),
                       lines.end());
  return section;
}

/// What the code asked of each memory and found in each cache.
Section memories(const Profiled& p, const ProfileRegion& region) {
  Section section;
  section.title = "memories";
  section.table.columns = {{},
                           {.title = "loads", .right = true},
                           {.title = "stores", .right = true},
                           {.title = "fetches", .right = true},
                           {.title = "hits", .right = true},
                           {.title = "misses", .right = true}};
  for (size_t i = 0; i < std::min(kMaxRegions, p.target.regions.size()); ++i) {
    const RegionTraffic& t = region.total.regions[i];
    if (t.loads + t.stores + t.fetches == 0) continue;
    section.table.rows.push_back({{p.target.regions[i].name, thousands(t.loads),
                                   thousands(t.stores), thousands(t.fetches), "", ""}});
  }
  if (region.total.other_accesses > 0)
    section.table.rows.push_back(
        {{"peripherals", thousands(region.total.other_accesses), "", "", "", ""}});
  for (size_t i = 0; i < std::min(kMaxCaches, p.facts.caches.size()); ++i) {
    const CacheTraffic& t = region.total.caches[i];
    section.table.rows.push_back(
        {{p.facts.caches[i], "", "", "", thousands(t.hits), thousands(t.misses)}});
  }
  return section;
}

}  // namespace

std::string profile_page(const Profiled& profiled, size_t width) {
  const ProfileRegion& region = profiled.facts.regions.front();
  std::string text;
  const Section sections[] = {headline(profiled),
                              summary(profiled, region),
                              causes(region),
                              classes(region),
                              layers(region),
                              functions(profiled, region),
                              profile_lines(profiled, region),
                              paths(region),
                              memories(profiled, region),
                              regions(profiled),
                              touched(profiled),
                              output(profiled),
                              events(profiled)};
  for (const Section& section : sections) {
    if (section.table.rows.empty() && section.lines.empty()) continue;
    if (!text.empty()) text += "\n";
    for (const Line& line : section_lines(section, width)) text += line.text + "\n";
  }
  return text + fmt::format(
                    "\nexact: instructions, loads, stores, branches taken, calls{}{}\n"
                    "modelled: cycles, hits, misses ({})\n",
                    profiled.facts.no_stack.empty() ? ", stack" : "",
                    profiled.facts.heap.kind == HeapUse::unknown ? "" : ", heap",
                    cycles_basis(profiled.target, profiled.core));
}

}  // namespace assay
