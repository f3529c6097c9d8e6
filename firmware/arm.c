/* The vector table of any Cortex-M. Source: Armv7-M Architecture Reference Manual, B1.5.3. */
#include <stdint.h>

#include "startup.h"

extern uint32_t __stack_top[];

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
