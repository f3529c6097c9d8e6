// Layers by their functions' names: MODEL_layer_NN_OPERATOR, as src/emit/aot.cc writes them.
//
// Not handled: C that other generators made, whose names say nothing of layers.
#include "measure/layer_mark.h"

#include <charconv>

namespace assay {

std::optional<LayerMark> layer_mark(std::string_view symbol) {
  constexpr std::string_view kMark = "_layer_";
  symbol = symbol.substr(0, symbol.find('.'));
  const size_t at = symbol.rfind(kMark);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const std::string_view rest = symbol.substr(at + kMark.size());
  LayerMark mark;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), mark.index);
  const auto digits = static_cast<size_t>(end - rest.data());
  if (error != std::errc() || mark.index < 0 || digits + 1 >= rest.size() || rest[digits] != '_')
    return std::nullopt;
  mark.invoke = std::string(symbol.substr(0, at)) + "_invoke";
  mark.op = rest.substr(digits + 1);
  return mark;
}

}  // namespace assay
