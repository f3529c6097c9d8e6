// A core: instruction timing as data. One file of data/cores/.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

/// What an instruction is, as far as its time goes. The name is the key in data/cores/*.toml.
enum class InsnClass : uint8_t {
#define ASSAY_INSN_CLASS(id, meaning) id,
#include "hw/insn_classes.def"
#undef ASSAY_INSN_CLASS
};
constexpr size_t kInsnClasses = 0
#define ASSAY_INSN_CLASS(id, meaning) +1
#include "hw/insn_classes.def"
#undef ASSAY_INSN_CLASS
    ;
std::string_view name(InsnClass cls);

/// How far modelled cycles of this core have been from published silicon.
struct Validation {
  double low = 1,
         high = 1;       ///< the interval over the model's value; accuracy.h says how it is made
  int rows = 0;          ///< 0: no row of this core; low and high come from a relative
  bool of_part = false;  ///< the rows ran on the part in question
  std::string against;   ///< "19 published runs on ...: mean error ..."
};

/// Which instructions may issue in the same cycle.
enum class Pairing : uint8_t {
  none,      ///< one a cycle, each waits for the one before: cycles simply add up
  branches,  ///< Cortex-M33: a 16-bit instruction with a 16-bit branch, anything with an IT
  dual,      ///< Cortex-M7: two an issue where units and operands allow
  beats,     ///< Cortex-M55: some 16-bit pairs; vectors take beats that overlap between pipes
};

/// How a conditional branch's direction is guessed before it is known.
enum class Prediction : uint8_t {
  none,           ///< not at all: a taken branch refills the pipeline
  two_bit,        ///< a counter of two bits for each branch
  backward,       ///< backwards is taken, forwards is not
  last_backward,  ///< the last backward branch that was taken is, every other is not (Hazard3)
};

/// Cycles from an instruction's issue to that of one that uses its result. Only with a Pairing or
/// the rule `interlock`, which reads the rows so marked.
struct Latencies {
  int alu = 1, shifted = 1, dsp = 1;  ///< plain, with a shifted operand, SIMD and saturation
  int multiply = 1;                   ///< but 1 into an accumulator (interlock)
  int multiply_interval = 1;          ///< from a multiplication to the next (interlock)
  int divide = 1;                     ///< beyond its issue (interlock)
  int load = 1, narrow_load = 1;      ///< words; bytes and halves (interlock)
  int load_to_multiply = 0;           ///< more for what is loaded and then multiplied
  int early_operand = 0;  ///< more where the result is an address, is shifted or has bits extracted
  int fp = 1, fp_load = 1, fp_mac = 1, fp_accumulate = 1;
  int fp_load_to_accumulate = 0;  ///< more for what is loaded and then added to by VFMA
  int fp_mac_interval = 1;  ///< from a VFMA to the next floating-point instruction of any kind
};

/// Rules beyond "so many cycles a class"; each off unless the file switches it on, with its source.
struct CoreRules {
  // Pairing::none
  bool load_pipelining = false;     ///< a load or store straight after a load takes one cycle less
  bool indexed_pipelining = false;  ///< ... also after one that updates its base register
  int load_after_store = 0;         ///< more for a load or LDM straight after a store
  int store_register_offset = 0;    ///< more for "str r0, [r1, r2]"
  int address_stall = 0;            ///< more if the instruction before wrote an address register
  int unaligned_load = 0;           ///< more for an unaligned load ...
  bool unaligned_parts = false;     ///< ... for each further aligned part that it is made of
  bool it_folding = false;          ///< an IT after a 16-bit instruction takes no cycle
  int pair_move = 0;                ///< more for VMOV of two registers between core and FPU
  int fetch_queue = 0;  ///< words of code that are fetched ahead, 0: any; a used one is replaced
                        ///< as many cycles later

  Pairing pairing = Pairing::none;
  Latencies latency;
  bool early_alu = false;       ///< simple results are there for a later ALU in the same cycle
  int two_stage_flags = 0;      ///< more for MULS and ADDS with a shifted constant
  int flags_before_branch = 0;  ///< more for a taken branch paired with what sets its flags
  int fp_mac_shadow = 0;        ///< after a VFMA, for VADD, VLDM and the like
  int store_to_load = 0;        ///< from a store to a load of the same word
  Prediction prediction = Prediction::none;
  int mispredict = 0;
  bool target_prediction = false;  ///< indirect branches go where they last went

  // RISC-V
  bool interlock = false;        ///< single issue; results are waited for, not instructions
  bool late_store_data = false;  ///< a store wants its data a cycle after its address
  int straddling_target = 0;     ///< more for a jump to 32 bits that straddle two words

  // AVR
  int unconditional_branch = 0;  ///< more for RJMP and JMP, wherever they go; not branch_taken
  int second_word = 0;           ///< more for JMP and CALL, which are two words long
  int word_arithmetic = 0;       ///< more for ADIW and SBIW
  int program_load = 0;          ///< more for a load from program memory: LPM, ELPM
};

inline constexpr int kMaxQueueWords = 16;

struct CoreTiming {
  std::string name;   ///< "cortex_m4"
  std::string title;  ///< "Cortex-M4"
  std::string isa;    ///< "thumbv7em"
  std::string source;
  std::array<int, kInsnClasses> cycles{};  ///< by InsnClass, nothing stalled, zero-wait memory
  int registers_per_cycle = 1;             ///< of LDM, STM, PUSH, POP, LDRD
  std::array<int, kInsnClasses> vector_latency{};  ///< issue to use, by InsnClass; Pairing::beats
  int branch_taken = 0;                            ///< on top of the branch's class
  int loaded_branch_taken = 0;                     ///< the same where the target comes from memory
  CoreRules rules;
  Validation validation;
  std::string file_text;  ///< keys the caches
};

Result<CoreTiming> read_core(std::string_view toml, std::string_view file);
Result<CoreTiming> load_core(std::string_view name);
std::vector<std::string> core_names();

}  // namespace assay
