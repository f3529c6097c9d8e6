// What an operator is: a filled-in OpDef in a file of its own, and a line in ops.def.
//
// An operator file tells everything about its operator: how each model format writes it, what its
// output looks like, how much work it is, how the host computes it (bit-exact), which kernel of
// kernels/ runs it on the target and with which parameters. Nothing about it stands elsewhere.
#pragma once

#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "ops/kernel_call.h"
#include "util/result.h"

namespace assay {

/// Whose arithmetic counts where two runtimes differ in the last bit (docs/accuracy.md).
enum class Semantics { tflm, litert };

/// How a field of a TFLite options table becomes an attribute.
struct TfliteField {
  enum Kind { int8, int32, float32, boolean, padding, activation, int32s, string };
  std::string_view attr;  ///< its name in Attrs
  int id;                 ///< the field's id in the table
  Kind kind;  ///< padding: "same"/"valid"; activation: "none"/"relu"/"relu_n1_to_1"/"relu6"/"tanh"
  double otherwise = 0;  ///< the schema's default
};

/// How TFLite writes the operator: its code, its options table, the versions we know.
struct TfliteForm {
  std::string_view name;  ///< "CONV_2D"
  int opcode = -1;        ///< BuiltinOperator
  int options = 0;        ///< BuiltinOptions: the union's type; 0 if it has none
  int max_version = 1;
  std::vector<TfliteField> fields = {};
  /// The code of a custom operator ("SignalWindow"), whose options are a FlexBuffers map: its keys
  /// are the fields' attributes, their ids do not count. Empty: a builtin operator.
  std::string_view custom = {};
};

/// Arithmetic and memory traffic of one node, from shapes alone.
struct Work {
  int64_t macs = 0;  ///< multiply-accumulates, taps on padding counted as if computed
  int64_t ops = 0;   ///< other element operations (additions, comparisons, requantisations)
  int64_t read_bytes =
      0;  ///< activations and constants, each byte once per use by the kernel's loop nest
  int64_t write_bytes = 0;
};

/// a * b of numbers that are not negative, or the largest number: a window that no operator could
/// run, of a hostile file, has work too.
inline int64_t saturating_product(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<int64_t>::max() : product;
}

/// The bytes a reference kernel works on: one span per input and output of the node. An absent
/// optional input is an empty span; constants are passed like any other input.
struct Buffers {
  std::vector<std::span<const std::byte>> inputs;
  std::vector<std::span<std::byte>> outputs;

  template <class T>
  std::span<const T> in(int i) const {
    const auto& bytes = inputs[static_cast<size_t>(i)];
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <class T>
  std::span<T> out(int i = 0) const {
    const auto& bytes = outputs[static_cast<size_t>(i)];
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

/// Each is defined `extern const` in its own file; ops.cc collects those of ops.def.
struct OpDef {
  std::string_view name;     ///< as in ops.def
  std::string_view summary;  ///< one line for `assay operators`
  std::string_view types;    ///< "s8 f32": what `assay operators` lists
  TfliteForm tflite;

  /// Checks inputs, attributes and their agreement, and gives the outputs' shapes. Runs on every
  /// imported node before anything else; whatever the other functions rely on is checked here.
  /// Errors are `input`, without a frame: the caller knows the node.
  Result<std::vector<Shape>> (*infer)(const NodeView&);

  /// Why we cannot run this (valid) node, or "" if we can: types, attribute values.
  std::string (*unsupported)(const NodeView&);

  Work (*work)(const NodeView&);

  /// Computes the outputs on the host, bit-exact against the runtime that `Semantics` names.
  void (*reference)(const NodeView&, const Buffers&, Semantics);

  /// The kernel that runs it on the target and its folded parameters.
  KernelCall (*lower)(const NodeView&, const LowerOptions&);

  /// The input whose bytes the output may take over: element i is written after it was last read
  /// (so kernel and reference both work in place). -1 if none. nullptr: never.
  int (*shares_input)(const NodeView&) = nullptr;

  /// An operator that keeps state: its variables are inputs and outputs of the node at once. Gives
  /// those that the file does not name; the importer appends them. The node's tensor ids are valid,
  /// nothing else has been checked. nullptr: it keeps none.
  std::vector<Tensor> (*own_state)(const Node&, std::span<const Tensor>) = nullptr;
};

/// Every operator, in the order of ops.def.
std::span<const OpDef* const> all_ops();

/// The operator of that name, or nullptr.
const OpDef* find_op(std::string_view name);
const OpDef* find_tflite_op(int opcode);
const OpDef* find_tflite_custom(std::string_view code);

/// One reason why a graph cannot be run; a model can have many.
struct Unsupported {
  int node = -1;       ///< index, or -1 when it concerns the whole model
  std::string op;      ///< "unpack"; "" when it concerns the whole model
  std::string reason;  ///< "no such operator here"
};

/// Everything in the graph that we cannot run, all of it: the whole model's first, then in node
/// order.
std::vector<Unsupported> unsupported(const Graph& graph);

/// Runs every known operator's `infer` and compares with the shapes of the file. Error: `input`,
/// naming the node.
Status check_shapes(const Graph& graph);

}  // namespace assay
