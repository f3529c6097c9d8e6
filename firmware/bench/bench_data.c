/* Made-up data, and digests of results: what stands around a micro-program, never in its cost. */
#include <string.h>

#include "bench_program.h"

void bench_random(enum bench_type type, void *to, int32_t elements, uint32_t seed) {
  uint32_t x = seed;
  int32_t i;
  for (i = 0; i < elements; ++i) {
    x = x * 1664525u + 1013904223u;
    switch (type) {
      case BENCH_S8:
        ((int8_t *)to)[i] = (int8_t)(uint8_t)(x >> 24);
        break;
      case BENCH_S16:
        ((int16_t *)to)[i] = (int16_t)(uint16_t)(x >> 16);
        break;
      case BENCH_S32:
        ((int32_t *)to)[i] = (int32_t)x;
        break;
      case BENCH_F32:
        ((float *)to)[i] = (float)((int32_t)(x >> 8) - 0x800000) * (1.0f / 8388608.0f);
        break;
    }
  }
}

void bench_place(void *to, const BENCH_STORED void *from, int32_t bytes) {
  volatile uint8_t *t = (volatile uint8_t *)to;
  const BENCH_STORED uint8_t *f = (const BENCH_STORED uint8_t *)from;
  int32_t i;
  for (i = 0; i < bytes; ++i) t[i] = f[i];
}

static void bench_digest_f32(const float *from, int32_t elements, uint32_t to[2]) {
  float sum = 0.0f, magnitude = 0.0f;
  int32_t i;
  for (i = 0; i < elements; ++i) {
    const float term = from[i] * (float)(1 + i % 8);
    sum += term;
    magnitude += term < 0.0f ? -term : term;
  }
  memcpy(&to[0], &sum, 4);
  memcpy(&to[1], &magnitude, 4);
}

void bench_digest(enum bench_type type, const void *from, int32_t elements, uint32_t to[2]) {
  const uint8_t *bytes = (const uint8_t *)from;
  uint32_t hash = 2166136261u;
  int32_t i;
  if (type == BENCH_F32) {
    bench_digest_f32((const float *)from, elements, to);
    return;
  }
  elements *= type == BENCH_S8 ? 1 : (type == BENCH_S16 ? 2 : 4);
  for (i = 0; i < elements; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  to[0] = hash;
  to[1] = 0;
}
