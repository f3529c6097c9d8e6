// strided_slice: numpy's x[begin:end:stride, ...] with its masks.
//
// begin_mask and end_mask leave an end open, shrink_axis_mask takes one element and drops the
// axis, new_axis_mask inserts an axis of extent 1, ellipsis_mask stands for all axes not named.
// TFLM has the first three only. The option `offset` (end counted from begin) is not here.
// Source: tflite-micro, reference/strided_slice.h and strided_slice_logic.h; TensorFlow's
// documentation of tf.strided_slice for the ellipsis and new axes.
#include <algorithm>

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

/// What is taken of one input axis.
struct Range {
  int64_t start = 0, stride = 1, count = 0;
  bool drop = false;
};

struct Plan {
  std::vector<Range> ranges;  ///< by input axis
  Shape out;
};

struct Spec {
  std::vector<int64_t> begin, end, stride;
  int64_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_mask;
};

bool bit(int64_t mask, size_t i) { return ((mask >> i) & 1) != 0; }

/// A position counted from the front, clamped to where a walk with that stride may begin or end.
int64_t clamped(int64_t at, int64_t stride, int64_t extent) {
  if (at < 0) at += extent;
  return stride > 0 ? std::clamp<int64_t>(at, 0, extent) : std::clamp<int64_t>(at, -1, extent - 1);
}

Result<Range> range_of(const Spec& spec, size_t i, int64_t extent) {
  Range range;
  // No extent reaches 2^31: a longer stride ends at the first element too.
  constexpr int64_t kFar = int64_t{1} << 31;
  range.stride = std::clamp(spec.stride[i], -kFar, kFar);
  if (range.stride == 0) return fail(ErrorKind::input, "stride {} is 0", i);
  const bool forward = range.stride > 0;
  const int64_t first = forward ? 0 : extent - 1;
  const int64_t beyond = forward ? extent : -1;
  range.start = bit(spec.begin_mask, i) ? first : clamped(spec.begin[i], range.stride, extent);
  if (bit(spec.shrink_mask, i)) {
    if (range.start < 0 || range.start >= extent)
      return fail(ErrorKind::input, "element {} is outside of {}", spec.begin[i], extent);
    range.stride = range.count = 1;
    range.drop = true;
    return range;
  }
  const int64_t stop = bit(spec.end_mask, i) ? beyond : clamped(spec.end[i], range.stride, extent);
  const int64_t way = forward ? stop - range.start : range.start - stop;
  const int64_t step = forward ? range.stride : -range.stride;
  range.count = way <= 0 ? 0 : (way + step - 1) / step;
  return range;
}

void take(Plan& plan, const Range& range) {
  plan.ranges.push_back(range);
  if (!range.drop) plan.out.dims.push_back(static_cast<int32_t>(range.count));
}

void take_whole_axes(Plan& plan, const Shape& in, int64_t until) {
  while (std::cmp_less(plan.ranges.size(), until))
    take(plan, {.count = in.dims[plan.ranges.size()]});
}

Result<Spec> spec_of(const NodeView& node) {
  Spec spec;
  spec.begin = TRY(constant_integers(node, 1, "begin"));
  spec.end = TRY(constant_integers(node, 2, "end"));
  spec.stride = TRY(constant_integers(node, 3, "strides"));
  const auto mask = [&](const char* name) { return node.attrs().integer(name, 0); };
  spec.begin_mask = mask("begin_mask");
  spec.end_mask = mask("end_mask");
  spec.ellipsis_mask = mask("ellipsis_mask");
  spec.new_axis_mask = mask("new_axis_mask");
  spec.shrink_mask = mask("shrink_axis_mask");
  if (spec.begin.size() != spec.end.size() || spec.begin.size() != spec.stride.size())
    return fail(ErrorKind::input, "begin, end and strides have {}, {} and {} elements",
                spec.begin.size(), spec.end.size(), spec.stride.size());
  if (spec.begin.size() > 32)
    return fail(ErrorKind::input, "begin has {} elements, more than 32", spec.begin.size());
  return spec;
}

Result<Plan> plan_of(const NodeView& node) {
  const Spec spec = TRY(spec_of(node));
  const Shape& in = node.input(0).shape;
  int64_t named = 0;
  for (size_t i = 0; i < spec.begin.size(); ++i)
    named += !bit(spec.ellipsis_mask, i) && !bit(spec.new_axis_mask, i);
  if (named > in.rank())
    return fail(ErrorKind::input, "begin names {} axes, the input has {}", named, in.rank());
  Plan plan;
  int64_t still_named = named;
  for (size_t i = 0; i < spec.begin.size(); ++i) {
    if (bit(spec.ellipsis_mask, i)) {
      take_whole_axes(plan, in, in.rank() - still_named);
    } else if (bit(spec.new_axis_mask, i)) {
      plan.out.dims.push_back(1);
    } else {
      const Range range = TRY(range_of(spec, i, in.dims[plan.ranges.size()]));
      take(plan, range);
      --still_named;
    }
  }
  take_whole_axes(plan, in, in.rank());
  return plan;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 4, 4));
  for (int i = 1; i < 4; ++i)
    if (!node.input(i).is_constant) return std::vector{node.output().shape};
  Plan plan = TRY(plan_of(node));
  return std::vector{std::move(plan.out)};
}

StridedCopy copy_of(const NodeView& node) {
  const Plan plan = plan_of(node).value();
  const Shape& in = node.input(0).shape;
  const int64_t bytes = element_bytes(node.input(0).dtype);
  const std::vector<int64_t> in_steps = dense_steps(in);
  // The output before axes are dropped: those have one element and do not change the steps.
  Shape taken;
  for (const Range& range : plan.ranges) taken.dims.push_back(static_cast<int32_t>(range.count));
  const std::vector<int64_t> out_steps = dense_steps(taken);
  StridedCopy copy{.run_bytes = bytes};
  for (size_t i = 0; i < plan.ranges.size(); ++i) {
    const Range& range = plan.ranges[i];
    copy.in_offset += range.start * in_steps[i] * bytes;
    copy.loops.push_back({range.count, range.stride * in_steps[i] * bytes, out_steps[i] * bytes});
  }
  return simplified(std::move(copy));
}

std::string unsupported(const NodeView& node) {
  static constexpr const char* kRoles[] = {"", "begin", "end", "strides"};
  for (int i = 1; i < 4; ++i)
    if (std::string why = not_constant(node, i, kRoles[i]); !why.empty()) return why;
  if (node.attrs().integer("offset", 0) != 0) return "ends counted from begin are not supported";
  return unsupported_copy(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_copy(copy_of(node), buffers.inputs[0], buffers.outputs[0]);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return lower_copy(copy_of(node), 0); }

}  // namespace

extern const OpDef strided_slice_op = {
    .name = "strided_slice",
    .summary = "x[begin:end:stride, ...]",
    .types = "any of whole bytes",
    .tflite = {.name = "STRIDED_SLICE",
               .opcode = 45,
               .options = 32,
               .max_version = 8,
               .fields = {{"begin_mask", 0, TfliteField::int32},
                          {"end_mask", 1, TfliteField::int32},
                          {"ellipsis_mask", 2, TfliteField::int32},
                          {"new_axis_mask", 3, TfliteField::int32},
                          {"shrink_axis_mask", 4, TfliteField::int32},
                          {"offset", 5, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
