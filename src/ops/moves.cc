// Several strided copies into one output, after it was filled where they leave gaps.
#include "ops/moves.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

/// Kernel `pad_nd` without an input: a fill.
KernelCall lower_fill(const NodeView& node, const Moves& moves, int data) {
  const auto byte = static_cast<int32_t>(moves.fill);
  KernelCall call;
  call.kernel = "pad_nd";
  call.params = {{"out_bytes", node.output().bytes()},
                 {"fill", static_cast<int64_t>(
                              static_cast<int32_t>(static_cast<uint32_t>(byte) * 0x01010101U))},
                 {"run", int64_t{0}},
                 {"in_offset", int64_t{0}},
                 {"out_offset", int64_t{0}},
                 {"rank", int64_t{0}},
                 {"loops", std::string()}};
  call.inputs = {data};
  return call;
}

}  // namespace

std::string unsupported_moves(const Moves& moves) {
  if (moves.copies.size() > kMostMoves)
    return fmt::format("{} copies, at most {} are supported", moves.copies.size(), kMostMoves);
  for (const StridedCopy& copy : moves.copies)
    if (copy.loops.size() > kMostLoops)
      return fmt::format("{} loops, at most {} are supported", copy.loops.size(), kMostLoops);
  return {};
}

void run_moves(const Moves& moves, const Buffers& buffers, int data) {
  if (moves.zeros) std::ranges::fill(buffers.outputs[0], moves.fill);
  for (const StridedCopy& copy : moves.copies)
    run_copy(copy, buffers.inputs[static_cast<size_t>(data)], buffers.outputs[0]);
}

KernelCall lower_moves(const NodeView& node, const Moves& moves, int data) {
  std::vector<KernelCall> calls;
  if (moves.zeros) calls.push_back(lower_fill(node, moves, data));
  for (const StridedCopy& copy : moves.copies) calls.push_back(lower_copy(copy, data));
  if (calls.empty()) calls.push_back(lower_copy({}, data));  // nothing is copied
  KernelCall first = std::move(calls.front());
  for (size_t i = 1; i < calls.size(); ++i) first.then.push_back(std::move(calls[i]));
  return first;
}

}  // namespace assay
