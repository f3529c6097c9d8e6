// A loop with an inlined function: what each line costs is known by hand. tests/fuzz/corpus/lines/
// holds it built with -O2 -gdwarf-5, and with -gdwarf-4 -gz.
static inline int scale(int x) {
  return (x * 3) >> 1;
}
static volatile int table[64];
__attribute__((noinline)) int sum(int n) {
  int s = 0;
  for (int i = 0; i < n; i++) {
    s += scale(table[i & 63]) / 7;
  }
  return s;
}
int result;
void reset(void) {
  result = sum(1000);
  __asm volatile("movs r0, #0x18\n ldr r1, =0x20026\n bkpt 0xab\n");
}
__attribute__((section(".vectors"), used)) const void *vectors[16] = {(void *)0x20010000, (void *)reset};
