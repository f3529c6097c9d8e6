/* The first instructions of any RISC-V core: a stack, then start-up in C.
 *
 * They stand at the image's beginning, where a boot ROM or a debugger jumps. No trap is expected,
 * so there is no trap vector: mtvec is what reset or the boot ROM left. No global pointer is set
 * up: the linker script defines none, so nothing is addressed by it. */
#include "startup.h"

__asm__(
    ".section .vectors, \"ax\"\n\t"
    ".globl firmware_entry\n\t"
    ".type firmware_entry, @function\n"
    "firmware_entry:\n\t"
    "la sp, __stack_top\n\t"
    "tail firmware_reset\n\t"
    ".size firmware_entry, . - firmware_entry\n\t"
    ".text\n");
