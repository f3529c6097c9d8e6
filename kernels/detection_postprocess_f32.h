#ifndef ASSAY_DETECTION_POSTPROCESS_F32_H
#define ASSAY_DETECTION_POSTPROCESS_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_detection_postprocess_f32 {
  int32_t boxes, encoded;       /* boxes, floats of each encoding */
  int32_t classes, of_row;      /* classes, scores of a box; if one more, the first is background */
  int32_t detections;           /* rows of the outputs */
  int32_t per_class;            /* the most of one class; 0: a box counts by its best class alone */
  float least_score, least_iou; /* what counts as a detection, as the same */
  float y_scale, x_scale, h_scale, w_scale;
};

ASSAY_KERNEL void assay_detection_postprocess_f32(const struct assay_detection_postprocess_f32 *p,
                                                  const float *encodings, const float *scores,
                                                  const float *anchors, float *out_boxes,
                                                  float *out_classes, float *out_scores,
                                                  float *out_count, void *scratch);

ASSAY_END_C

#endif
