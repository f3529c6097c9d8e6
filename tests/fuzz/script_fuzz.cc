// Any bytes as a serial script: read or refused with words; playing it takes each step once.
#include <cstdint>
#include <cstdlib>

#include "measure/uart_script.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto script = assay::read_uart_script(text);
  if (!script) {
    if (script.error().what.empty()) std::abort();
    return 0;
  }
  assay::UartPlayer player(*script);
  size_t taken = player.take().size();
  for (const char c : text) player.output(c);
  taken += player.take().size();
  if (taken > script->steps.size()) std::abort();
  return 0;
}
