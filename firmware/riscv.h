/* RISC-V, machine mode: how start-up prepares the core and how semihosting calls the debugger.
 *
 * Source: RISC-V Semihosting 0.3, 3 (the trap's three instructions, uncompressed, in one page); The
 * RISC-V Instruction Set Manual, volume II, 3.1.6 (mstatus.FS). */
#ifndef ASSAY_ISA_H
#define ASSAY_ISA_H

#include <stdint.h>

/* a0 is the operation, a1 its argument block. */
static inline int isa_semihosting(int operation, uint32_t *block) {
  register int a0 __asm__("a0") = operation;
  register uint32_t *a1 __asm__("a1") = block;
  __asm__ volatile(
      ".balign 16\n\t"
      ".option push\n\t"
      ".option norvc\n\t"
      "slli x0, x0, 0x1f\n\t"
      "ebreak\n\t"
      "srai x0, x0, 7\n\t"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}

/* Floating-point state on (mstatus.FS = initial), before the first floating-point instruction. */
static inline void isa_enable_fpu(void) {
#ifdef __riscv_flen
  __asm__ volatile(
      ".option push\n\t"
      ".option arch, +zicsr\n\t"
      "csrs mstatus, %0\n\t"
      ".option pop" ::"r"(1u << 13));
#endif
}

#endif
