/* An ATmega328P as boards use it: timer 0 interrupts every 1 024 cycles, the serial line says when
 * it is ready and answers each byte received in its interrupt, and between them it works or
 * sleeps. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

static volatile uint8_t ticks, received, last;
volatile uint16_t result;

ISR(TIMER0_COMPA_vect) { ticks++; }

#ifdef USART0_RX_vect
#define USART_RX_vect USART0_RX_vect
#endif

ISR(USART_RX_vect) {
  last = UDR0;
  received++;
}

static void send(uint8_t byte) {
  while (!(UCSR0A & (1 << UDRE0))) {
  }
  UDR0 = byte;
}

__attribute__((noinline)) uint16_t inner(uint16_t x) { return (uint16_t)(x * 3 + 1); }

__attribute__((noinline)) void work(uint8_t rounds) {
  for (uint8_t i = 0; i < rounds; i++) result = inner(result);
}

int main(void) {
  TCCR0A = 1 << WGM01;
  OCR0A = 15;
  TCCR0B = 1 << CS01 | 1 << CS00; /* every 64 cycles */
  TIMSK0 = 1 << OCIE0A;
  UBRR0 = 3;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
  sei();
  for (const char *text = "ready\n"; *text; text++) send((uint8_t)*text);
  for (;;) {
    while (!received) sleep_mode();
    received = 0;
    work(100);
    send(last);
  }
}
