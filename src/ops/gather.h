// What gather and embedding_lookup share: slices of an axis by numbers that are computed.
#pragma once

#include <algorithm>
#include <cstring>

#include "ops/elements.h"
#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {

/// [batches][outer][extent][run bytes] by indices [batches][count]; kernels/gather.c.
struct Gather {
  int64_t batches = 1, outer = 1, extent = 1, count = 1, run = 0;
};

/// The number of an index's type in kernels/gather.c.
inline int64_t index_type(Dtype dtype) { return dtype == Dtype::s64 ? 4 : element_type(dtype); }

inline std::string unsupported_indices(const NodeView& node, int input) {
  const Dtype dtype = node.input(input).dtype;
  if (dtype == Dtype::s16 || dtype == Dtype::s32 || dtype == Dtype::s64) return {};
  return "indices are " + std::string(name(dtype)) + ", only s16, s32 and s64 are supported";
}

/// Element i of an index tensor, brought into [0, extent): what lies outside, no runtime defines.
inline int64_t index_at(const NodeView& node, const Buffers& buffers, int input, size_t i,
                        int64_t extent) {
  const int64_t wanted = with_elements(node.input(input).dtype, [&]<class T>(T) {
    return static_cast<int64_t>(buffers.in<T>(input)[i]);
  });
  return std::clamp<int64_t>(wanted, 0, extent - 1);
}

inline void gather_reference(const NodeView& node, const Buffers& buffers, const Gather& gather,
                             int data, int indices) {
  std::byte* to = buffers.outputs[0].data();
  const std::byte* from = buffers.inputs[static_cast<size_t>(data)].data();
  for (int64_t b = 0; b < gather.batches; ++b)
    for (int64_t o = 0; o < gather.outer; ++o, from += gather.extent * gather.run)
      for (int64_t i = 0; i < gather.count; ++i, to += gather.run) {
        const auto k = static_cast<size_t>(b * gather.count + i);
        const int64_t at = index_at(node, buffers, indices, k, gather.extent);
        std::memcpy(to, from + at * gather.run, static_cast<size_t>(gather.run));
      }
}

inline KernelCall lower_gather(const NodeView& node, const Gather& gather, int data, int indices) {
  KernelCall call;
  call.kernel = "gather";
  call.params = {{"batches", gather.batches}, {"outer", gather.outer},
                 {"extent", gather.extent},   {"count", gather.count},
                 {"run", gather.run},         {"type", index_type(node.input(indices).dtype)}};
  call.inputs = {data, indices};
  return call;
}

}  // namespace assay
