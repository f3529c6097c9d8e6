/* Runs the model on every input of a host file, and writes what comes out to another.
 *
 * input.bin holds one inference after the other: the bytes of the model's inputs, in order. They
 * are read straight into the arena, whose state is reset once, before the first. output.bin gets
 * the outputs in the same way. Ends with 0 at the end of the input; 1: a file could not be opened;
 * 2: the input ends within an inference; 3: the output could not be written. assay_model.h,
 * generated for each model, gives the model its general names. */
#include "assay_model.h"
#include "semihosting.h"

/* .bss.assay_arena: the linker script puts it in the RAM that holds it, and start-up leaves it be.
 */
static unsigned char firmware_arena[ASSAY_ARENA_BYTES]
    __attribute__((aligned(16), section(".bss.assay_arena")));

int main(void) {
  static const char input_name[] = "input.bin", output_name[] = "output.bin";
  const int input = semihosting_open(input_name, sizeof input_name - 1, SEMIHOSTING_READ_BINARY);
  const int output =
      semihosting_open(output_name, sizeof output_name - 1, SEMIHOSTING_WRITE_BINARY);
  if (input < 0 || output < 0) return 1;
  assay_reset(firmware_arena);
  for (;;) {
    size_t i;
    for (i = 0; i < ASSAY_INPUTS; ++i) {
      const size_t bytes = assay_input_bytes[i];
      const size_t missing = semihosting_read(input, assay_input(firmware_arena, (int)i), bytes);
      if (i == 0 && missing == bytes) return 0;
      if (missing != 0) return 2;
    }
    assay_invoke(firmware_arena);
    for (i = 0; i < ASSAY_OUTPUTS; ++i)
      if (semihosting_write(output, assay_output(firmware_arena, (int)i), assay_output_bytes[i]))
        return 3;
  }
}
