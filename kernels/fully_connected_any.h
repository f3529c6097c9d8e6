/* A row times a weight matrix over types (assay_any.h). */
#include "assay_any.h"

#ifdef ASSAY_K
ASSAY_INLINE void ASSAY_OF(_row)(const struct ASSAY_K *p, const ASSAY_X *in, ASSAY_Y *out) {
  const ASSAY_FLASH ASSAY_W *w = p->weights;
  int32_t unit, i;
  for (unit = 0; unit < p->units; ++unit) {
    ASSAY_SUM sum = 0;
    for (i = 0; i < p->depth; ++i) sum += ASSAY_TAP(in[i], *w++);
    *out++ = ASSAY_DONE(p, unit, sum);
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
