/* The first instructions of any RISC-V core: a stack, then start-up in C.
 *
 * They stand at the image's beginning, where a boot ROM or a debugger jumps. No trap is expected,
 * so there is no trap vector, and mtvec is what reset or the boot ROM left: parts differ in what it
 * takes. On QEMU's board a trap would loop at 0 for ever: there (ASSAY_TRAPS) it ends the program.
 * No global pointer is set up: the linker script defines none, so nothing is addressed by it. */
#include "startup.h"

#ifdef ASSAY_TRAPS
#define SET_TRAP_VECTOR      \
  "la t0, firmware_trap\n\t" \
  ".option push\n\t"         \
  ".option arch, +zicsr\n\t" \
  "csrw mtvec, t0\n\t"       \
  ".option pop\n\t"
#else
#define SET_TRAP_VECTOR
#endif

__asm__(
    ".section .vectors, \"ax\"\n\t"
    ".globl firmware_entry\n\t"
    ".type firmware_entry, @function\n"
    "firmware_entry:\n\t"
    "la sp, __stack_top\n\t" SET_TRAP_VECTOR
    "tail firmware_reset\n\t"
    ".size firmware_entry, . - firmware_entry\n\t"
#ifdef ASSAY_TRAPS
    ".balign 4\n\t"
    ".type firmware_trap, @function\n"
    "firmware_trap:\n\t"
    "tail firmware_fault\n\t"
    ".size firmware_trap, . - firmware_trap\n\t"
#endif
    ".text\n");
