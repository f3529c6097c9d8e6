// space_to_depth: blocks of pixels as channels.
//
// Source: tflite-micro, reference/space_to_depth.h.
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
  if (in[1] % block != 0 || in[2] % block != 0)
    return fail(ErrorKind::input, "{} does not divide into blocks of {}", text(in), block);
  const int64_t h = in[1] / block, w = in[2] / block, c = in[3] * block * block;
  if (std::max({h, w, c}) > std::numeric_limits<int32_t>::max())
    return fail(ErrorKind::input, "output has an extent beyond 2^31");
  return std::vector{
      Shape{{in[0], static_cast<int32_t>(h), static_cast<int32_t>(w), static_cast<int32_t>(c)}}};
}

Moves moves_of(const NodeView& node) {
  const Shape& deep = node.output().shape;
  const Shape& wide = node.input(0).shape;
  const int64_t block = node.attrs().integer("block_size", 0);
  const int64_t run = wide[3] * element_bytes(node.input(0).dtype);
  const int64_t pixel = block * block * run, row = wide[2] * run;
  StridedCopy copy{.run_bytes = run};
  copy.loops = {{int64_t{deep[0]} * deep[1], block * row, deep[2] * pixel},
                {block, row, block * run},
                {deep[2], block * run, pixel},
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

extern const OpDef space_to_depth_op = {
    .name = "space_to_depth",
    .summary = "blocks of pixels as channels",
    .types = "any of whole bytes",
    .tflite = {.name = "SPACE_TO_DEPTH",
               .opcode = 26,
               .options = 19,
               .max_version = 2,
               .fields = {{"block_size", 0, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
