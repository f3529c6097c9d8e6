// A kernel's own source as its operator's reference: the C that runs on the target, run on the
// host.
//
// For operators whose arithmetic is plain integers or straight loops, where a second copy would
// only be the same lines again; that they are right, TFLM says (tests/conformance). Before
// including a kernel: `#define ASSAY_KERNEL static`, so that it belongs to the operator's file
// alone.
#pragma once

#include <cstring>
#include <stdexcept>

#include "ops/op.h"

// In C, a kernel and its parameters have the same name.
#pragma GCC diagnostic ignored "-Wshadow"

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

/// The params of a call as the struct of its kernel.
template <class Params, class... Args>
Params host_params(const KernelCall& call, void (*)(const Params*, Args...)) {
  const HostBytes bytes = struct_bytes(call);
  if (bytes.size() > sizeof(Params)) throw std::logic_error("params do not fill the struct");
  Params params;
  std::memcpy(&params, bytes.data(), bytes.size());
  return params;
}

}  // namespace assay
