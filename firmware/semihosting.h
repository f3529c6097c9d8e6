/* Semihosting: files, console and exit through the debugger or the emulator.
 *
 * Works in an emulator that answers the trap and on silicon with a debugger attached (OpenOCD:
 * "arm semihosting enable", for RISC-V too). Without a debugger the trap is a fault, so this is for
 * measuring, not for a product. Source: Arm, "Semihosting for AArch32 and AArch64", operation
 * numbers and argument blocks. */
#ifndef ASSAY_SEMIHOSTING_H
#define ASSAY_SEMIHOSTING_H

#include <stddef.h>

/* fopen() modes of SYS_OPEN. */
enum { SEMIHOSTING_READ_BINARY = 1, SEMIHOSTING_WRITE_BINARY = 5 };

/* A handle, or -1. */
int semihosting_open(const char *path, size_t path_bytes, int mode);
/* Bytes that were NOT read: 0 is success, `bytes` is end of file. */
size_t semihosting_read(int handle, void *to, size_t bytes);
/* Bytes that were NOT written. */
size_t semihosting_write(int handle, const void *from, size_t bytes);
/* Ends the program; the emulator's exit status is `code`. */
void semihosting_exit(int code) __attribute__((noreturn));

#endif
