/* Boxes of an object detector: decoded, and those that overlap better ones left out. */
#include "detection_postprocess_f32.h"

#ifndef ASSAY_DETECTION_POSTPROCESS_F32_C
#define ASSAY_DETECTION_POSTPROCESS_F32_C

#include <math.h>

/* Corners (top, left, bottom, right) of all boxes; 0 if one of them is empty. */
ASSAY_INLINE int32_t assay_detection_decode(const struct assay_detection_postprocess_f32 *p,
                                            const float *encodings, const float *anchors,
                                            float *corners) {
  int32_t i, valid = 1;
  for (i = 0; i < p->boxes; ++i, encodings += p->encoded, anchors += 4, corners += 4) {
    const double height = (double)anchors[2], width = (double)anchors[3];
    const float y =
        (float)((double)encodings[0] / (double)p->y_scale * height + (double)anchors[0]);
    const float x = (float)((double)encodings[1] / (double)p->x_scale * width + (double)anchors[1]);
    const float h = (float)(0.5 * exp((double)encodings[2] / (double)p->h_scale) * height);
    const float w = (float)(0.5 * exp((double)encodings[3] / (double)p->w_scale) * width);
    corners[0] = y - h;
    corners[1] = x - w;
    corners[2] = y + h;
    corners[3] = x + w;
    if (corners[0] >= corners[2] || corners[1] >= corners[3]) valid = 0;
  }
  return valid;
}

ASSAY_INLINE float assay_detection_iou(const float *a, const float *b) {
  const float area_a = (a[2] - a[0]) * (a[3] - a[1]), area_b = (b[2] - b[0]) * (b[3] - b[1]);
  const float height = (a[2] < b[2] ? a[2] : b[2]) - (a[0] > b[0] ? a[0] : b[0]);
  const float width = (a[3] < b[3] ? a[3] : b[3]) - (a[1] > b[1] ? a[1] : b[1]);
  const float both = (height > 0.0f ? height : 0.0f) * (width > 0.0f ? width : 0.0f);
  if (area_a <= 0.0f || area_b <= 0.0f) return 0.0f;
  return both / (area_a + area_b - both);
}

ASSAY_INLINE void assay_detection_open(const struct assay_detection_postprocess_f32 *p,
                                       const float *scores, int32_t step, uint8_t *open) {
  int32_t i;
  for (i = 0; i < p->boxes; ++i) open[i] = scores[i * step] >= p->least_score;
}

/* The best open box, the first of equals, or -1. It and those that are nearly the same are closed.
 */
ASSAY_INLINE int32_t assay_detection_next(const struct assay_detection_postprocess_f32 *p,
                                          const float *corners, const float *scores, int32_t step,
                                          uint8_t *open) {
  int32_t i, best = -1;
  for (i = 0; i < p->boxes; ++i)
    if (open[i] && (best < 0 || scores[i * step] > scores[best * step])) best = i;
  if (best < 0) return best;
  open[best] = 0;
  for (i = 0; i < p->boxes; ++i)
    if (open[i] && assay_detection_iou(corners + 4 * best, corners + 4 * i) > p->least_iou)
      open[i] = 0;
  return best;
}

ASSAY_KERNEL void assay_detection_postprocess_f32(const struct assay_detection_postprocess_f32 *p,
                                                  const float *encodings, const float *scores,
                                                  const float *anchors, float *out_boxes,
                                                  float *out_classes, float *out_scores,
                                                  float *out_count, void *scratch) {
  /* scratch: [boxes][4] corners, [boxes] best scores, [detections] kept scores, [detections] kept
   * (box * classes + class), [boxes] candidates */
  float *corners = (float *)scratch, *best = corners + 4 * p->boxes, *kept_scores = best + p->boxes;
  int32_t *kept = (int32_t *)(kept_scores + p->detections);
  uint8_t *open = (uint8_t *)(kept + p->detections);
  const float *first = scores + (p->of_row - p->classes);
  int32_t count = 0, i, c;
  const int32_t valid = assay_detection_decode(p, encodings, anchors, corners);
  if (valid && p->per_class == 0) {
    for (i = 0; i < p->boxes; ++i) {
      best[i] = first[i * p->of_row];
      for (c = 1; c < p->classes; ++c)
        if (first[i * p->of_row + c] > best[i]) best[i] = first[i * p->of_row + c];
    }
    assay_detection_open(p, best, 1, open);
    for (; count < p->detections; ++count) {
      i = assay_detection_next(p, corners, best, 1, open);
      if (i < 0) break;
      for (c = 0; first[i * p->of_row + c] != best[i];) ++c;
      kept[count] = i * p->classes + c;
      kept_scores[count] = best[i];
    }
  }
  for (c = 0; valid && p->per_class > 0 && c < p->classes; ++c) {
    int32_t taken = 0, at;
    assay_detection_open(p, first + c, p->of_row, open);
    for (; taken < p->per_class; ++taken) {
      i = assay_detection_next(p, corners, first + c, p->of_row, open);
      if (i < 0) break;
      for (at = count; at > 0 && first[i * p->of_row + c] > kept_scores[at - 1]; --at)
        if (at < p->detections) {
          kept[at] = kept[at - 1];
          kept_scores[at] = kept_scores[at - 1];
        }
      if (at == p->detections) break; /* the class's next ones are no better */
      kept[at] = i * p->classes + c;
      kept_scores[at] = first[i * p->of_row + c];
      if (count < p->detections) ++count;
    }
  }
  for (i = 0; i < p->detections; ++i) {
    const int32_t is_kept = i < count;
    for (c = 0; c < 4; ++c)
      out_boxes[4 * i + c] = is_kept ? corners[4 * (kept[i] / p->classes) + c] : 0.0f;
    out_classes[i] = is_kept ? (float)(kept[i] % p->classes) : 0.0f;
    out_scores[i] = is_kept ? kept_scores[i] : 0.0f;
  }
  *out_count = (float)count;
}

#endif
