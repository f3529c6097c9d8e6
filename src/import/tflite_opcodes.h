// The names of TFLite's operator codes.
#pragma once

#include <string>

namespace assay {

/// "unpack" for 88, as a Node is named whose operator we do not have; "" if there is no such code.
std::string tflite_opcode_name(int opcode);

constexpr int kTfliteCustom = 32;  ///< the code of operators that are known by name only

}  // namespace assay
