/* Streaming reads: n bytes as words, added up, eight words a turn; where the core wants words to be
 * aligned and they are not, as the compiler makes words of bytes. */
#include "assay_kernel.h"
#include "bench_program.h"

ASSAY_INLINE uint32_t bench_read_word(const uint8_t *at) {
  uint32_t word;
  memcpy(&word, at, 4);
  return word;
}

static uint32_t bench_read_unaligned(const uint8_t *from, int32_t n) {
  uint32_t sum = 0;
  for (; n >= 32; n -= 32, from += 32) {
    sum += bench_read_word(from) + bench_read_word(from + 4);
    sum += bench_read_word(from + 8) + bench_read_word(from + 12);
    sum += bench_read_word(from + 16) + bench_read_word(from + 20);
    sum += bench_read_word(from + 24) + bench_read_word(from + 28);
  }
  return sum;
}

static uint32_t bench_read_aligned(const uint32_t *from, int32_t n) {
  uint32_t sum = 0;
  for (; n >= 32; n -= 32, from += 8) {
    sum += from[0] + from[1];
    sum += from[2] + from[3];
    sum += from[4] + from[5];
    sum += from[6] + from[7];
  }
  return sum;
}

BENCH_RUN(read) {
  const int aligned = ((uintptr_t)w & 3u) == 0;
  *(int32_t *)out = (int32_t)(aligned ? bench_read_aligned((const uint32_t *)w, n)
                                      : bench_read_unaligned((const uint8_t *)w, n));
  (void)x;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_read_program = {
    .name = "read",
    .group = "memory",
    .title = "streaming reads",
    .unit = "B",
    .x_type = BENCH_S8,
    .w_type = BENCH_S8,
    .out_type = BENCH_S32,
    .memories = BENCH_FLASH | BENCH_RAM | BENCH_OTHERS,
    .sizes = {{64, 0}, {256, 0}, {1024, 0}, {4096, 0}},
    .x_offsets = {0},
    .w_offsets = {0, 1, 4},
    .x_elements = bench_none,
    .w_elements = bench_n,
    .out_elements = bench_one,
    .work = bench_work_n,
    .run = bench_read,
};
#endif
