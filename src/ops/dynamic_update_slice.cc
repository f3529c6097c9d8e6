// dynamic_update_slice: a tensor with a box of it overwritten, at indices that may be computed;
// they are brought to where the box fits.
//
// Source: tflite-micro, kernels/dynamic_update_slice.cc.
#include "ops/kernel_on_host.h"
#include "ops/moves.h"

#define ASSAY_KERNEL static
#include "../../kernels/copy_at.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  const Shape& whole = node.input(0).shape;
  const Shape& box = node.input(1).shape;
  if (box.rank() != whole.rank())
    return fail(ErrorKind::input, "update {} has another rank than {}", text(box), text(whole));
  for (int i = 0; i < whole.rank(); ++i)
    if (box[i] > whole[i])
      return fail(ErrorKind::input, "update {} does not fit into {}", text(box), text(whole));
  if (node.input(2).shape.rank() != 1 || node.input(2).shape[0] != whole.rank())
    return fail(ErrorKind::input, "{} indices for {}", text(node.input(2).shape), text(whole));
  return std::vector{whole};
}

std::string unsupported(const NodeView& node) {
  const Dtype indices = node.input(2).dtype;
  if (indices != Dtype::s32 && indices != Dtype::s64)
    return fmt::format("indices are {}, only s32 and s64 are supported", name(indices));
  if (std::string why = unsupported_copy(node); !why.empty()) return why;
  return unsupported_copy(node, 1);
}

/// The box into the output, its first element at index 0.
KernelCall lower_box(const NodeView& node) {
  const Shape& whole = node.input(0).shape;
  const Shape& box = node.input(1).shape;
  const int64_t bytes = element_bytes(node.input(0).dtype);
  const std::vector<int64_t> from = dense_steps(box), to = dense_steps(whole);
  StridedCopy copy{.run_bytes = bytes};
  std::vector<int32_t> loops, places;
  for (int i = 0; i < whole.rank(); ++i) {
    const auto k = static_cast<size_t>(i);
    copy.loops.push_back({box[i], from[k] * bytes, to[k] * bytes});
    places.insert(places.end(), {whole[i] - box[i], static_cast<int32_t>(to[k] * bytes)});
  }
  copy = simplified(copy);
  for (const CopyLoop& loop : copy.loops)
    loops.insert(loops.end(), {static_cast<int32_t>(loop.count), static_cast<int32_t>(loop.in_step),
                               static_cast<int32_t>(loop.out_step)});
  KernelCall call;
  call.kernel = "copy_at";
  call.params = {{"run", copy.run_bytes},
                 {"rank", static_cast<int64_t>(copy.loops.size())},
                 {"axes", int64_t{whole.rank()}},
                 {"wide", int64_t{node.input(2).dtype == Dtype::s64}},
                 {"loops", loops.empty() ? std::string() : std::string("loops")},
                 {"places", places.empty() ? std::string() : std::string("places")}};
  if (!loops.empty()) call.constants.push_back(make_constant("loops", Dtype::s32, loops, false));
  if (!places.empty()) call.constants.push_back(make_constant("places", Dtype::s32, places, false));
  call.inputs = {1, 2};
  return call;
}

Moves whole_of(const NodeView& node) { return {{{.run_bytes = node.output().bytes()}}}; }

KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call = lower_moves(node, whole_of(node));
  call.then.push_back(lower_box(node));
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(whole_of(node), buffers);
  const KernelCall call = lower_box(node);
  const auto params = host_params(call, assay_copy_at);
  assay_copy_at(&params, buffers.inputs[1].data(), buffers.inputs[2].data(),
                buffers.outputs[0].data());
}

}  // namespace

extern const OpDef dynamic_update_slice_op = {
    .name = "dynamic_update_slice",
    .summary = "a tensor with a box of it overwritten at computed indices",
    .types = "any of whole bytes",
    .tflite = {.name = "DYNAMIC_UPDATE_SLICE", .opcode = 151, .options = 117, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
