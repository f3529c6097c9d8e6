// QEMU with the plugin: equal to Unicorn on the same image to the last count and cause, and one
// clear line when it is missing, dies or is stopped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "measure/measure.h"
#include "measure/trace.h"
#include "test_program.h"
#include "util/files.h"

namespace assay {
namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-qemu-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

/// Sets a variable of the environment while it lives.
struct Environment {
  const char* name;
  std::string before;
  bool was_set;
  Environment(const char* variable, const std::string& value)
      : name(variable),
        before(std::getenv(variable) ? std::getenv(variable) : ""),
        was_set(std::getenv(variable) != nullptr) {
    setenv(variable, value.c_str(), 1);
  }
  ~Environment() { was_set ? setenv(name, before.c_str(), 1) : unsetenv(name); }
};

class QemuSlow : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_toolchain("", arm_family)) GTEST_SKIP() << "skipped: arm-none-eabi-gcc not installed";
    if (const std::string why = qemu_emulator.missing(); !why.empty())
      GTEST_SKIP() << "skipped: " << why;
    use("mps2-an386");
  }

  void use(const std::string& name) {
    target = load_target(name).value();
    core = load_core(target.core).value();
    toolchain = find_toolchain("", isa_family(core.isa)).value_or(Toolchain{});
  }

  /// The boards that this machine has QEMU and a compiler for, and that Unicorn runs too.
  std::vector<const char*> boards() {
    std::vector<const char*> all = {"mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505"};
    const char* const riscv = "qemu-virt-rv32";
    const Target board = load_target(riscv).value();
    const Result<Toolchain> compiler = find_toolchain("", isa_family(board.isa));
    std::string why = qemu_emulator.unavailable(load_core(board.core).value(), board);
    if (!compiler) why = text(compiler.error());
    if (why.empty())
      all.push_back(riscv);
    else
      std::printf("%s: skipped: %s\n", riscv, why.c_str());
    return all;
  }

  Image build(const Program& program) {
    BuildOptions how;
    how.place = place;
    const Result<Image> image = build_image(program, target, toolchain, how, folder.path);
    return image ? *image : Image{};
  }

  Result<RunFacts> run(const Emulator& emulator, const Image& image) {
    const ElfFile elf = TRY(read_elf(image.elf));
    RunRequest request = run_request(elf, test_program(), target, core, inputs, limits);
    request.count_twice = count_twice;
    return emulator.run(request);
  }

  std::string error_of(const std::string& body) {
    const Result<RunFacts> facts = run(qemu_emulator, build(with_second_layer(body)));
    return facts ? "it ran" : text(facts.error());
  }

  static Program with_second_layer(const std::string& body) {
    Program program = test_program();
    std::string& source = program.sources.back().text;
    const size_t begin = source.find("  volatile int8_t copy"), end = source.find("void *toy_in");
    source.replace(begin, end - begin, body + "\n}\n");
    return program;
  }

  Target target;
  CoreTiming core;
  Toolchain toolchain;
  Folder folder;
  RunLimits limits;
  bool count_twice = false;
  RegionChoice place;
  std::vector<std::vector<std::byte>> inputs = {std::vector<std::byte>(16, std::byte{37}),
                                                std::vector<std::byte>(16, std::byte{200})};
};

/// All that the plugin counted, as one text.
std::string digest(const RunFacts& facts) {
  std::string all = write_trace({facts, {}, {}, {}});
  for (const auto& output : facts.outputs)
    for (const std::byte b : output) all += fmt::format("{:02x}", static_cast<int>(b));
  return all;
}

TEST_F(QemuSlow, CountsCyclesAndCausesAreUnicorns) {
  for (const char* name : boards()) {
    SCOPED_TRACE(name);
    use(name);
    const Image image = build(test_program());
    const Result<RunFacts> one = run(unicorn_emulator, image), two = run(qemu_emulator, image);
    ASSERT_TRUE(one) << text(one.error());
    ASSERT_TRUE(two) << text(two.error());
    EXPECT_EQ(digest(*two), digest(*one));
    EXPECT_EQ(two->outputs[0], test_output(inputs[0]));
    EXPECT_GT(two->stack_bytes, 0);
    EXPECT_TRUE(two->no_stack.empty());
  }
}

/// Boards have neither; so that time matters, their memories are made slow.
TEST_F(QemuSlow, WaitsAndCachesToo) {
  constexpr const char* kCaches[] = {
      "holds = \"all\"\nlines = 16\nways = 2",
      "holds = \"code\"\nlines = 8\nfill_bytes = 8\nbuffer = true\nprefetch = true\n[[cache]]\n"
      "name = \"D\"\nline_bytes = 32\nregions = [\"SSRAM1\"]\nholds = \"data\"\nlines = 2",
  };
  for (const char* cache : kCaches) {
    use("mps2-an386");
    std::string file = target.file_text;
    file.insert(file.find("source     = \"QEMU hw/arm/mps2.c: ZBT SSRAM1"),
                "waits = [{ max_clock_hz = 25_000_000, wait_states = 3 }]\n");
    file += fmt::format("[[cache]]\nname = \"I\"\nline_bytes = 32\nregions = [\"SSRAM1\"]\n{}\n",
                        cache);
    target = read_target(file, "slow.toml").value();
    const Image image = build(test_program());
    const Result<RunFacts> one = run(unicorn_emulator, image), two = run(qemu_emulator, image);
    ASSERT_TRUE(one) << text(one.error());
    ASSERT_TRUE(two) << text(two.error());
    EXPECT_EQ(digest(*two), digest(*one));
    EXPECT_GT(one->first.total.caches[0].hits, 0);
  }
}

TEST_F(QemuSlow, FloatingPointAndDivisionToo) {
  const Program program = with_second_layer(
      "  volatile float x = (float)(int8_t)arena[16];\n  volatile int y = 100 + arena[17];\n"
      "  volatile double z = x;\n  z = z * 0.5 + 1.0;\n  x = x / 3.0f;\n"
      "  arena[32] = (uint8_t)(int8_t)(x + (float)z);\n  arena[33] = (uint8_t)(10000 / y);");
  for (const char* name : boards()) {
    SCOPED_TRACE(name);
    use(name);
    const Image image = build(program);
    const Result<RunFacts> one = run(unicorn_emulator, image), two = run(qemu_emulator, image);
    ASSERT_TRUE(one) << text(one.error());
    ASSERT_TRUE(two) << text(two.error());
    EXPECT_EQ(digest(*two), digest(*one));
  }
}

/// Arm's linker then goes through a piece of code of its own, which returns nowhere.
TEST_F(QemuSlow, CodeInRamToo) {
  for (const char* name : boards()) {
    SCOPED_TRACE(name);
    use(name);
    place = placement_on(target, std::vector<std::string>{"code=ram", "weights=ram"}).value();
    const Image image = build(test_program());
    const Result<RunFacts> one = run(unicorn_emulator, image), two = run(qemu_emulator, image);
    ASSERT_TRUE(one) << text(one.error());
    ASSERT_TRUE(two) << text(two.error());
    EXPECT_EQ(digest(*two), digest(*one));
  }
}

TEST_F(QemuSlow, BlocksCountWhatOneByOneCounts) {
  count_twice = true;
  for (const char* name : boards()) {
    SCOPED_TRACE(name);
    use(name);
    const Result<RunFacts> facts = run(qemu_emulator, build(test_program()));
    ASSERT_TRUE(facts) << text(facts.error());
  }
}

TEST_F(QemuSlow, SaysHowARunWentWrong) {
  limits.max_instructions = 10'000'000;
  const struct {
    const char *body, *begins, *ends;
  } cases[] = {
      {"  (void)arena; for (;;) __asm__ volatile(\"\");", "stopped in function toy_layer_02_add",
       "(layer 2): the limit of 10 000 000 instructions"},
      {"  (void)arena; __builtin_trap();", "the image faulted in function toy_layer_02_add",
       "(layer 2)"},
      {"  arena[0] = *(volatile uint8_t *)0x90000000;",
       "the image faulted in function toy_layer_02_add", "(layer 2)"},
  };
  for (const char* name : boards())
    for (const auto& c : cases) {
      SCOPED_TRACE(name);
      use(name);
      const std::string says = error_of(c.body);
      EXPECT_TRUE(says.starts_with(c.begins) && says.ends_with(c.ends)) << says;
    }
}

TEST_F(QemuSlow, SaysWhyThereIsNoStackFigure) {
  const Program program = with_second_layer(
      "  volatile uint8_t *big = __builtin_alloca(500u + arena[0]);\n  int i;\n"
      "  for (i = 0; i < 16; ++i) big[i] = arena[i];\n"
      "  for (i = 0; i < 16; ++i) arena[32 + i] = big[i];");
  const Result<RunFacts> facts = run(qemu_emulator, build(program));
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_NE(facts->no_stack.find("from a register"), std::string::npos) << facts->no_stack;
}

TEST_F(QemuSlow, StopsWhenCancelled) {
  const std::atomic<bool> cancelled = true;
  limits.cancelled = &cancelled;
  EXPECT_NE(error_of("  (void)arena; for (;;) __asm__ volatile(\"\");").find("was interrupted"),
            std::string::npos);
}

TEST_F(QemuSlow, ATargetOfNoBoardIsRefused) {
  const Image image = build(test_program());
  target.qemu = {};
  const Result<RunFacts> facts = run(qemu_emulator, image);
  ASSERT_FALSE(facts);
  EXPECT_EQ(text(facts.error()), "qemu has no board mps2-an386");
  EXPECT_NE(qemu_emulator.unavailable(core, target), "");
}

/// A program in QEMU's place.
class FakeQemu {
 public:
  FakeQemu(const Folder& folder, const std::string& script)
      : path_("PATH", folder.path.string() + ":" + std::getenv("PATH")) {
    const std::filesystem::path file = folder.path / "qemu-system-arm";
    const Status written = write_text(file, "#!/bin/sh\n" + script + "\n");
    EXPECT_TRUE(written);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

 private:
  Environment path_;
};

TEST_F(QemuSlow, SaysWhatQemuDied) {
  const Image image = build(test_program());
  const struct {
    const char *script, *words;
  } cases[] = {
      {"kill -9 $$", "qemu was ended by signal 9: it said nothing"},
      {"echo 'qemu: fatal: Lockup: no handler'; kill -ABRT $$",
       "qemu was ended by signal 6: qemu: fatal: Lockup: no handler"},
      {"echo 'qemu-system-arm: -plugin: invalid option' >&2; exit 1",
       "qemu ended with code 1 and left no trace"},
      {"echo '{\"format\": \"assay-qemu-trace\", \"ver' > trace.json",
       "qemu's trace: cut short or damaged"},
      {"echo '{\"format\": \"assay-qemu-trace\", \"version\": 9}' > trace.json",
       "qemu's trace: version 9, this Assay reads 3"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.script);
    const Folder bin;
    const FakeQemu fake(bin, c.script);
    const Result<RunFacts> facts = run(qemu_emulator, image);
    ASSERT_FALSE(facts);
    EXPECT_NE(text(facts.error()).find(c.words), std::string::npos) << text(facts.error());
    EXPECT_EQ(text(facts.error()).find('\n'), std::string::npos);
  }
}

TEST_F(QemuSlow, SaysWhatIsMissing) {
  {
    const Folder bin;
    const FakeQemu fake(bin, "echo 'QEMU emulator version 6.2.0 (Debian)'");
    EXPECT_EQ(qemu_emulator.missing(),
              "needs qemu-system-arm 7.2 or newer, found: QEMU emulator version 6.2.0 (Debian)");
  }
  {
    const Folder bin;
    const FakeQemu fake(bin, "echo 'QEMU emulator version 10.0.2'");
    EXPECT_EQ(qemu_emulator.missing(), "");
  }
  const Environment nowhere("PATH", "/nowhere");
  EXPECT_EQ(qemu_emulator.missing(),
            "qemu-system-arm is not installed. Debian: apt-get install qemu-system-arm");
}

TEST_F(QemuSlow, SaysThatThePluginCannotBeLoaded) {
  const Image image = build(test_program());
  const Environment other("ASSAY_QEMU_PLUGIN", (folder.path / "image.elf").string());
  const Result<RunFacts> facts = run(qemu_emulator, image);
  ASSERT_FALSE(facts);
  EXPECT_NE(text(facts.error()).find("left no trace"), std::string::npos) << text(facts.error());
  EXPECT_NE(text(facts.error()).find("ould not load plugin"), std::string::npos)
      << text(facts.error());
}

}  // namespace
}  // namespace assay
