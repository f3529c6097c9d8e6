/* 2-D convolution over types (assay_any.h): any shape, stride, dilation, number of groups. Taps on
 * padding are left out. */
#include "assay_any.h"

#ifdef ASSAY_K
/* One output: the window begins at (y, x) of the image; the group's channels at `image`. */
ASSAY_INLINE ASSAY_SUM ASSAY_OF(_sum)(const struct ASSAY_K *p, const ASSAY_X *image,
                                      const ASSAY_FLASH ASSAY_W *w, int32_t y, int32_t x) {
  ASSAY_SUM sum = 0;
  int32_t ky, kx, i;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    for (kx = 0; kx < p->k_w; ++kx, w += p->k_c) {
      const int32_t ix = x + kx * p->dilation_w;
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w) {
        const ASSAY_X *pixel = image + (iy * p->in_w + ix) * p->in_c;
        for (i = 0; i < p->k_c; ++i) sum += ASSAY_TAP(pixel[i], w[i]);
      }
    }
  }
  return sum;
}

/* One image. */
ASSAY_INLINE void ASSAY_OF(_image)(const struct ASSAY_K *p, const ASSAY_X *in, ASSAY_Y *out) {
  const int32_t per_group = p->out_c / (p->in_c / p->k_c), taps = p->k_h * p->k_w * p->k_c;
  int32_t oy, ox, oc;
  for (oy = 0; oy < p->out_h; ++oy) {
    for (ox = 0; ox < p->out_w; ++ox) {
      const ASSAY_FLASH ASSAY_W *w = p->weights;
      const ASSAY_X *image = in;
      int32_t left = per_group;
      for (oc = 0; oc < p->out_c; ++oc, w += taps) {
        const ASSAY_SUM sum =
            ASSAY_OF(_sum)(p, image, w, oy * p->stride_h - p->pad_h, ox * p->stride_w - p->pad_w);
        *out++ = ASSAY_DONE(p, oc, sum);
        if (--left == 0) {
          left = per_group;
          image += p->k_c;
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
