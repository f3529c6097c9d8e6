// The micro-programs of firmware/bench/: which cases a target gets, and the C that runs them.
//
// Every case is a function of its own that calls the program; around it the generated code makes up
// the data, puts the table where it shall stand and takes a digest of the result, all outside of
// what is counted. The host runs the same C on the same data for the digest to expect. A table in
// another RAM region stands at that region's end, by address: nothing else is there. Not handled:
// other flash regions than the first (nothing can be put there), regions that overlap.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bench/case.h"
#include "bench_program.h"
#include "emit/c_writer.h"
#include "hw/isa_family.h"

extern "C" {
#define BENCH_PROGRAM(id) extern const struct bench_program bench_##id##_program;
#include "bench_programs.def"
#undef BENCH_PROGRAM
}

namespace assay {
namespace {

constexpr const bench_program* kPrograms[] = {
#define BENCH_PROGRAM(id) &bench_##id##_program,
#include "bench_programs.def"
#undef BENCH_PROGRAM
};

constexpr int64_t kAlignment = 64;
constexpr uint32_t kSeedX = 1, kSeedW = 2;

struct MicroCase {
  const bench_program* program;
  bench_size size;
  int32_t x_offset, w_offset;  ///< bytes beyond a multiple of 64
  const MemoryRegion* region;  ///< of the table, or of `out`; null: there is none
  bool by_address;             ///< not where the linker puts constants or the arena
};

int64_t element_bytes(bench_type type) { return type == BENCH_S8 ? 1 : type == BENCH_S16 ? 2 : 4; }

Dtype dtype_of(bench_type type) {
  constexpr Dtype kTypes[] = {Dtype::s8, Dtype::s16, Dtype::s32, Dtype::f32};
  return kTypes[type];
}

int64_t x_bytes(const MicroCase& c) {
  return c.program->x_elements(c.size.n, c.size.m) * element_bytes(c.program->x_type);
}
int64_t w_bytes(const MicroCase& c) {
  return c.program->w_elements(c.size.n, c.size.m) * element_bytes(c.program->w_type);
}
int64_t out_bytes(const MicroCase& c) {
  return c.program->out_elements(c.size.n, c.size.m) * element_bytes(c.program->out_type);
}
bool writes(const MicroCase& c) { return (c.program->memories & BENCH_WRITES) != 0; }

int64_t rounded(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct Place {
  const MemoryRegion* region;
  bool by_address;
};

std::vector<Place> places(const bench_program& program, const Target& target) {
  std::vector<Place> found;
  const MemoryRegion *flash = nullptr, *ram = nullptr;
  std::vector<Place> others;
  for (const MemoryRegion& region : target.regions) {
    const MemoryRegion*& first = region.kind == RegionKind::flash ? flash : ram;
    if (!first)
      first = &region;
    else if (region.kind == RegionKind::ram)
      others.push_back({&region, true});
  }
  if (program.memories == BENCH_NO_TABLE) return {{nullptr, false}};
  // A program reads its table by a pointer to data.
  const bool reads_flash = !isa_family(target.isa).program_memory_apart;
  if ((program.memories & BENCH_FLASH) && flash && reads_flash) found.push_back({flash, false});
  if ((program.memories & BENCH_RAM) && ram) found.push_back({ram, false});
  if (program.memories & BENCH_OTHERS) found.insert(found.end(), others.begin(), others.end());
  return found;
}

/// The offsets of a list that ends at the first 0 after the first.
std::vector<int32_t> offsets(std::span<const int32_t> list) {
  const auto end = std::find(list.begin() + 1, list.end(), 0);
  return {list.begin(), end};
}

/// Each size in each memory at each alignment; x and the table move in turn, not together.
std::vector<MicroCase> cases_of(const bench_program& program, const Target& target) {
  std::vector<MicroCase> cases;
  for (const bench_size& size : program.sizes) {
    if (size.n == 0) break;
    for (const Place& place : places(program, target)) {
      for (const int32_t w : offsets(program.w_offsets))
        cases.push_back({&program, size, 0, w, place.region, place.by_address});
      for (const int32_t x : offsets(program.x_offsets))
        if (x != 0) cases.push_back({&program, size, x, 0, place.region, place.by_address});
    }
  }
  return cases;
}

BenchCase describe(const MicroCase& c) {
  const bench_program& program = *c.program;
  const std::string size =
      c.size.m == 0 ? fmt::format("n {}", c.size.n) : fmt::format("n {}, m {}", c.size.n, c.size.m);
  BenchCase made{.program = program.name,
                 .group = program.group,
                 .title = program.title,
                 .variant = program.by_size ? size : "",
                 .unit = program.unit,
                 .memory = c.region ? c.region->name : "",
                 .kernel = program.name,
                 .detail = size,
                 .units = program.work(c.size.n, c.size.m),
                 .features = {},
                 .work = {}};
  made.features = {{"n", c.size.n}, {"m", c.size.m}};
  if (program.operations)
    made.features.emplace_back("operations",
                               static_cast<double>(program.operations(c.size.n, c.size.m)));
  made.features.insert(made.features.end(), {{"x_offset", c.x_offset}, {"w_offset", c.w_offset}});
  if (c.w_offset) made.detail += fmt::format(", {} + {}", writes(c) ? "to" : "table", c.w_offset);
  if (c.x_offset) made.detail += fmt::format(", x + {}", c.x_offset);
  return made;
}

std::vector<std::byte> table_of(const MicroCase& c) {
  std::vector<std::byte> table(static_cast<size_t>(w_bytes(c)));
  const auto elements = c.program->w_elements(c.size.n, c.size.m);
  if (c.program->fill)
    c.program->fill(table.data(), c.size.n, c.size.m);
  else
    bench_random(c.program->w_type, table.data(), elements, kSeedW);
  return table;
}

Digest expected_of(const MicroCase& c) {
  const bench_program& program = *c.program;
  std::vector<std::byte> x(static_cast<size_t>(x_bytes(c))), out(static_cast<size_t>(out_bytes(c)));
  const std::vector<std::byte> w = table_of(c);
  bench_random(program.x_type, x.data(), program.x_elements(c.size.n, c.size.m), kSeedX);
  program.run(x.data(), w.data(), out.data(), c.size.n, c.size.m);
  Digest digest{.is_float = program.out_type == BENCH_F32};
  bench_digest(program.out_type, out.data(), program.out_elements(c.size.n, c.size.m),
               digest.words.data());
  return digest;
}

/// The arena: digests, then x, the table and the result, which the cases take in turns.
struct Arena {
  int64_t input = 0, x = 0, w = 0, out = 0, end = 0;
};

Arena lay_out_arena(std::span<const MicroCase> cases) {
  int64_t x = 0, w = 0, out = 0;
  for (const MicroCase& c : cases) {
    const bool in_arena = c.region && c.region->kind == RegionKind::ram && !c.by_address;
    x = std::max(x, c.x_offset + x_bytes(c));
    if (in_arena && !writes(c)) w = std::max(w, c.w_offset + w_bytes(c));
    if (!writes(c) || in_arena) out = std::max(out, out_bytes(c) + (writes(c) ? c.w_offset : 0));
  }
  Arena arena;
  arena.input = static_cast<int64_t>(cases.size()) * 8;
  arena.x = rounded(arena.input + 4);
  arena.w = arena.x + rounded(x);
  arena.out = arena.w + rounded(w);
  arena.end = arena.out + rounded(out);
  return arena;
}

struct MicroWriter {
  Arena arena;
  Program program;
  std::string tables, functions, invoke;
  std::map<std::string, std::string> symbol_of;  ///< a table's bytes -> its symbol
};

/// The last bytes of the region, from a multiple of 64 on.
std::string region_address(const MemoryRegion& region, int64_t bytes, int32_t offset) {
  const int64_t end = int64_t{region.address} + region.size_bytes;
  const int64_t at = (end - bytes - offset) / kAlignment * kAlignment + offset;
  return fmt::format("(uint8_t *)0x{:08x}u", at);
}

std::string arena_address(int64_t at) { return fmt::format("a + {}", at); }

/// The table as a constant of the image; its first byte is `offset` beyond a multiple of 64.
std::string flash_table(MicroWriter& w, const MicroCase& c) {
  std::vector<std::byte> bytes(static_cast<size_t>(c.w_offset));
  const std::vector<std::byte> table = table_of(c);
  bytes.insert(bytes.end(), table.begin(), table.end());
  const auto size = static_cast<int64_t>(bytes.size());
  const std::string key = fmt::format("{} ", static_cast<int>(c.program->w_type)) +
                          std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto [at, fresh] = w.symbol_of.try_emplace(key);
  if (fresh) {
    at->second = fmt::format("bench_table_{:02}", w.program.constants.size());
    w.tables += c_array(at->second, {at->second, dtype_of(c.program->w_type), std::move(bytes), {}},
                        "BENCH_STORED ");
    w.program.constants.push_back({at->second, true, size, -1});
  }
  return fmt::format("(const BENCH_STORED uint8_t *){} + {}", at->second, c.w_offset);
}

/// Where the table or the result stands, and the statement that puts it there.
std::string place_table(MicroWriter& w, const MicroCase& c) {
  if (!c.region || writes(c)) return "a";
  const std::string constant = flash_table(w, c);
  if (c.region->kind == RegionKind::flash) return constant;
  const std::string at = c.by_address ? region_address(*c.region, w_bytes(c), c.w_offset)
                                      : arena_address(w.arena.w + c.w_offset);
  w.invoke += fmt::format("  bench_place({}, {}, {});\n", at, constant, w_bytes(c));
  return at;
}

std::string place_out(const MicroWriter& w, const MicroCase& c) {
  if (!writes(c)) return arena_address(w.arena.out);
  return c.by_address ? region_address(*c.region, out_bytes(c), c.w_offset)
                      : arena_address(w.arena.out + c.w_offset);
}

void write_case(MicroWriter& w, const MicroCase& c, size_t index) {
  const bench_program& program = *c.program;
  const std::string symbol = fmt::format("bench_layer_{:03}_{}", index, program.name);
  const std::string x = arena_address(w.arena.x + c.x_offset);
  if (const int32_t elements = program.x_elements(c.size.n, c.size.m))
    w.invoke += fmt::format("  bench_random((enum bench_type){}, {}, {}, {}u);\n",
                            static_cast<int>(program.x_type), x, elements, kSeedX);
  const std::string table = place_table(w, c), out = place_out(w, c);
  w.functions += fmt::format(
      "static BENCH_NOINLINE void {}(uint8_t *a) {{\n  bench_{}({}, {}, {}, {}, {});\n  "
      "(void)a;\n}}\n\n",
      symbol, program.name, x, table, out, c.size.n, c.size.m);
  w.invoke += fmt::format("  {}(a);\n  bench_digest((enum bench_type){}, {}, {}, to + {});\n",
                          symbol, static_cast<int>(program.out_type), out,
                          program.out_elements(c.size.n, c.size.m), 2 * index);
  w.program.layers.push_back({-1, symbol, 0});
  w.program.needs_libm |= program.needs_libm != 0;
}

std::string header_text(const Arena& arena, size_t cases) {
  return fmt::format(
      "#ifndef BENCH_H\n#define BENCH_H\n\n#define BENCH_ARENA_BYTES {}\n#define "
      "BENCH_INPUT_0_BYTES "
      "4\n#define BENCH_OUTPUT_0_BYTES {}\n\nvoid *bench_input(void *arena, int index);\n"
      "void *bench_output(void *arena, int index);\nvoid bench_invoke(void *arena);\n\n#endif\n",
      arena.end, cases * 8);
}

std::string source_text(const MicroWriter& w, std::span<const MicroCase> cases) {
  std::string text =
      "#include \"bench.h\"\n\n#include \"bench_program.h\"\n\n#define ASSAY_ALIGNED "
      "__attribute__((aligned(64)))\n"
      "#define BENCH_NOINLINE __attribute__((noinline))\n\n";
  std::vector<std::string_view> declared;
  for (const MicroCase& c : cases) {
    if (std::ranges::find(declared, c.program->name) != declared.end()) continue;
    declared.emplace_back(c.program->name);
    text += fmt::format("BENCH_RUN({});\n", c.program->name);
  }
  text += fmt::format("\n{}\n{}", w.tables, w.functions);
  text += fmt::format(
      "void *bench_input(void *arena, int index) {{ return (uint8_t *)arena + {} + 0 * index; }}\n"
      "void *bench_output(void *arena, int index) {{ return (uint8_t *)arena + 0 * index; }}\n\n"
      "void bench_invoke(void *arena) {{\n  uint8_t *a = (uint8_t *)arena;\n  uint32_t *to = "
      "(uint32_t *)arena;\n{}}}\n",
      w.arena.input, w.invoke);
  return text;
}

Result<BenchImage> micro_image(std::span<const MicroCase> cases) {
  MicroWriter w{.arena = lay_out_arena(cases),
                .program = {},
                .tables = {},
                .functions = {},
                .invoke = {},
                .symbol_of = {}};
  BenchImage image;
  for (size_t i = 0; i < cases.size(); ++i) {
    write_case(w, cases[i], i);
    image.cases.push_back(describe(cases[i]));
    image.layers.push_back(i);
    image.expected.push_back(expected_of(cases[i]));
  }
  Program& program = w.program;
  program.runtime = "bench";
  program.name = "bench";
  program.header = "bench.h";
  program.invoke_symbol = "bench_invoke";
  program.plan.arena_bytes = w.arena.end;
  program.cflags = {"-O2"};
  program.sources = {{"bench.h", header_text(w.arena, cases.size())},
                     {"bench.c", source_text(w, cases)}};
  for (const char* file : {"firmware/bench/bench_program.h", "firmware/bench/bench_data.c",
                           "kernels/assay_kernel.h", "kernels/assay_dsp.h"})
    program.sources.push_back(TRY(embedded_source(file)));
  for (const bench_program* each : kPrograms)
    if (std::ranges::any_of(cases, [each](const MicroCase& c) { return c.program == each; })) {
      const std::string file = fmt::format("firmware/bench/bench_{}.c", each->name);
      program.sources.push_back(TRY(embedded_source(file)));
    }
  image.program = std::move(program);
  image.input.resize(4);
  return image;
}

}  // namespace

BenchSuite micro_suite(const Target& target) {
  BenchSuite suite{.name = "micro-programs", .labels = {}, .programs = {}, .image = {}};
  std::vector<MicroCase> all;
  for (const bench_program* program : kPrograms)
    for (const MicroCase& c : cases_of(*program, target)) {
      // A region that holds little else than this case would show its edges, not its speed.
      if (c.by_address && c.region->size_bytes < 2 * rounded(std::max(w_bytes(c), out_bytes(c))))
        continue;
      all.push_back(c);
      const BenchCase made = describe(c);
      suite.programs.push_back(made.program);
      suite.labels.push_back(fmt::format("{} {}{}{}", made.program, made.memory,
                                         made.memory.empty() ? "" : " ", made.detail));
    }
  suite.image = [all](std::span<const size_t> chosen) {
    std::vector<MicroCase> cases;
    for (const size_t i : chosen) cases.push_back(all[i]);
    return micro_image(cases);
  };
  return suite;
}

}  // namespace assay
