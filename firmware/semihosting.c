/* Semihosting calls. One trap for all of them, that of the core's family (isa.h): an operation and
 * its argument block. */
#include "semihosting.h"

#include <stdint.h>

#include "isa.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { ADP_STOPPED_APPLICATION_EXIT = 0x20026 };

static __attribute__((noinline)) int semihosting_call(int operation, uint32_t a, uint32_t b,
                                                      uint32_t c) {
  uint32_t block[3];
  block[0] = a;
  block[1] = b;
  block[2] = c;
  return isa_semihosting(operation, block);
}

int semihosting_open(const char *path, size_t path_bytes, int mode) {
  return semihosting_call(SYS_OPEN, (uintptr_t)path, (uint32_t)mode, path_bytes);
}

size_t semihosting_read(int handle, void *to, size_t bytes) {
  return (size_t)semihosting_call(SYS_READ, (uintptr_t)handle, (uintptr_t)to, bytes);
}

size_t semihosting_write(int handle, const void *from, size_t bytes) {
  return (size_t)semihosting_call(SYS_WRITE, (uintptr_t)handle, (uintptr_t)from, bytes);
}

void semihosting_exit(int code) {
  semihosting_call(SYS_EXIT_EXTENDED, ADP_STOPPED_APPLICATION_EXIT, (uint32_t)code, 0);
  for (;;) {
  }
}
