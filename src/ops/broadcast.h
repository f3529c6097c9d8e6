// Two tensors element by element with broadcasting, shared by add, sub and mul: shapes are aligned
// at their last axis, and an axis of extent 1 repeats.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ops/op.h"
#include "ops/requantise.h"
#include "ops/strided_copy.h"

namespace assay {

/// Inputs a and b against a dense output: loops in elements (CopyLoop's in for a, out for b) around
/// `inner` elements, along which either input moves by 0 or 1.
struct Broadcast {
  std::vector<CopyLoop> loops = {};  ///< outermost first
  int64_t inner = 0, a_step = 0, b_step = 0;
};

Result<std::vector<Shape>> infer_broadcast(const NodeView& node);

/// Types (s8 or f32, all equal), quantisation, activation, rank.
std::string unsupported_broadcast(const NodeView& node);

Broadcast broadcast_of(const NodeView& node);
Broadcast broadcast_of(const Shape& a, const Shape& b, const Shape& out);

/// A tensor's step along each axis of the output, in elements; 0 where it repeats.
std::vector<int64_t> broadcast_steps(const Shape& shape, const Shape& out);

/// The copy that repeats a tensor into a shape. `element` is the bytes of one.
StridedCopy broadcast_copy(const Shape& in, const Shape& out, int64_t element);

/// The shape that both repeat into. Error (input) if there is none.
Result<Shape> broadcast_shape(const Shape& a, const Shape& b);

/// Calls visit(output element, a's element, b's element) for each element of the output, in order.
template <class Visit>
void for_each_pair(const Broadcast& broadcast, Visit visit);

Work broadcast_work(const NodeView& node);

/// The output may take over an input that is as large as it.
int shares_broadcast(const NodeView& node);

/// The loops of a kernel: [count, step of a, step of b] each; nothing to add if there are none.
void append_loops(KernelCall& call, const Broadcast& broadcast);

/// A call of a kernel whose parameters begin with the loops and end with them: `middle` between.
/// `swap` passes input 1 as the kernel's a.
KernelCall lower_broadcast(const NodeView& node, std::string kernel, std::vector<Param> middle,
                           bool swap = false);

/// Whether a node's fused activation as bounds of its output's type.
Clamp fused_clamp_s8(const NodeView& node);
FloatClamp fused_clamp_f32(const NodeView& node);

template <class Visit>
void for_each_pair(const Broadcast& broadcast, Visit visit) {
  std::vector<int64_t> at(broadcast.loops.size(), 0);
  int64_t a = 0;
  int64_t b = 0;
  size_t to = 0;
  if (broadcast.inner == 0) return;
  for (;;) {
    for (int64_t i = 0; i < broadcast.inner; ++i)
      visit(to++, static_cast<size_t>(a + i * broadcast.a_step),
            static_cast<size_t>(b + i * broadcast.b_step));
    size_t axis = at.size();
    for (; axis > 0; --axis) {
      const CopyLoop& loop = broadcast.loops[axis - 1];
      a += loop.in_step;
      b += loop.out_step;
      if (++at[axis - 1] < loop.count) break;
      a -= loop.count * loop.in_step;
      b -= loop.count * loop.out_step;
      at[axis - 1] = 0;
    }
    if (axis == 0) return;
  }
}

}  // namespace assay
