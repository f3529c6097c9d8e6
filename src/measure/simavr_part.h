// An AVR part in simavr: memory, one core, timers, interrupts and the serial line.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "hw/target.h"
#include "measure/elf.h"
#include "measure/semihosting.h"
#include "util/result.h"

namespace assay {

class SimavrPart {
 public:
  /// Empty if this build has simavr; else what to do about it.
  static std::string missing();
  /// Errors: unsupported (simavr has no such part), environment.
  static Result<SimavrPart> open(const Target& target);
  SimavrPart(SimavrPart&&) noexcept;
  SimavrPart& operator=(SimavrPart&&) noexcept;
  ~SimavrPart();

  /// The image as a programmer would write it; `initialised`: data also where start-up code would
  /// copy it. Error: input.
  Status load(const ElfFile& elf, bool initialised = false);

  std::span<const std::byte> flash() const { return flash_; }
  std::span<uint8_t> data() const { return data_; }  ///< registers first, up to the RAM's end
  uint32_t pair(int low) const {
    return data_[static_cast<size_t>(low)] | data_[static_cast<size_t>(low) + 1] << 8;
  }
  uint32_t stack_pointer() const { return pair(0x5d); }  ///< SPL, SPH of every ATmega
  void set_stack_pointer(uint32_t address);
  uint32_t rampz() const;                               ///< the bits above Z for ELPM
  int address_bytes() const { return address_bytes_; }  ///< of a return address
  /// Data memory, at its address with or without kAvrData.
  GuestMemory memory();

  uint32_t pc() const;
  void jump(uint32_t address);
  int64_t cycle() const;
  void pass(int64_t cycles);  ///< time in which the core runs nothing

  enum class State { running, sleeping, gone };
  /// Runs instructions that take so many cycles.
  State step(int64_t cycles);

  /// Lets the peripherals come up to the core's time, and the core take an interrupt, whose number
  /// is returned; 0: none.
  int attend();
  bool interrupts_enabled() const;
  /// Of a core that sleeps: time passes up to the next event. Returns how much; nothing if there
  /// will be none.
  std::optional<int64_t> sleep();

  /// The first serial line: bytes from the firmware, and to it. What it does not take yet, waits.
  void on_output(std::function<void(char)> output);
  void receive(std::string_view bytes);

 private:
  struct Simulation;
  explicit SimavrPart(std::unique_ptr<Simulation> state);
  std::unique_ptr<Simulation> state_;
  std::span<const std::byte> flash_;
  std::span<uint8_t> data_;
  int address_bytes_ = 2;
};

}  // namespace assay
