// add_n: the sum of tensors of one shape.
//
// A call an input: each adds its tensor to the sums so far. Source: tflite-micro, kernels/add_n.cc,
// reference/add_n.h.
#include "ops/kernel_on_host.h"
#include "ops/running_sum.h"

#define ASSAY_KERNEL static
#include "../../kernels/add_n_f32.c"
#include "../../kernels/add_n_s8.c"

namespace assay {
namespace {

/// Sums of int8 less int8 stay within int16.
constexpr int kMostInputs = 100;

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, std::max(node.inputs(), 1), std::max(node.inputs(), 1)));
  for (int i = 1; i < node.inputs(); ++i)
    if (node.input(i).shape != node.input(0).shape)
      return fail(ErrorKind::input, "input {} is {}, input 0 {}", i, text(node.input(i).shape),
                  text(node.input(0).shape));
  return std::vector{node.input(0).shape};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  if (node.inputs() > kMostInputs)
    return fmt::format("{} inputs, at most {} are supported", node.inputs(), kMostInputs);
  for (int i = 1; i < node.inputs(); ++i) {
    const Tensor& in = node.input(i);
    if (in.dtype != node.input(0).dtype)
      return fmt::format("input {} is {}, input 0 {}", i, name(in.dtype),
                         name(node.input(0).dtype));
    if (in.dtype == Dtype::s8 && in.quant != node.input(0).quant)
      return fmt::format("inputs 0 and {} are quantised differently", i);
  }
  return unsupported_sum_scales(node);
}

KernelCall lower_one(const NodeView& node, int input) {
  const bool is_s8 = node.input(0).dtype == Dtype::s8;
  KernelCall call;
  call.kernel = is_s8 ? "add_n_s8" : "add_n_f32";
  call.params = {{"count", node.output().shape.elements()}, {"first", int64_t{input == 0}}};
  if (is_s8) {
    call.params.push_back({"last", int64_t{input == node.inputs() - 1}});
    append_sum_params(node, call);
    call.takes_scratch = true;
    call.scratch_bytes = node.output().shape.elements() * 2;
  }
  call.inputs = {input};
  return call;
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call = lower_one(node, 0);
  for (int i = 1; i < node.inputs(); ++i) call.then.push_back(lower_one(node, i));
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  std::vector<int16_t> sums(static_cast<size_t>(node.output().shape.elements()));
  for (int i = 0; i < node.inputs(); ++i) {
    const KernelCall call = lower_one(node, i);
    if (node.input(0).dtype == Dtype::s8) {
      const auto params = host_params(call, assay_add_n_s8);
      assay_add_n_s8(&params, buffers.in<int8_t>(i).data(), buffers.out<int8_t>().data(),
                     sums.data());
    } else {
      const auto params = host_params(call, assay_add_n_f32);
      assay_add_n_f32(&params, buffers.in<float>(i).data(), buffers.out<float>().data());
    }
  }
}

Work work(const NodeView& node) {
  Work work = elementwise_work(node);
  work.ops *= node.inputs();
  work.read_bytes *= node.inputs();
  return work;
}

}  // namespace

extern const OpDef add_n_op = {
    .name = "add_n",
    .summary = "the sum of several tensors",
    .types = "s8 f32",
    .tflite = {.name = "ADD_N", .opcode = 106, .options = 82, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
