// A target: a part or board as data. One file of data/targets/ (data/README.md explains each key),
// or the user's own by path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/memory.h"
#include "util/result.h"

namespace assay {

/// What the part draws while it runs, at one clock and voltage.
struct RunCurrent {
  int64_t clock_hz = 0;
  double voltage_v = 0;
  double current_ma = 0;
  double least_ma = 0, most_ma = 0;  ///< of several boards, windows or models; 0: not given
  std::string condition, source;
};

/// What the part draws while it waits for the next inference.
struct SleepCurrent {
  double voltage_v = 0;
  double current_ua = 0;
  std::string condition, source;
};

/// The machine of QEMU whose memories are the target's.
struct QemuBoard {
  std::string machine;  ///< "mps2-an386"; "" if QEMU has none
  /// Where the core takes its vector table from at reset, if that is not where the image begins.
  std::optional<uint32_t> vector_table;
  std::string source;
};

struct Target {
  std::string name;                  ///< "nucleo-l4r5zi"
  std::string description;           ///< "ST NUCLEO-L4R5ZI board"
  std::string part;                  ///< "STM32L4R5ZI"
  std::vector<std::string> aliases;  ///< other names that load_target takes; `part` always is one
  std::string core;                  ///< a file of data/cores/: "cortex_m4"
  std::string isa;                   ///< that core's: "thumbv7em"
  int64_t clock_hz = 0;
  double voltage_v = 0;  ///< 0: not known
  std::string fpu;       ///< "none", "sp" or "dp"
  bool dsp = false, mve = false;
  std::string memory_system;  ///< one line for the page: "5 wait states, ART"
  std::vector<MemoryRegion>
      regions;  ///< in order of preference within a kind (data, stack go first)
  std::vector<CacheSpec> caches;
  /// Where the image begins (its vector table) in the first flash region. The bytes before belong
  /// to whatever `boot` says: RP2040's boot2 block (256), a boot loader, the i.MX RT's boot header.
  int64_t image_offset_bytes = 0;
  QemuBoard qemu;
  std::string boot;  ///< "" or one line: what the part needs besides the image to start from flash
  std::vector<RunCurrent> run_currents;
  std::vector<SleepCurrent> sleep_currents;  ///< the first is what a duty cycle is reckoned with
  std::string price_class;                   ///< "" if not known
  std::string source;                        ///< of part, core, FPU and DSP
  std::string clock_source, voltage_source, memory_system_source, boot_source, price_source;
  std::string file_text;  ///< the file as read: keys the caches

  int64_t flash_bytes() const;  ///< sum over flash regions, less image_offset_bytes
  int64_t ram_bytes() const;
  /// Regions whose waits cannot be modelled, as the file does not say them: "FLASH"; "" if none.
  std::string unknown_waits() const;
  /// -mcpu, -mfpu, -mfloat-abi and the like for GCC.
  std::vector<std::string> gcc_flags() const;
};

/// Reads a target file's text. Every key is checked; a misspelt one is an error with a suggestion.
/// `file` names it in errors. Where the file gives no name, the file's own without .toml is it.
Result<Target> read_target(std::string_view toml, std::string_view file);

/// A shipped target by name, alias or part number in any case, or the user's own by path (contains
/// '/' or ends in .toml). Errors: usage (no such target, with suggestions), input (the file).
Result<Target> load_target(std::string_view name_or_path);

/// Names of the shipped targets, sorted.
std::vector<std::string> target_names();

}  // namespace assay
