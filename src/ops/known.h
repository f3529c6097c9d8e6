// Operators whose output is known before anything runs: shape, rank, range.
#pragma once

#include <algorithm>
#include <vector>

#include "ops/elementwise.h"

namespace assay {

inline std::string unsupported_known(const NodeView& node) {
  const Dtype dtype = node.output().dtype;
  return dtype == Dtype::s32 || dtype == Dtype::s64
             ? ""
             : unsupported_types(dtype, dtype, "s32 and s64");
}

/// Numbers as elements of the output: s32 or s64.
inline std::vector<std::byte> known_bytes(const NodeView& node, const std::vector<int64_t>& wide) {
  const std::vector<int32_t> narrow(wide.begin(), wide.end());
  const auto bytes = node.output().dtype == Dtype::s64 ? std::as_bytes(std::span(wide))
                                                       : std::as_bytes(std::span(narrow));
  return {bytes.begin(), bytes.end()};
}

/// work, reference and lower of an operator whose output's bytes are `bytes_of(node)`. Kernel `put`
/// brings them into the arena; inputs are not read.
inline Work known_work(const NodeView& node) { return {.write_bytes = node.output().bytes()}; }

template <auto bytes_of>
void known_reference(const NodeView& node, const Buffers& buffers, Semantics) {
  std::ranges::copy(bytes_of(node), buffers.outputs[0].begin());
}

template <auto bytes_of>
KernelCall known_lower(const NodeView& node, const LowerOptions&) {
  KernelCall call;
  call.kernel = "put";
  call.params = {{"count", node.output().bytes()}, {"bytes", std::string("bytes")}};
  call.constants = {make_constant("bytes", Dtype::u8, bytes_of(node), false)};
  return call;
}

}  // namespace assay
