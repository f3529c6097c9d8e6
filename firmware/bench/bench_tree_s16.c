/* m perfect decision trees of depth n on int16 features, walked as arrays: node i holds feature and
 * threshold, its children are 2i + 1 and 2i + 2; the leaves' values follow the nodes. */
#include "bench_program.h"

enum { FEATURES = 32 };

BENCH_RUN(tree_s16) {
  const int16_t *features = (const int16_t *)x, *tree = (const int16_t *)w;
  const int32_t nodes = ((int32_t)1 << n) - 1;
  int32_t sum = 0, t, level;
  for (t = 0; t < m; ++t) {
    int32_t i = 0;
    for (level = 0; level < n; ++level)
      i = 2 * i + 1 + (features[tree[2 * i]] > tree[2 * i + 1] ? 1 : 0);
    sum += tree[2 * nodes + (i - nodes)];
    tree += 3 * nodes + 1;
  }
  *(int32_t *)out = sum;
}

#ifdef BENCH_HOST
static int32_t features(int32_t n, int32_t m) { return FEATURES + 0 * (n + m); }
static int32_t one(int32_t n, int32_t m) { return 1 + 0 * (n + m); }
static int32_t table(int32_t n, int32_t m) { return m * (3 * (((int32_t)1 << n) - 1) + 1); }
static int64_t work(int32_t n, int32_t m) { return (int64_t)n * m; }

static void fill(void *w, int32_t n, int32_t m) {
  int16_t *tree = (int16_t *)w;
  const int32_t nodes = ((int32_t)1 << n) - 1;
  int32_t t, i;
  bench_random(BENCH_S16, w, table(n, m), 7u);
  for (t = 0; t < m; ++t, tree += 3 * nodes + 1)
    for (i = 0; i < nodes; ++i) tree[2 * i] = (int16_t)(tree[2 * i] & (FEATURES - 1));
}

const struct bench_program bench_tree_s16_program = {
    .name = "tree_s16",
    .group = "trees",
    .title = "tree nodes, int16",
    .unit = "node",
    .x_type = BENCH_S16,
    .w_type = BENCH_S16,
    .out_type = BENCH_S32,
    .memories = BENCH_FLASH | BENCH_RAM,
    .sizes = {{3, 40}, {4, 10}, {5, 20}, {6, 10}, {8, 3}},
    .x_offsets = {0},
    .w_offsets = {0, 2},
    .x_elements = features,
    .w_elements = table,
    .out_elements = one,
    .work = work,
    .fill = fill,
    .run = bench_tree_s16,
};
#endif
