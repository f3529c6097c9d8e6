// Reads data/cores/*.toml: one row a class of instruction, one table a rule, each with its source.
//
// A file must give every class and names no other key: a misspelt one would otherwise become a
// silent default. Floating-point classes stand in a table of their own, which cores without an FPU
// leave out; their values are then 1 and never used.
#include "hw/core.h"

#include <algorithm>

#include "hw/accuracy.h"
#include "hw/exception_timing.h"
#include "hw/isa_family.h"
#include "util/embedded.h"
#include "util/text.h"
#include "util/toml.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, kInsnClasses> kClassNames = {
#define ASSAY_INSN_CLASS(id, meaning) #id,
#include "hw/insn_classes.def"
#undef ASSAY_INSN_CLASS
};

constexpr std::string_view kFolder = "data/cores/", kSuffix = ".toml";
constexpr int kMaxCycles = 1000;

/// Which table of the file gives a class its cycles.
enum class ClassTable : uint8_t { integer, floating_point, vector };

ClassTable table_of(size_t cls) {
  if (kClassNames[cls].starts_with("fp_")) return ClassTable::floating_point;
  const bool vector = kClassNames[cls].starts_with("vec_") || kClassNames[cls].starts_with("loop_");
  return vector ? ClassTable::vector : ClassTable::integer;
}

Result<int> read_cycles(const Toml& table, std::string_view key) {
  const int64_t cycles = TRY(table.integer(key));
  if (cycles < 0 || cycles > kMaxCycles)
    return std::unexpected(table.error_at(
        key, fmt::format("'{}' is {}, need 0 to {} cycles", key, cycles, kMaxCycles)));
  return static_cast<int>(cycles);
}

/// Every table of facts says where they come from.
Status check_source(const Toml& table) {
  const std::string source = TRY(table.text("source"));
  if (source.empty()) return std::unexpected(table.error_at("source", "'source' is empty"));
  return {};
}

Status read_classes(const Toml& table, ClassTable which, std::array<int, kInsnClasses>& cycles) {
  TRY_STATUS(check_source(table));
  for (size_t cls = 0; cls < kInsnClasses; ++cls) {
    const bool unknown = cls == static_cast<size_t>(InsnClass::unknown);
    if (table_of(cls) != which || unknown) continue;
    cycles[cls] = TRY(read_cycles(table, kClassNames[cls]));
  }
  return {};
}

/// [vector_cycles] and [vector_latency], of cores that have vectors.
Status read_vector_tables(const Toml& file, CoreTiming& core) {
  if (!file.has("vector_cycles")) return {};
  const Toml cycles = TRY(file.table("vector_cycles"));
  TRY_STATUS(read_classes(cycles, ClassTable::vector, core.cycles));
  TRY_STATUS(cycles.no_other_keys());
  const Toml latency = TRY(file.table("vector_latency"));
  TRY_STATUS(read_classes(latency, ClassTable::vector, core.vector_latency));
  return latency.no_other_keys();
}

Status read_cycle_tables(const Toml& file, CoreTiming& core) {
  core.cycles.fill(1);
  const Toml cycles = TRY(file.table("cycles"));
  TRY_STATUS(read_classes(cycles, ClassTable::integer, core.cycles));
  core.registers_per_cycle = TRY(read_cycles(cycles, "registers_per_cycle"));
  if (core.registers_per_cycle < 1)
    return std::unexpected(cycles.error_at("registers_per_cycle", "need at least 1"));
  core.branch_taken = TRY(read_cycles(cycles, "branch_taken"));
  core.loaded_branch_taken = TRY(read_cycles(cycles, "loaded_branch_taken"));
  core.cycles[static_cast<size_t>(InsnClass::unknown)] =
      core.cycles[static_cast<size_t>(InsnClass::alu)];
  TRY_STATUS(cycles.no_other_keys());
  TRY_STATUS(read_vector_tables(file, core));
  if (!file.has("fpu_cycles")) return {};
  const Toml fpu = TRY(file.table("fpu_cycles"));
  TRY_STATUS(read_classes(fpu, ClassTable::floating_point, core.cycles));
  return fpu.no_other_keys();
}

/// A rule is a table: its presence switches it on, `cycles`, if it has one, says by how much.
Status read_rule(const Toml& rules, std::string_view key, bool* on, int* cycles) {
  if (!rules.has(key)) return {};
  const Toml rule = TRY(rules.table(key));
  TRY_STATUS(check_source(rule));
  if (on != nullptr) *on = true;
  if (cycles != nullptr) *cycles = TRY(read_cycles(rule, "cycles"));
  return rule.no_other_keys();
}

Status read_pairing(const Toml& rules, Pairing& pairing) {
  if (!rules.has("pairing")) return {};
  const Toml rule = TRY(rules.table("pairing"));
  TRY_STATUS(check_source(rule));
  const std::string which = TRY(rule.text("which"));
  const std::vector<std::string> choices = {"branches", "dual", "beats"};
  if (std::ranges::find(choices, which) == choices.end())
    return std::unexpected(rule.error_at(
        "which", fmt::format("no pairing '{}'{}", which, did_you_mean(which, choices))));
  pairing = which == "dual" ? Pairing::dual : which == "beats" ? Pairing::beats : Pairing::branches;
  return rule.no_other_keys();
}

Status read_prediction(const Toml& rules, CoreRules& into) {
  if (!rules.has("branch_prediction")) return {};
  const Toml rule = TRY(rules.table("branch_prediction"));
  TRY_STATUS(check_source(rule));
  const std::string which = TRY(rule.text("which", "two_bit"));
  const std::vector<std::string> choices = {"two_bit", "backward", "last_backward"};
  const auto found = std::ranges::find(choices, which);
  if (found == choices.end())
    return std::unexpected(rule.error_at(
        "which", fmt::format("no prediction '{}'{}", which, did_you_mean(which, choices))));
  into.prediction = static_cast<Prediction>(found - choices.begin() + 1);
  into.mispredict = TRY(read_cycles(rule, "cycles"));
  return rule.no_other_keys();
}

Status read_unaligned(const Toml& rules_table, CoreRules& rules) {
  if (!rules_table.has("unaligned_load")) return {};
  const Toml rule = TRY(rules_table.table("unaligned_load"));
  TRY_STATUS(check_source(rule));
  rules.unaligned_load = TRY(read_cycles(rule, "cycles"));
  rules.unaligned_parts = TRY(rule.boolean("each_part", false));
  return rule.no_other_keys();
}

Status read_fetch_queue(const Toml& rules_table, CoreRules& rules) {
  if (!rules_table.has("fetch_queue")) return {};
  const Toml rule = TRY(rules_table.table("fetch_queue"));
  TRY_STATUS(check_source(rule));
  const int64_t words = TRY(rule.integer("words"));
  if (words < 2 || words > kMaxQueueWords)
    return std::unexpected(
        rule.error_at("words", fmt::format("'words' is {}, need 2 to {}", words, kMaxQueueWords)));
  rules.fetch_queue = static_cast<int>(words);
  return rule.no_other_keys();
}

Status read_rules(const Toml& file, CoreRules& rules) {
  if (!file.has("rules")) return {};
  const Toml table = TRY(file.table("rules"));
  TRY_STATUS(read_rule(table, "load_pipelining", &rules.load_pipelining, nullptr));
  TRY_STATUS(read_rule(table, "indexed_pipelining", &rules.indexed_pipelining, nullptr));
  TRY_STATUS(read_rule(table, "load_after_store", nullptr, &rules.load_after_store));
  TRY_STATUS(read_rule(table, "store_register_offset", nullptr, &rules.store_register_offset));
  TRY_STATUS(read_rule(table, "address_stall", nullptr, &rules.address_stall));
  TRY_STATUS(read_unaligned(table, rules));
  TRY_STATUS(read_rule(table, "it_folding", &rules.it_folding, nullptr));
  TRY_STATUS(read_rule(table, "pair_move", nullptr, &rules.pair_move));
  TRY_STATUS(read_fetch_queue(table, rules));
  TRY_STATUS(read_pairing(table, rules.pairing));
  TRY_STATUS(read_rule(table, "early_alu", &rules.early_alu, nullptr));
  TRY_STATUS(read_rule(table, "two_stage_flags", nullptr, &rules.two_stage_flags));
  TRY_STATUS(read_rule(table, "flags_before_branch", nullptr, &rules.flags_before_branch));
  TRY_STATUS(read_prediction(table, rules));
  TRY_STATUS(read_rule(table, "fp_mac_shadow", nullptr, &rules.fp_mac_shadow));
  TRY_STATUS(read_rule(table, "store_to_load", nullptr, &rules.store_to_load));
  TRY_STATUS(read_rule(table, "target_prediction", &rules.target_prediction, nullptr));
  TRY_STATUS(read_rule(table, "interlock", &rules.interlock, nullptr));
  TRY_STATUS(read_rule(table, "late_store_data", &rules.late_store_data, nullptr));
  TRY_STATUS(read_rule(table, "straddling_target", nullptr, &rules.straddling_target));
  TRY_STATUS(read_rule(table, "unconditional_branch", nullptr, &rules.unconditional_branch));
  TRY_STATUS(read_rule(table, "second_word", nullptr, &rules.second_word));
  TRY_STATUS(read_rule(table, "word_arithmetic", nullptr, &rules.word_arithmetic));
  TRY_STATUS(read_rule(table, "program_load", nullptr, &rules.program_load));
  return table.no_other_keys();
}

Status read_latencies(const Toml& file, CoreRules& rules) {
  if (rules.pairing == Pairing::none && !rules.interlock) return {};
  const Toml table = TRY(file.table("latency"));
  TRY_STATUS(check_source(table));
  Latencies& latency = rules.latency;
  using Rows = std::vector<std::pair<std::string_view, int*>>;
  const Rows interlocked = {
      {"load", &latency.load},         {"narrow_load", &latency.narrow_load},
      {"multiply", &latency.multiply}, {"multiply_interval", &latency.multiply_interval},
      {"divide", &latency.divide},
  };
  const Rows paired = {
      {"alu", &latency.alu},
      {"shifted", &latency.shifted},
      {"dsp", &latency.dsp},
      {"multiply", &latency.multiply},
      {"load", &latency.load},
      {"narrow_load", &latency.narrow_load},
      {"load_to_multiply", &latency.load_to_multiply},
      {"early_operand", &latency.early_operand},
      {"fp", &latency.fp},
      {"fp_load", &latency.fp_load},
      {"fp_mac", &latency.fp_mac},
      {"fp_accumulate", &latency.fp_accumulate},
      {"fp_load_to_accumulate", &latency.fp_load_to_accumulate},
      {"fp_mac_interval", &latency.fp_mac_interval},
  };
  for (const auto& [key, value] : rules.interlock ? interlocked : paired)
    *value = TRY(read_cycles(table, key));
  return table.no_other_keys();
}

/// What data/accuracy.csv says of the core; the file's own words only where that has no row.
Result<Validation> read_validation(const Toml& file, std::string_view title) {
  const std::optional<Validation> published = TRY(published_runs(title, ""));
  if (published) return *published;
  const Toml table = TRY(file.table("validation"));
  Validation validation;
  validation.low = TRY(table.real("low"));
  validation.high = TRY(table.real("high"));
  validation.against = TRY(table.text("against"));
  if (!(validation.low > 0) || !(validation.high >= validation.low) || validation.high > 100)
    return std::unexpected(table.error_at("low", "need 0 < low <= high <= 100"));
  TRY_STATUS(table.no_other_keys());
  // Where the manual leaves nothing open, it holds on every part.
  validation.of_part = validation.low == validation.high;
  return validation;
}

Result<CoreTiming> read(std::string_view toml, std::string_view file_name) {
  const Toml file = TRY(Toml::parse(toml, file_name));
  CoreTiming core;
  core.name = TRY(file.text("name"));
  core.title = TRY(file.text("title"));
  core.isa = TRY(file.text("isa"));
  const std::vector<std::string> isas = all_isas();
  if (std::ranges::find(isas, core.isa) == isas.end())
    return std::unexpected(file.error_at(
        "isa", fmt::format("no instruction set '{}'{}", core.isa, did_you_mean(core.isa, isas))));
  core.source = TRY(file.text("source"));
  TRY_STATUS(read_cycle_tables(file, core));
  TRY_STATUS(read_rules(file, core.rules));
  TRY_STATUS(read_latencies(file, core.rules));
  TRY(read_exceptions(file));
  core.validation = TRY(read_validation(file, core.title));
  TRY_STATUS(file.no_other_keys());
  core.file_text = toml;
  return core;
}

}  // namespace

std::string_view name(InsnClass cls) { return kClassNames[static_cast<size_t>(cls)]; }

Result<CoreTiming> read_core(std::string_view toml, std::string_view file) {
  return read(toml, file);
}

Result<CoreTiming> load_core(std::string_view core) {
  const std::string path = fmt::format("{}{}{}", kFolder, core, kSuffix);
  const EmbeddedFile* file = find_embedded(path);
  if (file == nullptr)
    return fail(ErrorKind::input, "no core '{}'{}", core, did_you_mean(core, core_names()));
  return read(file->text, path);
}

std::vector<std::string> core_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (file.path.starts_with(kFolder) && file.path.ends_with(kSuffix))
      names.emplace_back(
          file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - kSuffix.size()));
  return names;
}

}  // namespace assay
