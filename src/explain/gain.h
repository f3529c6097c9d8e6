// What a change brings, in per cent, and how far that can be off.
#pragma once

#include "hw/core.h"
#include "hw/counts.h"
#include "record/figure.h"

namespace assay {

/// Cycles that `after` takes less (negative) or more than `before`, in per cent of `before`, where
/// both are of cores timed by the same model. The model's error is in both alike where they do the
/// same; what a cause takes more or less is off by as much as the model was when it was validated.
/// `short_cut`: the image was run as if it were placed so, which adds the error of that.
Figure cycles_change(const Counts& before, const Counts& after, const CoreTiming& core,
                     bool short_cut);

/// The same of two cores: their models err apart.
Figure cycles_change(const Figure& before, const Figure& after);

/// The change of the time that the cycles take at another clock.
Figure latency_change(const Figure& cycles_change, int64_t clock_hz_before, int64_t clock_hz_after);

}  // namespace assay
