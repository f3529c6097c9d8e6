// Loop counts of kernels that work element by element, on one input or on two that broadcast.
#include "estimate/kernel_features.h"

namespace assay {
namespace {

constexpr KernelRow kRows[] = {
    {"add_s8", pair_features},
    {"add_f32", pair_features},
    {"mul_s8", pair_features},
    {"mul_f32", pair_features},
    {"lut_8", element_features},
    {"quantize_8", element_features},
    {"dequantize_8", element_features},
    {"dequantize_f16", element_features},
    {"relu_f32", element_features},
    {"relu6_f32", element_features},
    {"leaky_relu_f32", element_features},
    {"logistic_f32", element_features},
    {"tanh_f32", element_features},
    {"hard_swish_f32", element_features},
    {"rsqrt_s16", element_features},
};

}  // namespace

const KernelFamily elements_kernels = {kRows};

}  // namespace assay
