// What operators of one input and as large an output share: relu, logistic, quantize ...
#pragma once

#include <string>

#include "ops/op.h"

namespace assay {

/// Errors (input) if the node has fewer or more inputs or outputs than its operator, or an input
/// that the operator wants is left out.
Status check_arity(const NodeView& node, int inputs_min, int inputs_max, int outputs = 1);

/// infer: one input, one output of the same shape.
Result<std::vector<Shape>> infer_elementwise(const NodeView& node);

/// Why a tensor that the operator computes with cannot be used: it has no single scale and zero
/// point. "" if it can be. Tensors that are not quantised types pass.
std::string not_quantised_per_tensor(const Tensor& tensor, std::string_view role);

/// unsupported: input 0 and output 0 both s8 with one scale each, or both f32.
std::string unsupported_elementwise(const NodeView& node);

/// "types s8 -> s16 are not supported, only ..."
std::string unsupported_types(Dtype from, Dtype to, std::string_view only);

/// Why a value cannot be brought from one scale to the other: the factor is out of range.
std::string unsupported_rescale(const Tensor& from, const Tensor& to);

/// work: one operation an element, each read and written once.
Work elementwise_work(const NodeView& node);

/// shares_input: the output may take over input 0, element by element.
int shares_first_input(const NodeView& node);

/// lower: a table of all 256 outputs, made by the operator's own reference, for an operator from
/// one 8-bit type to another. Kernel `lut_8`.
KernelCall lower_to_table(const NodeView& node, const OpDef& op);

/// lower: a float kernel of the form (p, in, out) whose only parameters are the element count and
/// `more`.
KernelCall lower_float_elementwise(const NodeView& node, std::string kernel, bool needs_libm,
                                   std::vector<Param> more = {});

}  // namespace assay
