// What the generated C says for one node: which kernel, with which folded parameters.
//
// The convention between kernels/ and the emitter. Kernel K is kernels/K.c with a header
// kernels/K.h that declares
//
//   struct assay_K { ... };                       // parameters; pointers to constants last
//   void assay_K(const struct assay_K *p, const T *input..., T *output..., void *scratch);
//
// `scratch` is there only if some call of the kernel wants it (KernelCall::takes_scratch).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ir/tensor.h"

namespace assay {

enum class Optimize { size, balanced, speed };

inline std::string_view name(Optimize optimize) {
  constexpr std::string_view kNames[] = {"size", "balanced", "speed"};
  return kNames[static_cast<size_t>(optimize)];
}

/// What the core that runs the code can do; chooses kernels.
struct Isa {
  bool dsp = false;  ///< Armv7E-M / Armv8-M DSP extension: SMLAD, SXTB16
};

struct LowerOptions {
  Isa isa;
  Optimize optimize = Optimize::balanced;
};

/// A constant array of the generated C. It goes to .rodata.
struct Constant {
  std::string name;  ///< "weights", "bias", "multipliers"; unique in its node
  Dtype dtype = Dtype::s8;
  std::vector<std::byte> owned;     ///< made at generation time (folded, reordered) ...
  std::span<const std::byte> view;  ///< ... or as it stands in the model, if `owned` is empty
  bool is_weight = true;            ///< counted as weights; else as a table (multipliers, LUTs)

  std::span<const std::byte> bytes() const { return owned.empty() ? view : owned; }
};

/// One member of the parameter struct, in the struct's order.
struct Param {
  std::string name;  ///< the member; becomes a comment (C99 and C++ both accept positions only)
  /// An integer, a float (written so that it reads back exactly), or the name of a Constant.
  std::variant<int64_t, float, std::string> value;
};

struct KernelCall {
  std::string kernel;  ///< "conv_2d_s8"; empty: nothing to do (the output is the input's bytes)
  std::vector<Param> params;
  std::vector<Constant> constants;
  std::vector<int> inputs;  ///< which inputs of the node are passed, in the order of the arguments
  std::vector<int> outputs = {0};
  bool takes_scratch = false;
  int64_t scratch_bytes =
      0;  ///< RAM that the kernel needs while it runs, 4-byte aligned; planned in the arena
  bool needs_libm = false;
  /// Further calls that the node needs, run after this one in order: concatenation copies input by
  /// input. They have no scratch and no `then` of their own.
  std::vector<KernelCall> then = {};
};

/// A Constant from values made at generation time.
template <class T>
Constant make_constant(std::string name, Dtype dtype, const std::vector<T>& values,
                       bool is_weight) {
  const auto bytes = std::as_bytes(std::span(values));
  return {std::move(name), dtype, {bytes.begin(), bytes.end()}, {}, is_weight};
}

}  // namespace assay
