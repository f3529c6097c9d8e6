// Layers of a model in the symbols of an image that holds C which Assay emitted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// What "kws_layer_03_conv_2d" says.
struct LayerMark {
  std::string invoke;  ///< "kws_invoke"
  int64_t index = 0;
  std::string op;
};

/// Nothing, if the name is no layer's. A compiler's suffix (".isra.0") is left out.
std::optional<LayerMark> layer_mark(std::string_view symbol);

}  // namespace assay
