// detection_postprocess: the boxes of an object detector (SSD), decoded from its anchors, those
// that overlap better ones left out. Inputs: encodings, scores, anchors. Outputs: boxes (top, left,
// bottom, right), classes, scores, how many.
//
// TFLM sorts all candidates; here the best that is left is looked for again and again, at most once
// a detection, with the same result and a tenth of the memory. Rows beyond the last detection are
// zeros, where TFLM's fast form leaves what was there; where a box is empty TFLM fails, here
// nothing is detected. Not handled: several classes a box in the fast form, which TFLM writes
// beyond its outputs. Source: tflite-micro, kernels/detection_postprocess.cc.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"

#define ASSAY_KERNEL static
#include "../../kernels/detection_postprocess_f32.c"

namespace assay {
namespace {

constexpr int64_t kMost = 1 << 16;

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3, 4));
  const Shape& boxes = node.input(0).shape;
  const Shape& scores = node.input(1).shape;
  const Shape& anchors = node.input(2).shape;
  const int64_t classes = node.attrs().integer("num_classes", 0);
  if (boxes.rank() != 3 || boxes[0] != 1 || boxes[2] < 4)
    return fail(ErrorKind::input, "encodings {} are not 1xNx4", text(boxes));
  if (scores.rank() != 3 || scores[0] != 1 || scores[1] != boxes[1] || classes < 1 ||
      scores[2] < classes || scores[2] > classes + 1)
    return fail(ErrorKind::input, "scores {} of {} classes for {} boxes", text(scores), classes,
                boxes[1]);
  if (anchors != Shape{{boxes[1], 4}})
    return fail(ErrorKind::input, "anchors are {}, needs {}x4", text(anchors), boxes[1]);
  const int64_t most = node.attrs().integer("max_detections", 0);
  const int64_t each = node.attrs().integer("max_classes_per_detection", 0);
  const int64_t per_class = node.attrs().integer("detections_per_class", 0);
  if (most < 1 || most > kMost || each < 1 || each > kMost || per_class < 1 || per_class > kMost)
    return fail(ErrorKind::input, "{} detections of {} classes, {} a class: not from 1 to {}", most,
                each, per_class, kMost);
  const double iou = node.attrs().real("nms_iou_threshold", 0);
  if (!(iou > 0 && iou <= 1))
    return fail(ErrorKind::input, "nms_iou_threshold {} is not in 0 .. 1", iou);
  const auto rows = static_cast<int32_t>(std::min(most * each, int64_t{1} << 30));
  return std::vector{Shape{{1, rows, 4}}, Shape{{1, rows}}, Shape{{1, rows}}, Shape{{1}}};
}

bool is_regular(const NodeView& node) { return node.attrs().integer("use_regular_nms", 0) != 0; }

std::string unsupported(const NodeView& node) {
  for (int i = 0; i < 3; ++i)
    if (node.input(i).dtype != Dtype::f32)
      return fmt::format("input {} is {}, only f32 is supported", i, name(node.input(i).dtype));
  for (int i = 0; i < 4; ++i)
    if (node.output(i).dtype != Dtype::f32)
      return fmt::format("output {} is {}, only f32 is supported", i, name(node.output(i).dtype));
  const int64_t each = node.attrs().integer("max_classes_per_detection", 0);
  if (each > 1) return fmt::format("max_classes_per_detection is {}, only 1 is supported", each);
  return {};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const auto real = [&](std::string_view attr) {
    return static_cast<float>(node.attrs().real(attr, 0));
  };
  const int64_t boxes = node.input(0).shape[1];
  const int64_t detections = node.attrs().integer("max_detections", 0);
  KernelCall call;
  call.kernel = "detection_postprocess_f32";
  call.params = {
      {"boxes", boxes},
      {"encoded", int64_t{node.input(0).shape[2]}},
      {"classes", node.attrs().integer("num_classes", 0)},
      {"of_row", int64_t{node.input(1).shape[2]}},
      {"detections", detections},
      {"per_class", is_regular(node) ? node.attrs().integer("detections_per_class", 0) : 0},
      {"least_score", real("nms_score_threshold")},
      {"least_iou", real("nms_iou_threshold")},
      {"y_scale", real("y_scale")},
      {"x_scale", real("x_scale")},
      {"h_scale", real("h_scale")},
      {"w_scale", real("w_scale")}};
  call.inputs = {0, 1, 2};
  call.outputs = {0, 1, 2, 3};
  call.takes_scratch = true;
  call.scratch_bytes = boxes * 21 + detections * 8;
  call.needs_libm = true;
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  const auto params = host_params(call, assay_detection_postprocess_f32);
  std::vector<float> scratch(static_cast<size_t>(call.scratch_bytes) / 4 + 1);
  assay_detection_postprocess_f32(&params, buffers.in<float>(0).data(), buffers.in<float>(1).data(),
                                  buffers.in<float>(2).data(), buffers.out<float>(0).data(),
                                  buffers.out<float>(1).data(), buffers.out<float>(2).data(),
                                  buffers.out<float>(3).data(), scratch.data());
}

/// Decoding and one look at every score; suppression depends on the data.
Work work(const NodeView& node) {
  Work work{.ops = node.input(0).shape.elements() + node.input(1).shape.elements()};
  for (int i = 0; i < 3; ++i) work.read_bytes += node.input(i).bytes();
  for (int i = 0; i < 4; ++i) work.write_bytes += node.output(i).bytes();
  return work;
}

}  // namespace

extern const OpDef detection_postprocess_op = {
    .name = "detection_postprocess",
    .summary = "a detector's boxes, those that overlap better ones left out",
    .types = "f32",
    .tflite = {.name = "TFLite_Detection_PostProcess",
               .fields = {{"max_detections", 0, TfliteField::int32},
                          {"max_classes_per_detection", 0, TfliteField::int32},
                          {"detections_per_class", 0, TfliteField::int32, 100},
                          {"use_regular_nms", 0, TfliteField::boolean},
                          {"nms_score_threshold", 0, TfliteField::float32},
                          {"nms_iou_threshold", 0, TfliteField::float32},
                          {"num_classes", 0, TfliteField::int32},
                          {"y_scale", 0, TfliteField::float32},
                          {"x_scale", 0, TfliteField::float32},
                          {"h_scale", 0, TfliteField::float32},
                          {"w_scale", 0, TfliteField::float32}},
               .custom = "TFLite_Detection_PostProcess"},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
