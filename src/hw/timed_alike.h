// Whether two targets' clocks and memories take the same time.
#pragma once

#include "hw/target.h"

namespace assay {

/// Names, sizes, currents and sources aside.
bool timed_alike(const Target& a, const Target& b);

/// Whether runs published on the target's part say something of it: it is the shipped target of
/// that part, or takes the same time. A copy with another clock, wait states or caches does not.
bool timed_as_shipped(const Target& target);

}  // namespace assay
