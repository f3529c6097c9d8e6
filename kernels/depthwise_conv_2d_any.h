/* Depthwise 2-D convolution over types (assay_any.h): any shape, stride, dilation, multiplier. Taps
 * on padding are left out. */
#include "assay_any.h"

#ifdef ASSAY_K
/* One output: the window begins at (y, x) of `image`, which begins at the channel. */
ASSAY_INLINE ASSAY_SUM ASSAY_OF(_sum)(const struct ASSAY_K *p, const ASSAY_X *image,
                                      const ASSAY_FLASH ASSAY_W *w, int32_t y, int32_t x) {
  const int32_t out_c = p->in_c * p->multiplier;
  ASSAY_SUM sum = 0;
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    for (kx = 0; kx < p->k_w; ++kx, w += out_c) {
      const int32_t ix = x + kx * p->dilation_w;
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w)
        sum += ASSAY_TAP(image[(iy * p->in_w + ix) * p->in_c], *w);
    }
  }
  return sum;
}

/* One image. */
ASSAY_INLINE void ASSAY_OF(_image)(const struct ASSAY_K *p, const ASSAY_X *in, ASSAY_Y *out) {
  int32_t oy, ox, ic, m;
  for (oy = 0; oy < p->out_h; ++oy) {
    for (ox = 0; ox < p->out_w; ++ox) {
      int32_t oc = 0;
      for (ic = 0; ic < p->in_c; ++ic) {
        for (m = 0; m < p->multiplier; ++m, ++oc) {
          const ASSAY_SUM sum =
              ASSAY_OF(_sum)(p, in + ic, p->weights + oc, oy * p->stride_h - p->pad_h,
                             ox * p->stride_w - p->pad_w);
          *out++ = ASSAY_DONE(p, oc, sum);
        }
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
