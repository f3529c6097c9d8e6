// space_to_batch_nd: interleaved blocks of the padded spatial axes as batches.
//
// Quantised tensors are padded with their zero point, as LiteRT does; TFLM leaves unset what it
// pads with. Source: tflite-micro, kernels/space_to_batch_nd.cc, reference/space_to_batch_nd.h.
#include "ops/batch_blocks.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  if (!node.input(1).is_constant || !node.input(2).is_constant)
    return std::vector{node.output().shape};
  const BatchBlocks blocks = TRY(batch_blocks(node));
  Shape out = node.input(0).shape;
  const int64_t batches = saturating_product(out[0], blocks.blocks);
  if (batches > std::numeric_limits<int32_t>::max())
    return fail(ErrorKind::input, "{} batches of {} blocks are too many", out[0], blocks.blocks);
  out.dims[0] = static_cast<int32_t>(batches);
  for (size_t i = 0; i < blocks.block.size(); ++i) {
    const int64_t extent = out.dims[i + 1] + blocks.before[i] + blocks.after[i];
    if (extent % blocks.block[i] != 0)
      return fail(ErrorKind::input, "axis {} has {} elements when padded, no blocks of {}", i + 1,
                  extent, blocks.block[i]);
    if (extent / blocks.block[i] > std::numeric_limits<int32_t>::max())
      return fail(ErrorKind::input, "axis {} has {} elements when padded", i + 1, extent);
    out.dims[i + 1] = static_cast<int32_t>(extent / blocks.block[i]);
  }
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_batch_blocks(node); !why.empty()) return why;
  const Tensor& out = node.output();
  if (!out.quant.empty() && out.quant.zero_point[0] != 0 && element_bytes(out.dtype) != 1)
    return "padding with a zero point of more than a byte is not supported";
  return {};
}

Moves moves_of(const NodeView& node) {
  const Tensor& out = node.output();
  const BatchBlocks blocks = batch_blocks(node).value();
  const auto pads = [](int64_t margin) { return margin > 0; };
  return {
      .copies = batch_block_copies(blocks, out.shape, node.input(0).shape, element_bytes(out.dtype),
                                   false),
      .zeros = std::ranges::any_of(blocks.before, pads) || std::ranges::any_of(blocks.after, pads),
      .fill = out.quant.empty() ? std::byte{} : static_cast<std::byte>(out.quant.zero_point[0])};
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef space_to_batch_nd_op = {
    .name = "space_to_batch_nd",
    .summary = "interleaved blocks of pixels as batches",
    .types = "any of whole bytes",
    .tflite = {.name = "SPACE_TO_BATCH_ND", .opcode = 38, .options = 25, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
