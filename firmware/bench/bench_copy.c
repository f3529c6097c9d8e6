/* memcpy of n bytes into the RAM that data goes to, by the C library that the target's compiler
 * brings. */
#include <string.h>

#include "bench_program.h"

BENCH_RUN(copy) {
  memcpy(out, w, (size_t)n);
  (void)x;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_copy_program = {
    .name = "copy",
    .group = "memory",
    .title = "memcpy into RAM",
    .unit = "B",
    .x_type = BENCH_S8,
    .w_type = BENCH_S8,
    .out_type = BENCH_S8,
    .memories = BENCH_FLASH | BENCH_RAM | BENCH_OTHERS,
    .sizes = {{16, 0}, {64, 0}, {256, 0}, {1024, 0}},
    .x_offsets = {0},
    .w_offsets = {0, 1, 4},
    .x_elements = bench_none,
    .w_elements = bench_n,
    .out_elements = bench_n,
    .work = bench_work_n,
    .run = bench_copy,
};
#endif
