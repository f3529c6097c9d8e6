// Operators that map one element to one element.
//
// The idea for 8-bit types: such an operator has 256 possible inputs, so its whole function fits a
// table, which the operator's reference fills in at generation time. One tiny kernel serves them
// all and is exact by construction. It costs 256 bytes of flash a node.
#include "ops/elementwise.h"

#include <fmt/format.h>

#include "ops/requantise.h"

namespace assay {

Status check_arity(const NodeView& node, int inputs_min, int inputs_max, int outputs) {
  if (node.inputs() < inputs_min || node.inputs() > inputs_max)
    return inputs_min == inputs_max
               ? fail(ErrorKind::input, "has {} inputs, needs {}", node.inputs(), inputs_min)
               : fail(ErrorKind::input, "has {} inputs, needs {} to {}", node.inputs(), inputs_min,
                      inputs_max);
  if (node.outputs() != outputs)
    return fail(ErrorKind::input, "has {} outputs, needs {}", node.outputs(), outputs);
  for (int i = 0; i < inputs_min; ++i)
    if (!node.has_input(i)) return fail(ErrorKind::input, "input {} is missing", i);
  return {};
}

Result<std::vector<Shape>> infer_elementwise(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  return std::vector{node.input(0).shape};
}

std::string not_quantised_per_tensor(const Tensor& tensor, std::string_view role) {
  const bool quantised_type = tensor.dtype == Dtype::s8 || tensor.dtype == Dtype::u8 ||
                              tensor.dtype == Dtype::s16 || tensor.dtype == Dtype::s4;
  if (!quantised_type || tensor.quant.scale.size() == 1) return {};
  return fmt::format("{} has {}, one scale is supported", role,
                     tensor.quant.empty() ? std::string("no scale")
                                          : fmt::format("{} scales", tensor.quant.scale.size()));
}

std::string unsupported_types(Dtype from, Dtype to, std::string_view only) {
  return from == to
             ? fmt::format("type {} is not supported, only {}", name(from), only)
             : fmt::format("types {} -> {} are not supported, only {}", name(from), name(to), only);
}

std::string unsupported_elementwise(const NodeView& node) {
  const Dtype from = node.input(0).dtype;
  const Dtype to = node.output().dtype;
  if (from != to || (from != Dtype::s8 && from != Dtype::f32))
    return unsupported_types(from, to, "s8 and f32");
  if (std::string why = not_quantised_per_tensor(node.input(0), "input"); !why.empty()) return why;
  return not_quantised_per_tensor(node.output(), "output");
}

std::string unsupported_rescale(const Tensor& from, const Tensor& to) {
  if (from.quant.empty() || to.quant.empty()) return {};
  // Some operators divide in double, some in float, whose result may round up or be infinite.
  const double in_double = static_cast<double>(from.quant.scale[0]) / to.quant.scale[0];
  const float in_float = from.quant.scale[0] / to.quant.scale[0];
  if (quantise_multiplier(in_double).shift <= kMaxLeftShift &&
      quantise_multiplier(static_cast<double>(in_float)).shift <= kMaxLeftShift)
    return {};
  return fmt::format("scale {} to scale {} is too large a factor", from.quant.scale[0],
                     to.quant.scale[0]);
}

Work elementwise_work(const NodeView& node) {
  return {.ops = node.output().shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output().bytes()};
}

int shares_first_input(const NodeView& node) {
  return node.output().bytes() <= node.input(0).bytes() ? 0 : -1;
}

KernelCall lower_to_table(const NodeView& node, const OpDef& op) {
  std::vector<uint8_t> every(256);
  for (size_t i = 0; i < every.size(); ++i) every[i] = static_cast<uint8_t>(i);
  std::vector<uint8_t> table(256);
  Buffers buffers;
  buffers.inputs = {std::as_bytes(std::span(every))};
  buffers.outputs = {std::as_writable_bytes(std::span(table))};
  op.reference(node, buffers, Semantics::tflm);
  KernelCall call;
  call.kernel = "lut_8";
  call.params = {{"count", node.output().shape.elements()}, {"table", std::string("table")}};
  call.constants = {make_constant("table", Dtype::u8, table, false)};
  call.inputs = {0};
  return call;
}

KernelCall lower_float_elementwise(const NodeView& node, std::string kernel, bool needs_libm,
                                   std::vector<Param> more) {
  KernelCall call;
  call.kernel = std::move(kernel);
  call.params = std::move(more);
  call.params.insert(call.params.begin(), {"count", node.output().shape.elements()});
  call.inputs = {0};
  call.needs_libm = needs_libm;
  return call;
}

}  // namespace assay
