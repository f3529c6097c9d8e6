// Graph -> graph of other shapes, by running every operator's shape inference again.
//
// In the order in which nodes run: constants and attributes that depend on the input's shape are
// adapted, then the operator's own `infer` says what comes out. Only what has to change is changed:
// for a smaller image the windows that covered all of theirs, for other widths the weights and
// constants along channels. All else that does not fit the new shapes is an operator's own refusal.
// A share and a multiple depend on a width alone, so that both sides of an addition agree; layers
// that make the model's outputs keep theirs. Not handled: grouped convolutions, transposed ones,
// recurrent layers, constants of strided slices.
#include "explain/resized.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "ir/node_alone.h"
#include "ops/op.h"

namespace assay {
namespace {

Error refused(const Node& node, int index, std::string why) {
  return {ErrorKind::unsupported, std::move(why), {node_label(index, node)}};
}

/// Where a square image has its height; -1 if the shape is none. Its channels are fewer than its
/// side.
int height_axis(const Shape& shape) {
  if (shape.rank() != 4 || shape[0] != 1) return -1;
  if (shape[1] == shape[2] && shape[3] < shape[1]) return 1;
  return shape[2] == shape[3] && shape[1] < shape[2] ? 2 : -1;
}

class Resizing {
 public:
  Resizing(const Graph& graph, const Resize& resize) : graph_(graph), resize_(resize) {
    parts_.name = graph.name();
    parts_.format = graph.format();
    parts_.tensors = graph.tensors();
    parts_.nodes = graph.nodes();
    parts_.inputs = graph.inputs();
    parts_.outputs = graph.outputs();
  }

  Result<Graph> make() && {
    if (!graph_.state().empty()) return fail(ErrorKind::unsupported, "the model keeps state");
    if (resize_.side > 0) TRY_STATUS(shrink_input());
    if (resize_.channels > 0 || resize_.width > 0) keep_widths_of_outputs();
    for (size_t i = 0; i < parts_.nodes.size(); ++i) TRY_STATUS(follow(static_cast<int>(i)));
    for (const TensorId id : parts_.outputs)
      if (at(id).shape != graph_.tensor(id).shape)
        return fail(ErrorKind::unsupported, "output {} would become {}",
                    text(graph_.tensor(id).shape), text(at(id).shape));
    const bool same =
        std::ranges::equal(parts_.tensors, graph_.tensors(), {}, &Tensor::shape, &Tensor::shape);
    if (same) return fail(ErrorKind::unsupported, "no layer would change");
    return Graph::make(std::move(parts_));
  }

 private:
  Tensor& at(TensorId id) { return parts_.tensors[static_cast<size_t>(id)]; }
  const Shape& was(TensorId id) const { return graph_.tensor(id).shape; }

  Status shrink_input() {
    const int32_t now = image_side(graph_);
    if (now == 0) return fail(ErrorKind::unsupported, "its input is no square image");
    if (resize_.side >= now)
      return fail(ErrorKind::usage, "resolution={}: the input is {} already", resize_.side, now);
    Shape& shape = at(parts_.inputs[0]).shape;
    const auto axis = static_cast<size_t>(height_axis(shape));
    shape.dims[axis] = shape.dims[axis + 1] = resize_.side;
    return {};
  }

  static bool has_weights(const Node& node) {
    return (node.op == "conv_2d" || node.op == "fully_connected") && node.inputs.size() >= 2;
  }

  /// The layers whose width is that of an output: the last ones with weights on each way to it.
  void keep_widths_of_outputs() {
    std::set<TensorId> kept(parts_.outputs.begin(), parts_.outputs.end());
    for (auto node = parts_.nodes.rbegin(); node != parts_.nodes.rend(); ++node) {
      const bool reached =
          std::ranges::any_of(node->outputs, [&](TensorId id) { return kept.contains(id); });
      if (!reached) continue;
      kept.insert(node->outputs.begin(), node->outputs.end());
      if (!has_weights(*node)) kept.insert(node->inputs.begin(), node->inputs.end());
    }
    kept_ = std::move(kept);
  }

  /// The share, and of that the nearest multiple, the larger of two; a single channel stays one (a
  /// map, not a width).
  int32_t width(TensorId output, int32_t now) const {
    if (now == 1 || kept_.contains(output)) return now;
    if (resize_.width > 0)
      now = std::max(1, static_cast<int32_t>(std::lround(resize_.width * now)));
    if (resize_.channels == 0) return now;
    const int32_t m = resize_.channels;
    return std::max(m, (now + m / 2) / m * m);
  }

  /// Gives a constant another shape: its elements and scales are taken again from the beginning of
  /// an axis that grew.
  Status reshape_constant(TensorId id, const Shape& wanted) {
    const Tensor& old = graph_.tensor(id);
    Tensor& tensor = at(id);
    if (tensor.shape == wanted) return {};
    const int element = bits(old.dtype) / 8;
    if (!old.is_constant || bits(old.dtype) % 8 != 0 || old.shape.elements() == 0 ||
        tensor.shape != old.shape || wanted.rank() != old.shape.rank())
      return fail(ErrorKind::unsupported, "{} cannot become {}", tensor_label(id, old),
                  text(wanted));
    tensor.shape = wanted;
    std::vector<std::byte>& bytes = parts_.own.emplace_back();
    bytes.reserve(static_cast<size_t>(wanted.elements() * element));
    std::vector<int32_t> index(wanted.dims.size());
    for (int64_t n = wanted.elements(); n > 0; --n) {
      size_t from = 0;
      for (size_t axis = 0; axis < index.size(); ++axis)
        from = from * static_cast<size_t>(old.shape.dims[axis]) +
               static_cast<size_t>(index[axis] % old.shape.dims[axis]);
      const auto bytes_of =
          old.data.subspan(from * static_cast<size_t>(element), static_cast<size_t>(element));
      bytes.insert(bytes.end(), bytes_of.begin(), bytes_of.end());
      for (size_t axis = index.size(); axis-- > 0;) {
        if (++index[axis] < wanted.dims[axis]) break;
        index[axis] = 0;
      }
    }
    tensor.data = bytes;
    if (!old.quant.per_channel()) return {};
    tensor.quant.scale.clear();
    tensor.quant.zero_point.clear();
    for (size_t i = 0; std::cmp_less(i, wanted[old.quant.axis]); ++i) {
      tensor.quant.scale.push_back(old.quant.scale[i % old.quant.scale.size()]);
      tensor.quant.zero_point.push_back(old.quant.zero_point[i % old.quant.zero_point.size()]);
    }
    return {};
  }

  Status bias(const Node& node, int32_t units) {
    if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor) return {};
    if (was(node.inputs[2]).rank() != 1) return {};
    return reshape_constant(node.inputs[2], Shape{{units}});
  }

  Status convolution(const Node& node, bool depthwise) {
    Shape filter = was(node.inputs[1]);
    const Shape &in = at(node.inputs[0]).shape, &in_was = was(node.inputs[0]);
    if (filter.rank() != 4 || in.rank() != 4) return {};
    const bool grouped = !depthwise && filter[3] != in_was[3];
    if (grouped && in[3] != in_was[3])
      return fail(ErrorKind::unsupported, "a convolution in groups");
    if (depthwise) {
      filter.dims[3] = in[3] * (filter[3] / std::max(1, in_was[3]));
    } else if (!grouped) {
      filter.dims[0] = width(node.outputs[0], filter[0]);
      filter.dims[3] = in[3];
    }
    TRY_STATUS(reshape_constant(node.inputs[1], filter));
    return bias(node, depthwise ? filter[3] : filter[0]);
  }

  Status fully_connected(const Node& node) {
    Shape weights = was(node.inputs[1]);
    if (weights.rank() != 2 || weights[1] < 1) return {};
    const int64_t rows = was(node.inputs[0]).elements() / weights[1];
    const int64_t elements = at(node.inputs[0]).shape.elements();
    if (elements != rows * weights[1]) {
      if (resize_.side > 0)
        return fail(ErrorKind::unsupported, "its {} inputs would become {}", rows * weights[1],
                    elements);
      if (rows < 1 || elements % rows != 0) return {};  // infer says what does not fit
      weights.dims[1] = static_cast<int32_t>(elements / rows);
    }
    weights.dims[0] = width(node.outputs[0], weights[0]);
    TRY_STATUS(reshape_constant(node.inputs[1], weights));
    return bias(node, weights[0]);
  }

  /// A window that took its whole input still does.
  void pool(Node& node) {
    const Shape &in = at(node.inputs[0]).shape, &in_was = was(node.inputs[0]);
    if (in.rank() != 4) return;
    const std::pair<const char*, int> windows[] = {{"filter_height", 1}, {"filter_width", 2}};
    for (const auto& [attr, axis] : windows)
      if (node.attrs.integer(attr, 0) >= in_was[axis]) node.attrs.set(attr, int64_t{in[axis]});
  }

  /// A flattening into one row follows the channels; a fixed shape cannot follow another image.
  Status reshape(Node& node) {
    const Shape &in = at(node.inputs[0]).shape, &in_was = was(node.inputs[0]);
    Shape out = was(node.outputs[0]);
    if (in.elements() == in_was.elements()) return {};
    const int64_t last = out.rank() > 0 ? out[out.rank() - 1] : 0;
    if (resize_.side > 0 || last == 0 || (last * in.elements()) % in_was.elements() != 0)
      return fail(ErrorKind::unsupported, "its {} elements would become {}", in_was.elements(),
                  in.elements());
    std::vector<int64_t> shape(out.dims.begin(), out.dims.end());
    shape.back() = last * in.elements() / in_was.elements();
    node.inputs.resize(1);
    node.attrs.set("new_shape", std::move(shape));
    return {};
  }

  /// A constant that goes with the channels of the other operand (a folded scale) follows them.
  Status operands(const Node& node) {
    if (node.inputs.size() != 2 || node.inputs[0] == kNoTensor || node.inputs[1] == kNoTensor)
      return {};
    for (const auto& [fixed, other] :
         {std::pair{node.inputs[0], node.inputs[1]}, {node.inputs[1], node.inputs[0]}}) {
      if (!at(fixed).is_constant || at(other).is_constant) continue;
      Shape shape = was(fixed);
      for (int back = 1; back <= std::min(shape.rank(), was(other).rank()); ++back) {
        int32_t& extent = shape.dims[static_cast<size_t>(shape.rank() - back)];
        if (extent != 1 && extent == was(other)[was(other).rank() - back])
          extent = at(other).shape[was(other).rank() - back];
      }
      TRY_STATUS(reshape_constant(fixed, shape));
    }
    return {};
  }

  Status adapt(Node& node) {
    static constexpr std::string_view kOperands[] = {"add",     "sub",     "mul",  "div",
                                                     "maximum", "minimum", "prelu"};
    if (node.inputs.empty() || node.inputs[0] == kNoTensor || node.outputs.empty()) return {};
    if (has_weights(node) && node.op == "conv_2d") return convolution(node, false);
    if (has_weights(node)) return fully_connected(node);
    if (node.op == "depthwise_conv_2d" && node.inputs.size() >= 2) return convolution(node, true);
    if (node.op == "reshape") return reshape(node);
    if (node.op.ends_with("_pool_2d")) pool(node);
    if (std::ranges::find(kOperands, node.op) != std::end(kOperands)) return operands(node);
    return {};
  }

  /// What the operator makes of its inputs as they now are.
  Result<std::vector<Shape>> inferred(const Node& node) {
    const OpDef* op = find_op(node.op);
    if (op == nullptr) return fail(ErrorKind::unsupported, "no such operator here");
    const Graph graph = TRY(node_alone(node, [&](TensorId id) { return at(id); }));
    return op->infer({graph, graph.nodes()[0]});
  }

  Status follow(int index) {
    Node& node = parts_.nodes[static_cast<size_t>(index)];
    if (const Status done = adapt(node); !done)
      return std::unexpected(refused(node, index, text(done.error())));
    const Result<std::vector<Shape>> shapes = inferred(node);
    if (!shapes) return std::unexpected(refused(node, index, text(shapes.error())));
    for (size_t i = 0; i < std::min(shapes->size(), node.outputs.size()); ++i) {
      // A scalar may be written as one element.
      const Shape& shape = (*shapes)[i];
      Tensor& output = at(node.outputs[i]);
      if (shape.elements() != 1 || output.shape.elements() != 1) output.shape = shape;
    }
    return {};
  }

  const Graph& graph_;
  const Resize resize_;
  GraphParts parts_;
  std::set<TensorId> kept_;
};

}  // namespace

int32_t image_side(const Graph& graph) {
  if (graph.inputs().size() != 1) return 0;
  const Shape& shape = graph.tensor(graph.inputs()[0]).shape;
  const int axis = height_axis(shape);
  return axis < 0 ? 0 : shape[axis];
}

Result<Graph> resized(const Graph& graph, const Resize& resize) {
  Graph made = TRY(Resizing(graph, resize).make());
  TRY_STATUS(check_shapes(made));
  if (const std::vector<Unsupported> reasons = unsupported(made); !reasons.empty())
    return fail(ErrorKind::unsupported, "node {} ({}): {}", reasons[0].node, reasons[0].op,
                reasons[0].reason);
  return made;
}

}  // namespace assay
