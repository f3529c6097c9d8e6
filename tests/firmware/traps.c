// RISC-V: timer interrupts, an environment call, the cycle counter and a serial line. MTIME,
// MTIMECMP and UART are the part's addresses, TICKS the timer's period.
typedef unsigned int u32;
#define REG(a) (*(volatile u32 *)(a))
volatile u32 ticks, calls, elapsed;

__asm__(
    ".text\n.globl _start\n.type _start, @function\n_start:\n"
    "la sp, __stack_top\n la t0, trap\n csrw mtvec, t0\n tail begin\n"
    ".balign 4\n.type trap, @function\ntrap:\n"
    "addi sp, sp, -64\n sw ra, 0(sp)\n sw a0, 4(sp)\n sw a1, 8(sp)\n sw a2, 12(sp)\n"
    "sw a3, 16(sp)\n sw a4, 20(sp)\n sw a5, 24(sp)\n sw a6, 28(sp)\n sw a7, 32(sp)\n"
    "sw t0, 36(sp)\n sw t1, 40(sp)\n sw t2, 44(sp)\n"
    "csrr a0, mcause\n call handle\n"
    "lw ra, 0(sp)\n lw a0, 4(sp)\n lw a1, 8(sp)\n lw a2, 12(sp)\n lw a3, 16(sp)\n"
    "lw a4, 20(sp)\n lw a5, 24(sp)\n lw a6, 28(sp)\n lw a7, 32(sp)\n"
    "lw t0, 36(sp)\n lw t1, 40(sp)\n lw t2, 44(sp)\n addi sp, sp, 64\n mret\n");

static void next_tick(void) { REG(MTIMECMP) = REG(MTIME) + TICKS; }

__attribute__((used)) void handle(u32 cause) {
  if (cause >> 31) {
    ++ticks;
    next_tick();
    return;
  }
  ++calls;
  u32 pc;
  __asm__ volatile("csrr %0, mepc" : "=r"(pc));
  __asm__ volatile("csrw mepc, %0" : : "r"(pc + 4));
}

__attribute__((noinline)) void work(void) {
  for (volatile int i = 0; i < 10; ++i) {
  }
}

static u32 cycle(void) {
  u32 now;
  __asm__ volatile("csrr %0, mcycle" : "=r"(now));
  return now;
}

static void leave(int code) {
  u32 block[2] = {0x20026, (u32)code};
  register u32 a0 __asm__("a0") = 0x20;
  register u32 *a1 __asm__("a1") = block;
  __asm__ volatile(
      ".balign 16\n .option push\n .option norvc\n slli x0, x0, 0x1f\n ebreak\n srai x0, x0, 7\n"
      ".option pop"
      :
      : "r"(a0), "r"(a1)
      : "memory");
  for (;;) {
  }
}

__attribute__((used)) void begin(void) {
  ticks = calls = 0;
  REG(MTIMECMP + 4) = 0;
  next_tick();
  __asm__ volatile("csrs mie, %0" : : "r"(1 << 7));
  __asm__ volatile("csrsi mstatus, 8");
  while (ticks < 3) work();
  __asm__ volatile("csrci mstatus, 8");
  __asm__ volatile("ecall");
  const u32 before = cycle();
  work();
  elapsed = cycle() - before;
  REG(UART) = 'o';
  REG(UART) = 'k';
  leave(calls == 1 && elapsed > 20 && elapsed < 100000 ? 0 : 1);
}
