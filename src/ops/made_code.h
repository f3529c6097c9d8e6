// C that is made for one node alone, beside its kernel: what no table of constants can say as fast.
#pragma once

#include <string>

#include "ir/graph.h"
#include "ops/kernel_call.h"

namespace assay {

struct MadeCode {
  std::string name;  ///< of the function; the kernel's parameter of this name points to it
  std::string text;  ///< its definition, @ standing for it; "" if the kernel needs none
};

MadeCode made_code(const NodeView& node, const KernelCall& call);

}  // namespace assay
