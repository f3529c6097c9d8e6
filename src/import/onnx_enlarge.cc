// Operators that make more of what there is: repeat it, resize it, spread it out.
//
// A nearest resize is one operator of ours where it takes the same pixels, else a gather an axis.
// ConvTranspose computes the whole output and cuts off what the file calls padding, but where that
// is TFLite's "same". What is stored as int8 stays so. Not handled: cubic, antialiased and cropping
// resizes; dilated ConvTranspose. Source:
// https://onnx.ai/onnx/operators/onnx__Resize.html and the like.
#include <algorithm>
#include <cmath>

#include "import/onnx_steps.h"
#include "import/onnx_window.h"
#include "ops/window.h"

namespace assay {
namespace {

EmitOutput output_like(const OnnxLowering& low, const std::string& name, TensorId from) {
  return {name, tensor_of(low, from).dtype, tensor_of(low, from).quant};
}

}  // namespace

Status onnx_expand(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const auto wanted = TRY(integers_of(low, node, 1, "the shape"));
  if (!wanted) return fail(ErrorKind::input, "its shape is left out");
  const TensorId from = TRY(in_plain_order(low, x));
  const size_t rank = std::max(wanted->size(), x.shape.dims.size());
  std::vector<int64_t> dims(rank, 1);
  std::ranges::copy(*wanted, dims.end() - static_cast<std::ptrdiff_t>(wanted->size()));
  for (size_t i = 0; i < x.shape.dims.size(); ++i) {
    int64_t& dim = dims[rank - x.shape.dims.size() + i];
    if (dim == 1) dim = x.shape.dims[i];
  }
  const TensorId shape = TRY(integers_tensor(low, node.outputs[0] + " shape", dims));
  const TensorId made =
      TRY(emit(low, "broadcast_to", {from, shape}, {}, output_like(low, node.outputs[0], from)));
  define(low, node, stored(tensor_of(low, made).shape, made, low));
  return {};
}

Status onnx_tile(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const auto times = TRY(integers_of(low, node, 1, "repeats"));
  if (!times) return fail(ErrorKind::input, "its repeats are left out");
  const TensorId from = TRY(in_plain_order(low, x));
  const TensorId by = TRY(integers_tensor(low, node.outputs[0] + " repeats", *times));
  const TensorId made =
      TRY(emit(low, "tile", {from, by}, {}, output_like(low, node.outputs[0], from)));
  define(low, node, stored(tensor_of(low, made).shape, made, low));
  return {};
}

/// The upper or lower triangle of the last two axes, zeros elsewhere.
Status onnx_trilu(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const int rank = x.shape.rank();
  if (rank < 2) return fail(ErrorKind::input, "a triangle of {}", text(x.shape));
  const auto given = TRY(integers_of(low, node, 1, "k"));
  const int64_t k = given && !given->empty() ? given->front() : 0;
  const bool upper = node.integer("upper", 1) != 0;
  const TensorId from = TRY(in_plain_order(low, x));
  const int32_t rows = x.shape[rank - 2], columns = x.shape[rank - 1];
  const auto mask = TRY(own_elements<uint8_t>(low, int64_t{rows} * columns));
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      mask[static_cast<size_t>(r * columns + c)] = upper ? c - r >= k : c - r <= k;
  const Dtype dtype = tensor_of(low, from).dtype;
  const auto zero = TRY(own_bytes(low, std::max(bits(dtype) / 8, 1)));
  const std::string& name = node.outputs[0];
  const TensorId keep =
      constant_tensor(low, name + " mask", Dtype::boolean, {{rows, columns}}, std::as_bytes(mask));
  const TensorId nothing = constant_tensor(low, name + " zero", dtype, {}, zero);
  const TensorId made =
      TRY(emit(low, "select_v2", {keep, from, nothing}, {}, output_like(low, name, from)));
  define(low, node, stored(tensor_of(low, made).shape, made, low));
  return {};
}

namespace {

/// Image [N, H, W, C] -> image, by blocks.
Status lower_blocks(OnnxLowering& low, const OnnxNode& node, std::string_view op) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  if (x.shape.rank() != 4) return fail(ErrorKind::input, "an image of {}", text(x.shape));
  const TensorId image = TRY(image_tensor(low, x));
  Attrs attrs;
  attrs.set("block_size", node.integer("blocksize", 0));
  const TensorId made =
      TRY(emit(low, op, {image}, std::move(attrs), output_like(low, node.outputs[0], image)));
  define(low, node, TRY(image_value(low, made, 4)));
  return {};
}

}  // namespace

/// Channels are blocks first (DCR), as ours; those with the channel first (CRD, PyTorch's pixel
/// shuffle) are a transpose of one more axis each way.
Status onnx_depth_to_space(OnnxLowering& low, const OnnxNode& node) {
  if (node.word("mode", "DCR") == "DCR") return lower_blocks(low, node, "depth_to_space");
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const int64_t wide = node.integer("blocksize", 0);
  if (x.shape.rank() != 4 || wide < 1 || wide > 1 << 10 || x.shape[1] % (wide * wide) != 0)
    return fail(ErrorKind::input, "blocks of {} of {}", wide, text(x.shape));
  const auto block = static_cast<int32_t>(wide);
  const int32_t n = x.shape[0], c = x.shape[1] / (block * block), h = x.shape[2], w = x.shape[3];
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId from = TRY(in_plain_order(low, x));
  TensorId made = TRY(steps.view(from, {{n * c, block, block, h, w}}));
  const TensorId order = TRY(integers_tensor(low, steps.name + " order", {0, 3, 1, 4, 2}));
  const Dtype dtype = tensor_of(low, from).dtype;
  made = TRY(steps("transpose", {made, order}, {}, dtype));
  steps.define(node, TRY(steps.view(made, {{n, c, h * block, w * block}})));
  return {};
}

Status onnx_space_to_depth(OnnxLowering& low, const OnnxNode& node) {
  if (const std::string mode = node.word("mode", "DCR"); mode != "DCR")
    return fail(ErrorKind::unsupported, "mode {}", mode);
  return lower_blocks(low, node, "space_to_depth");
}

// Resize ------------------------------------------------------------------------------------------

namespace {

/// One axis of a resize.
struct Resized {
  int64_t in = 1, out = 1;
  float scale = 1;
};

/// Scales or sizes by axis of the file; before opset 10 Upsample's scales are an attribute.
Result<std::vector<Resized>> resized_axes(OnnxLowering& low, const OnnxNode& node,
                                          const Shape& shape) {
  const bool is_first = node.op == "Upsample" || low.opset < 11;
  std::vector<float> scales;
  const size_t at = is_first ? 1 : 2;
  if (const auto found = node.attrs.find("scales"); found != node.attrs.end()) {
    scales = found->second.floats;
  } else if (has_onnx_input(node, at)) {
    const OnnxValue* given = TRY(onnx_input(low, node, at));
    scales = TRY(constant_floats(*given, "scales"));
  }
  std::vector<int64_t> sizes;
  if (const auto given = TRY(integers_of(low, node, 3, "sizes"))) sizes = *given;
  std::vector<int64_t> axes = node.integers("axes");
  if (!node.has("axes"))
    for (int i = 0; i < shape.rank(); ++i) axes.push_back(i);
  std::vector<Resized> made;
  for (const int32_t extent : shape.dims) made.push_back({extent, extent, 1});
  if ((scales.empty() ? sizes.size() : scales.size()) != axes.size())
    return fail(ErrorKind::input, "{} scales and {} sizes for {} axes", scales.size(), sizes.size(),
                axes.size());
  if (!sizes.empty() && node.word("keep_aspect_ratio_policy", "stretch") != "stretch")
    return fail(ErrorKind::unsupported, "keep_aspect_ratio_policy");
  for (size_t i = 0; i < axes.size(); ++i) {
    Resized& axis = made[static_cast<size_t>(TRY(onnx_axis(axes[i], shape.rank())))];
    if (scales.empty()) {
      axis.out = sizes[i];
      axis.scale = static_cast<float>(axis.out) / static_cast<float>(axis.in);
    } else {
      axis.scale = scales[i];
      axis.out = static_cast<int64_t>(static_cast<float>(axis.in) * std::min(axis.scale, 1e6F));
    }
    if (!(axis.scale > 0) || axis.out < 1 || axis.out > 1 << 20)
      return fail(ErrorKind::input, "axis {} of {} by {}", axes[i], axis.in, axis.scale);
  }
  return made;
}

/// Where ONNX says that place `o` of an axis comes from.
Result<float> original(const Resized& axis, const std::string& mode, int64_t place) {
  const auto o = static_cast<float>(place);
  if (mode == "asymmetric") return o / axis.scale;
  if (mode == "half_pixel") return (o + 0.5F) / axis.scale - 0.5F;
  if (mode == "pytorch_half_pixel") return axis.out > 1 ? (o + 0.5F) / axis.scale - 0.5F : 0.0F;
  if (mode == "align_corners")
    return axis.out == 1 ? 0.0F
                         : o * static_cast<float>(axis.in - 1) / static_cast<float>(axis.out - 1);
  return fail(ErrorKind::unsupported, "coordinates by {}", mode);
}

Result<std::vector<int64_t>> nearest_places(const Resized& axis, const std::string& coordinates,
                                            const std::string& mode) {
  std::vector<int64_t> places;
  for (int64_t o = 0; o < axis.out; ++o) {
    const float at = TRY(original(axis, coordinates, o));
    const float rounded = mode == "floor"               ? std::floor(at)
                          : mode == "ceil"              ? std::ceil(at)
                          : mode == "round_prefer_ceil" ? std::floor(at + 0.5F)
                                                        : std::ceil(at - 0.5F);
    places.push_back(std::clamp<int64_t>(static_cast<int64_t>(rounded), 0, axis.in - 1));
  }
  return places;
}

/// Whether our operator takes these pixels: floor(o * in / out).
bool is_ours(const Resized& axis, const std::vector<int64_t>& places) {
  const float step = static_cast<float>(axis.in) / static_cast<float>(axis.out);
  for (size_t o = 0; o < places.size(); ++o)
    if (places[o] != static_cast<int64_t>(std::floor(static_cast<float>(o) * step))) return false;
  return true;
}

Status lower_nearest(OnnxLowering& low, const OnnxNode& node, OnnxValue& x,
                     const std::vector<Resized>& axes, const std::string& coordinates) {
  const std::string mode = node.op == "Upsample" || low.opset < 11
                               ? "floor"
                               : node.word("nearest_mode", "round_prefer_floor");
  std::vector<std::vector<int64_t>> places;
  for (const Resized& axis : axes) places.push_back(TRY(nearest_places(axis, coordinates, mode)));
  const OnnxSteps steps{low, node.outputs[0]};
  const bool is_image = axes.size() == 4 && axes[0].out == axes[0].in && axes[1].out == axes[1].in;
  if (is_image && is_ours(axes[2], places[2]) && is_ours(axes[3], places[3])) {
    const TensorId image = TRY(image_tensor(low, x, true));
    const TensorId size =
        TRY(integers_tensor(low, steps.name + " size", {axes[2].out, axes[3].out}));
    const TensorId made = TRY(emit(low, "resize_nearest_neighbor", {image, size}, {},
                                   output_like(low, steps.name, image)));
    define(low, node, stored_like(low, made, x, image_order(4)));
    return {};
  }
  TRY_STATUS(settle(low, x));
  TensorId made = TRY(in_order_as_stored(low, x, x.order));
  for (size_t at = 0; at < x.order.size(); ++at) {
    const auto axis = static_cast<size_t>(x.order[at]);
    if (axes[axis].in == axes[axis].out) continue;
    const TensorId index = TRY(integers_tensor(low, steps.name + " places", places[axis]));
    Attrs attrs;
    attrs.set("axis", static_cast<int64_t>(at));
    made = TRY(
        emit(low, "gather", {made, index}, std::move(attrs), output_like(low, steps.name, made)));
  }
  define(low, node, stored_like(low, made, x, x.order));
  return {};
}

Status lower_linear(OnnxLowering& low, const OnnxNode& node, OnnxValue& x,
                    const std::vector<Resized>& axes, const std::string& coordinates) {
  if (axes.size() < 3 || axes.size() > 4 || axes[0].out != axes[0].in || axes[1].out != axes[1].in)
    return fail(ErrorKind::unsupported, "a linear resize of {}, need an image's last axes",
                text(x.shape));
  const bool is_s8 = tensor_of(low, x.tensor).dtype == Dtype::s8;
  if (x.dtype != Dtype::f32 && !is_s8)
    return fail(ErrorKind::unsupported, "of type {}", name(x.dtype));
  Attrs attrs;
  for (size_t i = 2; i < axes.size(); ++i) {
    const Resized& axis = axes[i];
    const float ratio = static_cast<float>(axis.out) / static_cast<float>(axis.in);
    if (coordinates != "align_corners" && std::abs(axis.scale - ratio) > 1e-6F * ratio)
      return fail(ErrorKind::unsupported, "a scale of {} from {} to {}", axis.scale, axis.in,
                  axis.out);
    if (coordinates != "asymmetric" && coordinates != "half_pixel" && axis.out == 1 && axis.in > 1)
      return fail(ErrorKind::unsupported, "one pixel of {} by {}", axis.in, coordinates);
  }
  if (coordinates == "align_corners")
    attrs.set("align_corners", int64_t{1});
  else if (coordinates == "half_pixel" || coordinates == "pytorch_half_pixel")
    attrs.set("half_pixel_centers", int64_t{1});
  else if (coordinates != "asymmetric")
    return fail(ErrorKind::unsupported, "coordinates by {}", coordinates);
  const TensorId image = TRY(image_tensor(low, x, is_s8));
  const int64_t height = axes.size() == 4 ? axes[2].out : 1;
  const TensorId size =
      TRY(integers_tensor(low, node.outputs[0] + " size", {height, axes.back().out}));
  const TensorId made = TRY(emit(low, "resize_bilinear", {image, size}, std::move(attrs),
                                 output_like(low, node.outputs[0], image)));
  OnnxValue y = TRY(image_value(low, made, x.shape.rank()));
  y.dtype = x.dtype;
  y.real = x.real;
  define(low, node, std::move(y));
  return {};
}

}  // namespace

Status onnx_resize(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  if (x.shape.elements() == 0) return fail(ErrorKind::input, "an image of {}", text(x.shape));
  if (x.constant) return fail(ErrorKind::unsupported, "an image that is constant");
  const bool is_old = node.op == "Upsample" || low.opset < 11;
  const std::string mode = node.word("mode", "nearest");
  const std::string coordinates =
      is_old ? "asymmetric" : node.word("coordinate_transformation_mode", "half_pixel");
  const std::vector<Resized> axes = TRY(resized_axes(low, node, x.shape));
  const bool shrinks = std::ranges::any_of(axes, [](const Resized& a) { return a.out < a.in; });
  if (node.integer("antialias", 0) != 0 && shrinks)
    return fail(ErrorKind::unsupported, "antialias");
  if (mode == "nearest") return lower_nearest(low, node, x, axes, coordinates);
  if (mode == "linear") return lower_linear(low, node, x, axes, coordinates);
  return fail(ErrorKind::unsupported, "mode {}", mode);
}

// ConvTranspose -----------------------------------------------------------------------------------

namespace {

/// One axis: `whole` pixels are made of `in`, of which [before, before + out) are the output.
struct Spread {
  int64_t in = 1, filter = 1, stride = 1, whole = 1, before = 0, out = 1;

  /// Whether TFLite's "same" leaves off the same pixels.
  bool is_same() const {
    const Result<WindowAxis> axis = window_axis("same", out, filter, stride, 1);
    return axis && axis->out == in && axis->pad == before;
  }
};

Result<Spread> spread_of(const OnnxNode& node, size_t axis, size_t axes, int64_t in,
                         int64_t filter) {
  const auto at = [&](std::string_view attr, size_t i, int64_t otherwise) {
    const std::vector<int64_t> values = node.integers(attr);
    return i < values.size() ? values[i] : otherwise;
  };
  Spread made{.in = in, .filter = filter, .stride = at("strides", axis, 1)};
  if (at("dilations", axis, 1) != 1) return fail(ErrorKind::unsupported, "a dilated window");
  const int64_t extra = at("output_padding", axis, 0), wanted = at("output_shape", axis, 0);
  if (made.stride < 1 || made.stride > 1 << 10 || filter < 1 || extra < 0 || extra > made.stride)
    return fail(ErrorKind::input, "stride {}, filter {}, output padding {}", made.stride, filter,
                extra);
  made.whole = (in - 1) * made.stride + filter + extra;
  const std::string pad = node.word("auto_pad", "NOTSET");
  int64_t after = at("pads", axis + axes, 0);
  made.before = at("pads", axis, 0);
  if (wanted > 0 || pad == "SAME_UPPER" || pad == "SAME_LOWER") {
    const int64_t total =
        std::max<int64_t>(made.whole - (wanted > 0 ? wanted : made.in * made.stride), 0);
    made.before = pad == "SAME_UPPER" ? total / 2 : total - total / 2;
    after = total - made.before;
  }
  made.out = made.whole - made.before - after;
  if (made.before < 0 || after < 0 || made.out < 1 || (wanted > 0 && made.out != wanted))
    return fail(ErrorKind::unsupported, "{} pixels of {} with pads {} and {}", made.out, made.whole,
                made.before, after);
  return made;
}

/// Weights [I, O, H, W] as ours, [O, H, W, I]; of one of the groups that I is divided into.
Result<TensorId> spread_filter(OnnxLowering& low, const OnnxNode& node, OnnxValue& w, size_t group,
                               size_t groups) {
  TRY_STATUS(as_the_file_says(low, w));
  if (!w.constant || w.dtype != Dtype::f32)
    return fail(ErrorKind::unsupported, "weights that are not constant floats");
  OnnxTensor weights = *w.constant;
  const size_t bytes = weights.bytes.size() / groups;
  weights.bytes = weights.bytes.subspan(group * bytes, bytes);
  weights.dims[0] /= static_cast<int64_t>(groups);
  if (w.shape.rank() == 3) weights.dims.insert(weights.dims.begin() + 2, 1);
  const OnnxTensor made = TRY(reorder_constant(low, weights, {1, 2, 3, 0}));
  Shape shape;
  for (const int64_t dim : made.dims) shape.dims.push_back(static_cast<int32_t>(dim));
  return constant_tensor(low, node.outputs[0] + " weights", Dtype::f32, shape, made.bytes);
}

constexpr int64_t kMostGroups = 64;

/// The image's channels in so many equal parts.
Result<std::vector<TensorId>> along_channels(const OnnxSteps& steps, TensorId image, size_t count) {
  if (count == 1) return std::vector{image};
  const int64_t each = tensor_of(steps.low, image).shape[3] / static_cast<int64_t>(count);
  const TensorId sizes =
      TRY(integers_tensor(steps.low, steps.name + " sizes", std::vector<int64_t>(count, each)));
  const TensorId axis = TRY(integers_tensor(steps.low, steps.name + " axis", {3}));
  return emit(steps.low, "split_v", {image, sizes, axis}, {},
              std::vector<EmitOutput>(count, {steps.name + " group", Dtype::f32}));
}

/// The bias of one group.
Result<TensorId> spread_bias(OnnxLowering& low, const OnnxNode& node, size_t group, size_t groups) {
  OnnxValue bias = *TRY(onnx_input(low, node, 2));
  TRY_STATUS(as_the_file_says(low, bias));
  const std::vector<float> values = TRY(constant_floats(bias, "the bias"));
  const size_t each = values.size() / groups;
  return float_tensor(low, node.outputs[0] + " bias", {{static_cast<int32_t>(each)}},
                      std::span(values).subspan(group * each, each));
}

}  // namespace

Status onnx_conv_transpose(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxValue& w = *TRY(onnx_input(low, node, 1));
  TRY_STATUS(as_the_file_says(low, x));
  const int rank = x.shape.rank();
  if ((rank != 3 && rank != 4) || w.shape.rank() != rank || w.shape[0] != x.shape[1])
    return fail(ErrorKind::unsupported, "an image of {} and weights {}", text(x.shape),
                text(w.shape));
  const int64_t groups = node.integer("group", 1);
  if (groups < 1 || groups > kMostGroups || x.shape[1] % groups != 0)
    return fail(ErrorKind::unsupported, "{} channels in {} groups, at most {} are", x.shape[1],
                groups, kMostGroups);
  const auto axes = static_cast<size_t>(rank - 2);
  std::vector<Spread> spread(2);
  for (size_t i = 0; i < axes; ++i)
    spread[2 - axes + i] = TRY(spread_of(node, i, axes, x.shape.dims[i + 2], w.shape.dims[i + 2]));
  const bool is_same = spread[0].is_same() && spread[1].is_same();
  const OnnxSteps steps{low, node.outputs[0]};
  const auto extent = [&](const Spread& of) { return is_same ? of.out : of.whole; };
  const TensorId shape = TRY(integers_tensor(
      low, steps.name + " shape", {x.shape[0], extent(spread[0]), extent(spread[1]), w.shape[1]}));
  Attrs attrs;
  attrs.set("padding", std::string(is_same ? "same" : "valid"));
  attrs.set("stride_h", spread[0].stride);
  attrs.set("stride_w", spread[1].stride);
  const TensorId image = TRY(image_tensor(low, x));
  const std::vector<TensorId> parts =
      TRY(along_channels(steps, image, static_cast<size_t>(groups)));
  std::vector<TensorId> made_parts;
  for (size_t g = 0; g < parts.size(); ++g) {
    const TensorId filter = TRY(spread_filter(low, node, w, g, parts.size()));
    std::vector<TensorId> inputs = {shape, filter, parts[g]};
    if (has_onnx_input(node, 2)) inputs.push_back(TRY(spread_bias(low, node, g, parts.size())));
    made_parts.push_back(TRY(steps("transpose_conv", std::move(inputs), attrs)));
  }
  TensorId made = made_parts[0];
  if (made_parts.size() > 1) {
    Attrs joined;
    joined.set("axis", int64_t{3});
    made = TRY(steps("concatenation", made_parts, joined));
  }
  if (extent(spread[0]) != spread[0].out || extent(spread[1]) != spread[1].out) {
    const std::vector<int64_t> begin = {0, spread[0].before, spread[1].before, 0},
                               size = {-1, spread[0].out, spread[1].out, -1};
    const TensorId from = TRY(integers_tensor(low, steps.name + " begin", begin));
    const TensorId count = TRY(integers_tensor(low, steps.name + " size", size));
    made = TRY(steps("slice", {made, from, count}));
  }
  define(low, node, TRY(image_value(low, made, rank)));
  return {};
}

}  // namespace assay
