// The private peripheral bus of a Cortex-M: interrupt controller, system control block, SysTick,
// and the cycle counter of the DWT. Says which exception is to be taken; taking it is
// exceptions.h's.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>

namespace assay {

enum ExceptionNumber : int {
  kNmi = 2,
  kHardFault = 3,
  kSvcall = 11,
  kPendsv = 14,
  kSystick = 15,
  kFirstInterrupt = 16
};
constexpr int kExceptions = 16 + 480;

/// The core's mask registers.
struct ExceptionMasks {
  uint32_t primask = 0, basepri = 0, faultmask = 0;
};

class Nvic {
 public:
  /// `priority_bits`: the upper bits of a priority that the part keeps.
  Nvic(std::string_view core, int priority_bits, uint32_t vector_table);

  uint32_t read(uint32_t address, uint32_t bytes, int64_t now);
  void write(uint32_t address, uint32_t bytes, uint32_t value, int64_t now);

  void pend(int exception) { pending_[exception] = true; }
  /// A line is high: it makes its interrupt pending, but while the handler runs only when that
  /// ends.
  void raise(int exception) { pending_[exception] |= !active_[exception]; }
  /// Lets SysTick count up to `now`.
  void advance(int64_t now);
  /// When SysTick reaches zero next, or a far future.
  int64_t next_event() const;
  /// When SysTick makes its interrupt pending next, or a far future.
  int64_t next_interrupt() const;
  /// Whether anything enabled is pending, whatever its priority.
  bool any_pending() const;
  /// The exception to take now, 0 for none.
  int deliverable(const ExceptionMasks& masks) const;
  void activate(int exception);
  void deactivate(int exception);
  bool any_active() const;

  uint32_t vector_table() const { return vector_table_; }
  bool reset_requested() const { return reset_requested_; }
  std::function<void(char)> on_output;  ///< ITM stimulus port 0

 private:
  uint32_t read_word(uint32_t address, int64_t now);
  void write_word(uint32_t address, uint32_t value, int64_t now);
  void write_icsr(uint32_t value);
  uint32_t icsr() const;
  uint32_t bits(const std::array<bool, kExceptions>& of, uint32_t word) const;
  void set_bits(std::array<bool, kExceptions>& of, uint32_t word, uint32_t value, bool to) const;
  bool is_enabled(int exception) const;
  int group_priority(int exception) const;
  int execution_priority(const ExceptionMasks& masks) const;
  uint32_t systick_value(int64_t now) const;
  bool systick_runs() const;
  void set_systick(uint32_t control, uint32_t reload, int64_t now);

  std::unordered_map<uint32_t, uint32_t> plain_;  ///< registers that only read back, up to a bound
  std::array<bool, kExceptions> enabled_{}, pending_{}, active_{};
  std::array<uint8_t, kExceptions> priority_{};
  uint32_t cpuid_ = 0, vector_table_ = 0, priority_group_ = 0;
  uint8_t priority_mask_ = 0xff;
  uint32_t systick_control_ = 0, systick_reload_ = 0;
  uint32_t systick_held_ = 0;  ///< its value while it stands still
  int64_t systick_zero_ = 0;   ///< the clock when it reaches zero next
  bool systick_flag_ = false, reset_requested_ = false;
  int64_t cyccnt_zero_ = 0;
};

}  // namespace assay
