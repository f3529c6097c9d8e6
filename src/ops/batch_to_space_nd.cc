// batch_to_space_nd: batches as interleaved blocks of the spatial axes, cropped.
//
// Source: tflite-micro, reference/batch_to_space_nd.h.
#include "ops/batch_blocks.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  if (!node.input(1).is_constant || !node.input(2).is_constant)
    return std::vector{node.output().shape};
  const BatchBlocks blocks = TRY(batch_blocks(node));
  Shape out = node.input(0).shape;
  if (out[0] % blocks.blocks != 0)
    return fail(ErrorKind::input, "{} batches are no {} blocks", out[0], blocks.blocks);
  out.dims[0] = static_cast<int32_t>(out[0] / blocks.blocks);
  for (size_t i = 0; i < blocks.block.size(); ++i) {
    const int64_t extent = out.dims[i + 1] * blocks.block[i] - blocks.before[i] - blocks.after[i];
    if (extent < 0 || extent > std::numeric_limits<int32_t>::max())
      return fail(ErrorKind::input, "axis {} has {} elements when cropped", i + 1, extent);
    out.dims[i + 1] = static_cast<int32_t>(extent);
  }
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) { return unsupported_batch_blocks(node); }

Moves moves_of(const NodeView& node) {
  return {batch_block_copies(batch_blocks(node).value(), node.input(0).shape, node.output().shape,
                             element_bytes(node.input(0).dtype), true)};
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef batch_to_space_nd_op = {
    .name = "batch_to_space_nd",
    .summary = "batches as interleaved blocks of pixels",
    .types = "any of whole bytes",
    .tflite = {.name = "BATCH_TO_SPACE_ND", .opcode = 37, .options = 24, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
