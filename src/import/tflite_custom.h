// Options of custom operators.
#pragma once

#include <cstdint>
#include <span>

#include "ir/attrs.h"
#include "ops/op.h"
#include "util/result.h"

namespace assay {

/// Attributes out of a FlexBuffers map; keys that it lacks have the fields' defaults.
/// Error: input, if it is damaged.
Result<Attrs> read_custom_options(std::span<const uint8_t> bytes,
                                  const std::vector<TfliteField>& fields);

}  // namespace assay
