// How an ONNX graph becomes ours, value by value.
//
// ONNX has images NCHW, our operators NHWC. A value therefore knows in which order its axes are
// stored: an operator asks for the order it needs (a transpose is made only if the value is stored
// in another one), and says in which order its result stands. Element-wise operators take what
// there is. So a network of convolutions stands in NHWC wholly, with transposes at its ends at
// most, and ONNX's own Transpose costs nothing until somebody needs another order.
// In the same way a value may be stored quantised while the file calls it real.
#pragma once

#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "import/onnx_model.h"
#include "ops/op.h"

namespace assay {

struct OnnxValue {
  Shape shape;  ///< as ONNX has it
  Dtype dtype = Dtype::other;
  TensorId tensor = kNoTensor;  ///< its elements; of a constant only once somebody needs a tensor
  std::vector<int> order;       ///< stored axis i is axis order[i] of `shape`, or of `before`
  std::optional<Shape> before;  ///< the shape that is stored, of which `shape` is a reshape
  const OnnxTensor* constant = nullptr;  ///< stored as it stands in the file
  Quantisation quant;                    ///< of a constant that is stored quantised
  bool real = false;    ///< stored quantised although `dtype` is f32: a DequantizeLinear put off
  std::string trouble;  ///< why nothing is known about it
};

/// Where the result of a node goes: through an activation that becomes a part of it and, if it is
/// computed quantised, through the QuantizeLinear behind it.
struct OnnxEnd {
  std::string activation = "none", output = {};
  bool quantised = false;
  Dtype dtype = Dtype::f32;  ///< as the file has it
  Dtype stored = Dtype::s8;  ///< if it is quantised
  Quantisation quant = {};   ///< as it is stored
};

struct OnnxLowering {
  const OnnxModel& model;
  GraphParts& parts;
  int64_t opset = 0;
  std::map<std::string, OnnxValue, std::less<>> values = {};
  std::map<std::string, std::vector<size_t>, std::less<>> users = {};  ///< nodes, by value
  std::set<std::string, std::less<>> outputs = {};
  std::vector<bool> done = {};            ///< by node: fused into an earlier one
  std::deque<OnnxTensor> constants = {};  ///< that the file does not have
  std::map<std::pair<TensorId, std::vector<int>>, TensorId> reordered = {};
  std::optional<OnnxEnd> forced = {};  ///< where a QLinear operator's result goes (onnx_qlinear.cc)
  int64_t budget_bytes = 0;            ///< what constants may still be unpacked to
};

/// Lowers one node: emits ours, defines its outputs. An error of kind `unsupported` makes the node
/// an obstacle; any other ends the import.
using OnnxRule = Status (*)(OnnxLowering&, const OnnxNode&);

/// Whether the operator is one of onnx_same.def.
bool is_onnx_same(std::string_view op);

/// The rule of an operator, or nullptr.
OnnxRule find_onnx_rule(std::string_view domain, std::string_view op);

// Values ------------------------------------------------------------------------------------------

/// The value of the node's input; error if it is left out or not known.
Result<OnnxValue*> onnx_input(OnnxLowering& low, const OnnxNode& node, size_t i);
bool has_onnx_input(const OnnxNode& node, size_t i);

/// The node with another value as its input i.
OnnxNode with_input(OnnxLowering& low, const OnnxNode& node, size_t i, OnnxValue value);

/// Gives the node's output i its value.
void define(OnnxLowering& low, const OnnxNode& node, OnnxValue value, size_t i = 0);

/// The node that alone uses a value, if it is no output of the model.
const OnnxNode* only_user(const OnnxLowering& low, const std::string& value);

/// 0, 1, 2 ...
std::vector<int> plain_order(int rank);
/// 0, 2, 3, 1: channels last.
std::vector<int> image_order(int rank);

/// A value that stands in a tensor, in this order of `shape`; in the file's order without one.
OnnxValue stored(Shape shape, TensorId tensor, const OnnxLowering& low,
                 std::vector<int> order = {});

/// A tensor with the value's elements in that order of its axes, made if need be; of the type that
/// the file says.
Result<TensorId> in_order(OnnxLowering& low, OnnxValue& value, const std::vector<int>& order);
Result<TensorId> in_plain_order(OnnxLowering& low, OnnxValue& value);
/// The same as it is stored: perhaps quantised, perhaps shifted from uint8 to int8.
Result<TensorId> in_order_as_stored(OnnxLowering& low, OnnxValue& value,
                                    const std::vector<int>& order);

/// Makes a value that is stored otherwise what the file says it is: f32, or uint8.
Status as_the_file_says(OnnxLowering& low, OnnxValue& value);

/// Resolves `before`: afterwards `order` is of `shape`.
Status settle(OnnxLowering& low, OnnxValue& value);

/// The value reshaped; free where only axes of extent 1 are out of order.
Result<OnnxValue> reshaped(OnnxLowering& low, OnnxValue& value, Shape shape);

/// What a tensor of ours holds, if its axes stand in that order.
OnnxValue stored_as(OnnxLowering& low, TensorId tensor, std::vector<int> order);

/// The same of what was moved out of x: as real, and of the same type.
OnnxValue stored_like(OnnxLowering& low, TensorId tensor, const OnnxValue& x,
                      std::vector<int> order);

/// Tensors for an operator that broadcasts them: all in one order, the one that the largest is
/// stored in; of the types that the file says, unless `stored` takes them as they are.
Result<std::vector<TensorId>> in_common_order(OnnxLowering& low,
                                              const std::vector<OnnxValue*>& values,
                                              std::vector<int>& order, bool stored = false);

/// How many features a node of ONNX-ML takes, by its attributes; 0 if they do not say.
int64_t ml_feature_count(const OnnxNode& node);

/// Lowers a node of one input to the operator of ours of that name.
Status lower_elementwise(OnnxLowering& low, const OnnxNode& node, std::string_view op,
                         Attrs attrs = {});

/// Lowers a node whose inputs are broadcast to the operator of ours of that name.
Status lower_broadcast(OnnxLowering& low, const OnnxNode& node, std::string_view op,
                       Attrs attrs = {});

// Constants ---------------------------------------------------------------------------------------

/// A constant's elements as integers; error `unsupported` if it is none: "axes is not a constant".
Result<std::vector<int64_t>> constant_integers(const OnnxValue& value, std::string_view role);
Result<std::vector<float>> constant_floats(const OnnxValue& value, std::string_view role);

/// The same of a node's input, or nothing if it is left out.
Result<std::optional<std::vector<int64_t>>> integers_of(OnnxLowering& low, const OnnxNode& node,
                                                        size_t i, std::string_view role);

/// A constant with the axes in that order, its bytes our own.
Result<OnnxTensor> reorder_constant(OnnxLowering& low, const OnnxTensor& from,
                                    const std::vector<int>& order);

/// Bytes of our own that the graph keeps. Error: input, if a small file unpacks without end.
Result<std::span<std::byte>> own_bytes(OnnxLowering& low, int64_t bytes);

template <class T>
Result<std::span<T>> own_elements(OnnxLowering& low, int64_t count) {
  const std::span<std::byte> bytes = TRY(own_bytes(low, count * static_cast<int64_t>(sizeof(T))));
  return std::span<T>(reinterpret_cast<T*>(bytes.data()), static_cast<size_t>(count));
}

/// A tensor of the graph that is a constant.
TensorId constant_tensor(OnnxLowering& low, std::string name, Dtype dtype, Shape shape,
                         std::span<const std::byte> bytes, Quantisation quant = {});
/// One of int32, one axis.
Result<TensorId> integers_tensor(OnnxLowering& low, std::string name,
                                 const std::vector<int64_t>& values);
Result<TensorId> float_tensor(OnnxLowering& low, std::string name, Shape shape,
                              std::span<const float> values);

/// A value of a constant made here.
OnnxValue constant_value(OnnxLowering& low, OnnxTensor tensor);

/// Integers of shapes and indices computed at once, if all inputs are constants and the operator is
/// one that exporters compute shapes with. Nothing if it is not.
Result<std::optional<OnnxValue>> folded(OnnxLowering& low, const OnnxNode& node);

// Nodes -------------------------------------------------------------------------------------------

struct EmitOutput {
  std::string name;
  Dtype dtype = Dtype::f32;
  Quantisation quant = {};
  Shape shape = {};  ///< only where the operator's inputs do not tell
};

/// Adds a node of ours; its `infer` gives the shapes. If all inputs are constants it is run instead
/// and its outputs are constants. Errors: unsupported, with the operator's reason.
Result<std::vector<TensorId>> emit(OnnxLowering& low, std::string_view op,
                                   std::vector<TensorId> inputs, Attrs attrs,
                                   const std::vector<EmitOutput>& outputs);
Result<TensorId> emit(OnnxLowering& low, std::string_view op, std::vector<TensorId> inputs,
                      Attrs attrs, EmitOutput output);

inline Tensor& tensor_of(OnnxLowering& low, TensorId id) {
  return low.parts.tensors[static_cast<size_t>(id)];
}
inline const Tensor& tensor_of(const OnnxLowering& low, TensorId id) {
  return low.parts.tensors[static_cast<size_t>(id)];
}

/// An activation that follows a node alone and becomes a part of it; the value that is then made.
struct FusedActivation {
  std::string word = "none", output;
};
FusedActivation fuse_activation(OnnxLowering& low, const OnnxNode& node);

OnnxEnd end_of(OnnxLowering& low, const OnnxNode& node, bool quantised,
               bool takes_activation = true);
/// The same for operators whose int8 form has this scale and zero point only.
OnnxEnd end_with(OnnxLowering& low, const OnnxNode& node, bool quantised, const Quantisation& only);
EmitOutput output_of(const OnnxEnd& end);
void define_end(OnnxLowering& low, const OnnxEnd& end, OnnxValue value);
/// Emits sums of inputs[0] times inputs[1]: weights that have a zero point need uint8's kernels.
Result<TensorId> emit_sums(OnnxLowering& low, std::string_view op, std::vector<TensorId> inputs,
                           Attrs attrs, const OnnxEnd& end);

/// Whether a value that the file calls real is stored as int8; how.
bool is_stored_s8(const OnnxLowering& low, const OnnxValue& value);
const Quantisation& quant_of(const OnnxLowering& low, const OnnxValue& value);

/// Whether two tensors mean the same numbers by their integers.
bool same_steps(const Quantisation& a, const Quantisation& b);

/// The node's input i as the real numbers that its inputs `scale` and `zero` make of it; scales by
/// channel are along `axis`.
Result<OnnxValue> real_value(OnnxLowering& low, const OnnxNode& node, size_t i, size_t scale,
                             size_t zero, int64_t axis);

/// A constant bias in steps of input times weights, by channel: the file's own integers if they
/// are, else rounded.
Result<std::vector<int32_t>> int32_bias(OnnxLowering& low, const OnnxValue& bias,
                                        const Quantisation& input, const Quantisation& weights);

/// Bytes of uint8 as int8, 128 lower.
Result<OnnxTensor> shifted_constant(OnnxLowering& low, const OnnxTensor& from);

/// A constant that is stored quantised, dequantised.
Status make_real(OnnxLowering& low, OnnxValue& value);

/// A node that has become a part of another is not lowered any more.
void mark_done(OnnxLowering& low, const OnnxNode& node);

/// A BatchNormalization of constants: x * by + add, by channel.
struct ChannelScale {
  std::vector<double> by, add;
};
Result<ChannelScale> channel_scale(OnnxLowering& low, const OnnxNode& node);

struct ClipBounds {
  float least = -std::numeric_limits<float>::infinity();
  float most = std::numeric_limits<float>::infinity();
};
/// Nothing if a bound is computed while the model runs.
std::optional<ClipBounds> clip_bounds(const OnnxLowering& low, const OnnxNode& node);
/// "relu", "relu6" ..., "none", or "" if no activation has these bounds.
std::string activation_word(const ClipBounds& bounds);

/// By TensorProto.DataType; nothing for types that ours does not have.
std::optional<Dtype> onnx_type(int64_t type);

/// An axis counted from the front; error: input.
Result<int> onnx_axis(int64_t axis, int rank);

}  // namespace assay
