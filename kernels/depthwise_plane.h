/* One channel's rows of an image as a plane of int16 in scratch, with padding around: what the DSP
 * kernels of depthwise convolution compute on. Rows of the plane are `pitch` elements apart. */
#ifndef ASSAY_DEPTHWISE_PLANE_H
#define ASSAY_DEPTHWISE_PLANE_H

#include "assay_dsp.h"

ASSAY_INLINE void assay_plane_fill(int16_t *plane, int32_t count, int32_t value) {
  for (; count > 0; --count) *plane++ = (int16_t)value;
}

/* Every `channels`-th byte of `rows` rows, of which `columns` each. */
ASSAY_INLINE void assay_plane_gather(int16_t *plane, int32_t pitch, const int8_t *from,
                                     int32_t rows, int32_t columns, int32_t row_bytes,
                                     int32_t channels) {
  for (; rows > 0; --rows) {
    const int8_t *at = from;
    volatile int16_t *to = plane; /* or GCC 12 at -O3 packs pairs, by way of the stack */
    int32_t left = columns;
    for (; left >= 4; left -= 4) {
      to[0] = *at;
      at += channels;
      to[1] = *at;
      at += channels;
      to[2] = *at;
      at += channels;
      to[3] = *at;
      at += channels;
      to += 4;
    }
    for (; left > 0; --left) {
      *to++ = *at;
      at += channels;
    }
    from += row_bytes;
    plane += pitch;
  }
}

/* Which rows of the image a band of `rows` plane rows takes, when the first stands at `first`. */
struct assay_plane_band {
  int32_t begin, end; /* plane rows that are not padding */
};

ASSAY_INLINE struct assay_plane_band assay_plane_band_of(int32_t first, int32_t rows,
                                                         int32_t in_h) {
  struct assay_plane_band band;
  band.begin = first < 0 ? -first : 0;
  band.end = first + rows > in_h ? in_h - first : rows;
  return band;
}

#endif /* ASSAY_DEPTHWISE_PLANE_H */
