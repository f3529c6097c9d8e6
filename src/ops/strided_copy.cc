// Strided copies: how they are simplified, run on the host and lowered.
//
// The idea: an operator that only moves elements describes itself as loops with byte steps; loops
// that continue each other are merged, and what is contiguous on both sides becomes the run. So
// one kernel serves all of them, and a copy of a whole tensor is one memcpy.
#include "ops/strided_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "ops/elementwise.h"

namespace assay {
namespace {

bool continues(const CopyLoop& outer, const CopyLoop& inner) {
  return outer.in_step == inner.count * inner.in_step &&
         outer.out_step == inner.count * inner.out_step;
}

void run_loops(std::span<const CopyLoop> loops, int64_t run_bytes, const std::byte* in,
               std::byte* out) {
  if (loops.empty()) {
    std::memcpy(out, in, static_cast<size_t>(run_bytes));
    return;
  }
  const CopyLoop& loop = loops.front();
  for (int64_t i = 0; i < loop.count; ++i)
    run_loops(loops.subspan(1), run_bytes, in + i * loop.in_step, out + i * loop.out_step);
}

}  // namespace

StridedCopy simplified(const StridedCopy& copy) {
  StridedCopy made = copy;
  made.loops.clear();
  for (const CopyLoop& loop : copy.loops) {
    if (loop.count == 0) made.run_bytes = 0;
    if (loop.count == 1) continue;
    if (!made.loops.empty() && continues(made.loops.back(), loop)) {
      const int64_t count = made.loops.back().count * loop.count;
      made.loops.back() = {count, loop.in_step, loop.out_step};
    } else {
      made.loops.push_back(loop);
    }
  }
  if (made.run_bytes == 0) made.loops.clear();
  if (!made.loops.empty() && made.loops.back().in_step == made.run_bytes &&
      made.loops.back().out_step == made.run_bytes) {
    made.run_bytes *= made.loops.back().count;
    made.loops.pop_back();
  }
  return made;
}

std::vector<int64_t> dense_steps(const Shape& shape) {
  std::vector<int64_t> steps(shape.dims.size(), 1);
  for (size_t axis = steps.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * shape.dims[axis];
  return steps;
}

void run_copy(const StridedCopy& copy, std::span<const std::byte> in, std::span<std::byte> out) {
  if (copy.run_bytes > 0)
    run_loops(copy.loops, copy.run_bytes, in.data() + copy.in_offset, out.data() + copy.out_offset);
}

KernelCall lower_copy(const StridedCopy& copy, int input, int output) {
  std::vector<int32_t> loops;
  for (const CopyLoop& loop : copy.loops)
    for (const int64_t value : {loop.count, loop.in_step, loop.out_step})
      loops.push_back(static_cast<int32_t>(value));
  KernelCall call;
  call.kernel = "copy_nd";
  call.params = {{"run", copy.run_bytes},
                 {"in_offset", copy.in_offset},
                 {"out_offset", copy.out_offset},
                 {"rank", static_cast<int64_t>(copy.loops.size())},
                 {"loops", std::string(loops.empty() ? "" : "loops")}};
  if (!loops.empty()) call.constants = {make_constant("loops", Dtype::s32, loops, false)};
  call.inputs = {input};
  call.outputs = {output};
  return call;
}

Work copy_work(const NodeView& node) {
  Work work;
  for (int i = 0; i < node.outputs(); ++i) work.write_bytes += node.output(i).bytes();
  work.read_bytes = work.write_bytes;
  return work;
}

int64_t element_bytes(Dtype dtype) { return dtype == Dtype::s4 ? 0 : bits(dtype) / 8; }

std::string unsupported_copy(const NodeView& node, int data) {
  const Tensor& in = node.input(data);
  if (element_bytes(in.dtype) == 0) return fmt::format("type {} is not supported", name(in.dtype));
  if (in.shape.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", in.shape.rank(), kMostLoops);
  for (int i = 0; i < node.outputs(); ++i) {
    const Tensor& out = node.output(i);
    if (in.dtype != out.dtype)
      return fmt::format("types {} -> {} differ", name(in.dtype), name(out.dtype));
    if (!in.quant.empty() && !out.quant.empty() &&
        (in.quant.scale != out.quant.scale || in.quant.zero_point != out.quant.zero_point))
      return "input and output are quantised differently";
  }
  return {};
}

Result<std::vector<int64_t>> constant_integers(const NodeView& node, int input,
                                               std::string_view role) {
  if (!node.has_input(input) || !node.input(input).is_constant) return std::vector<int64_t>{};
  const Tensor& tensor = node.input(input);
  if (tensor.dtype == Dtype::s32) {
    const auto values = tensor.values<int32_t>();
    return std::vector<int64_t>(values.begin(), values.end());
  }
  if (tensor.dtype == Dtype::s64) {
    const auto values = tensor.values<int64_t>();
    return std::vector<int64_t>(values.begin(), values.end());
  }
  return fail(ErrorKind::input, "{} is {}, needs s32 or s64", role, name(tensor.dtype));
}

Result<Shape> constant_shape(const NodeView& node, int input, std::string_view role) {
  Shape shape;
  int64_t elements = 1;
  for (const int64_t extent : TRY(constant_integers(node, input, role))) {
    if (extent < 0) return fail(ErrorKind::input, "{} has an extent of {}", role, extent);
    elements = saturating_product(elements, std::max<int64_t>(extent, 1));
    if (elements >= int64_t{1} << 31)
      return fail(ErrorKind::input, "{} has more than 2^31 elements", role);
    shape.dims.push_back(static_cast<int32_t>(extent));
  }
  return shape;
}

std::string not_constant(const NodeView& node, int input, std::string_view role) {
  if (!node.has_input(input) || node.input(input).is_constant) return {};
  return fmt::format("{} is not a constant", role);
}

Result<int> checked_axis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank)
    return fail(ErrorKind::input, "axis {} is outside of rank {}", axis, rank);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace assay
