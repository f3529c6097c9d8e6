/* The first instructions of any AVR: a zero register and a stack, then start-up in C.
 *
 * They stand at address 0, where reset begins. No interrupt is ever enabled, so there are no
 * further vectors. The stack pointer points to the next free byte. */
#include "startup.h"

__asm__(
    ".section .vectors, \"ax\", @progbits\n\t"
    ".globl firmware_entry\n\t"
    ".type firmware_entry, @function\n"
    "firmware_entry:\n\t"
    "clr r1\n\t"
    "out 0x3f, r1\n\t" /* SREG */
    "ldi r28, lo8(__stack_top - 1)\n\t"
    "ldi r29, hi8(__stack_top - 1)\n\t"
    "out 0x3e, r29\n\t" /* SPH */
    "out 0x3d, r28\n\t" /* SPL */
    "jmp firmware_reset\n\t"
    ".size firmware_entry, . - firmware_entry\n\t"
    ".text\n");
