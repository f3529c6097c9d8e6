/* From a core's first instruction to main(): what firmware/NAME.c of each instruction-set family
 * calls. */
#ifndef ASSAY_STARTUP_H
#define ASSAY_STARTUP_H

/* .data copied, .bss cleared, main(), exit. Wants a stack. */
void firmware_reset(void) __attribute__((noreturn));
/* Ends the program with an exit code of its own. */
void firmware_fault(void) __attribute__((noreturn));

#endif
