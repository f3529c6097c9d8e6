#include "hw/core.h"

#include <gtest/gtest.h>

#include "util/embedded.h"

namespace assay {
namespace {

std::string shipped(std::string_view name) {
  const EmbeddedFile* file = find_embedded("data/cores/" + std::string(name) + ".toml");
  return file ? std::string(file->text) : "";
}

std::string error_after(std::string_view name, std::string_view from, std::string_view to) {
  std::string toml = shipped(name);
  const size_t at = toml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at == std::string::npos) return "";
  toml.replace(at, from.size(), to);
  const Result<CoreTiming> core = read_core(toml, "x.toml");
  return core ? "no error" : text(core.error());
}

TEST(Core, EveryShippedFileLoads) {
  EXPECT_EQ(core_names(),
            (std::vector<std::string>{"avr5", "avr6", "cortex_m0", "cortex_m0plus", "cortex_m3",
                                      "cortex_m33", "cortex_m4", "cortex_m55", "cortex_m7",
                                      "esp32_c3", "hazard3", "nuclei_n200", "sifive_e31"}));
  for (const std::string& name : core_names()) {
    SCOPED_TRACE(name);
    const Result<CoreTiming> core = load_core(name);
    ASSERT_TRUE(core) << text(core.error());
    EXPECT_EQ(core->name, name);
    EXPECT_EQ(core->file_text, shipped(name));
    EXPECT_FALSE(core->source.empty());
    EXPECT_FALSE(core->validation.against.empty());
    EXPECT_LE(core->validation.low, core->validation.high);
  }
}

TEST(Core, ReadsClassesRulesAndLatencies) {
  const Result<CoreTiming> m4 = load_core("cortex_m4"), m7 = load_core("cortex_m7");
  ASSERT_TRUE(m4 && m7);
  EXPECT_EQ(m4->cycles[static_cast<size_t>(InsnClass::load)], 2);
  EXPECT_EQ(m4->cycles[static_cast<size_t>(InsnClass::unknown)], 1);
  EXPECT_TRUE(m4->rules.load_pipelining);
  EXPECT_EQ(m4->rules.address_stall, 1);
  EXPECT_EQ(m4->rules.pairing, Pairing::none);
  EXPECT_EQ(m7->rules.pairing, Pairing::dual);
  EXPECT_EQ(m7->rules.prediction, Prediction::two_bit);
  EXPECT_EQ(m7->rules.latency.narrow_load, 2);
  EXPECT_EQ(m7->rules.latency.fp_load_to_accumulate, 2);
  EXPECT_EQ(m7->rules.fp_mac_shadow, 3);
}

TEST(Core, UnknownNameSuggests) {
  const Result<CoreTiming> core = load_core("cortex_m44");
  ASSERT_FALSE(core);
  EXPECT_NE(text(core.error()).find("did you mean cortex_m4"), std::string::npos)
      << text(core.error());
}

TEST(Core, ErrorsNamePlaceAndRemedy) {
  const struct {
    std::string_view core, from, to, words;
  } cases[] = {
      {"cortex_m4", "alu   ", "aluu   ", "missing key 'alu'"},
      {"cortex_m4", "[rules.it_folding]", "[rules.it_foldin]",
       "unknown key 'it_foldin'; did you mean it_folding?"},
      {"cortex_m4", "branch_taken        = 1", "branch_taken        = 1\nbranch_takn = 2",
       "unknown key 'branch_takn'; did you mean branch_taken?"},
      {"cortex_m4", "thumbv7em", "thumbv7me", "no instruction set 'thumbv7me'; did you mean"},
      {"cortex_m4", "load                = 2", "load                = -2", "need 0 to 1000 cycles"},
      {"cortex_m4", "load                = 2", "load = 2.5", "'load' is of type floating-point"},
      {"cortex_m3", "\nlow     = ", "\nlow     = 9", "need 0 < low <= high <= 100"},
      {"cortex_m3", "\nhigh    = ", "\nhigh    = nan # ", "need 0 < low <= high <= 100"},
      {"cortex_m3", "[validation]", "[validations]", "missing"},
      {"cortex_m4", "words  = 4", "words  = 1", "'words' is 1, need 2 to 16"},
      {"cortex_m4", "registers_per_cycle = 1", "registers_per_cycle = 0", "need at least 1"},
      {"cortex_m7", "which  = \"dual\"", "which  = \"duel\"",
       "no pairing 'duel'; did you mean dual"},
      {"cortex_m7", "[latency]", "[latencies]", "missing"},
      {"cortex_m7", "early_operand    = 1", "", "missing key 'early_operand'"},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(std::string(row.from) + " -> " + std::string(row.to));
    const std::string error = error_after(row.core, row.from, row.to);
    EXPECT_NE(error.find(row.words), std::string::npos) << error;
    EXPECT_EQ(error.find("x.toml:"), 0) << error;
  }
}

TEST(Core, ARuleWithoutASourceIsAnError) {
  const std::string error = error_after(
      "cortex_m4", "source = \"jnk0le: register offset stores execute in 2 cycles\"", "");
  EXPECT_NE(error.find("missing key 'source'"), std::string::npos) << error;
}

}  // namespace
}  // namespace assay
