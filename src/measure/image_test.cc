// With the real compiler: building, linking at the part's addresses, running what was linked.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "measure/measure.h"
#include "test_program.h"
#include "util/cache.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-image-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

/// Every count of a run, and what it wrote.
std::string digest(const RunFacts& facts) {
  std::string made;
  const auto add = [&made](const Counts& counts) {
    made += fmt::format("{} instructions, {} cycles, {} loads, {} stores, {} macs, {} taken; ",
                        counts.instructions, counts.cycles, counts.loads, counts.stores,
                        counts.macs, counts.branches_taken);
    for (const int64_t count : counts.by_class) made += fmt::format("{} ", count);
  };
  add(facts.startup);
  for (const Counts& layer : facts.first.layers) add(layer);
  for (const FunctionCounts& function : facts.first.functions) {
    made += fmt::format("{} x {}: ", function.name, function.entries);
    add(function.counts);
  }
  for (const Counts& inference : facts.inferences) add(inference);
  for (const auto& output : facts.outputs)
    for (const std::byte b : output) made += fmt::format("{:02x}", static_cast<int>(b));
  return made + fmt::format(" stack {}", facts.stack_bytes);
}

class ImageSlow : public testing::Test {
 protected:
  void SetUp() override {
    const Result<Toolchain> found = find_toolchain("", arm_family);
    if (!found) GTEST_SKIP() << "skipped: arm-none-eabi-gcc not installed";
    toolchain = *found;
  }

  Result<Image> build(const Program& program, const BuildOptions& options = {}) const {
    return build_image(program, target, toolchain, options, folder.path);
  }

  Result<Measurement> measured(const Program& program, const BuildOptions& options = {}) const {
    return measure(TRY(build(program, options)), program, target, core, inputs, limits);
  }

  Result<RunFacts> run(const Image& image) const {
    const ElfFile elf = TRY(read_elf(image.elf));
    const Emulator* emulator = TRY(choose_emulator(core, target));
    return emulator->run(run_request(elf, test_program(), target, core, inputs, limits));
  }

  Target target = load_target("nucleo-l4r5zi").value();
  CoreTiming core = load_core("cortex_m4").value();
  Toolchain toolchain;
  Folder folder;
  RunLimits limits;
  std::vector<std::vector<std::byte>> inputs = [] {
    std::vector<std::vector<std::byte>> made(3, std::vector<std::byte>(16));
    uint32_t random = 1;
    for (auto& input : made)
      for (std::byte& b : input)
        b = static_cast<std::byte>((random = random * 1664525 + 1013904223) >> 24);
    return made;
  }();
};

/// The test program with its second layer's body replaced.
Program with_second_layer(const std::string& body) {
  Program program = test_program();
  std::string& source = program.sources.back().text;
  const size_t begin = source.find("  volatile int8_t copy"), end = source.find("void *toy_input");
  source.replace(begin, end - begin, body + "\n}\n");
  return program;
}

TEST_F(ImageSlow, MeasuresOutputsLayersAndStack) {
  const auto result = measured(test_program());
  ASSERT_TRUE(result) << text(result.error());
  const RunFacts& facts = result->run.value();
  for (size_t i = 0; i < inputs.size(); ++i)
    EXPECT_EQ(facts.outputs[i], test_output(inputs[i])) << i;
  const InferenceFacts& first = facts.first;
  ASSERT_EQ(first.layers.size(), 3u);
  EXPECT_GT(first.layers[0].instructions, 16 * 5);
  EXPECT_EQ(first.layers[1].instructions, 0);
  EXPECT_GT(first.layers[2].instructions, 16 * 4);
  const int64_t in_layers = first.layers[0].instructions + first.layers[2].instructions;
  EXPECT_LT(first.total.instructions - in_layers, 10) << "calls in the invoke function";
  EXPECT_GE(first.layer_stack_bytes[2], 16) << "its copy";
  EXPECT_GE(facts.stack_bytes, first.layer_stack_bytes[2]);
  EXPECT_LT(facts.stack_bytes, 256);
  EXPECT_EQ(facts.inferences[0].instructions, first.total.instructions);
  int64_t in_functions = 0;
  for (const FunctionCounts& row : first.functions) in_functions += row.counts.instructions;
  EXPECT_EQ(in_functions, first.total.instructions);
  EXPECT_TRUE(facts.unknown.empty());
  EXPECT_TRUE(facts.notes.empty());
}

TEST_F(ImageSlow, SeesAStackThatGrowsByARegister) {
  const auto result = measured(
      with_second_layer("  volatile uint8_t *big = __builtin_alloca(5000u + arena[0]);\n  int i;\n"
                        "  for (i = 0; i < 16; ++i) big[i] = arena[i];\n"
                        "  for (i = 0; i < 16; ++i) arena[32 + i] = big[i];"));
  ASSERT_TRUE(result) << text(result.error());
  EXPECT_GE(result->run->first.layer_stack_bytes[2], 5000);
  EXPECT_LT(result->run->first.layer_stack_bytes[2], 5400);
}

TEST_F(ImageSlow, EveryByteInOneClass) {
  const auto image = build(test_program());
  ASSERT_TRUE(image) << text(image.error());
  const ElfFile elf = read_elf(image->elf).value();
  const Footprint sizes = footprint(elf, target).value();
  int64_t flash = 0, ram = 0;
  for (const ElfSection& section : elf.sections) {
    if (!section.allocated || section.name == ".stack") continue;
    if (section.has_bytes) flash += section.bytes;
    if (section.address >= 0x20000000) ram += section.bytes;
  }
  EXPECT_EQ(sizes.flash_bytes, flash);
  EXPECT_EQ(sizes.weights_bytes + sizes.tables_bytes + sizes.kernels_bytes +
                sizes.model_code_bytes + sizes.startup_bytes + sizes.libc_bytes +
                sizes.other_bytes + sizes.data_bytes,
            flash);
  EXPECT_EQ(sizes.data_bytes + sizes.bss_bytes + sizes.arena_bytes, ram);
  EXPECT_EQ(sizes.weights_bytes, 16);
  EXPECT_EQ(sizes.tables_bytes, 16);
  EXPECT_EQ(sizes.arena_bytes, 64);
  EXPECT_EQ(sizes.libc_bytes, 0);
  EXPECT_GT(sizes.kernels_bytes, 0);
  EXPECT_GT(sizes.model_code_bytes, 0);
  EXPECT_LT(sizes.startup_bytes, 500);
}

TEST_F(ImageSlow, OverflowsAreExact) {
  const Program program = test_program();
  const int64_t flash = footprint(read_elf(build(program)->elf).value(), target)->flash_bytes;
  const struct {
    const char* name;
    int64_t flash_bytes, ram_bytes;
    const char* says;
  } cases[] = {
      {"both fit to the byte", flash, 64 + arm_family.stack_reserve_bytes, ""},
      {"flash lacks 1", flash - 1, 4096, "FLASH overflows by 1 B"},
      {"flash lacks 100", flash - 100, 4096, "FLASH overflows by 100 B"},
      {"RAM lacks 8", flash, 56 + arm_family.stack_reserve_bytes, "RAM overflows by 8 B"},
      {"both", flash - 4, 1024, "FLASH overflows by 4 B; RAM overflows by 64 B"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    target.regions[0].size_bytes = c.flash_bytes;
    target.regions[1].size_bytes = c.ram_bytes;
    const auto image = build(program);
    ASSERT_TRUE(image) << text(image.error());
    EXPECT_EQ(text(image->overflows), c.says);
    EXPECT_EQ(image->elf.empty(), *c.says != '\0');
  }
}

TEST_F(ImageSlow, AnArenaBeyondAllReasonOverflows) {
  Program program = test_program();
  program.plan.arena_bytes = int64_t{4} << 30;
  const auto image = build(program);
  ASSERT_TRUE(image) << text(image.error());
  EXPECT_EQ(text(image->overflows), "RAM overflows by 4 294 311 936 B");
}

TEST_F(ImageSlow, SameBytesInAnotherFolder) {
  const Folder other;
  const auto here = build(test_program());
  const auto there = build_image(test_program(), target, toolchain, {}, other.path);
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(here->elf == there->elf);
  EXPECT_EQ(here->command.find('/'), std::string::npos) << here->command;
}

TEST_F(ImageSlow, CompilesAnewOnlyWhatChanged) {
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before ? before : "";
  setenv("XDG_CACHE_HOME", (folder.path / "cache").c_str(), 1);
  const Cache cache(true);
  before ? setenv("XDG_CACHE_HOME", kept.c_str(), 1) : unsetenv("XDG_CACHE_HOME");
  const auto objects = [&](const Program& program) {
    BuildOptions options;
    options.objects = &cache;
    const Result<Image> image = build(program, options);
    EXPECT_TRUE(image) << text(image.error());
    return cache.usage().entries;
  };
  Program program = test_program();
  const auto source = [&program](std::string_view name) -> std::string& {
    return std::ranges::find(program.sources, name, &SourceFile::name)->text;
  };
  const int64_t all = objects(program);
  EXPECT_EQ(objects(program), all);
  source("toy.h") += "/* more */\n";
  EXPECT_EQ(objects(program), all + 2) << "toy.c and, through assay_model.h, main.c: not kernel.c";
  source("kernel.h") += "/* more */\n";
  EXPECT_EQ(objects(program), all + 4) << "toy.c and kernel.c";
}

TEST_F(ImageSlow, TwoRunsAreEqualToTheBitEvenInThreads) {
  const auto image = build(test_program());
  ASSERT_TRUE(image) << text(image.error());
  std::vector<std::string> facts(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& fact : facts)
      threads.emplace_back([&] {
        const auto ran = run(*image);
        fact = ran ? digest(*ran) : text(ran.error());
      });
  }
  EXPECT_NE(facts[0].find("instructions"), std::string::npos) << facts[0];
  for (const std::string& fact : facts) EXPECT_EQ(fact, facts[0]);
}

TEST_F(ImageSlow, BlocksCountWhatOneByOneCounts) {
  const Program program = test_program();
  for (const char* name :
       {"nucleo-l4r5zi", "pico", "disco-f746ng", "nucleo-h743zi", "pico2", "bluepill"}) {
    SCOPED_TRACE(name);
    target = load_target(name).value();
    core = load_core(target.core).value();
    const auto image = build(program);
    ASSERT_TRUE(image) << text(image.error());
    const ElfFile elf = read_elf(image->elf).value();
    const auto facts = unicorn_emulator.run({.elf = elf,
                                             .target = target,
                                             .core = core,
                                             .inputs = inputs,
                                             .layer_symbols = {},
                                             .invoke_symbol = program.invoke_symbol,
                                             .count_twice = true});
    ASSERT_TRUE(facts) << text(facts.error());
  }
}

TEST_F(ImageSlow, FloatingPointWorks) {
  const Program program = with_second_layer(
      "  volatile float x = (float)(int8_t)arena[16];\n  x = x * 0.5f + 1.0f;\n"
      "  arena[32] = (uint8_t)(int8_t)x;");
  for (const char* name : {"nucleo-l4r5zi", "pico", "disco-f746ng", "nucleo-h743zi", "pico2"}) {
    SCOPED_TRACE(name);
    target = load_target(name).value();
    core = load_core(target.core).value();
    const auto result = measured(program);
    ASSERT_TRUE(result) << text(result.error());
    const int sum = static_cast<int8_t>(inputs[0][0]) / 16;
    EXPECT_EQ(static_cast<int8_t>(result->run->outputs[0][0]), static_cast<int8_t>(sum / 2.0 + 1));
    const auto fp_mac = static_cast<size_t>(InsnClass::fp_mac),
               fp_mul = static_cast<size_t>(InsnClass::fp_mul);
    const auto& by_class = result->run->first.total.by_class;
    EXPECT_EQ(by_class[fp_mac] + by_class[fp_mul] > 0, target.fpu != "none");
  }
}

/// Unicorn's Cortex-M7 has single precision only: the run must take another way.
TEST_F(ImageSlow, DoublePrecisionWorksOnM7) {
  const Program program = with_second_layer(
      "  volatile double x = (double)(int8_t)arena[16];\n  x = x * 0.5 + 1e-9;\n"
      "  arena[32] = x > 1e-10 && x < 1e-8 ? 1 : (uint8_t)(int8_t)x;");
  target = load_target("nucleo-h743zi").value();
  core = load_core(target.core).value();
  inputs = {std::vector<std::byte>(16)};
  const auto result = measured(program);
  ASSERT_TRUE(result) << text(result.error());
  EXPECT_EQ(result->run->outputs[0][0], std::byte{1});
  EXPECT_GT(result->run->first.total.by_class[static_cast<size_t>(InsnClass::fp_double)], 0);
  const auto fault = measured(with_second_layer("  arena[0] = *(volatile uint8_t *)0x1fffff00;"));
  ASSERT_FALSE(fault);
  EXPECT_NE(text(fault.error()).find("(layer 2): read of 1 bytes at 0x1fffff00"), std::string::npos)
      << text(fault.error());
}

TEST_F(ImageSlow, SaysHowARunWentWrong) {
  const struct {
    const char* name;
    const char* body;
    const char* says;
  } cases[] = {
      {"writes to flash", "  *(volatile int *)0x08000100 = (int)(uintptr_t)arena;",
       "(layer 2): write of 4 bytes at 0x08000100, which is flash"},
      {"reads nowhere", "  arena[0] = *(volatile uint8_t *)0x1fffff00;",
       "(layer 2): read of 1 bytes at 0x1fffff00, where nothing is"},
      {"undefined instruction", "  (void)arena; __asm__ volatile(\"udf #1\");",
       "(layer 2): an undefined instruction"},
      {"never ends", "  (void)arena; for (;;) __asm__ volatile(\"\");",
       "(layer 2): the limit of 10 000 000 instructions"},
      {"never ends but works", "  for (;;) ++*(volatile uint8_t *)arena;",
       "(layer 2): the limit of 10 000 000 instructions"},
      {"takes all RAM for its stack",
       "  volatile uint8_t big[196528];\n  int i;\n"
       "  for (i = 0; i < 16; ++i) big[i] = arena[i];\n"
       "  for (i = 0; i < 16; ++i) arena[32 + i] = big[i];",
       "the stack took 196 "},
  };
  limits.max_instructions = 10'000'000;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = measured(with_second_layer(c.body));
    ASSERT_FALSE(result);
    EXPECT_NE(text(result.error()).find(c.says), std::string::npos) << text(result.error());
    const bool has_place = std::string_view(c.says).find("layer") != std::string_view::npos;
    const size_t place = text(result.error()).find("in function toy_layer_02_add");
    EXPECT_EQ(place != std::string::npos, has_place) << text(result.error());
    EXPECT_EQ(exit_code(result.error()), 3);
  }
}

TEST_F(ImageSlow, StopsWhenCancelled) {
  const std::atomic<bool> cancelled = true;
  const auto image = build(with_second_layer("  (void)arena; for (;;) __asm__ volatile(\"\");"));
  ASSERT_TRUE(image) << text(image.error());
  limits.cancelled = &cancelled;
  const auto ran = run(*image);
  ASSERT_FALSE(ran);
  EXPECT_EQ(text(ran.error()), "cancelled");
}

TEST_F(ImageSlow, TakesTheUsersFlags) {
  const Program program = with_second_layer(
      "  volatile int64_t x = arena[16] + 7;\n  arena[32] = (uint8_t)(x * x / 3);");
  for (const char* flag : {"-flto", "-mfloat-abi=softfp", "-mfloat-abi=soft", "-g3", "-O0"}) {
    SCOPED_TRACE(flag);
    const auto result = measured(program, {.flags = {flag}});
    ASSERT_TRUE(result) << text(result.error());
    const int x = static_cast<uint8_t>(static_cast<int8_t>(inputs[0][0]) / 16) + 7;
    EXPECT_EQ(result->run->outputs[0][0], static_cast<std::byte>(x * x / 3));
    EXPECT_TRUE(result->image.command.ends_with(flag)) << result->image.command;
    EXPECT_GT(result->footprint->startup_bytes, 300) << "told apart from the model's code";
  }
}

TEST_F(ImageSlow, SaysWhatTheCompilerSays) {
  const auto flag = build(test_program(), {.flags = {"-fno-such-flag"}});
  ASSERT_FALSE(flag);
  EXPECT_EQ(exit_code(flag.error()), 2);
  EXPECT_NE(text(flag.error()).find("-fno-such-flag"), std::string::npos) << text(flag.error());
  const auto source = build(with_second_layer("  no_such_function(arena)"));
  ASSERT_FALSE(source);
  EXPECT_NE(text(source.error()).find("compiling model/toy.c: "), std::string::npos)
      << text(source.error());
  EXPECT_NE(text(source.error()).find("error: expected ';'"), std::string::npos)
      << text(source.error());
}

/// The same program on QEMU's board with a Cortex-M4, linked for that board.
TEST_F(ImageSlow, QemuComputesTheSame) {
  const std::filesystem::path qemu = find_program("qemu-system-arm");
  if (qemu.empty()) GTEST_SKIP() << "skipped: qemu-system-arm not installed";
  target.regions[0].address = 0;
  target.regions[0].size_bytes = target.regions[1].size_bytes = 4 << 20;
  ASSERT_TRUE(build(test_program()));
  std::vector<std::byte> all, expected;
  for (const auto& input : inputs) {
    const std::vector<std::byte> output = test_output(input);
    all.insert(all.end(), input.begin(), input.end());
    expected.insert(expected.end(), output.begin(), output.end());
  }
  ASSERT_TRUE(write_file(folder.path / "input.bin", all));
  const auto done = run_process(
      {qemu.string(), "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
       "-semihosting-config", "enable=on,target=native", "-kernel", "image.elf"},
      folder.path, 60);
  ASSERT_TRUE(done) << text(done.error());
  EXPECT_EQ(done->exit_code, 0) << done->out;
  EXPECT_EQ(read_file(folder.path / "output.bin").value(), expected);
}

}  // namespace
}  // namespace assay
