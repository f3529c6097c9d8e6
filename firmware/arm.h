/* Arm, M profile: how start-up prepares the core and how semihosting calls the debugger.
 *
 * Source: Arm, "Semihosting for AArch32 and AArch64"; Armv7-M Architecture Reference Manual,
 * B3.2.20 (CPACR). */
#ifndef ASSAY_ISA_H
#define ASSAY_ISA_H

#include <stdint.h>

/* r0 is the operation, r1 its argument block. */
static inline int isa_semihosting(int operation, uint32_t *block) {
  register int r0 __asm__("r0") = operation;
  register uint32_t *r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

/* Full access to coprocessors 10 and 11, before the first floating-point instruction. */
static inline void isa_enable_fpu(void) {
#ifdef __ARM_FP
  *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
}

#endif
