/* A micro-program of `assay bench`: one C file that the target runs and the host checks.
 *
 * The file bench_NAME.c defines bench_NAME(), which works from `x` and the table `w` to `out`, and
 * under BENCH_HOST the struct that says which sizes, alignments and memories it is run at, and
 * fills its table. The line BENCH_PROGRAM(NAME) in bench_programs.def makes it known. The host runs
 * the very function on the same made-up data, and compares digests of `out`. */
#ifndef ASSAY_BENCH_PROGRAM_H
#define ASSAY_BENCH_PROGRAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bench_type { BENCH_S8, BENCH_S16, BENCH_S32, BENCH_F32 };

/* Made-up elements, the same everywhere: x = x * 1664525 + 1013904223 from x = seed, the top bits
 * of x; floats in [-1, 1). */
void bench_random(enum bench_type type, void *to, int32_t elements, uint32_t seed);

/* What stands in the image's flash, where that is an address space of its own. */
#if defined(__AVR__) && !defined(__cplusplus)
#define BENCH_STORED __flash
#else
#define BENCH_STORED
#endif

/* Byte by byte and out of line, so that it never is what is measured. */
void bench_place(void *to, const BENCH_STORED void *from, int32_t bytes);

/* Integers: FNV-1a of the bytes, and 0. Floats: the sum of each times 1 + its index modulo 8, and
 * the sum of the magnitudes of these, as bits; their last places may differ between machines. */
void bench_digest(enum bench_type type, const void *from, int32_t elements, uint32_t to[2]);

#define BENCH_RUN(name) \
  void bench_##name(const void *x, const void *w, void *out, int32_t n, int32_t m)

#ifdef BENCH_HOST

enum bench_memories {
  BENCH_NO_TABLE = 0,
  BENCH_FLASH = 1,  /* the table stands in the image's flash */
  BENCH_RAM = 2,    /* it stands in the RAM that data goes to */
  BENCH_OTHERS = 4, /* and in each other RAM region of the part */
  BENCH_WRITES = 8  /* not the table but `out` stands there */
};

struct bench_size {
  int32_t n, m;
};

struct bench_program {
  const char *name;  /* "mac_s8" */
  const char *group; /* under which heading of the page: "trees" */
  const char *title; /* "multiply-adds, int8" */
  const char *unit;  /* what is counted: "MAC" */
  enum bench_type x_type, w_type, out_type;
  int memories;
  int by_size; /* each size is a line of its own in the table, "n 256" */
  int needs_libm;
  struct bench_size sizes[6]; /* up to n = 0 */
  int32_t x_offsets[4];       /* bytes from a multiple of 16; up to the first 0 after the first */
  int32_t w_offsets[4];       /* of the table, or of `out` with BENCH_WRITES */
  /* Elements, and units of work, of a size. */
  int32_t (*x_elements)(int32_t n, int32_t m);
  int32_t (*w_elements)(int32_t n, int32_t m);
  int32_t (*out_elements)(int32_t n, int32_t m);
  int64_t (*work)(int32_t n, int32_t m);
  /* What the time goes into, if it is not the units: butterflies of an FFT. Null: nothing else. */
  int64_t (*operations)(int32_t n, int32_t m);
  void (*fill)(void *w, int32_t n, int32_t m); /* null: bench_random */
  void (*run)(const void *x, const void *w, void *out, int32_t n, int32_t m);
};

#endif

#ifdef __cplusplus
}
#endif

#endif
