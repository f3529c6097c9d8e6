// Sliding windows: auto_pad, explicit pads, lines as images of height 1, channels first to last.
//
// Source: https://onnx.ai/onnx/operators/onnx__Conv.html (auto_pad, pads).
#include "import/onnx_window.h"

#include <algorithm>

#include "ops/window.h"

namespace assay {
namespace {

Result<std::vector<int64_t>> by_axis(const OnnxNode& node, std::string_view name, size_t axes,
                                     int64_t otherwise) {
  std::vector<int64_t> values = node.integers(name, std::vector<int64_t>(axes, otherwise));
  if (values.size() != axes)
    return fail(ErrorKind::input, "{} {} for {} axes", values.size(), name, axes);
  for (const int64_t value : values)
    if (value < 1 || value > INT32_MAX / 2) return fail(ErrorKind::input, "{} has {}", name, value);
  return values;
}

/// As many outputs as ceil(in / stride); the odd padding after, or before for SAME_LOWER.
void pad_same(OnnxWindow& window, const Shape& image, bool lower) {
  for (size_t i = 0; i < window.filter.size(); ++i) {
    const int64_t in = image.dims[i + 2], stride = window.stride[i];
    const int64_t reach = (window.filter[i] - 1) * window.dilation[i] + 1;
    const int64_t total =
        std::max<int64_t>(((in + stride - 1) / stride - 1) * stride + reach - in, 0);
    window.before[i] = lower ? total - total / 2 : total / 2;
    window.after[i] = total - window.before[i];
  }
}

Status read_pads(const OnnxNode& node, const Shape& image, OnnxWindow& window) {
  const size_t axes = window.filter.size();
  window.before.assign(axes, 0);
  window.after.assign(axes, 0);
  const std::string automatic = node.word("auto_pad", "NOTSET");
  if (automatic == "VALID") return {};
  if (automatic.starts_with("SAME")) {
    pad_same(window, image, automatic == "SAME_LOWER");
    return {};
  }
  const std::vector<int64_t> pads = node.integers("pads", std::vector<int64_t>(2 * axes, 0));
  if (pads.size() != 2 * axes)
    return fail(ErrorKind::input, "{} pads for {} axes", pads.size(), axes);
  for (size_t i = 0; i < axes; ++i) {
    window.before[i] = pads[i];
    window.after[i] = pads[axes + i];
  }
  return {};
}

}  // namespace

Result<OnnxWindow> onnx_window(const OnnxNode& node, const Shape& image,
                               std::vector<int64_t> filter) {
  const size_t axes = filter.size();
  if (std::cmp_not_equal(image.rank(), axes + 2))
    return fail(ErrorKind::input, "a window of {} axes over {}", axes, text(image));
  if (axes < 1 || axes > 2)
    return fail(ErrorKind::unsupported, "a window of {} axes, one or two are supported", axes);
  for (const int64_t extent : filter)
    if (extent < 1 || extent > INT32_MAX / 2)
      return fail(ErrorKind::input, "a window of extent {}", extent);
  OnnxWindow window;
  window.filter = std::move(filter);
  window.stride = TRY(by_axis(node, "strides", axes, 1));
  window.dilation = TRY(by_axis(node, "dilations", axes, 1));
  TRY_STATUS(read_pads(node, image, window));
  if (axes == 2) return window;
  for (auto* values : {&window.filter, &window.stride, &window.dilation})
    values->insert(values->begin(), 1);
  for (auto* values : {&window.before, &window.after}) values->insert(values->begin(), 0);
  return window;
}

Attrs window_attrs(const OnnxWindow& window, const Shape& image) {
  Attrs attrs;
  attrs.set("stride_h", window.stride[0]);
  attrs.set("stride_w", window.stride[1]);
  attrs.set("dilation_h", window.dilation[0]);
  attrs.set("dilation_w", window.dilation[1]);
  const auto extent = [&](size_t i) -> int64_t {
    return image.rank() == 3 ? (i == 0 ? 1 : image.dims[2]) : image.dims[i + 2];
  };
  for (const std::string_view word : {"valid", "same"}) {
    bool equal = true;
    for (size_t i = 0; i < 2; ++i) {
      const int64_t room = extent(i) + window.before[i] + window.after[i] -
                           ((window.filter[i] - 1) * window.dilation[i] + 1);
      const Result<WindowAxis> axis =
          window_axis(word, extent(i), window.filter[i], window.stride[i], window.dilation[i]);
      equal = equal && room >= 0 && axis && axis->pad == window.before[i] &&
              axis->out == room / window.stride[i] + 1;
    }
    if (!equal) continue;
    attrs.set("padding", std::string(word));
    return attrs;
  }
  attrs.set("padding", std::string("explicit"));
  attrs.set("pads", std::vector<int64_t>{window.before[0], window.before[1], window.after[0],
                                         window.after[1]});
  return attrs;
}

Result<TensorId> image_tensor(OnnxLowering& low, OnnxValue& value, bool as_stored) {
  const int rank = value.shape.rank();
  const std::vector<int> order = image_order(rank);
  const TensorId tensor =
      as_stored ? TRY(in_order_as_stored(low, value, order)) : TRY(in_order(low, value, order));
  if (rank == 4) return tensor;
  OnnxValue line = stored(tensor_of(low, tensor).shape, tensor, low);
  Shape image = line.shape;
  image.dims.insert(image.dims.begin() + 1, 1);
  const OnnxValue made = TRY(reshaped(low, line, image));
  return made.tensor;
}

Result<OnnxValue> image_value(OnnxLowering& low, TensorId tensor, int rank) {
  if (rank == 4) return stored_as(low, tensor, image_order(4));
  OnnxValue image = stored(tensor_of(low, tensor).shape, tensor, low);
  Shape line = image.shape;
  line.dims.erase(line.dims.begin() + 1);
  const OnnxValue made = TRY(reshaped(low, image, line));
  return stored_as(low, made.tensor, image_order(3));
}

}  // namespace assay
