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

constexpr size_t kMostFunctions = 15, kMostPaths = 8, kMostTouched = 12, kMostOutputLines = 12;
constexpr int kBarWidth = 16;

double number(int64_t value) { return static_cast<double>(value); }

std::vector<ProfileFunction> most_first(const ProfileRegion& region) {
  std::vector<ProfileFunction> rows = region.functions;
  std::erase_if(rows, [](const ProfileFunction& f) {
    return f.self.instructions <= 0 && f.inclusive.instructions <= 0;
  });
  std::ranges::stable_sort(rows, std::greater{},
                           [](const ProfileFunction& f) { return f.self.cycles; });
  return rows;
}

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
        fmt::format("{} calls, {} mispredicted", thousands(c.calls), thousands(c.mispredicted))}}};
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

Section functions(const ProfileRegion& region) {
  const std::vector<ProfileFunction> rows = most_first(region);
  Section section;
  section.title = "functions";
  section.table.columns = {{.title = "function", .max_width = 34},
                           {.title = "calls", .right = true},
                           {.title = "instr", .right = true},
                           {.title = "self", .right = true},
                           {.title = "share", .right = true},
                           {.title = "with callees", .right = true},
                           {.title = "most of it"}};
  const double all = number(region.total.cycles);
  double rest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const ProfileFunction& f = rows[i];
    if (i >= kMostFunctions) {
      rest += number(f.self.cycles);
      continue;
    }
    section.table.rows.push_back(
        {{f.name, thousands(f.calls), si(number(f.self.instructions)), si(number(f.self.cycles)),
          percent(number(f.self.cycles), all), si(number(f.inclusive.cycles)),
          profile_main_cause(f.self.causes)}});
  }
  if (rows.size() > kMostFunctions)
    section.table.rows.push_back({{fmt::format("{} more", rows.size() - kMostFunctions), "", "",
                                   si(rest), percent(rest, all), "", ""}});
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

FunctionRecord function_row(const ProfileFunction& function, const CoreTiming& core) {
  FunctionRecord row;
  row.name = function.name;
  row.code_bytes =
      function.code_bytes > 0 ? Figure::exact(function.code_bytes) : Figure::none("no symbol");
  row.entries = Figure::exact(function.calls);
  row.instructions = Figure::exact(function.self.instructions);
  row.cycles = cycles_figure(number(function.self.cycles), core);
  row.loads = Figure::exact(function.self.loads);
  row.stores = Figure::exact(function.self.stores);
  row.causes = cause_shares(function.self.causes, core);
  return row;
}

void add_counts(Record& record, const Counts& total, const Profiled& profiled) {
  record.cycles = cycles_figure(number(total.cycles), profiled.core);
  record.causes = cause_shares(total.causes, profiled.core);
  record.latency_us = latency_figure(record.cycles, profiled.target);
  record.loads = Figure::exact(total.loads);
  record.stores = Figure::exact(total.stores);
  record.branches_taken = Figure::exact(total.branches_taken);
  record.branches_not_taken = Figure::exact(total.branches_not_taken);
  record.macs_executed = Figure::exact(total.macs);
  record.calls = Figure::exact(total.calls);
  record.unaligned = Figure::exact(total.unaligned);
  record.cycles_basis = cycles_basis(profiled.target, profiled.core);
  for (const MemoryRegion& region : profiled.target.regions) {
    RegionRecord& row = record.regions.emplace_back();
    row.name = region.name;
    row.kind = region.kind == RegionKind::flash ? "flash" : "ram";
    row.size_bytes = Figure::exact(region.size_bytes);
    row.used_bytes = Figure::none("a profile does not give it");
  }
  add_traffic(record, total, profiled.facts.caches, profiled.target);
  for (size_t cls = 0; cls < kInsnClasses; ++cls)
    if (total.by_class[cls] > 0)
      record.classes.push_back(
          {std::string(name(static_cast<InsnClass>(cls))), Figure::exact(total.by_class[cls])});
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
                              functions(region),
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
                    "\nexact: instructions, loads, stores, branches taken, calls\n"
                    "modelled: cycles, hits, misses ({})\n",
                    cycles_basis(profiled.target, profiled.core));
}

Record profile_record(const Profiled& profiled) {
  const ProfileRegion& region = profiled.facts.regions.front();
  const Counts& total = region.total;
  Record record;
  record.assay_version = ASSAY_VERSION;
  record.model = profiled.file;
  record.model_format = profiled.image.format;
  record.model_hash = hash_hex(profiled.image.file);
  record.target = profiled.target.name;
  record.part = profiled.target.part;
  record.core = profiled.core.name;
  record.memory_system = profiled.target.memory_system;
  record.data_hash = hash_hex(profiled.target.file_text + profiled.core.file_text);
  record.clock_hz = Figure::exact(profiled.target.clock_hz);
  record.runtime = "profile of " + region.name;
  record.emulator = std::string(profiled.emulator);
  record.instructions = Figure::exact(total.instructions);
  add_counts(record, total, profiled);
  for (const ProfileFunction& f : most_first(region))
    record.functions.push_back(function_row(f, profiled.core));
  record.lines = profile_line_rows(region, profiled.core);
  for (const TouchedAddress& each : profiled.facts.touched)
    record.troubles.push_back(
        {fmt::format("0x{:08x}", each.address),
         fmt::format("a peripheral register that nothing models, first used at 0x{:08x}",
                     each.first_pc)});
  for (const std::string& note : profiled.facts.notes) record.troubles.push_back({"run", note});
  record.troubles.push_back({"run", "ended: " + profiled.facts.ended});
  if (!profiled.no_lines.empty()) record.troubles.push_back({"lines", profiled.no_lines});
  describe(record, [&](std::string_view, auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(member)>, Figure>)
      if (!member && member.reason.empty()) member.reason = "a profile does not give it";
  });
  return record;
}

}  // namespace assay
