// Profiles in QEMU: the same as Unicorn's to the last cause and line, images that Unicorn has no
// core for, and one clear line, with what is still known, where the run goes wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "measure/measure.h"
#include "measure/profile_trace.h"
#include "util/files.h"
#include "util/process.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

class QemuProfileSlow : public testing::Test {
 protected:
  void SetUp() override {
    gcc = find_program("arm-none-eabi-gcc");
    if (gcc.empty()) GTEST_SKIP() << "skipped: arm-none-eabi-gcc not installed";
    if (const std::string why = qemu_emulator.missing(); !why.empty())
      GTEST_SKIP() << "skipped: " << why;
    std::string name = (fs::temp_directory_path() / "assay-profile-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder); }

  /// The image of a C file, linked for code and RAM of one of QEMU's boards.
  std::vector<std::byte> build(const std::string& cpu, const fs::path& source, const char* code,
                               const char* ram) {
    const std::string script = fmt::format(
        "SECTIONS {{ . = {}; .vectors : {{ KEEP(*(.vectors)) }} .text : {{ *(.text*) *(.rodata*) }}"
        " . = {}; .bss : {{ *(.bss*) *(COMMON) *(.data*) }} }}",
        code, ram);
    EXPECT_TRUE(write_text(folder / "link.ld", script));
    const auto built = run_process(
        {gcc, "-mcpu=" + cpu, "-mthumb", "-mfloat-abi=hard", "-mfpu=auto", "-O2", "-g",
         "-ffreestanding", "-nostdlib", "-T", folder / "link.ld", source, "-o", folder / "a.elf"},
        folder);
    EXPECT_TRUE(built && built->exit_code == 0) << (built ? built->out : text(built.error()));
    auto bytes = read_file(folder / "a.elf");
    return bytes ? std::move(*bytes) : std::vector<std::byte>{};
  }

  /// A main program on Cortex-M4, which may be rewritten while it runs.
  std::vector<std::byte> build_m4(const std::string& body) {
    EXPECT_TRUE(write_text(
        folder / "a.c",
        "void reset(void);\n__attribute__((section(\".vectors\"), used)) const void *const "
        "vectors[16] = {(void *)0x20010000, reset};\nvolatile int result;\n"
        "void reset(void) {\n" +
            body +
            "\n  __asm__ volatile(\"movs r0, #0x18\\n ldr r1, =0x20026\\n bkpt 0xab\");\n}\n"));
    return build("cortex-m4", folder / "a.c", "0x0", "0x20000000");
  }

  Result<ProfileFacts> run(const Emulator& emulator, std::vector<std::byte> bytes,
                           std::string_view on) {
    const Target target = TRY(load_target(on));
    const CoreTiming core = TRY(load_core(target.core));
    const FirmwareImage image = TRY(read_image(std::move(bytes), target, std::nullopt));
    const Result<SourceLines> lines = SourceLines::read(image.file);
    ProfileRequest request{.image = image, .target = target, .core = core};
    if (lines) request.lines = &*lines;
    request.max_instructions = limit;
    if (!from.empty()) request.from = image.elf.find_function(from)->address & ~1u;
    if (!to.empty()) request.to = (image.elf.find_function(to)->address & ~1u) + to_offset;
    return emulator.profile(request);
  }

  fs::path gcc, folder;
  int64_t limit = 10'000'000;
  std::string from, to;
  uint32_t to_offset = 0;
};

const fs::path kFirmware = ASSAY_SOURCE_DIR "/tests/firmware";

int64_t calls(const ProfileRegion& region, std::string_view name) {
  const auto found = std::ranges::find(region.functions, name, &ProfileFunction::name);
  return found == region.functions.end() ? -1 : found->calls;
}

/// What both emulators can know.
std::string digest(ProfileFacts facts) {
  facts.notes.clear();
  facts.ended.clear();
  return profile_json(facts).dump();
}

TEST_F(QemuProfileSlow, CountsCausesPathsAndLinesAreUnicorns) {
  const auto bytes = build("cortex-m4", kFirmware / "lines.c", "0x0", "0x20000000");
  for (const uint32_t offset : {0u, 6u}) {  // the second within a block
    SCOPED_TRACE(offset);
    to_offset = offset;
    if (offset != 0) from = "reset", to = "sum";
    const auto one = run(unicorn_emulator, bytes, "mps2-an386");
    const auto two = run(qemu_emulator, bytes, "mps2-an386");
    ASSERT_TRUE(one) << text(one.error());
    ASSERT_TRUE(two) << text(two.error());
    EXPECT_EQ(digest(*two), digest(*one));
    const auto& lines_one = one->regions[0].lines;
    const auto& lines_two = two->regions[0].lines;
    ASSERT_EQ(lines_two.size(), lines_one.size());
    ASSERT_FALSE(lines_one.empty());
    for (size_t i = 0; i < lines_one.size(); ++i) {
      EXPECT_EQ(lines_two[i].file, lines_one[i].file);
      EXPECT_EQ(lines_two[i].line, lines_one[i].line);
    }
  }
}

TEST_F(QemuProfileSlow, ImagesForCortexM55WithInterrupts) {
  const auto bytes = build("cortex-m55", kFirmware / "beats.c", "0x11000000", "0x30000000");
  const auto facts = run(qemu_emulator, bytes, "mps3-an547");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  EXPECT_EQ(facts->console, "no file\n");  // semihosting reaches no file of the host's
  ASSERT_EQ(facts->exceptions.size(), 2u);
  EXPECT_EQ(facts->exceptions[0], (std::pair<int, int64_t>(kSvcall, 1)));
  EXPECT_GE(facts->exceptions[1].second, 3);
  const ProfileRegion& region = facts->regions.back();
  EXPECT_EQ(calls(region, "svc"), 1);
  EXPECT_EQ(calls(region, "systick"), facts->exceptions[1].second);
  EXPECT_GE(calls(region, "dot"), 100);
  EXPECT_EQ(calls(region, "dot"), calls(region, "work"));
  EXPECT_EQ(region.total.macs, 64 * calls(region, "dot"));
  EXPECT_GT(region.total.causes[Cause::vector], 0);
  for (const ProfilePath& path : region.paths) {
    const std::string& name = region.functions[path.functions.back()].name;
    EXPECT_TRUE(name != "dot" || path.functions.size() == 3) << path.functions.size();
  }
}

TEST_F(QemuProfileSlow, VectorsOfRiscvAreCountedAndSaidToHaveNoTime) {
  const auto riscv = find_program("riscv64-unknown-elf-gcc");
  if (riscv.empty()) GTEST_SKIP() << "skipped: riscv64-unknown-elf-gcc not installed";
  ASSERT_TRUE(write_text(folder / "a.s", R"(
  .globl _start
  .type _start, @function
_start: li t0, 0x600
  csrs mstatus, t0
  li t1, 10
  la t2, data
again: vsetvli t0, x0, e32, m1, ta, ma
  vle32.v v1, (t2)
  vadd.vv v2, v1, v1
  vmacc.vv v2, v1, v1
  vse32.v v2, (t2)
  addi t1, t1, -1
  bnez t1, again
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
end: j end
  .size _start, .-_start
  .bss
data: .space 1024
)"));
  const auto built =
      run_process({riscv, "-march=rv32imafdcv_zicsr", "-mabi=ilp32", "-nostdlib", "-Wl,-n",
                   "-Wl,-Ttext=0x80000000", "-Wl,-Tbss=0x81000000", "a.s", "-o", "v.elf"},
                  folder);
  ASSERT_TRUE(built && built->exit_code == 0) << (built ? built->out : text(built.error()));
  auto bytes = read_file(folder / "v.elf");
  ASSERT_TRUE(bytes);
  const auto facts = run(qemu_emulator, std::move(*bytes), "qemu-virt-rv32");
  ASSERT_TRUE(facts) << text(facts.error());
  const Counts& total = facts->regions.back().total;
  const auto count = [&](InsnClass cls) { return total.by_class[static_cast<size_t>(cls)]; };
  EXPECT_EQ(count(InsnClass::vec_load), 10);
  EXPECT_EQ(count(InsnClass::vec_store), 10);
  EXPECT_EQ(count(InsnClass::vec_alu), 10);
  EXPECT_EQ(count(InsnClass::vec_mac), 10);
  EXPECT_EQ(count(InsnClass::vec_predicate), 10);
  EXPECT_EQ(count(InsnClass::unknown), 0);
  ASSERT_EQ(facts->unknown.size(), 5u);
  EXPECT_EQ(facts->unknown[0].mnemonic, "vadd.vv");
  EXPECT_EQ(facts->unknown[0].executed, 10);
}

TEST_F(QemuProfileSlow, CodeThatIsWrittenWhileItRunsIsTimedAnew) {
  const auto facts = run(qemu_emulator,
                         build_m4("  static unsigned short code[2];\n"
                                  "  for (int i = 0; i < 4; i++) {\n"
                                  "    *(volatile unsigned *)code = i < 2 ? 0x47702001 : "
                                  "0x4770b240;\n"  // movs r0, #1 or sxtb r0, r0; bx lr
                                  "    __asm__ volatile(\"dsb\\n isb\" ::: \"memory\");\n"
                                  "    result += ((int (*)(void))((unsigned)code | 1))();\n  }"),
                         "mps2-an386");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  ASSERT_FALSE(facts->notes.empty());
  EXPECT_EQ(facts->notes[0], "1 blocks of code were rewritten while it ran; each was timed anew");
}

TEST_F(QemuProfileSlow, SaysWhatIsKnownWhenQemuGivesUp) {
  const auto facts =
      run(qemu_emulator, build_m4("  result = *(volatile int *)0xfffffff0;"), "mps2-an386");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::fault);
  EXPECT_NE(facts->ended.find("qemu gave up: qemu: fatal: Lockup"), std::string::npos)
      << facts->ended;
  EXPECT_GT(facts->instructions, 0);
}

TEST_F(QemuProfileSlow, StopsAtTheLimitAndSaysWhere) {
  limit = 1'000'000;
  const auto facts = run(qemu_emulator, build_m4("  for (;;) result++;"), "mps2-an386");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::limit);
  EXPECT_EQ(facts->ended, "the limit of 1 000 000 instructions, in reset");
  EXPECT_GE(facts->instructions, limit);
}

TEST_F(QemuProfileSlow, ThousandsOfNops) {
  const auto facts =
      run(qemu_emulator, build_m4("  __asm__ volatile(\".rept 32768\\n nop\\n .endr\");"),
          "mps2-an386");
  ASSERT_TRUE(facts) << text(facts.error());
  EXPECT_EQ(facts->end, ProfileEnd::finished) << facts->ended;
  EXPECT_GT(facts->instructions, 32768);
  EXPECT_LT(facts->instructions, 32800);
}

TEST_F(QemuProfileSlow, SaysWhatQemuDied) {
  const auto bytes = build_m4("");
  const struct {
    const char *script, *words;
  } cases[] = {
      {"kill -9 $$", "qemu was ended by signal 9: it said nothing"},
      {": > trace.json; kill -9 $$", "qemu was ended by signal 9: it said nothing"},
      {"echo '{\"format\":\"assay-qemu-trace\",\"version\":3,\"profile\":{\"end\":' > trace.json",
       "qemu's trace: cut short or damaged"},
      {"echo '{\"format\":\"assay-qemu-trace\",\"version\":3,\"profile\":{}}' > trace.json",
       "qemu's trace: profile: 'end' is no text"},
  };
  const std::string before = std::getenv("PATH");
  for (const auto& c : cases) {
    SCOPED_TRACE(c.script);
    const fs::path fake = folder / "qemu-system-arm";
    ASSERT_TRUE(write_text(fake, std::string("#!/bin/sh\n") + c.script + "\n"));
    fs::permissions(fake, fs::perms::owner_all);
    setenv("PATH", (folder.string() + ":" + before).c_str(), 1);
    const auto facts = run(qemu_emulator, bytes, "mps2-an386");
    setenv("PATH", before.c_str(), 1);
    ASSERT_FALSE(facts);
    EXPECT_NE(text(facts.error()).find(c.words), std::string::npos) << text(facts.error());
    EXPECT_EQ(text(facts.error()).find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace assay
