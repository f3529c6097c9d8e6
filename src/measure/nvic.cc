// Registers of the system control space, a word at a time.
//
// SysTick counts the core's cycles, whatever its clock source. Priorities compare as their group
// bits say. Memory protection, fault status and debug registers read back what was written. ITM's
// stimulus ports are always ready. Sources: Armv7-M ARM (DDI 0403E) B1.5, B3; Armv6-M ARM (DDI
// 0419E) B3; part identification from each core's TRM, "CPUID base register".
#include "measure/nvic.h"

#include <algorithm>
#include <limits>

namespace assay {
namespace {

constexpr uint32_t kStimulus = 0xe0000000, kStimulusBytes = 0x80;
constexpr uint32_t kCyccnt = 0xe0001004;
constexpr uint32_t kSystickControl = 0xe000e010, kSystickReload = 0xe000e014,
                   kSystickValue = 0xe000e018, kSystickCalibration = 0xe000e01c;
constexpr uint32_t kEnable = 0xe000e100, kDisable = 0xe000e180, kPend = 0xe000e200,
                   kUnpend = 0xe000e280, kActive = 0xe000e300, kPriority = 0xe000e400;
constexpr uint32_t kBankBytes = 0x40, kPriorityBytes = 0x1e0;
constexpr uint32_t kCpuid = 0xe000ed00, kIcsr = 0xe000ed04, kVtor = 0xe000ed08, kAircr = 0xe000ed0c,
                   kSystemPriority = 0xe000ed18;
constexpr uint32_t kSystemPriorityBytes = 12;
constexpr uint32_t kTickInterrupt = 2, kTickEnable = 1, kTickFlag = 1u << 16;
constexpr uint32_t kVectorKey = 0x05fa, kResetRequest = 4;
constexpr uint32_t kTickMask = 0xffffff, kTickControl = 7;
constexpr size_t kMaxPlain = 1 << 16;

struct Part {
  std::string_view core;
  uint32_t cpuid;
};
constexpr Part kParts[] = {{"cortex_m0", 0x410cc200}, {"cortex_m0plus", 0x410cc601},
                           {"cortex_m3", 0x412fc231}, {"cortex_m4", 0x410fc241},
                           {"cortex_m7", 0x411fc272}, {"cortex_m33", 0x410fd214}};

bool within(uint32_t address, uint32_t begin, uint32_t bytes) { return address - begin < bytes; }

}  // namespace

Nvic::Nvic(std::string_view core, int priority_bits, uint32_t vector_table)
    : vector_table_(vector_table), priority_mask_(static_cast<uint8_t>(0xff00 >> priority_bits)) {
  const auto part = std::ranges::find(kParts, core, &Part::core);
  cpuid_ = part == std::end(kParts) ? 0 : part->cpuid;
}

bool Nvic::is_enabled(int exception) const {
  return exception < kFirstInterrupt || enabled_[exception];
}

bool Nvic::systick_runs() const { return (systick_control_ & kTickEnable) && systick_reload_ > 0; }

/// A stopped counter keeps its value, and goes on from there.
void Nvic::set_systick(uint32_t control, uint32_t reload, int64_t now) {
  advance(now);
  const bool ran = systick_runs();
  if (ran) systick_held_ = systick_value(now);
  systick_control_ = control;
  systick_reload_ = reload;
  if (!ran && systick_runs())
    systick_zero_ = now + (systick_held_ > 0 ? systick_held_ : reload + 1);
}

uint32_t Nvic::systick_value(int64_t now) const {
  if (!systick_runs()) return systick_held_;
  return static_cast<uint32_t>(std::max<int64_t>(0, systick_zero_ - now)) & kTickMask;
}

void Nvic::advance(int64_t now) {
  if (!systick_runs() || now < systick_zero_) return;
  const int64_t period = int64_t{systick_reload_} + 1;
  systick_zero_ += ((now - systick_zero_) / period + 1) * period;
  systick_flag_ = true;
  if (systick_control_ & kTickInterrupt) pend(kSystick);
}

int64_t Nvic::next_event() const {
  return systick_runs() ? systick_zero_ : std::numeric_limits<int64_t>::max();
}

int64_t Nvic::next_interrupt() const {
  return systick_control_ & kTickInterrupt ? next_event() : std::numeric_limits<int64_t>::max();
}

bool Nvic::any_pending() const {
  for (int i = 1; i < kExceptions; ++i)
    if (pending_[i] && is_enabled(i)) return true;
  return false;
}

bool Nvic::any_active() const { return std::ranges::find(active_, true) != active_.end(); }

int Nvic::group_priority(int exception) const {
  if (exception == kNmi) return -2;
  if (exception == kHardFault) return -1;
  return priority_[exception] >> (priority_group_ + 1) << (priority_group_ + 1);
}

int Nvic::execution_priority(const ExceptionMasks& masks) const {
  int priority = 256;
  for (int i = 1; i < kExceptions; ++i)
    if (active_[i]) priority = std::min(priority, group_priority(i));
  if (masks.basepri != 0)
    priority = std::min(priority, static_cast<int>(masks.basepri) >> (priority_group_ + 1)
                                                                         << (priority_group_ + 1));
  if (masks.primask & 1) priority = std::min(priority, 0);
  if (masks.faultmask & 1) priority = std::min(priority, -1);
  return priority;
}

int Nvic::deliverable(const ExceptionMasks& masks) const {
  int best = 0;
  for (int i = 1; i < kExceptions; ++i) {
    if (!pending_[i] || !is_enabled(i)) continue;
    const auto rank = [&](int n) { return std::pair(group_priority(n), priority_[n]); };
    if (best == 0 || rank(i) < rank(best)) best = i;
  }
  return best != 0 && group_priority(best) < execution_priority(masks) ? best : 0;
}

void Nvic::activate(int exception) {
  pending_[exception] = false;
  active_[exception] = true;
}

void Nvic::deactivate(int exception) { active_[exception] = false; }

uint32_t Nvic::bits(const std::array<bool, kExceptions>& of, uint32_t word) const {
  uint32_t value = 0;
  for (uint32_t bit = 0; bit < 32; ++bit) {
    const uint32_t at = kFirstInterrupt + word * 32 + bit;
    if (at < kExceptions && of[at]) value |= 1u << bit;
  }
  return value;
}

void Nvic::set_bits(std::array<bool, kExceptions>& of, uint32_t word, uint32_t value,
                    bool to) const {
  for (uint32_t bit = 0; bit < 32; ++bit) {
    const uint32_t at = kFirstInterrupt + word * 32 + bit;
    if (at < kExceptions && (value >> bit & 1)) of[at] = to;
  }
}

uint32_t Nvic::icsr() const {
  uint32_t active = 0;
  for (int i = 1; i < kExceptions; ++i)
    if (active_[i] && (active == 0 || group_priority(i) < group_priority(static_cast<int>(active))))
      active = static_cast<uint32_t>(i);
  return active | (any_pending() ? static_cast<uint32_t>(deliverable({})) << 12 : 0) |
         (pending_[kSystick] ? 1u << 26 : 0) | (pending_[kPendsv] ? 1u << 28 : 0);
}

void Nvic::write_icsr(uint32_t value) {
  if (value >> 31 & 1) pend(kNmi);
  if (value >> 28 & 1) pend(kPendsv);
  if (value >> 27 & 1) pending_[kPendsv] = false;
  if (value >> 26 & 1) pend(kSystick);
  if (value >> 25 & 1) pending_[kSystick] = false;
}

uint32_t Nvic::read_word(uint32_t address, int64_t now) {
  if (within(address, kStimulus, kStimulusBytes)) return 1;
  if (within(address, kEnable, kBankBytes)) return bits(enabled_, (address - kEnable) / 4);
  if (within(address, kDisable, kBankBytes)) return bits(enabled_, (address - kDisable) / 4);
  if (within(address, kPend, kBankBytes)) return bits(pending_, (address - kPend) / 4);
  if (within(address, kUnpend, kBankBytes)) return bits(pending_, (address - kUnpend) / 4);
  if (within(address, kActive, kBankBytes)) return bits(active_, (address - kActive) / 4);
  switch (address) {
    case kCyccnt:
      return static_cast<uint32_t>(now - cyccnt_zero_);
    case kSystickControl: {
      advance(now);
      const uint32_t value = systick_control_ | (systick_flag_ ? kTickFlag : 0);
      systick_flag_ = false;
      return value;
    }
    case kSystickReload:
      return systick_reload_;
    case kSystickValue:
      advance(now);
      return systick_value(now);
    case kSystickCalibration:
      return 0;
    case kCpuid:
      return cpuid_;
    case kIcsr:
      return icsr();
    case kVtor:
      return vector_table_;
    case kAircr:
      return 0xfa050000 | priority_group_ << 8;
    default: {
      const auto found = plain_.find(address);
      return found == plain_.end() ? 0 : found->second;
    }
  }
}

void Nvic::write_word(uint32_t address, uint32_t value, int64_t now) {
  if (within(address, kEnable, kBankBytes))
    return set_bits(enabled_, (address - kEnable) / 4, value, true);
  if (within(address, kDisable, kBankBytes))
    return set_bits(enabled_, (address - kDisable) / 4, value, false);
  if (within(address, kPend, kBankBytes))
    return set_bits(pending_, (address - kPend) / 4, value, true);
  if (within(address, kUnpend, kBankBytes))
    return set_bits(pending_, (address - kUnpend) / 4, value, false);
  switch (address) {
    case kCyccnt:
      cyccnt_zero_ = now - value;
      return;
    case kSystickControl:
      return set_systick(value & kTickControl, systick_reload_, now);
    case kSystickReload:
      return set_systick(systick_control_, value & kTickMask, now);
    case kSystickValue:
      systick_held_ = 0;
      systick_zero_ = now + systick_reload_ + 1;
      systick_flag_ = false;
      return;
    case kIcsr:
      return write_icsr(value);
    case kVtor:
      vector_table_ = value & ~0x7fu;
      return;
    case kAircr:
      if (value >> 16 != kVectorKey) return;
      priority_group_ = value >> 8 & 7;
      reset_requested_ |= (value & kResetRequest) != 0;
      return;
    default:
      if (plain_.size() < kMaxPlain || plain_.contains(address)) plain_[address] = value;
  }
}

uint32_t Nvic::read(uint32_t address, uint32_t bytes, int64_t now) {
  uint32_t value = 0;
  const auto priority_at = [&](uint32_t at) -> const uint8_t* {
    if (within(at, kPriority, kPriorityBytes)) return &priority_[kFirstInterrupt + at - kPriority];
    if (within(at, kSystemPriority, kSystemPriorityBytes))
      return &priority_[4 + at - kSystemPriority];
    return nullptr;
  };
  if (priority_at(address)) {
    for (uint32_t i = 0; i < bytes; ++i)
      if (const uint8_t* at = priority_at(address + i)) value |= uint32_t{*at} << (8 * i);
    return value;
  }
  value = read_word(address & ~3u, now) >> (address % 4 * 8);
  return bytes >= 4 ? value : value & ((1u << (bytes * 8)) - 1);
}

void Nvic::write(uint32_t address, uint32_t bytes, uint32_t value, int64_t now) {
  if (within(address, kStimulus, kStimulusBytes)) {
    if (address == kStimulus && on_output)
      for (uint32_t i = 0; i < bytes; ++i) on_output(static_cast<char>(value >> (8 * i)));
    return;
  }
  for (uint32_t i = 0; i < bytes; ++i) {
    const auto byte = static_cast<uint8_t>(value >> (8 * i) & priority_mask_);
    const uint32_t at = address + i;
    if (within(at, kPriority, kPriorityBytes))
      priority_[kFirstInterrupt + at - kPriority] = byte;
    else if (within(at, kSystemPriority, kSystemPriorityBytes))
      priority_[4 + at - kSystemPriority] = byte;
    else
      break;
    if (i + 1 == bytes) return;
  }
  write_word(address & ~3u, value << (address % 4 * 8), now);
}

}  // namespace assay
