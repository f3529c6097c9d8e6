// Why cycles were spent: causes that sum to the cycles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace assay {

/// The name is the key in records.
enum class Cause : uint8_t {
#define ASSAY_CAUSE(id, title, group, remedy) id,
#include "hw/cause.def"
#undef ASSAY_CAUSE
};
constexpr size_t kCauses = 0
#define ASSAY_CAUSE(id, title, group, remedy) +1
#include "hw/cause.def"
#undef ASSAY_CAUSE
    ;

std::string_view name(Cause cause);    ///< "load_use"
std::string_view title(Cause cause);   ///< "waiting for loads"
std::string_view group(Cause cause);   ///< "flash data": causes that one change would help
std::string_view remedy(Cause cause);  ///< what a person can change about it

/// Causes are counted in half cycles: where a core issues two instructions a cycle, each has half.
constexpr int kTicksPerCycle = 2;

/// Ticks by cause.
struct CauseTicks {
  std::array<int64_t, kCauses> ticks{};

  int64_t& operator[](Cause cause) { return ticks[static_cast<size_t>(cause)]; }
  int64_t operator[](Cause cause) const { return ticks[static_cast<size_t>(cause)]; }
  void spend(Cause cause, int64_t cycles) { (*this)[cause] += cycles * kTicksPerCycle; }
  void add(const CauseTicks& other, int64_t times) {
    for (size_t i = 0; i < kCauses; ++i) ticks[i] += times * other.ticks[i];
  }
  int64_t sum() const {
    int64_t sum = 0;
    for (const int64_t each : ticks) sum += each;
    return sum;
  }
};

}  // namespace assay
