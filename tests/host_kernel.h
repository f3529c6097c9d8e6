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

#include "ops/kernel_on_host.h"

namespace assay {

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
