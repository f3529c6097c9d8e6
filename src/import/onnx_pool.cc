// Pools: windows as in onnx_window.cc; global ones are means over the image, or its maximum.
//
// Averages that count padding become a pad and a pool without padding. Not handled: dilated
// windows, indices of maxima, images of three axes.
// Source: https://onnx.ai/onnx/operators/onnx__AveragePool.html and onnx__MaxPool.html.
#include "import/onnx_window.h"

namespace assay {
namespace {

/// Pads at the end until the last window that begins inside is whole.
void round_up(OnnxWindow& window, const Shape& image) {
  for (size_t i = 0; i < 2; ++i) {
    const int64_t in = image.rank() == 3 ? (i == 0 ? 1 : image[2]) : image.dims[i + 2];
    const int64_t reach = (window.filter[i] - 1) * window.dilation[i] + 1;
    const int64_t room = in + window.before[i] + window.after[i] - reach;
    if (room < 0) continue;
    int64_t last = (room + window.stride[i] - 1) / window.stride[i];
    if (last * window.stride[i] >= in + window.before[i]) --last;
    window.after[i] = std::max<int64_t>(last * window.stride[i] + reach - in - window.before[i], 0);
  }
}

Result<TensorId> padded(OnnxLowering& low, TensorId image, OnnxWindow& window) {
  const Tensor from = tensor_of(low, image);
  const TensorId pads = TRY(integers_tensor(
      low, from.name + " padding",
      {0, 0, window.before[0], window.after[0], window.before[1], window.after[1], 0, 0}));
  std::fill(window.before.begin(), window.before.end(), 0);
  std::fill(window.after.begin(), window.after.end(), 0);
  return emit(low, "pad", {image, pads}, {}, {from.name + " padded", from.dtype, from.quant});
}

/// Whether the value is stored as int8, whatever the file calls it.
bool is_8_bits(const OnnxLowering& low, const OnnxValue& x) {
  return !x.constant && tensor_of(low, x.tensor).dtype == Dtype::s8;
}

EmitOutput output_like(const OnnxLowering& low, const std::string& name, TensorId from) {
  return {name, tensor_of(low, from).dtype, tensor_of(low, from).quant};
}

bool has_padding(const OnnxWindow& window) {
  return window.before[0] + window.before[1] + window.after[0] + window.after[1] > 0;
}

Status lower_pool(OnnxLowering& low, const OnnxNode& node, const std::string& op) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxWindow window = TRY(onnx_window(node, x.shape, node.integers("kernel_shape")));
  if (window.dilation[0] != 1 || window.dilation[1] != 1)
    return fail(ErrorKind::unsupported, "a dilated window");
  if (node.outputs.size() > 1 && !node.outputs[1].empty())
    return fail(ErrorKind::unsupported, "indices of the maxima");
  const bool average = op == "average_pool_2d";
  const bool counts_padding = average && node.integer("count_include_pad", 0) != 0;
  if (node.integer("ceil_mode", 0) != 0) {
    if (counts_padding)
      return fail(ErrorKind::unsupported, "ceil_mode together with padding that is counted");
    round_up(window, x.shape);
  }
  const bool is_s8 = is_8_bits(low, x);
  TensorId image = TRY(image_tensor(low, x, is_s8));
  Shape shape = x.shape;
  if (counts_padding && has_padding(window)) {
    image = TRY(padded(low, image, window));
    const Shape& is = tensor_of(low, image).shape;
    shape =
        x.shape.rank() == 3 ? Shape{{is[0], is[3], is[2]}} : Shape{{is[0], is[3], is[1], is[2]}};
  }
  // Quantised pools keep the scale; what is quantised anew behind them is so by itself.
  const OnnxEnd end = end_of(low, node, false, !is_s8);
  Attrs attrs = window_attrs(window, shape);
  attrs.set("filter_height", window.filter[0]);
  attrs.set("filter_width", window.filter[1]);
  attrs.set("activation", end.activation);
  const TensorId made = TRY(emit(low, op, {image}, attrs, output_like(low, end.output, image)));
  OnnxValue y = TRY(image_value(low, made, x.shape.rank()));
  y.dtype = x.dtype;
  y.real = is_s8 && x.real;
  low.values.insert_or_assign(end.output, std::move(y));
  return {};
}

}  // namespace

Status onnx_max_pool(OnnxLowering& low, const OnnxNode& node) {
  return lower_pool(low, node, "max_pool_2d");
}

Status onnx_average_pool(OnnxLowering& low, const OnnxNode& node) {
  return lower_pool(low, node, "average_pool_2d");
}

namespace {

Status lower_global(OnnxLowering& low, const OnnxNode& node, std::string_view op) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  if (x.shape.rank() < 3) return fail(ErrorKind::input, "an image of {}", text(x.shape));
  OnnxEnd end = end_of(low, node, op == "mean" && is_stored_s8(low, x), false);
  if (!end.quantised) TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  const TensorId from = TRY(in_order_as_stored(low, x, x.order));
  std::vector<int64_t> axes;
  for (size_t i = 0; i < x.order.size(); ++i)
    if (x.order[i] > 1) axes.push_back(static_cast<int64_t>(i));
  const TensorId over = TRY(integers_tensor(low, node.outputs[0] + " axes", axes));
  Attrs attrs;
  attrs.set("keep_dims", int64_t{1});
  const TensorId made = TRY(emit(low, op, {from, over}, attrs, output_of(end)));
  define_end(low, end, stored_as(low, made, x.order));
  return {};
}

}  // namespace

Status onnx_global_average_pool(OnnxLowering& low, const OnnxNode& node) {
  return lower_global(low, node, "mean");
}

Status onnx_global_max_pool(OnnxLowering& low, const OnnxNode& node) {
  return lower_global(low, node, "reduce_max");
}

}  // namespace assay
