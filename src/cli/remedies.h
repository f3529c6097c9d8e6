// The nearest remedy for what keeps a model from running.
#pragma once

#include <string_view>

#include "ops/op.h"

namespace assay {

/// "" if none is known.
std::string_view remedy(const Unsupported& obstacle);

}  // namespace assay
