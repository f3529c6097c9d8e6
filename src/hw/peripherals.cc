// Reads data/peripherals/*.toml.
//
// A register says what it reads before it is written, which bits are always one and which follow
// others; UARTs and counters share one layout a file, since families are uniform in that. What a
// file does not name is the emulator's fallback, not an error. Keys: data/README.md.
#include "hw/peripherals.h"

#include <algorithm>

#include "hw/fields.h"
#include "util/embedded.h"
#include "util/toml.h"

namespace assay {
namespace {

constexpr std::string_view kFolder = "data/peripherals/", kEnding = ".toml";
constexpr int64_t kAddressSpace = int64_t{1} << 32;
constexpr int64_t kMaxWindowBytes = int64_t{1} << 28;
constexpr uint32_t kPage = 4096;
constexpr int64_t kMaxInterrupt = 479;  // Armv8-M: 480 external interrupts at most

Result<uint32_t> word(const Toml& toml, std::string_view key, int64_t limit = kAddressSpace) {
  return static_cast<uint32_t>(TRY(integer_in(toml, key, 0, limit - 1)));
}

Result<uint32_t> word_or_zero(const Toml& toml, std::string_view key) {
  if (!toml.has(key)) return 0;
  return word(toml, key);
}

/// Registers are words: anything else would never be met.
Result<uint32_t> address_of(const Toml& toml, uint32_t multiple = 4) {
  const uint32_t address = TRY(word(toml, "address"));
  if (address % multiple != 0)
    return std::unexpected(
        toml.error_at("address", fmt::format("'address' is no multiple of {}", multiple)));
  return address;
}

struct Reference {
  size_t reg, follow;
  std::string name;
};

Result<FollowingBits> read_follow(const Toml& toml) {
  FollowingBits follow;
  follow.bit = static_cast<int>(TRY(word(toml, "bit", 32)));
  follow.of = static_cast<int>(TRY(word(toml, "of", 32)));
  if (toml.has("bits")) follow.bits = static_cast<int>(TRY(word(toml, "bits", 33)));
  if (follow.bit + follow.bits > 32 || follow.of + follow.bits > 32)
    return std::unexpected(toml.error_at("bits", "the bits leave the word"));
  return follow;
}

Status read_registers(const Toml& toml, PeripheralMap& map) {
  std::vector<Reference> references;
  for (const Toml& row : TRY(rows(toml, "register"))) {
    PeripheralRegister reg;
    reg.name = TRY(row.text("name"));
    reg.address = TRY(address_of(row));
    reg.reset = TRY(word_or_zero(row, "reset"));
    reg.always = TRY(word_or_zero(row, "always"));
    for (const Toml& each : TRY(rows(row, "follow"))) {
      FollowingBits follow = TRY(read_follow(each));
      follow.of_address = reg.address;
      if (each.has("of_register"))
        references.push_back(
            {map.registers.size(), reg.follow.size(), TRY(each.text("of_register"))});
      TRY_STATUS(each.no_other_keys());
      reg.follow.push_back(follow);
    }
    TRY_STATUS(row.no_other_keys());
    map.registers.push_back(std::move(reg));
  }
  for (const Reference& each : references) {
    const auto found = std::ranges::find(map.registers, each.name, &PeripheralRegister::name);
    if (found == map.registers.end())
      return std::unexpected(
          toml.error_at("register", fmt::format("'of_register': no register {}", each.name)));
    map.registers[each.reg].follow[each.follow].of_address = found->address;
  }
  return {};
}

Status read_uarts(const Toml& toml, PeripheralMap& map) {
  const std::vector<Toml> uarts = TRY(rows(toml, "uart"));
  if (uarts.empty()) return {};
  const Toml layout = TRY(toml.table("uart_layout"));
  UartLayout& out = map.uart_layout;
  out.control = TRY(word(layout, "control", 4096));
  out.status = TRY(word(layout, "status", 4096));
  out.receive = TRY(word(layout, "receive", 4096));
  out.transmit = TRY(word(layout, "transmit", 4096));
  out.ready = TRY(word(layout, "ready"));
  out.received = TRY(word_or_zero(layout, "received"));
  out.empty = TRY(word_or_zero(layout, "empty"));
  out.receive_interrupt = TRY(word(layout, "receive_interrupt"));
  out.transmit_interrupt = TRY(word(layout, "transmit_interrupt"));
  TRY(layout.text("source"));
  TRY_STATUS(layout.no_other_keys());
  for (const Toml& row : uarts) {
    Uart uart;
    uart.name = TRY(row.text("name"));
    uart.address = TRY(address_of(row));
    uart.interrupt = static_cast<int>(TRY(word(row, "interrupt", kMaxInterrupt + 1)));
    TRY_STATUS(row.no_other_keys());
    map.uarts.push_back(std::move(uart));
  }
  return {};
}

Status read_timers(const Toml& toml, PeripheralMap& map) {
  const std::vector<Toml> timers = TRY(rows(toml, "timer"));
  if (timers.empty()) return {};
  const Toml layout = TRY(toml.table("timer_layout"));
  map.timer_layout.control = TRY(word(layout, "control", 4096));
  map.timer_layout.prescaler = TRY(word(layout, "prescaler", 4096));
  map.timer_layout.counter = TRY(word(layout, "counter", 4096));
  TRY(layout.text("source"));
  TRY_STATUS(layout.no_other_keys());
  for (const Toml& row : timers) {
    TimerBlock timer;
    timer.name = TRY(row.text("name"));
    timer.address = TRY(address_of(row));
    TRY_STATUS(row.no_other_keys());
    map.timers.push_back(std::move(timer));
  }
  return {};
}

Status read_machine_timer(const Toml& toml, PeripheralMap& map) {
  if (!toml.has("machine_timer")) return {};
  const Toml timer = TRY(toml.table("machine_timer"));
  MachineTimer& out = map.machine_timer;
  out.mtime = TRY(word(timer, "mtime"));
  out.mtimecmp = TRY(word(timer, "mtimecmp"));
  out.software = TRY(word_or_zero(timer, "software"));
  out.ticks_hz = TRY(word(timer, "ticks_hz"));
  TRY(timer.text("source"));
  return timer.no_other_keys();
}

Status read_windows(const Toml& toml, PeripheralMap& map) {
  for (const Toml& row : TRY(rows(toml, "window"))) {
    PeripheralWindow window;
    window.name = TRY(row.text("name"));
    window.address = TRY(address_of(row, kPage));
    window.bytes = TRY(word(row, "bytes", kMaxWindowBytes + 1));
    if (window.bytes == 0 || window.bytes % kPage != 0)
      return std::unexpected(
          row.error_at("bytes", fmt::format("'bytes' is no multiple of {}", kPage)));
    TRY_STATUS(row.no_other_keys());
    map.windows.push_back(std::move(window));
  }
  for (const Toml& row : TRY(rows(toml, "alias"))) {
    MemoryAlias alias;
    alias.address = TRY(address_of(row, kPage));
    alias.of = TRY(word(row, "of"));
    TRY(row.text("source"));
    TRY_STATUS(row.no_other_keys());
    map.aliases.push_back(alias);
  }
  return {};
}

}  // namespace

Result<PeripheralMap> read_peripherals(std::string_view text, std::string_view file) {
  const Toml toml = TRY(Toml::parse(text, file));
  PeripheralMap map;
  map.name = TRY(toml.text("name"));
  map.title = TRY(toml.text("title"));
  map.source = TRY(toml.text("source"));
  map.parts = TRY(toml.texts("parts"));
  if (toml.has("priority_bits"))
    map.priority_bits = static_cast<int>(TRY(word(toml, "priority_bits", 9)));
  TRY_STATUS(read_registers(toml, map));
  TRY_STATUS(read_uarts(toml, map));
  TRY_STATUS(read_timers(toml, map));
  TRY_STATUS(read_machine_timer(toml, map));
  TRY_STATUS(read_windows(toml, map));
  TRY_STATUS(toml.no_other_keys());
  return map;
}

Result<PeripheralMap> peripherals_of(std::string_view part) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with(kFolder) || !file.path.ends_with(kEnding)) continue;
    PeripheralMap map = TRY(read_peripherals(file.text, file.path));
    if (std::ranges::any_of(map.parts, [&](const std::string& p) { return part.starts_with(p); }))
      return map;
  }
  return PeripheralMap{};
}

}  // namespace assay
