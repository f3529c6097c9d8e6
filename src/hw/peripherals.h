// What a part's peripherals answer, as data: one file of data/peripherals/ for a family of parts.
// Only what firmware waits for stands there; everything else reads back what was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

/// Bits of a register that follow bits of the same register or of another: HSIRDY follows HSION.
struct FollowingBits {
  int bit = 0, of = 0, bits = 1;
  uint32_t of_address = 0;
};

struct PeripheralRegister {
  std::string name;
  uint32_t address = 0;
  uint32_t reset = 0;   ///< value before the first write
  uint32_t always = 0;  ///< bits that read as one whatever was written
  std::vector<FollowingBits> follow;
};

/// Offsets within a UART, and the masks of its bits.
struct UartLayout {
  uint32_t control = 0, status = 0, receive = 0, transmit = 0;
  uint32_t ready = 0;     ///< of status: what says that a byte may be sent, or has been
  uint32_t received = 0;  ///< of status: a byte is there to be read
  uint32_t receive_interrupt = 0, transmit_interrupt = 0;  ///< of control: interrupt on either
  uint32_t empty = 0;  ///< of status, or of receive if that is the same: none is there
};

struct Uart {
  std::string name;
  uint32_t address = 0;
  int interrupt = 0;
};

/// Offsets within a free-running counter.
struct TimerLayout {
  uint32_t control = 0, prescaler = 0, counter = 0;
};

struct TimerBlock {
  std::string name;
  uint32_t address = 0;
};

/// Addresses that answer although they are outside of where peripherals usually are.
struct PeripheralWindow {
  std::string name;
  uint32_t address = 0, bytes = 0;
};

/// The memory region that begins at `of` is seen at `address` too.
struct MemoryAlias {
  uint32_t address = 0, of = 0;
};

/// RISC-V's timer: addresses of its registers of 64 bits, and of the software interrupt's word.
struct MachineTimer {
  uint32_t mtime = 0, mtimecmp = 0, software = 0;
  int64_t ticks_hz = 0;  ///< 0: the part has none
};

struct PeripheralMap {
  std::string name, title, source;
  std::vector<std::string> parts;  ///< how the part numbers of the family begin
  int priority_bits = 4;           ///< of an interrupt's priority, that the part keeps
  std::vector<PeripheralRegister> registers;
  UartLayout uart_layout;
  std::vector<Uart> uarts;
  TimerLayout timer_layout;
  std::vector<TimerBlock> timers;
  MachineTimer machine_timer;
  std::vector<PeripheralWindow> windows;
  std::vector<MemoryAlias> aliases;
};

/// Reads a file's text; every key is checked (data/README.md). `file` names it in errors.
Result<PeripheralMap> read_peripherals(std::string_view toml, std::string_view file);

/// The shipped file whose parts begin as this part number does; an empty map (no name) if none.
Result<PeripheralMap> peripherals_of(std::string_view part);

}  // namespace assay
