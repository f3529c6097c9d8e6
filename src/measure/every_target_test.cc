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

TEST_P(EveryTargetSlow, BuildsAndRunsAnImage) {
  const Result<Target> target = load_target(GetParam());
  ASSERT_TRUE(target) << text(target.error());
  const IsaFamily& family = isa_family(target->isa);
  const Result<Toolchain> toolchain = find_toolchain("", family);
  if (!toolchain) GTEST_SKIP() << "skipped: " << family.gcc << " not installed";
  const Program program = with_aligned_constants();
  const Result<Image> image = build_image(program, *target, *toolchain, {}, folder);
  ASSERT_TRUE(image) << text(image.error());
  ASSERT_TRUE(image->overflows.empty()) << text(image->overflows);
  const Result<ElfFile> elf = read_elf(image->elf);
  ASSERT_TRUE(elf) << text(elf.error());
  const Result<CoreTiming> core = load_core(target->core);
  ASSERT_TRUE(core) << text(core.error());
  std::vector<std::byte> input(16);
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i * 37);
  RunRequest request{.elf = *elf,
                     .target = *target,
                     .core = *core,
                     .inputs = {input},
                     .layer_symbols = {},
                     .invoke_symbol = program.invoke_symbol};
  for (const LayerSymbol& layer : program.layers) request.layer_symbols.push_back(layer.symbol);
  const Result<const Emulator*> emulator = choose_emulator(*core, *target);
  if (!emulator && !qemu_emulator.missing().empty())
    GTEST_SKIP() << "skipped: " << text(emulator.error());
  ASSERT_TRUE(emulator) << text(emulator.error());
  const Result<RunFacts> facts = (*emulator)->run(request);
  ASSERT_TRUE(facts) << text(facts.error());
  ASSERT_EQ(facts->outputs.size(), 1u);
  EXPECT_EQ(facts->outputs[0], test_output(input));
  EXPECT_GT(facts->first.total.cycles, 0);
  EXPECT_TRUE(facts->unknown.empty())
      << "the core ran an instruction that its timing does not know";
}

INSTANTIATE_TEST_SUITE_P(All, EveryTargetSlow, testing::ValuesIn(target_names()),
                         [](const auto& name) { return c_identifier(name.param); });

}  // namespace
}  // namespace assay
