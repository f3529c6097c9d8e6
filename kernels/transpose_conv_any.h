/* Transposed 2-D convolution over types (assay_any.h). Each output gathers the taps whose input
 * exists: rows and columns of the filter that are congruent to the output's place modulo the
 * stride. Input rows and columns ascend, so that floats are added in the order of TFLite's
 * reference. */
#include "assay_any.h"

#ifdef ASSAY_K
/* One output of channel `w` at (y, x), the output's place plus padding. */
ASSAY_INLINE ASSAY_SUM ASSAY_OF(_sum)(const struct ASSAY_K *p, const ASSAY_X *image,
                                      const ASSAY_FLASH ASSAY_W *w, int32_t y, int32_t x) {
  ASSAY_SUM sum = 0;
  int32_t iy, ix, i;
  const int32_t top = y - p->k_h < 0 ? 0 : (y - p->k_h) / p->stride_h + 1;
  const int32_t left = x - p->k_w < 0 ? 0 : (x - p->k_w) / p->stride_w + 1;
  const int32_t last_y = y / p->stride_h, last_x = x / p->stride_w;
  const int32_t bottom = last_y < p->in_h ? last_y : p->in_h - 1;
  const int32_t right = last_x < p->in_w ? last_x : p->in_w - 1;
  for (iy = top; iy <= bottom; ++iy) {
    for (ix = left; ix <= right; ++ix) {
      const ASSAY_X *pixel = image + (iy * p->in_w + ix) * p->in_c;
      const ASSAY_FLASH ASSAY_W *tap =
          w + ((y - iy * p->stride_h) * p->k_w + (x - ix * p->stride_w)) * p->in_c;
      for (i = 0; i < p->in_c; ++i) sum += ASSAY_TAP(pixel[i], tap[i]);
    }
  }
  return sum;
}

/* One image. */
ASSAY_INLINE void ASSAY_OF(_image)(const struct ASSAY_K *p, const ASSAY_X *in, ASSAY_Y *out) {
  const int32_t taps = p->k_h * p->k_w * p->in_c;
  int32_t oy, ox, oc;
  for (oy = 0; oy < p->out_h; ++oy) {
    for (ox = 0; ox < p->out_w; ++ox) {
      for (oc = 0; oc < p->out_c; ++oc) {
        const ASSAY_SUM sum =
            ASSAY_OF(_sum)(p, in, p->weights + oc * taps, oy + p->pad_h, ox + p->pad_w);
        *out++ = ASSAY_DONE(p, oc, sum);
      }
    }
  }
}

#undef ASSAY_K
#undef ASSAY_X
#undef ASSAY_W
#undef ASSAY_Y
#undef ASSAY_SUM
#undef ASSAY_TAP
#undef ASSAY_DONE

#endif /* ASSAY_K */
