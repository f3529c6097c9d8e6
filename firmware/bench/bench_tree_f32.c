/* m perfect decision trees of depth n on float32 features, walked as arrays: node i is a feature
 * (as a float) and a threshold, its children are 2i + 1 and 2i + 2; the leaves follow. */
#include "bench_program.h"

BENCH_RUN(tree_f32) {
  const float *features = (const float *)x, *tree = (const float *)w;
  const int32_t nodes = ((int32_t)1 << n) - 1;
  float sum = 0.0f;
  int32_t t, level;
  for (t = 0; t < m; ++t) {
    const int32_t *which = (const int32_t *)(const void *)tree;
    int32_t i = 0;
    for (level = 0; level < n; ++level)
      i = 2 * i + 1 + (features[which[2 * i]] > tree[2 * i + 1] ? 1 : 0);
    sum += tree[2 * nodes + (i - nodes)];
    tree += 3 * nodes + 1;
  }
  *(float *)out = sum;
}

#ifdef BENCH_HOST
#include <string.h>

#include "bench_host.h"

static void fill(void *w, int32_t n, int32_t m) {
  float *tree = (float *)w;
  const int32_t nodes = ((int32_t)1 << n) - 1;
  int32_t t, i;
  bench_random(BENCH_F32, w, bench_tree_table(n, m), 7u);
  for (t = 0; t < m; ++t, tree += 3 * nodes + 1)
    for (i = 0; i < nodes; ++i) {
      const int32_t feature = (int32_t)((tree[2 * i] + 1.0f) * (BENCH_FEATURES / 2));
      memcpy(&tree[2 * i], &feature, 4);
    }
}

const struct bench_program bench_tree_f32_program = {
    BENCH_TREE_SHAPE,    .name = "tree_f32",  .title = "tree nodes, float32",
    .x_type = BENCH_F32, .w_type = BENCH_F32, .out_type = BENCH_F32,
    .w_offsets = {0, 4}, .fill = fill,        .run = bench_tree_f32,
};
#endif
