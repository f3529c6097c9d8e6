// depth_to_space: channels as blocks of pixels.
//
// Source: tflite-micro, reference/depth_to_space.h.
#include <algorithm>
#include <limits>

#include "ops/moves.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  const Shape& in = node.input(0).shape;
  const int64_t block = node.attrs().integer("block_size", 0);
  if (in.rank() != 4) return fail(ErrorKind::input, "input has rank {}, needs 4", in.rank());
  if (block < 1 || block > 1 << 15)
    return fail(ErrorKind::input, "block size {} is out of range", block);
  if (in[3] % (block * block) != 0)
    return fail(ErrorKind::input, "{} channels are no blocks of {}", in[3], block);
  const int64_t h = in[1] * block, w = in[2] * block, c = in[3] / (block * block);
  if (std::max({h, w, c}) > std::numeric_limits<int32_t>::max())
    return fail(ErrorKind::input, "output has an extent beyond 2^31");
  return std::vector{
      Shape{{in[0], static_cast<int32_t>(h), static_cast<int32_t>(w), static_cast<int32_t>(c)}}};
}

Moves moves_of(const NodeView& node) {
  const Shape& deep = node.input(0).shape;
  const Shape& wide = node.output().shape;
  const int64_t block = node.attrs().integer("block_size", 0);
  const int64_t run = wide[3] * element_bytes(node.input(0).dtype);
  const int64_t pixel = block * block * run, row = wide[2] * run;
  StridedCopy copy{.run_bytes = run};
  copy.loops = {{int64_t{deep[0]} * deep[1], deep[2] * pixel, block * row},
                {block, block * run, row},
                {deep[2], pixel, block * run},
                {block, run, run}};
  return {{simplified(copy)}};
}

std::string unsupported(const NodeView& node) { return unsupported_copy(node); }

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef depth_to_space_op = {
    .name = "depth_to_space",
    .summary = "channels as blocks of pixels",
    .types = "any of whole bytes",
    .tflite = {.name = "DEPTH_TO_SPACE",
               .opcode = 5,
               .options = 94,
               .max_version = 2,
               .fields = {{"block_size", 0, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
