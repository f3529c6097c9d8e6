// frame: overlapping stretches of the last axis, one after another: [..., n] -> [..., frames,
// length].
//
// A copy with a step shorter than its run. What is left over at the end is dropped, as
// scipy.signal.ShortTimeFFT and librosa (center=False) do.
#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  const int64_t length = node.attrs().integer("length", 0), hop = node.attrs().integer("hop", 0);
  Shape out = node.input(0).shape;
  if (out.rank() < 1) return fail(ErrorKind::input, "a scalar cannot be cut into frames");
  const int64_t samples = out.dims.back();
  if (length < 1 || length > samples)
    return fail(ErrorKind::input, "frames of {} out of {} samples", length, samples);
  if (hop < 1) return fail(ErrorKind::input, "a hop of {} samples", hop);
  out.dims.back() = static_cast<int32_t>(1 + (samples - length) / hop);
  out.dims.push_back(static_cast<int32_t>(length));
  return std::vector{std::move(out)};
}

StridedCopy copy_of(const NodeView& node) {
  const int64_t size = element_bytes(node.input(0).dtype);
  const Shape& out = node.output().shape;
  const int64_t samples = node.input(0).shape.dims.back();
  const int64_t frames = out[out.rank() - 2], length = out[out.rank() - 1];
  const int64_t rows = samples > 0 ? node.input(0).shape.elements() / samples : 0;
  return simplified({.loops = {{rows, samples * size, frames * length * size},
                               {frames, node.attrs().integer("hop", 1) * size, length * size},
                               {length, size, size}},
                     .run_bytes = size});
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_copy(copy_of(node), buffers.inputs[0], buffers.outputs[0]);
}

std::string unsupported(const NodeView& node) { return unsupported_copy(node); }

KernelCall lower(const NodeView& node, const LowerOptions&) { return lower_copy(copy_of(node), 0); }

}  // namespace

extern const OpDef frame_op = {
    .name = "frame",
    .summary = "overlapping stretches of the last axis",
    .types = "any of whole bytes",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
