// Short forms of long names, for headlines and tables.
#pragma once

#include <string>
#include <string_view>

namespace assay {

std::string core_title(std::string_view core);  ///< "cortex_m0plus" -> "Cortex-M0+"
std::string core_short(std::string_view core);  ///< "cortex_m0plus" -> "M0+"
std::string compiler_title(
    std::string_view version);  ///< "arm-none-eabi-gcc (15:12.2..) 12.2.1 2022" -> "gcc 12.2.1"
std::string optimisation_flag(std::string_view flags);  ///< the last -O of a command: "-O2", or ""

}  // namespace assay
