// Names of TFLite's operator codes, from the list in tflite_opcodes.def.
#include "import/tflite_opcodes.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace assay {
namespace {

constexpr std::pair<int, std::string_view> kOpcodes[] = {
#define ASSAY_TFLITE_OPCODE(code, name) {code, #name},
#include "import/tflite_opcodes.def"
#undef ASSAY_TFLITE_OPCODE
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string tflite_opcode_name(int opcode) {
  const auto found = std::ranges::find(kOpcodes, opcode, &std::pair<int, std::string_view>::first);
  if (found == std::end(kOpcodes)) return "";
  std::string name(found->second);
  std::ranges::transform(name, name.begin(), lower);
  return name;
}

}  // namespace assay
