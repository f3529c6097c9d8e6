// Broadcasting: how two shapes meet, and the loops that walk them.
//
// The idea: each input gets a step per output axis, 0 where it repeats; axes that continue each
// other for both inputs are merged, so that equal shapes are one loop and a bias along the last
// axis is two. The innermost loop is the kernel's own, the others are data.
#include "ops/broadcast.h"

#include <algorithm>
#include <utility>

#include "ops/elementwise.h"

namespace assay {
namespace {

std::string activation_of(const NodeView& node) { return node.attrs().word("activation", "none"); }

/// Extent of an axis counted from the last of the output; 1 where the shape has none.
int64_t extent_from_back(const Shape& shape, int back) {
  return back < shape.rank() ? shape[shape.rank() - 1 - back] : 1;
}

}  // namespace

std::vector<int64_t> broadcast_steps(const Shape& shape, const Shape& out) {
  std::vector<int64_t> steps(out.dims.size(), 0);
  int64_t step = 1;
  for (int back = 0; back < shape.rank(); ++back) {
    const int64_t extent = extent_from_back(shape, back);
    if (extent != 1) steps[steps.size() - 1 - static_cast<size_t>(back)] = step;
    step *= extent;
  }
  return steps;
}

StridedCopy broadcast_copy(const Shape& in, const Shape& out, int64_t element) {
  StridedCopy copy{.run_bytes = element};
  if (out.elements() <= 1) return {.run_bytes = element * out.elements()};
  const std::vector<int64_t> from = broadcast_steps(in, out), to = dense_steps(out);
  for (size_t i = 0; i < from.size(); ++i)
    copy.loops.push_back({out.dims[i], from[i] * element, to[i] * element});
  return simplified(copy);
}

Result<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape out;
  for (int back = 0; back < std::max(a.rank(), b.rank()); ++back) {
    const int64_t of_a = extent_from_back(a, back);
    const int64_t of_b = extent_from_back(b, back);
    if (of_a != of_b && of_a != 1 && of_b != 1)
      return fail(ErrorKind::input, "{} and {} cannot be broadcast", text(a), text(b));
    out.dims.push_back(static_cast<int32_t>(of_a == 1 ? of_b : of_a));
  }
  std::ranges::reverse(out.dims);
  return out;
}

Result<std::vector<Shape>> infer_broadcast(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  return std::vector{TRY(broadcast_shape(node.input(0).shape, node.input(1).shape))};
}

std::string unsupported_broadcast(const NodeView& node) {
  const Tensor& out = node.output();
  if (out.dtype != Dtype::s8 && out.dtype != Dtype::f32)
    return unsupported_types(out.dtype, out.dtype, "s8 and f32");
  for (int i = 0; i < 2; ++i) {
    if (node.input(i).dtype != out.dtype)
      return unsupported_types(node.input(i).dtype, out.dtype, "equal types");
    if (std::string why = not_quantised_per_tensor(node.input(i), fmt::format("input {}", i));
        !why.empty())
      return why;
  }
  if (std::string why = not_quantised_per_tensor(out, "output"); !why.empty()) return why;
  if (!is_fused_activation(activation_of(node)))
    return fmt::format("fused {} is not supported", activation_of(node));
  if (out.shape.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", out.shape.rank(), kMostLoops);
  return {};
}

Broadcast broadcast_of(const NodeView& node) {
  return broadcast_of(node.input(0).shape, node.input(1).shape, node.output().shape);
}

Broadcast broadcast_of(const Shape& of_a, const Shape& of_b, const Shape& out) {
  // A scalar output may have another rank in the file than its inputs make it (check_shapes).
  if (out.elements() <= 1) return {.inner = out.elements()};
  const std::vector<int64_t> a = broadcast_steps(of_a, out);
  const std::vector<int64_t> b = broadcast_steps(of_b, out);
  StridedCopy walk{.run_bytes = 1};
  for (size_t i = 0; i < a.size(); ++i) walk.loops.push_back({out.dims[i], a[i], b[i]});
  // simplified() would fold a last loop of steps 1 and 1 into the run: keep it apart.
  walk.run_bytes = -1;
  walk = simplified(std::move(walk));
  Broadcast made;
  made.loops = std::move(walk.loops);
  made.inner = made.loops.back().count;
  made.a_step = made.loops.back().in_step;
  made.b_step = made.loops.back().out_step;
  made.loops.pop_back();
  return made;
}

Work broadcast_work(const NodeView& node) {
  const Tensor& out = node.output();
  return {.ops = out.shape.elements(), .read_bytes = 2 * out.bytes(), .write_bytes = out.bytes()};
}

int shares_broadcast(const NodeView& node) {
  for (int i = 0; i < 2; ++i)
    if (!node.input(i).is_constant && node.input(i).bytes() == node.output().bytes()) return i;
  return -1;
}

void append_loops(KernelCall& call, const Broadcast& broadcast) {
  std::vector<int32_t> loops;
  for (const CopyLoop& loop : broadcast.loops)
    for (const int64_t value : {loop.count, loop.in_step, loop.out_step})
      loops.push_back(static_cast<int32_t>(value));
  call.params.push_back({"loops", std::string(loops.empty() ? "" : "loops")});
  if (!loops.empty()) call.constants.push_back(make_constant("loops", Dtype::s32, loops, false));
}

KernelCall lower_broadcast(const NodeView& node, std::string kernel, std::vector<Param> middle,
                           bool swap) {
  Broadcast broadcast = broadcast_of(node);
  if (swap) {
    std::swap(broadcast.a_step, broadcast.b_step);
    for (CopyLoop& loop : broadcast.loops) std::swap(loop.in_step, loop.out_step);
  }
  KernelCall call;
  call.kernel = std::move(kernel);
  call.params = {{"inner", broadcast.inner},
                 {"a_step", broadcast.a_step},
                 {"b_step", broadcast.b_step},
                 {"rank", static_cast<int64_t>(broadcast.loops.size())}};
  call.params.insert(call.params.end(), middle.begin(), middle.end());
  append_loops(call, broadcast);
  call.inputs = swap ? std::vector{1, 0} : std::vector{0, 1};
  return call;
}

Clamp fused_clamp_s8(const NodeView& node) {
  const Quantisation& quant = node.output().quant;
  return activation_clamp(activation_of(node), Dtype::s8, quant.scale[0], quant.zero_point[0]);
}

FloatClamp fused_clamp_f32(const NodeView& node) { return activation_clamp(activation_of(node)); }

}  // namespace assay
