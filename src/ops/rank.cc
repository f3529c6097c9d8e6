// rank: how many axes the input has, which is known before anything runs.
//
// Source: TensorFlow's lite/kernels/rank.cc; TFLM has none.
#include <algorithm>

#include "ops/elementwise.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  return std::vector{Shape{}};
}

std::vector<int32_t> values_of(const NodeView& node) {
  return std::vector<int32_t>{node.input(0).shape.rank()};
}

std::string unsupported(const NodeView& node) {
  const Dtype dtype = node.output().dtype;
  return dtype == Dtype::s32 || dtype == Dtype::s64
             ? ""
             : unsupported_types(dtype, dtype, "s32 and s64");
}

/// The output's bytes.
std::vector<std::byte> bytes_of(const NodeView& node) {
  const std::vector<int32_t> values = values_of(node);
  const std::vector<int64_t> wide(values.begin(), values.end());
  const auto bytes = node.output().dtype == Dtype::s64 ? std::as_bytes(std::span(wide))
                                                       : std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  std::ranges::copy(bytes_of(node), buffers.outputs[0].begin());
}

Work work(const NodeView& node) { return {.write_bytes = node.output().bytes()}; }

/// Kernel `put`: a constant into the arena. The input's own bytes are not read.
KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call;
  call.kernel = "put";
  call.params = {{"count", node.output().bytes()}, {"bytes", std::string("bytes")}};
  call.constants = {make_constant("bytes", Dtype::u8, bytes_of(node), false)};
  return call;
}

}  // namespace

const OpDef rank_op = {
    .name = "rank",
    .summary = "how many axes the input has",
    .types = "any -> s32 s64",
    .tflite = {.name = "RANK", .opcode = 110, .options = 86, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
