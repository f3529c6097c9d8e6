// Single operators as cases: what operators.cc lists and operator_image.cc turns into a graph.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace assay {

/// One line of the table, several cases.
struct OperatorProgram {
  std::string_view name;   ///< "conv_3x3_s8"
  std::string_view title;  ///< "3x3 convolutions, int8"
  std::string_view unit;   ///< "window", "MAC", "output", "value", "B"
  std::string_view op;
  Dtype in = Dtype::s8, out = Dtype::s8;
  /// What kind of further operands, attributes and shapes the operator has.
  enum Form {
    conv,
    depthwise,
    connected,
    pool,
    pool_all,
    pair,
    single,
    softmax,
    reduce,
    pad,
    join,
    swap,
    arg_max,
    leaky
  };
  Form form = single;
  struct Dims {
    int32_t h = 1, w = 1, c = 1;  ///< of the input; fully_connected: c
    int32_t out = 0;              ///< output channels or units; depthwise: the multiplier
    int32_t k_h = 0, k_w = 0, stride = 1;
    bool valid = false;      ///< padding "valid", else "same"
    bool rectified = false;  ///< the input comes from a relu: about half of it is zeros
    bool relu = false;       ///< fused, which clamps the output
  };
  std::vector<Dims> cases;
};

const std::vector<OperatorProgram>& operator_programs();

}  // namespace assay
