// Transcendental functions on 32-bit fixed-point numbers, as TFLite's int8 operators compute them.
// A number with n integer bits is raw / 2^(31 - n); with 0 integer bits it lies in [-1, 1).
#pragma once

#include <cstdint>

#include "ops/requantise.h"

namespace assay {

/// exp(a) for a <= 0 with `integer_bits` (at most 5); 0 integer bits. exp(0) is INT32_MAX.
int32_t fixed_exp_on_negative(int32_t a, int integer_bits);

/// 1 / (1 + a) for a in [0, 1], 0 integer bits.
int32_t fixed_one_over_one_plus(int32_t a);

/// 1 / (1 + exp(-a)) for a with 4 integer bits; 0 integer bits.
int32_t fixed_logistic(int32_t a);

/// tanh(a) for a with 4 integer bits; 0 integer bits.
int32_t fixed_tanh(int32_t a);

/// 1 / sqrt(x) for a whole number x > 0, as a factor.
Multiplier fixed_inverse_root(int32_t x);

}  // namespace assay
