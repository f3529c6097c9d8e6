// mirror_pad: the input and around it its own mirror image, with its border (symmetric) or without
// (reflect).
//
// Along each padded axis the output is up to three pieces, the outer two read backwards; each
// combination of pieces is a copy. Source: tflite-micro, kernels/mirror_pad.cc.
#include "ops/moves.h"
#include "ops/padding.h"

namespace assay {
namespace {

/// 1 if the border itself is left out of the image.
int64_t left_out(const NodeView& node) { return node.attrs().integer("mode", 0) == 0 ? 1 : 0; }

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  const int64_t mode = node.attrs().integer("mode", 0);
  if (mode != 0 && mode != 1) return fail(ErrorKind::input, "mode {} is not 0 or 1", mode);
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  Shape out = TRY(padded_shape(node));
  const std::vector<int64_t> paddings = TRY(constant_integers(node, 1, "paddings"));
  for (size_t i = 0; i < paddings.size(); ++i)
    if (paddings[i] > std::max<int64_t>(node.input(0).shape.dims[i / 2] - left_out(node), 0))
      return fail(ErrorKind::input, "axis {} of {} elements is padded by {}", i / 2,
                  node.input(0).shape.dims[i / 2], paddings[i]);
  return std::vector{std::move(out)};
}

/// Elements of an axis: where they begin in the input and in the output, read forwards or back.
struct Piece {
  int64_t from = 0, to = 0, count = 0, step = 1;
};

std::vector<Piece> pieces_of(int64_t extent, int64_t before, int64_t after, int64_t left_out) {
  std::vector<Piece> pieces;
  if (before > 0) pieces.push_back({before - 1 + left_out, 0, before, -1});
  pieces.push_back({0, before, extent, 1});
  if (after > 0) pieces.push_back({extent - 1 - left_out, before + extent, after, -1});
  return pieces;
}

Moves moves_of(const NodeView& node) {
  const std::vector<int64_t> paddings = constant_integers(node, 1, "paddings").value();
  const Shape& in = node.input(0).shape;
  const std::vector<int64_t> in_steps = dense_steps(in);
  const std::vector<int64_t> out_steps = dense_steps(padded_shape(node).value());
  const int64_t bytes = element_bytes(node.input(0).dtype);
  std::vector<StridedCopy> copies = {{.run_bytes = bytes}};
  for (size_t i = 0; i < in.dims.size() && copies.size() <= kMostMoves; ++i) {
    std::vector<StridedCopy> more;
    for (const StridedCopy& copy : copies)
      for (const Piece& piece :
           pieces_of(in.dims[i], paddings[2 * i], paddings[2 * i + 1], left_out(node))) {
        StridedCopy made = copy;
        made.in_offset += piece.from * in_steps[i] * bytes;
        made.out_offset += piece.to * out_steps[i] * bytes;
        made.loops.push_back({piece.count, piece.step * in_steps[i] * bytes, out_steps[i] * bytes});
        more.push_back(std::move(made));
      }
    copies = std::move(more);
  }
  for (StridedCopy& copy : copies) copy = simplified(copy);
  return {std::move(copies)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "paddings"); !why.empty()) return why;
  if (std::string why = unsupported_copy(node); !why.empty()) return why;
  return unsupported_moves(moves_of(node));
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef mirror_pad_op = {
    .name = "mirror_pad",
    .summary = "the input's mirror image around it",
    .types = "any of whole bytes",
    .tflite = {.name = "MIRROR_PAD",
               .opcode = 100,
               .options = 77,
               .max_version = 3,
               .fields = {{"mode", 0, TfliteField::int8}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
