// What the commands that give energy ask about how often an inference runs.
#pragma once

#include <optional>

#include "cli/command.h"
#include "estimate/energy.h"

namespace assay {

/// duty_of() reads them.
inline constexpr Option kEveryOption = {
    "every",       "TIME", "an inference every so often: average power, as --every 1s",
    Option::value, false,  {},
    "none"};
inline constexpr Option kBatteryOption = {"battery",
                                          "CHARGE@VOLTAGE",
                                          "with --every: how long it lasts, as --battery 220mAh@3V",
                                          Option::value,
                                          false,
                                          {},
                                          "none"};
inline constexpr Option kSleepOption = {
    "sleep",
    "CURRENT",
    "with --every: what the part draws in between, if not the target's own",
    Option::value,
    false,
    {},
    "none"};

/// Nothing without --every. Error: usage.
Result<std::optional<Duty>> duty_of(const Args& args);

}  // namespace assay
