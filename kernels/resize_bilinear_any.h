/* Bilinear resizing of integers; ASSAY_K is the kernel, ASSAY_X its elements, ASSAY_SUM holds an
 * element times 2^22. Empty for whoever includes it otherwise. */
#include "assay_kernel.h"

#ifdef ASSAY_K
ASSAY_KERNEL void ASSAY_K(const struct ASSAY_K *p, const ASSAY_X *in, ASSAY_X *out) {
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, in += p->image) {
    const ASSAY_FLASH int32_t *row = p->rows;
    for (oy = 0; oy < p->out_h; ++oy, row += 3) {
      const ASSAY_FLASH int32_t *column = p->columns;
      const ASSAY_X *top = in + row[0], *bottom = in + row[1];
      for (ox = 0; ox < p->out_w; ++ox, column += 3) {
        const int32_t left = column[0], right = column[1], y = row[2], x = column[2];
        for (c = 0; c < p->channels; ++c) {
          const ASSAY_SUM sum = (ASSAY_SUM)top[left + c] * ((1024 - y) * (1024 - x)) +
                                (ASSAY_SUM)bottom[left + c] * (y * (1024 - x)) +
                                (ASSAY_SUM)top[right + c] * ((1024 - y) * x) +
                                (ASSAY_SUM)bottom[right + c] * (y * x);
          const int32_t half = (int32_t)1 << 19;
          *out++ = (ASSAY_X)((sum + (sum > 0 ? half : -half)) / ((int32_t)1 << 20));
        }
      }
    }
  }
}

#undef ASSAY_K
#undef ASSAY_X
#undef ASSAY_SUM

#endif /* ASSAY_K */
