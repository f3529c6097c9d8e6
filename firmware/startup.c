/* Reset to main() on any Cortex-M: vector table, FPU on, .data copied, .bss cleared.
 *
 * It sets no clock and no flash wait states: time is modelled from the target file, not from this
 * code. A part that needs more before it runs from flash (boot blocks, RAM enables) says so in its
 * target file. Source: Armv7-M Architecture Reference Manual, B1.5.3 (vector table), B3.2.20
 * (CPACR). */
#include <stdint.h>

#include "semihosting.h"

extern uint32_t __stack_top[];
extern uint32_t __data_start[], __data_end[], __data_load[];
extern uint32_t __bss_start[], __bss_end[];

int main(void);
void firmware_reset(void) __attribute__((noreturn));
void firmware_fault(void) __attribute__((noreturn));

enum { FIRMWARE_FAULT = 4 }; /* the exit code */

void firmware_fault(void) { semihosting_exit(FIRMWARE_FAULT); }

void firmware_reset(void) {
  uint32_t *to;
  const uint32_t *from = __data_load;
#ifdef __ARM_FP
  /* Full access to coprocessors 10 and 11, before the first floating-point instruction. */
  *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
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

/* The core's own exceptions. No interrupt is ever enabled. */
typedef void (*firmware_vector)(void);
const firmware_vector firmware_vectors[16] __attribute__((section(".vectors"), used)) = {
    (firmware_vector)__stack_top,
    firmware_reset,
    firmware_fault, /* NMI */
    firmware_fault, /* HardFault */
    firmware_fault, /* MemManage; it and the next three are reserved on Armv6-M */
    firmware_fault, /* BusFault */
    firmware_fault, /* UsageFault */
    firmware_fault, /* SecureFault on Armv8-M */
    0,
    0,
    0,
    firmware_fault, /* SVCall */
    firmware_fault, /* DebugMonitor */
    0,
    firmware_fault, /* PendSV */
    firmware_fault, /* SysTick */
};
