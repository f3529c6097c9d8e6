// The steps that a pipeline file can name.
#pragma once

#include "import/pipeline_builder.h"
#include "util/toml.h"

namespace assay {

/// Adds the nodes of one [[step]] to the graph. Errors: input, "FILE:LINE: ...".
Status add_step(PipelineBuilder& builder, const Toml& step);

/// "frame, window, ...", for `assay operators` and messages.
std::string step_names();

}  // namespace assay
