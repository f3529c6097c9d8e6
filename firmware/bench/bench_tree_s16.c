/* m perfect decision trees of depth n on int16 features, walked as arrays: node i holds feature and
 * threshold, its children are 2i + 1 and 2i + 2; the leaves' values follow the nodes. */
#include "bench_program.h"

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
#include "bench_host.h"

static void fill(void *w, int32_t n, int32_t m) {
  int16_t *tree = (int16_t *)w;
  const int32_t nodes = ((int32_t)1 << n) - 1;
  int32_t t, i;
  bench_random(BENCH_S16, w, bench_tree_table(n, m), 7u);
  for (t = 0; t < m; ++t, tree += 3 * nodes + 1)
    for (i = 0; i < nodes; ++i) tree[2 * i] = (int16_t)(tree[2 * i] & (BENCH_FEATURES - 1));
}

const struct bench_program bench_tree_s16_program = {
    BENCH_TREE_SHAPE,    .name = "tree_s16",  .title = "tree nodes, int16",
    .x_type = BENCH_S16, .w_type = BENCH_S16, .out_type = BENCH_S32,
    .w_offsets = {0, 2}, .fill = fill,        .run = bench_tree_s16,
};
#endif
