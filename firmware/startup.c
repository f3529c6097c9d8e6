/* Reset to main() on any core: FPU on, .data copied, .bss cleared. What comes before, and the
 * vector table, is firmware/NAME.c of the core's instruction-set family.
 *
 * It sets no clock and no flash wait states: time is modelled from the target file, not from this
 * code. A part that needs more before it runs from flash (boot blocks, RAM enables) says so in its
 * target file. */
#include "startup.h"

#include <stdint.h>

#include "isa.h"
#include "semihosting.h"

extern uint32_t __data_start[], __data_end[], __data_load[];
extern uint32_t __bss_start[], __bss_end[];

int main(void);

enum { FIRMWARE_FAULT = 4 }; /* the exit code */

void firmware_fault(void) { semihosting_exit(FIRMWARE_FAULT); }

void firmware_reset(void) {
  uint32_t *to;
  const uint32_t *from = __data_load;
  isa_enable_fpu();
  for (to = __data_start; to < __data_end; ++to) *to = *from++;
  for (to = __bss_start; to < __bss_end; ++to) *to = 0;
  semihosting_exit(main());
}

/* The maths library reports errors here; ours, so that newlib's reentrancy structure stays out. */
int *__errno(void);
int *__errno(void) {
  static int firmware_errno;
  return &firmware_errno;
}
