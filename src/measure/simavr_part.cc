// The only file that sees simavr.
//
// The core runs when it is told to, so that whoever counts sees every instruction; timers and
// interrupts come up to its time in attend(). Not handled: SPM, what the part's other peripherals
// are connected to. Source: simavr 1.6, sim_avr.h, sim_core.h, sim_interrupts.h, avr_uart.h; it
// does not itself keep a wild pointer from its own memory.
#include "measure/simavr_part.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

#include "hw/avr.h"

#if ASSAY_SIMAVR
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#include <simavr/sim_cycle_timers.h>
#include <simavr/sim_interrupts.h>
#endif

namespace assay {

#if ASSAY_SIMAVR

namespace {

/// avr_terminate leaves the interrupt lines of no peripheral, with their names and hooks. Those
/// allocated together stand together.
void free_lines(const avr_irq_pool_t& pool) {
  std::vector<avr_irq_t*> lines(pool.irq, pool.irq + pool.count);
  std::erase(lines, nullptr);
  std::ranges::sort(lines);
  for (size_t i = 0, count = 0; i < lines.size(); i += count) {
    for (count = 1; i + count < lines.size() && lines[i + count] == lines[i] + count;) ++count;
    avr_free_irq(lines[i], static_cast<uint32_t>(count));
  }
  std::free(pool.irq);  // NOLINT: as it was made
}

struct Free {
  void operator()(avr_t* avr) const {
    avr_terminate(avr);
    free_lines(avr->irq_pool);
    std::free(avr);  // NOLINT: it was made by malloc
  }
};

/// simavr's name of a part.
std::string mcu_name(const Target& target) {
  std::string part = target.part;
  for (char& c : part) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return part;
}

/// simavr prints what it thinks of the firmware; what matters is found out before it does.
void say_nothing(avr_t*, int, const char*, va_list) {}

}  // namespace

struct SimavrPart::Simulation {
  std::unique_ptr<avr_t, Free> avr;
  std::function<void(char)> output = {};
  std::string waiting = {};  ///< for the firmware to read
  avr_irq_t* input = nullptr;
  bool takes_input = false;
  bool uart = false;  ///< is listened to

  static void on_byte(avr_irq_t*, uint32_t value, void* user) {
    static_cast<Simulation*>(user)->output(static_cast<char>(value));
  }
  static void on_free(avr_irq_t*, uint32_t, void* user) {
    static_cast<Simulation*>(user)->takes_input = true;
  }
  static void on_full(avr_irq_t*, uint32_t, void* user) {
    static_cast<Simulation*>(user)->takes_input = false;
  }
};

SimavrPart::SimavrPart(std::unique_ptr<Simulation> state) : state_(std::move(state)) {
  const avr_t& avr = *state_->avr;
  flash_ = {reinterpret_cast<const std::byte*>(avr.flash), size_t{avr.flashend} + 1};
  data_ = {avr.data, size_t{avr.ramend} + 1};
  address_bytes_ = avr.address_size;
}
SimavrPart::SimavrPart(SimavrPart&&) noexcept = default;
SimavrPart& SimavrPart::operator=(SimavrPart&&) noexcept = default;
SimavrPart::~SimavrPart() = default;

std::string SimavrPart::missing() { return ""; }

Result<SimavrPart> SimavrPart::open(const Target& target) {
  avr_global_logger_set(say_nothing);
  avr_t* avr = avr_make_mcu_by_name(mcu_name(target).c_str());
  if (avr == nullptr) return fail(ErrorKind::unsupported, "simavr has no {}", target.part);
  avr_init(avr);
  avr->frequency = static_cast<uint32_t>(target.clock_hz);
  return SimavrPart(std::make_unique<Simulation>(Simulation{std::unique_ptr<avr_t, Free>(avr)}));
}

Status SimavrPart::load(const ElfFile& elf, bool initialised) {
  for (const ElfSegment& segment : elf.segments) {
    if (segment.bytes.empty()) continue;
    if (uint64_t{segment.load_address} + segment.bytes.size() > flash_.size())
      return fail(ErrorKind::input, "its segment at 0x{:08x} is in no memory of the target",
                  segment.load_address);
    std::memcpy(state_->avr->flash + segment.load_address, segment.bytes.data(),
                segment.bytes.size());
    if (initialised && segment.run_address >= kAvrData)
      memory().write(segment.run_address, segment.bytes);
  }
  return {};
}

void SimavrPart::set_stack_pointer(uint32_t address) {
  data_[R_SPL] = static_cast<uint8_t>(address);
  data_[R_SPH] = static_cast<uint8_t>(address >> 8);
}

uint32_t SimavrPart::rampz() const {
  const avr_t& avr = *state_->avr;
  return avr.rampz ? uint32_t{avr.data[avr.rampz]} << 16 : 0;
}

uint32_t SimavrPart::pc() const { return state_->avr->pc; }
void SimavrPart::jump(uint32_t address) { state_->avr->pc = address; }
int64_t SimavrPart::cycle() const { return static_cast<int64_t>(state_->avr->cycle); }
void SimavrPart::pass(int64_t cycles) {
  state_->avr->cycle += static_cast<avr_cycle_count_t>(cycles);
}

SimavrPart::State SimavrPart::step(int64_t cycles) {
  avr_t& avr = *state_->avr;
  avr.run_cycle_count = static_cast<avr_cycle_count_t>(cycles);  // so long, and no further
  avr.pc = avr_run_one(&avr);
  if (avr.state == cpu_Running) return State::running;
  return avr.state == cpu_Sleeping ? State::sleeping : State::gone;
}

int SimavrPart::attend() {
  avr_t& avr = *state_->avr;
  const avr_flashaddr_t pc = avr.pc;
  avr_cycle_timer_process(&avr);
  avr.pc = pc;  // which the timers do not move
  std::string& waiting = state_->waiting;
  for (size_t sent = 0; state_->takes_input && !waiting.empty() && sent < 1; ++sent) {
    avr_raise_irq(state_->input, static_cast<uint8_t>(waiting.front()));
    waiting.erase(0, 1);
  }
  if (avr.interrupt_state == 0) return 0;
  avr_service_interrupts(&avr);
  if (avr.pc == pc) return 0;
  if (avr.state == cpu_Sleeping) avr.state = cpu_Running;
  return static_cast<int>(avr.pc / avr.vector_size);
}

bool SimavrPart::interrupts_enabled() const { return state_->avr->sreg[S_I] != 0; }

std::optional<int64_t> SimavrPart::sleep() {
  avr_t& avr = *state_->avr;
  if (!interrupts_enabled() || (avr.cycle_timers.timer == nullptr && avr.interrupt_state == 0))
    return std::nullopt;
  const avr_cycle_count_t next = avr.cycle_timers.timer ? avr.cycle_timers.timer->when : avr.cycle;
  const int64_t passed = next > avr.cycle ? static_cast<int64_t>(next - avr.cycle) : 0;
  pass(passed);
  return passed;
}

void SimavrPart::on_output(std::function<void(char)> output) {
  avr_t& avr = *state_->avr;
  state_->output = std::move(output);
  uint32_t flags = 0;  // print nothing, sleep nowhere
  if (avr_ioctl(&avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags) != 0) return;
  const auto line = [&](uint32_t which) {
    return avr_io_getirq(&avr, AVR_IOCTL_UART_GETIRQ('0'), static_cast<int>(which));
  };
  avr_irq_register_notify(line(UART_IRQ_OUTPUT), Simulation::on_byte, state_.get());
  avr_irq_register_notify(line(UART_IRQ_OUT_XON), Simulation::on_free, state_.get());
  avr_irq_register_notify(line(UART_IRQ_OUT_XOFF), Simulation::on_full, state_.get());
  state_->input = line(UART_IRQ_INPUT);
}

void SimavrPart::receive(std::string_view bytes) { state_->waiting += bytes; }

#else

struct SimavrPart::Simulation {};
SimavrPart::SimavrPart(std::unique_ptr<Simulation> state) : state_(std::move(state)) {}
SimavrPart::SimavrPart(SimavrPart&&) noexcept = default;
SimavrPart& SimavrPart::operator=(SimavrPart&&) noexcept = default;
SimavrPart::~SimavrPart() = default;

std::string SimavrPart::missing() {
  return "not built in: install libsimavr-dev (Debian) and run CMake again";
}
Result<SimavrPart> SimavrPart::open(const Target& /*target*/) {
  return fail(ErrorKind::environment, "simavr is {}", missing());
}
Status SimavrPart::load(const ElfFile&, bool) { return {}; }
void SimavrPart::set_stack_pointer(uint32_t) {}
uint32_t SimavrPart::rampz() const { return 0; }
uint32_t SimavrPart::pc() const { return 0; }
void SimavrPart::jump(uint32_t) {}
int64_t SimavrPart::cycle() const { return 0; }
void SimavrPart::pass(int64_t) {}
SimavrPart::State SimavrPart::step(int64_t) { return State::gone; }
int SimavrPart::attend() { return 0; }
bool SimavrPart::interrupts_enabled() const { return false; }
std::optional<int64_t> SimavrPart::sleep() { return std::nullopt; }
void SimavrPart::on_output(std::function<void(char)>) {}
void SimavrPart::receive(std::string_view) {}

#endif

/// Data address `address`, with or without kAvrData; empty if not all is there.
static std::span<uint8_t> at(std::span<uint8_t> data, uint32_t address, size_t bytes) {
  if (address >= kAvrData) address -= kAvrData;
  if (address >= data.size() || bytes > data.size() - address) return {};
  return data.subspan(address, bytes);
}

GuestMemory SimavrPart::memory() {
  GuestMemory memory;
  memory.read = [data = data_](uint32_t address, std::span<std::byte> to) {
    const auto from = at(data, address, to.size());
    std::ranges::copy(std::as_bytes(from), to.begin());
    return from.size() == to.size();
  };
  memory.write = [data = data_](uint32_t address, std::span<const std::byte> from) {
    const auto to = at(data, address, from.size());
    if (to.size() != from.size()) return false;
    std::ranges::copy(from, std::as_writable_bytes(to).begin());
    return true;
  };
  return memory;
}

}  // namespace assay
