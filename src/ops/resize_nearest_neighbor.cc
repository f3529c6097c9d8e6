// resize_nearest_neighbor: each pixel of the output is one of the input.
//
// Which one is known beforehand: tables of rows and columns, and one kernel that copies pixels of
// any type. Source: tflite-micro, kernels/internal/reference/resize_nearest_neighbor.h.
#include <cmath>
#include <cstring>

#include "ops/resize.h"

namespace assay {
namespace {

/// Where each place of the output comes from, times `step`.
std::vector<int32_t> sources(const ResizeAxis& axis, int64_t step) {
  const float scale = axis.align_corners && axis.out > 1
                          ? static_cast<float>(axis.in - 1) / static_cast<float>(axis.out - 1)
                          : static_cast<float>(axis.in) / static_cast<float>(axis.out);
  const float offset = axis.half_pixel_centers ? 0.5F : 0.0F;
  std::vector<int32_t> from;
  for (int32_t o = 0; o < axis.out; ++o) {
    const float at = (static_cast<float>(o) + offset) * scale;
    const float nearest = axis.align_corners ? std::round(at) : std::floor(at);
    from.push_back(static_cast<int32_t>(
        step * std::clamp<int64_t>(static_cast<int64_t>(nearest), 0, axis.in - 1)));
  }
  return from;
}

struct Sources {
  int64_t pixel = 0, image = 0;  ///< bytes
  std::vector<int32_t> rows, columns;
};

Sources sources_of(const NodeView& n) {
  const Shape& in = n.input(0).shape;
  Sources made;
  made.pixel = in[3] * element_bytes(n.input(0).dtype);
  made.image = made.pixel * in[1] * in[2];
  made.rows = sources(resize_axis(n, 1), made.pixel * in[2]);
  made.columns = sources(resize_axis(n, 2), made.pixel);
  return made;
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const Sources from = sources_of(n);
  std::byte* to = buffers.outputs[0].data();
  for (int64_t image = 0; image < n.input(0).shape[0]; ++image)
    for (const int32_t row : from.rows)
      for (const int32_t column : from.columns) {
        std::memcpy(to, buffers.inputs[0].data() + image * from.image + row + column,
                    static_cast<size_t>(from.pixel));
        to += from.pixel;
      }
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Sources from = sources_of(n);
  KernelCall call;
  call.kernel = "resize_nearest";
  call.params = {{"batches", n.input(0).shape[0]},
                 {"image", from.image},
                 {"pixel", from.pixel},
                 {"out_h", std::ssize(from.rows)},
                 {"out_w", std::ssize(from.columns)},
                 {"rows", "rows"},
                 {"columns", "columns"}};
  call.constants = {make_constant("rows", Dtype::s32, from.rows, false),
                    make_constant("columns", Dtype::s32, from.columns, false)};
  call.inputs = {0};
  return call;
}

}  // namespace

extern const OpDef resize_nearest_neighbor_op = {
    .name = "resize_nearest_neighbor",
    .summary = "an image's nearest pixels at another size",
    .types = "any of whole bytes",
    .tflite = {.name = "RESIZE_NEAREST_NEIGHBOR",
               .opcode = 97,
               .options = 74,
               .max_version = 4,
               .fields = {{"align_corners", 0, TfliteField::boolean},
                          {"half_pixel_centers", 1, TfliteField::boolean}}},
    .infer = infer_resize,
    .unsupported = unsupported_resize,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
