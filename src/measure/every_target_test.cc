// Every shipped target's file against the real tools: GCC takes its flags, ld places an image at
// its addresses, and the emulator runs that image to the right outputs.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "measure/measure.h"
#include "measure/toolchain.h"
#include "test_program.h"
#include "util/text.h"

namespace assay {
namespace {

/// The test program with both of its constants at multiples of 64, the second's section after a
/// first that ends off one.
Program with_aligned_constants() {
  Program program = test_program();
  std::string& source = program.sources.back().text;
  for (const std::string_view constant : {"static const int8_t toy", "static const int32_t toy"})
    source.insert(source.find(constant), "__attribute__((aligned(64))) ");
  return program;
}

class EveryTargetSlow : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "assay-target-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};

/// Builds the program as placed, runs it once and compares what it computes. "" or why not here.
std::string run_placed(const Target& target, const RegionChoice& place,
                       const std::filesystem::path& folder) {
  const IsaFamily& family = isa_family(target.isa);
  const Result<Toolchain> toolchain = find_toolchain("", family);
  if (!toolchain) return "skipped: " + std::string(family.gcc) + " not installed";
  const Result<CoreTiming> core = load_core(target.core);
  if (!core) return text(core.error());
  const Result<const Emulator*> emulator = choose_emulator(*core, target);
  if (!emulator)
    return (qemu_emulator.missing().empty() ? "" : "skipped: ") + text(emulator.error());
  const Program program = with_aligned_constants();
  BuildOptions how;
  how.place = place;
  const Result<Image> image = build_image(program, target, *toolchain, how, folder);
  if (!image) return text(image.error());
  if (!image->overflows.empty()) return text(image->overflows);
  const Result<ElfFile> elf = read_elf(image->elf);
  if (!elf) return text(elf.error());
  std::vector<std::byte> input(16);
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i * 37);
  const Result<RunFacts> facts =
      (*emulator)->run(run_request(*elf, program, target, *core, {input}, {}));
  if (!facts) return text(facts.error());
  if (facts->outputs.size() != 1 || facts->outputs[0] != test_output(input))
    return "the output is wrong";
  if (!facts->unknown.empty()) return "it ran an instruction that the core's timing does not know";
  return facts->first.total.cycles > 0 ? "" : "nothing was counted";
}

TEST_P(EveryTargetSlow, BuildsAndRunsAnImage) {
  const Result<Target> target = load_target(GetParam());
  ASSERT_TRUE(target) << text(target.error());
  const std::string problem = run_placed(*target, {}, folder);
  if (problem.starts_with("skipped")) GTEST_SKIP() << problem;
  EXPECT_EQ(problem, "");
}

TEST_P(EveryTargetSlow, RunsWhatIsPlacedInRam) {
  const Target target = load_target(GetParam()).value();
  const bool code_stays = target.regions[0].data_address.has_value();  // as --place code=ram says
  std::vector<std::string> wishes = {"weights=ram", "arena=ram"};
  if (!code_stays) wishes.emplace_back("code=ram");
  const Result<RegionChoice> place = placement_on(target, wishes);
  if (!place) {  // AVR runs no code from RAM, and says so
    EXPECT_EQ(place.error().kind, ErrorKind::usage);
    EXPECT_TRUE(target.isa.starts_with("avr")) << text(place.error());
    return;
  }
  const std::string problem = run_placed(target, *place, folder);
  if (problem.starts_with("skipped")) GTEST_SKIP() << problem;
  EXPECT_EQ(problem, "");
}

INSTANTIATE_TEST_SUITE_P(All, EveryTargetSlow, testing::ValuesIn(target_names()),
                         [](const auto& name) { return c_identifier(name.param); });

}  // namespace
}  // namespace assay
