// Reads and writes of peripheral addresses, word by word (narrower accesses are parts of words).
//
// The fallback that lets polls end: when one address has been read kEqualReads times in a row with
// the same answer and nothing else was touched between, its bits flip from read to read, and the
// address is reported as such. A UART sends at once and receives a byte every kByteCycles, however
// it is set up. Counters run at the core's clock divided by their prescaler. Not handled: DMA,
// compare and capture, resets of a peripheral, bits that clear when read.
#include "measure/peripherals.h"

#include <algorithm>
#include <limits>

namespace assay {
namespace {

constexpr int64_t kEqualReads = 3000;
constexpr int64_t kByteCycles = 1000;
constexpr size_t kMaxCells = 1 << 16;
constexpr uint32_t kTimerEnable = 1;
constexpr uint32_t kBlockBytes = 0x400;  ///< what a UART or timer takes of the address space

uint32_t mask_of(int bits) { return bits >= 32 ? ~0u : (1u << bits) - 1; }

}  // namespace

Peripherals::Cell& Peripherals::cell(uint32_t address, uint32_t pc) {
  if (const auto at = cells_.find(address); at != cells_.end()) return at->second;
  Cell made = new_cell(address);
  made.touched.address = address;
  made.touched.first_pc = pc;
  if (made.kind == Kind::plain && cells_.size() >= kMaxCells) return shared_;
  return cells_.emplace(address, std::move(made)).first->second;
}

Peripherals::Cell Peripherals::new_cell(uint32_t address) const {
  Cell found;
  const auto reg = std::ranges::find(map_->registers, address, &PeripheralRegister::address);
  if (reg != map_->registers.end()) {
    found.kind = Kind::described;
    found.described = &*reg;
    found.value = reg->reset;
    return found;
  }
  const auto place = [&](const auto& blocks, Kind kind) {
    for (size_t i = 0; i < blocks.size(); ++i) {
      if (address - blocks[i].address >= kBlockBytes) continue;
      found.kind = kind;
      found.index = i;
      found.offset = address - blocks[i].address;
    }
  };
  place(map_->uarts, Kind::uart);
  place(map_->timers, Kind::timer);
  return found;
}

void Peripherals::hold(uint32_t address, uint32_t value) {
  Cell& held = cell(address & ~3u, 0);
  held.kind = Kind::held;
  held.value = value;
}

uint32_t Peripherals::value_at(uint32_t address) const {
  const auto found = cells_.find(address);
  if (found != cells_.end()) return found->second.value;
  const auto reg = std::ranges::find(map_->registers, address, &PeripheralRegister::address);
  return reg == map_->registers.end() ? 0 : reg->reset;
}

uint32_t Peripherals::described(const Cell& cell) {
  uint32_t value = cell.value;
  for (const FollowingBits& follow : cell.described->follow) {
    const uint32_t mask = mask_of(follow.bits);
    const uint32_t bits = (value_at(follow.of_address) >> follow.of) & mask;
    value = (value & ~(mask << follow.bit)) | (bits << follow.bit);
  }
  return value | cell.described->always;
}

bool Peripherals::has_byte(size_t uart, int64_t now) const {
  const bool is_console = console_ == uart || console_ == SIZE_MAX;
  return is_console && !input_.empty() && now >= next_byte_at_;
}

uint32_t Peripherals::uart_read(const Cell& cell, int64_t now) {
  const UartLayout& layout = map_->uart_layout;
  const bool there = has_byte(cell.index, now);
  const bool is_status = cell.offset == layout.status && layout.status != layout.receive;
  if (is_status) return layout.ready | (there ? layout.received : layout.empty);
  if (cell.offset != layout.receive) return cell.value;
  if (!there) return layout.status == layout.receive ? layout.empty : 0;
  const auto byte = static_cast<unsigned char>(input_.front());
  input_.pop_front();
  next_byte_at_ = now + kByteCycles;
  return byte;
}

void Peripherals::uart_write(const Cell& cell, uint32_t value) {
  if (cell.offset != map_->uart_layout.transmit) return;
  console_ = cell.index;
  if (on_output) on_output(static_cast<char>(value));
}

uint32_t Peripherals::counter(size_t timer, int64_t now) {
  const uint32_t prescaler = value_at(map_->timers[timer].address + map_->timer_layout.prescaler);
  return static_cast<uint32_t>((now - counter_zero_[timer]) / (int64_t{prescaler & 0xffff} + 1));
}

/// What a read answers that nothing models: the value, until it has been asked for too often.
uint32_t Peripherals::polled(Cell& cell, uint32_t address, uint32_t value) {
  if (address == polled_address_ && value == polled_value_) {
    ++equal_reads_;
  } else {
    polled_address_ = address;
    polled_value_ = value;
    equal_reads_ = 0;
  }
  if (equal_reads_ < kEqualReads) return value;
  cell.touched.flipped = true;
  return equal_reads_ % 2 == 0 ? ~value : value;
}

uint32_t Peripherals::read_word(Cell& cell, uint32_t address, int64_t now) {
  if (cell.kind == Kind::held) return cell.value;
  if (cell.kind == Kind::uart) return uart_read(cell, now);
  if (cell.kind == Kind::timer && cell.offset == map_->timer_layout.counter)
    return counter(cell.index, now);
  return polled(cell, address, cell.kind == Kind::described ? described(cell) : cell.value);
}

uint32_t Peripherals::read(uint32_t address, uint32_t bytes, int64_t now, uint32_t pc) {
  const uint32_t word = address & ~3u;
  Cell& at = cell(word, pc);
  ++at.touched.reads;
  const uint32_t value = read_word(at, word, now) >> (address % 4 * 8);
  return bytes >= 4 ? value : value & mask_of(static_cast<int>(bytes) * 8);
}

void Peripherals::write(uint32_t address, uint32_t bytes, uint32_t value, int64_t now,
                        uint32_t pc) {
  const uint32_t word = address & ~3u;
  Cell& at = cell(word, pc);
  ++at.touched.writes;
  polled_address_ = 0;
  if (at.kind == Kind::held) return;
  const uint32_t shift = address % 4 * 8;
  const uint32_t mask = bytes >= 4 ? ~0u : mask_of(static_cast<int>(bytes) * 8) << shift;
  at.value = (at.value & ~mask) | ((value << shift) & mask);
  if (at.kind == Kind::uart) uart_write(at, at.value);
  if (at.kind != Kind::timer) return;
  const TimerLayout& layout = map_->timer_layout;
  const int64_t step =
      int64_t{value_at(map_->timers[at.index].address + layout.prescaler) & 0xffff} + 1;
  if (at.offset == layout.counter) counter_zero_[at.index] = now - at.value * step;
  if (at.offset == layout.control && (value & kTimerEnable) && !counter_zero_.contains(at.index))
    counter_zero_[at.index] = now;
}

void Peripherals::receive(std::string_view bytes) {
  input_.insert(input_.end(), bytes.begin(), bytes.end());
}

int64_t Peripherals::next_event() const {
  return input_.empty() ? std::numeric_limits<int64_t>::max() : next_byte_at_;
}

std::vector<int> Peripherals::lines(int64_t now) const {
  std::vector<int> high;
  const UartLayout& layout = map_->uart_layout;
  for (size_t i = 0; i < map_->uarts.size(); ++i) {
    const uint32_t control = value_at(map_->uarts[i].address + layout.control);
    const bool receives = (control & layout.receive_interrupt) && has_byte(i, now);
    if (receives || (control & layout.transmit_interrupt)) high.push_back(map_->uarts[i].interrupt);
  }
  return high;
}

std::vector<TouchedAddress> Peripherals::touched() const {
  std::vector<TouchedAddress> list;
  for (const auto& [address, cell] : cells_)
    if (cell.kind == Kind::plain || cell.touched.flipped) list.push_back(cell.touched);
  std::ranges::sort(list, {}, &TouchedAddress::address);
  return list;
}

}  // namespace assay
