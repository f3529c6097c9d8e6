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

#ifndef ISA_FLASH /* what is stored, where that is an address space of its own */
#define ISA_FLASH
#endif

extern uint32_t __data_start[], __data_end[];
extern const ISA_FLASH uint32_t __data_load[];
extern uint32_t __bss_start[], __bss_end[];

int main(void);

enum { FIRMWARE_FAULT = 4 }; /* the exit code */

void firmware_fault(void) { semihosting_exit(FIRMWARE_FAULT); }

#if ASSAY_COPIES
/* Code and constants that do not run where they are stored (--place): from, to, end of each. */
extern const uint32_t __copies_start[], __copies_end[];

static void copy_placed(void) {
  const uint32_t *row;
  for (row = __copies_start; row < __copies_end; row += 3) {
    const uint32_t *from = (const uint32_t *)(uintptr_t)row[0];
    uint32_t *to = (uint32_t *)(uintptr_t)row[1];
    uint32_t *const end = (uint32_t *)(uintptr_t)row[2];
    while (to < end) *to++ = *from++;
  }
}
#endif

void firmware_reset(void) {
  uint32_t *to;
  const ISA_FLASH uint32_t *from = __data_load;
  isa_enable_fpu();
  for (to = __data_start; to < __data_end; ++to) *to = *from++;
  for (to = __bss_start; to < __bss_end; ++to) *to = 0;
#if ASSAY_COPIES
  copy_placed();
#endif
  semihosting_exit(main());
}

/* The maths library reports errors here; ours, so that newlib's reentrancy structure stays out. */
int *__errno(void);
int *__errno(void) {
  static int firmware_errno;
  return &firmware_errno;
}
