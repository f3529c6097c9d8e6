// Runs the kernel of a lowered node on the host, through the same call that the generated C makes:
// parameters laid out as the kernel's struct, in the order of KernelCall::params.
//
//   #include "../kernels/conv_2d_s8.c"   // a kernel is C that is also C++
//   std::vector<std::byte> y = run_kernel(view, call, {x}, HostKernel(assay_conv_2d_s8));
//
// A wrong order of parameters shows as a wrong result or a crash: ints and floats take 4 bytes,
// pointers 8, as in the struct.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "ops/op.h"

namespace assay {

using HostBytes = std::vector<std::byte>;

/// The params of a call as the bytes of the kernel's struct; pointers go to the call's constants.
inline HostBytes struct_bytes(const KernelCall& call) {
  HostBytes bytes;
  const auto append = [&bytes](const auto& value) {
    while (bytes.size() % sizeof(value) != 0) bytes.push_back(std::byte{0});
    const auto* at = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), at, at + sizeof(value));
  };
  for (const Param& param : call.params) {
    if (const auto* integer = std::get_if<int64_t>(&param.value)) {
      append(static_cast<int32_t>(*integer));
    } else if (const auto* real = std::get_if<float>(&param.value)) {
      append(*real);
    } else {
      const std::string& wanted = std::get<std::string>(param.value);
      const std::byte* found = nullptr;
      for (const Constant& constant : call.constants)
        if (constant.name == wanted) found = constant.bytes().data();
      if (!found && !wanted.empty()) throw std::logic_error("no constant " + wanted);
      append(found);
    }
  }
  return bytes;
}

/// Runs a kernel of one input and one output, with scratch if the call takes it. `inputs` and the
/// result stand in exactly as many bytes as they have, so that a sanitizer sees what lies beyond.
template <class Params, class In, class Out>
HostBytes run_kernel(const NodeView& node, const KernelCall& call, const HostBytes& input,
                     void (*kernel)(const Params*, const In*, Out*)) {
  const HostBytes params = struct_bytes(call);
  if (params.size() != sizeof(Params)) throw std::logic_error("params do not fill the struct");
  HostBytes output(static_cast<size_t>(node.output().bytes()));
  kernel(reinterpret_cast<const Params*>(params.data()), reinterpret_cast<const In*>(input.data()),
         reinterpret_cast<Out*>(output.data()));
  return output;
}

template <class Params, class In, class Out>
HostBytes run_kernel(const NodeView& node, const KernelCall& call, const HostBytes& input,
                     void (*kernel)(const Params*, const In*, Out*, void*)) {
  const HostBytes params = struct_bytes(call);
  if (params.size() != sizeof(Params)) throw std::logic_error("params do not fill the struct");
  HostBytes output(static_cast<size_t>(node.output().bytes()));
  HostBytes scratch(static_cast<size_t>(call.scratch_bytes), std::byte{0x5a});
  kernel(reinterpret_cast<const Params*>(params.data()), reinterpret_cast<const In*>(input.data()),
         reinterpret_cast<Out*>(output.data()), scratch.data());
  return output;
}

}  // namespace assay
