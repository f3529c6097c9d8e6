// A hand-written program for the tests of measure/: two layers over a small arena, no graph behind
// it.
#pragma once

#include <string>

#include "emit/program.h"

namespace assay {

/// out[i] = saturate(sum of in[0..i] * weight[i] / 16), then out[i] += table[i % 4]: 16 bytes each
/// way.
inline Program test_program() {
  Program program;
  program.runtime = "test";
  program.name = "toy";
  program.header = "toy.h";
  program.invoke_symbol = "toy_invoke";
  program.cflags = {"-O2"};
  program.plan.arena_bytes = 64;
  program.layers = {{0, "toy_layer_00_scan", 16}, {1, "", 0}, {2, "toy_layer_02_add", 0}};
  program.constants = {{"toy_00_weights", true, 16, 0}, {"toy_02_table", false, 16, 2}};
  program.sources = {{"toy.h", R"(#ifndef TOY_H
#define TOY_H
#define TOY_ARENA_BYTES 64
#define TOY_INPUTS 1
#define TOY_INPUT_0_BYTES 16
#define TOY_INPUT_BYTES 16
#define TOY_OUTPUTS 1
#define TOY_OUTPUT_0_BYTES 16
#define TOY_OUTPUT_BYTES 16
void *toy_input(void *arena, int index);
void *toy_output(void *arena, int index);
void toy_invoke(void *arena);
#endif
)"},
                     {"kernel.h",
                      "#include <stdint.h>\n"
                      "void assay_scan(const int8_t *weights, const int8_t *in, int8_t *out);\n"},
                     {"kernel.c", R"(#include "kernel.h"
void assay_scan(const int8_t *weights, const int8_t *in, int8_t *out) {
  int32_t sum = 0;
  int i;
  for (i = 0; i < 16; ++i) {
    int32_t scaled;
    sum += in[i];
    scaled = sum * weights[i] / 16;
    out[i] = (int8_t)(scaled > 127 ? 127 : scaled < -128 ? -128 : scaled);
  }
}
)"},
                     {"toy.c", R"(#include "toy.h"
#include "kernel.h"
static const int8_t toy_00_weights[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const int32_t toy_02_table[4] = {0, 1, 2, 3};
static __attribute__((noinline)) void toy_layer_00_scan(uint8_t *arena) {
  assay_scan(toy_00_weights, (const int8_t *)arena, (int8_t *)(arena + 16));
}
static __attribute__((noinline)) void toy_layer_02_add(uint8_t *arena) {
  volatile int8_t copy[16];
  int i;
  for (i = 0; i < 16; ++i) copy[i] = (int8_t)(arena[16 + i] + toy_02_table[i % 4]);
  for (i = 0; i < 16; ++i) arena[32 + i] = (uint8_t)copy[i];
}
void *toy_input(void *arena, int index) { return (void)index, arena; }
void *toy_output(void *arena, int index) { return (void)index, (uint8_t *)arena + 32; }
void toy_invoke(void *arena) {
  toy_layer_00_scan(arena);
  toy_layer_02_add(arena);
}
)"}};
  return program;
}

/// What the program above computes.
inline std::vector<std::byte> test_output(std::span<const std::byte> input) {
  std::vector<std::byte> output;
  int sum = 0;
  for (int i = 0; i < 16; ++i) {
    sum += static_cast<int8_t>(input[static_cast<size_t>(i)]);
    int scaled = sum * (i + 1) / 16;
    scaled = scaled > 127 ? 127 : scaled < -128 ? -128 : scaled;
    output.push_back(static_cast<std::byte>(scaled + i % 4));
  }
  return output;
}

}  // namespace assay
