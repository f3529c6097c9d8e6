/* Two threads that a SysTick of 5 000 cycles switches by PendSV, each on its own stack, one with
 * floating point: what an RTOS does. After 20 ticks thread b calls the supervisor and exits. */
#include <stdint.h>

#define WORD(address) (*(volatile uint32_t*)(address))

void reset(void);
void svc(void);
void pendsv(void);
void systick(void);

__attribute__((section(".vectors"), used)) const void* const vectors[16] = {
    (void*)0x20010000, reset, 0, reset, 0, 0, 0, 0, 0, 0, 0, svc, 0, 0, pendsv, systick};

static uint32_t stack_a[128], stack_b[128];
static uint32_t* saved[2];
static int running;
static volatile uint32_t ticks;
static volatile float product;
static volatile int sum;

__attribute__((noinline)) float work_a(float x) {
  for (int i = 0; i < 20; i++) x = x * 1.01f + 0.5f;
  return x;
}

__attribute__((noinline)) int work_b(int x) {
  for (int i = 0; i < 20; i++) x = x * 3 + 1;
  return x;
}

void thread_a(void) {
  for (;;) product = work_a(product);
}

void thread_b(void) {
  while (ticks < 20) sum = work_b(sum);
  __asm__ volatile("svc 1");
  register uint32_t r0 __asm__("r0") = 0x18, r1 __asm__("r1") = 0x20026;
  __asm__ volatile("bkpt 0xab" ::"r"(r0), "r"(r1));
}

void systick(void) {
  ticks++;
  WORD(0xe000ed04) = 1u << 28; /* ICSR.PENDSVSET */
}

void svc(void) {}

uint32_t* switch_from(uint32_t* sp) {
  saved[running] = sp;
  running ^= 1;
  return saved[running];
}

__attribute__((naked)) void pendsv(void) {
  __asm__ volatile(
      "mrs r0, psp\n"
      "tst lr, #0x10\n"
      "it eq\n"
      "vstmdbeq r0!, {s16-s31}\n"
      "stmdb r0!, {r4-r11, lr}\n"
      "bl switch_from\n"
      "ldmia r0!, {r4-r11, lr}\n"
      "tst lr, #0x10\n"
      "it eq\n"
      "vldmiaeq r0!, {s16-s31}\n"
      "msr psp, r0\n"
      "bx lr\n");
}

void reset(void) {
  uint32_t* sp = stack_b + 128 - 8; /* r0-r3, r12, lr, pc, xpsr of a thread that begins */
  sp[6] = (uint32_t)thread_b & ~1u;
  sp[7] = 1u << 24;
  *--sp = 0xfffffffd; /* to thread mode, on psp, without floating point */
  saved[1] = sp - 8;
  WORD(0xe000ed20) = 0xe0f00000; /* SHPR3: PendSV least urgent */
  WORD(0xe000e014) = 4999;
  WORD(0xe000e018) = 0;
  WORD(0xe000e010) = 7;
  __asm__ volatile("msr psp, %0\n movs r0, #2\n msr control, r0\n isb\n" ::"r"(stack_a + 128)
                   : "r0");
  thread_a();
}
