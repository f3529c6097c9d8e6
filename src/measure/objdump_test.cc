// Every instruction of whole images, executed or not, against objdump: the class of each is what
// its printed name and operands mean. Two models on a part of every core, so 24 images.
#include "objdump.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "emit/program.h"
#include "estimate/totals.h"
#include "hw/isa_family.h"
#include "import/importer.h"
#include "measure/measure.h"
#include "util/files.h"
#include "util/process.h"
#include "util/text.h"

namespace assay {
namespace {

class ObjdumpSlow : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "assay-objdump-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};

/// Adds a line for each kind of instruction that the two see differently; gives how many there are.
size_t compare(const std::string& listing, const Target& target, std::set<std::string>& problems) {
  const bool arm = isa_family(target.isa).name == "arm";
  size_t compared = 0;
  for (const Listing& run : parse_listing(listing)) {
    const std::vector<Insn> insns = decode(run.code, 0, target.isa);
    for (size_t i = 0; i < run.insns.size(); ++i, ++compared) {
      const ListedInsn& says = run.insns[i];
      const std::optional<InsnClass> truth = arm ? arm_class(says, target.mve) : riscv_class(says);
      const bool alike = i < insns.size() && insns[i].size == says.bytes && insns[i].cls == truth;
      if (!alike)
        problems.insert(fmt::format("{} {}: {}, not {}", says.mnemonic, says.operands,
                                    i < insns.size() ? name(insns[i].cls) : "nothing",
                                    truth ? name(*truth) : "known to this test"));
    }
  }
  return compared;
}

TEST_P(ObjdumpSlow, SeesEveryInstructionOfAnImageAlike) {
  const Target target = load_target(GetParam()).value();
  const Result<Toolchain> toolchain = find_toolchain("", isa_family(target.isa));
  if (!toolchain) GTEST_SKIP() << "skipped: " << text(toolchain.error());
  std::string objdump = toolchain->gcc.string();
  objdump.replace(objdump.rfind("gcc"), 3, "objdump");
  for (const char* model : {"digits", "digits_float32"}) {
    SCOPED_TRACE(model);
    const std::filesystem::path file =
        std::filesystem::path(ASSAY_SOURCE_DIR) / "examples" / fmt::format("{}.tflite", model);
    const Result<Graph> graph = load_model(file);
    ASSERT_TRUE(graph) << text(graph.error());
    const Runtime* const runtime = find_runtime("aot").value();
    const Result<Program> program =
        runtime->emit(*graph, {lower_options(target, Optimize::speed), {}});
    ASSERT_TRUE(program) << text(program.error());
    const Result<Image> image = build_image(*program, target, *toolchain, {}, folder);
    ASSERT_TRUE(image) << text(image.error());
    ASSERT_TRUE(image->overflows.empty()) << text(image->overflows);
    std::vector<std::string> argv = {objdump, "-d", "image.elf"};
    // The image does not say its architecture, and MVE's encodings are others' elsewhere.
    if (target.mve) argv.insert(argv.end(), {"-m", "armv8.1-m.main"});
    const Result<ProcessResult> listing = run_process(argv, folder);
    ASSERT_TRUE(listing) << text(listing.error());
    std::set<std::string> problems;
    EXPECT_GT(compare(listing->out, target, problems), 500u);
    for (const std::string& problem : problems) ADD_FAILURE() << problem;
  }
}

INSTANTIATE_TEST_SUITE_P(Cores, ObjdumpSlow,
                         testing::Values("stm32f0-discovery", "pico", "lpc1768", "nucleo-l4r5zi",
                                         "disco-f746ng", "nucleo-h743zi", "pico2", "mps3-an547",
                                         "pico2-riscv", "longan-nano", "hifive1b",
                                         "esp32-c3-devkit"),
                         [](const auto& row) { return c_identifier(row.param); });

}  // namespace
}  // namespace assay
