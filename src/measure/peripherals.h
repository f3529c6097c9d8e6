// The peripherals of a part as firmware meets them: registers that answer as the data file says,
// UARTs whose bytes a script reads and writes, free-running counters, and for all else the last
// value written. What is touched and not modelled is listed.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hw/peripherals.h"

namespace assay {

/// An address that firmware used and nothing models.
struct TouchedAddress {
  uint32_t address = 0, first_pc = 0;
  int64_t reads = 0, writes = 0;
  bool flipped = false;  ///< polled so long that reads were made to change
};

class Peripherals {
 public:
  /// `map` must outlive it.
  explicit Peripherals(const PeripheralMap& map) : map_(&map) {}

  uint32_t read(uint32_t address, uint32_t bytes, int64_t now, uint32_t pc);
  void write(uint32_t address, uint32_t bytes, uint32_t value, int64_t now, uint32_t pc);

  /// From now on the word at this address reads so, whatever is written: an input pin.
  void hold(uint32_t address, uint32_t value);

  /// Gives bytes to the UART that the firmware talks on.
  void receive(std::string_view bytes);
  bool received_all() const { return input_.empty(); }
  /// When the next byte arrives, or a far future.
  int64_t next_event() const;
  /// External interrupts whose line is high now.
  std::vector<int> lines(int64_t now) const;

  std::function<void(char)> on_output;  ///< a byte that the firmware sent on a UART
  /// In order of address.
  std::vector<TouchedAddress> touched() const;

 private:
  enum class Kind : uint8_t { plain, described, uart, timer, held };
  struct Cell {
    Kind kind = Kind::plain;
    const PeripheralRegister* described = nullptr;
    size_t index = 0;     ///< of UART or timer
    uint32_t offset = 0;  ///< in it
    uint32_t value = 0;
    TouchedAddress touched = {};
  };

  Cell& cell(uint32_t address, uint32_t pc);
  Cell new_cell(uint32_t address) const;
  uint32_t read_word(Cell& cell, uint32_t address, int64_t now);
  uint32_t described(const Cell& cell);
  uint32_t uart_read(const Cell& cell, int64_t now);
  void uart_write(const Cell& cell, uint32_t value);
  uint32_t counter(size_t timer, int64_t now);
  uint32_t polled(Cell& cell, uint32_t address, uint32_t value);
  uint32_t value_at(uint32_t address) const;
  bool has_byte(size_t uart, int64_t now) const;

  const PeripheralMap* map_;
  std::unordered_map<uint32_t, Cell> cells_;
  Cell shared_;  ///< of all addresses beyond 64 K that nothing models
  std::deque<char> input_;
  int64_t next_byte_at_ = 0;
  size_t console_ = SIZE_MAX;                         ///< the UART that the firmware sent on last
  std::unordered_map<size_t, int64_t> counter_zero_;  ///< clock at which a timer was 0
  uint32_t polled_address_ = 0, polled_value_ = 0;
  int64_t equal_reads_ = 0;
};

}  // namespace assay
