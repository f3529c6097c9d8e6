// Keeps the firmware that QEMU runs away from the machine that it runs on.
#pragma once

#include "util/result.h"

namespace assay {

/// From now on this thread, which is the emulated core's, opens, removes, renames and starts
/// nothing. Error: environment, if the kernel cannot.
Status confine_this_thread();

}  // namespace assay
