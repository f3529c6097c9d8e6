// A profile as the plugin tells it.
#pragma once

#include "measure/profile.h"
#include "util/json.h"

namespace assay {

/// What the plugin can know: regions, the end, sums. Of a line of source its hottest instruction
/// stands for file and line.
Json profile_json(const ProfileFacts& facts);

/// Reads it as hostile. Errors: input, with what is wrong.
Result<ProfileFacts> read_profile(const Json& json);

}  // namespace assay
