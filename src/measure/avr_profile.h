// Any AVR firmware in simavr, as it is: the profile of simavr's Emulator.
#pragma once

#include "measure/profile.h"

namespace assay {

/// Errors: unsupported (--hold, a part that simavr lacks), input, environment.
Result<ProfileFacts> profile_avr(const ProfileRequest& request);

}  // namespace assay
