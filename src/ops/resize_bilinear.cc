// resize_bilinear: an image at another size, each pixel from four.
//
// Which four and with which weights is known beforehand: tables of rows and columns. Integers weigh
// in 1024ths and round half away from zero, as TFLite does. Not handled: uint8, which LiteRT alone
// knows and computes in float.
// Source: tflite-micro, kernels/internal/reference/resize_bilinear.h.
#include <cmath>

#include "ops/resize.h"

namespace assay {
namespace {

/// Between which two places of the input each of the output lies, and how far from the lower.
struct Between {
  std::vector<int32_t> lower, upper, part;  ///< part in 1024ths, for integers
  std::vector<float> real_part;             ///< for floats
};

Between between_integers(const ResizeAxis& axis) {
  const bool corners = axis.align_corners && axis.out > 1;
  const int64_t in = corners ? axis.in - 1 : axis.in, out = corners ? axis.out - 1 : axis.out;
  const int64_t scale = (1024 * in + out / 2) / out;
  Between made;
  for (int64_t o = 0; o < axis.out; ++o) {
    const int64_t at = o * scale + (axis.half_pixel_centers ? scale / 2 - 512 : 0);
    const int64_t lower = std::max<int64_t>(at / 1024, 0);
    made.lower.push_back(static_cast<int32_t>(std::min<int64_t>(lower, axis.in - 1)));
    made.upper.push_back(static_cast<int32_t>(std::min<int64_t>((at + 1023) / 1024, axis.in - 1)));
    made.part.push_back(static_cast<int32_t>(at - 1024 * lower));
  }
  return made;
}

Between between_floats(const ResizeAxis& axis) {
  const float scale = axis.align_corners && axis.out > 1
                          ? static_cast<float>(axis.in - 1) / static_cast<float>(axis.out - 1)
                          : static_cast<float>(axis.in) / static_cast<float>(axis.out);
  Between made;
  for (int32_t o = 0; o < axis.out; ++o) {
    const float at = axis.half_pixel_centers ? (static_cast<float>(o) + 0.5F) * scale - 0.5F
                                             : static_cast<float>(o) * scale;
    const int32_t lower = std::max(static_cast<int32_t>(std::floor(at)), 0);
    made.lower.push_back(std::min(lower, axis.in - 1));
    made.upper.push_back(std::min(static_cast<int32_t>(std::ceil(at)), axis.in - 1));
    made.real_part.push_back(at - static_cast<float>(lower));
  }
  return made;
}

bool is_f32(const NodeView& n) { return n.input(0).dtype == Dtype::f32; }

Between between(const NodeView& n, int axis) {
  return is_f32(n) ? between_floats(resize_axis(n, axis)) : between_integers(resize_axis(n, axis));
}

std::string unsupported(const NodeView& n) {
  const Dtype dtype = n.input(0).dtype;
  if (dtype != Dtype::s8 && dtype != Dtype::s16 && dtype != Dtype::f32)
    return unsupported_types(dtype, n.output().dtype, "s8, s16 and f32");
  return unsupported_resize(n);
}

Work work(const NodeView& n) {
  const int64_t outputs = n.output().shape.elements();
  return {.ops = saturating_product(4, outputs),
          .read_bytes = saturating_product(4, n.output().bytes()),
          .write_bytes = n.output().bytes()};
}

/// Each output is mix(upper left, lower left, upper right, lower right, row, column).
template <class T, class Mix>
void resize(const NodeView& n, const Buffers& buffers, const Mix& mix) {
  const Shape &in = n.input(0).shape, &out = n.output().shape;
  const Between rows = between(n, 1), columns = between(n, 2);
  const std::span<const T> x = buffers.in<T>(0);
  const std::span<T> y = buffers.out<T>();
  size_t to = 0;
  for (int64_t b = 0; b < out[0]; ++b)
    for (size_t oy = 0; oy < rows.lower.size(); ++oy)
      for (size_t ox = 0; ox < columns.lower.size(); ++ox)
        for (int64_t c = 0; c < out[3]; ++c) {
          const auto at = [&](int64_t row, int64_t column) {
            return x[static_cast<size_t>(((b * in[1] + row) * in[2] + column) * in[3] + c)];
          };
          y[to++] = mix(
              at(rows.lower[oy], columns.lower[ox]), at(rows.upper[oy], columns.lower[ox]),
              at(rows.lower[oy], columns.upper[ox]), at(rows.upper[oy], columns.upper[ox]), oy, ox);
        }
}

template <class T>
void resize_integers(const NodeView& n, const Buffers& buffers) {
  const Between rows = between(n, 1), columns = between(n, 2);
  resize<T>(n, buffers, [&](int64_t a, int64_t b, int64_t c, int64_t d, size_t oy, size_t ox) {
    const int64_t y = rows.part[oy], x = columns.part[ox];
    const int64_t sum =
        a * (1024 - y) * (1024 - x) + b * y * (1024 - x) + c * (1024 - y) * x + d * y * x;
    return static_cast<T>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
  });
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  switch (n.input(0).dtype) {
    case Dtype::s8:
      return resize_integers<int8_t>(n, buffers);
    case Dtype::s16:
      return resize_integers<int16_t>(n, buffers);
    default:
      break;
  }
  const Between rows = between(n, 1), columns = between(n, 2);
  resize<float>(n, buffers, [&](float a, float b, float c, float d, size_t oy, size_t ox) {
    const float y = rows.real_part[oy], x = columns.real_part[ox];
    return a * (1 - y) * (1 - x) + b * y * (1 - x) + c * (1 - y) * x + d * y * x;
  });
}

/// The table of one axis: places times `step`, and parts.
std::vector<int32_t> table(const Between& between, int64_t step) {
  std::vector<int32_t> values;
  for (size_t i = 0; i < between.lower.size(); ++i) {
    values.push_back(static_cast<int32_t>(between.lower[i] * step));
    values.push_back(static_cast<int32_t>(between.upper[i] * step));
    if (!between.part.empty()) values.push_back(between.part[i]);
  }
  return values;
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Shape &in = n.input(0).shape, &out = n.output().shape;
  const Between rows = between(n, 1), columns = between(n, 2);
  KernelCall call;
  call.kernel = fmt::format("resize_bilinear_{}", name(n.input(0).dtype));
  call.params = {{"batches", in[0]},    {"image", in.elements() / in[0]},
                 {"channels", in[3]},   {"out_h", out[1]},
                 {"out_w", out[2]},     {"rows", "rows"},
                 {"columns", "columns"}};
  call.constants = {make_constant("rows", Dtype::s32, table(rows, int64_t{in[2]} * in[3]), false),
                    make_constant("columns", Dtype::s32, table(columns, in[3]), false)};
  call.inputs = {0};
  if (!is_f32(n)) return call;
  call.params.insert(call.params.end(),
                     {{"row_parts", "row_parts"}, {"column_parts", "column_parts"}});
  call.constants.push_back(make_constant("row_parts", Dtype::f32, rows.real_part, false));
  call.constants.push_back(make_constant("column_parts", Dtype::f32, columns.real_part, false));
  return call;
}

}  // namespace

extern const OpDef resize_bilinear_op = {
    .name = "resize_bilinear",
    .summary = "an image at another size, each pixel from four",
    .types = "s8 s16 f32",
    .tflite = {.name = "RESIZE_BILINEAR",
               .opcode = 23,
               .options = 15,
               .max_version = 4,
               .fields = {{"align_corners", 2, TfliteField::boolean},
                          {"half_pixel_centers", 3, TfliteField::boolean}}},
    .infer = infer_resize,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
