/* AVR: how start-up reads program memory and how semihosting calls the emulator.
 *
 * AVR has no semihosting of its own: a write of r24 to GPIOR0 (I/O 0x1e on every ATmega that has
 * it) is the trap, with the operation in r24, the argument block's address in r23:r22 and the
 * answer in r25:r24. On silicon the write does nothing. Source: ATmega328P data sheet, register
 * summary (GPIOR0). */
#ifndef ASSAY_ISA_H
#define ASSAY_ISA_H

#include <stdint.h>

#define ISA_FLASH __flash

static inline int isa_semihosting(int operation, uint32_t *block) {
  register int r24 __asm__("r24") = operation;
  register uint32_t *r22 __asm__("r22") = block;
  __asm__ volatile("out 0x1e, r24" : "+r"(r24) : "r"(r22) : "memory");
  return r24;
}

static inline void isa_enable_fpu(void) {}

#endif
