/* Streaming writes: n bytes as words, eight words a turn; where the core wants words to be aligned
 * and they are not, as the compiler makes bytes of words. */
#include "assay_kernel.h"
#include "bench_program.h"

static void bench_write_unaligned(uint8_t *to, int32_t n) {
  uint32_t word = (uint32_t)n;
  int32_t i;
  for (; n >= 32; n -= 32, to += 32) {
    for (i = 0; i < 32; i += 4) memcpy(to + i, &word, 4);
    word += 0x01010101u;
  }
}

static void bench_write_aligned(uint32_t *to, int32_t n) {
  uint32_t word = (uint32_t)n;
  for (; n >= 32; n -= 32, to += 8) {
    to[0] = to[1] = to[2] = to[3] = word;
    to[4] = to[5] = to[6] = to[7] = word;
    word += 0x01010101u;
  }
}

BENCH_RUN(write) {
  if (((uintptr_t)out & 3u) == 0)
    bench_write_aligned((uint32_t *)out, n);
  else
    bench_write_unaligned((uint8_t *)out, n);
  (void)x;
  (void)w;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_write_program = {
    .name = "write",
    .group = "memory",
    .title = "streaming writes",
    .unit = "B",
    .x_type = BENCH_S8,
    .w_type = BENCH_S8,
    .out_type = BENCH_S8,
    .memories = BENCH_RAM | BENCH_OTHERS | BENCH_WRITES,
    .sizes = {{64, 0}, {256, 0}, {1024, 0}, {4096, 0}},
    .x_offsets = {0},
    .w_offsets = {0, 1, 4},
    .x_elements = bench_none,
    .w_elements = bench_none,
    .out_elements = bench_n,
    .work = bench_work_n,
    .run = bench_write,
};
#endif
