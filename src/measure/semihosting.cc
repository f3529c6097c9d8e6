// Semihosting operations on files in memory: nothing that firmware does reaches the host's disk.
//
// Only what firmware/ and common C libraries' start-up use is answered: open, close, write, read,
// length, seek, is-TTY, errno, console writes, exit. Every other operation returns -1 and leaves a
// note. Source: Arm, "Semihosting for AArch32 and AArch64", sections on the operations.
#include "measure/semihosting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace assay {
namespace {

enum Operation : uint32_t {
  kOpen = 0x01,
  kClose = 0x02,
  kWriteChar = 0x03,
  kWriteText = 0x04,
  kWrite = 0x05,
  kRead = 0x06,
  kIsError = 0x08,
  kIsTty = 0x09,
  kSeek = 0x0a,
  kLength = 0x0c,
  kErrno = 0x13,
  kExit = 0x18,
  kExitExtended = 0x20
};
enum Handle : uint32_t { kInput = 1, kOutput = 2, kConsole = 3 };

constexpr uint32_t kFailed = 0xffffffff;
constexpr uint32_t kApplicationExit = 0x20026;
constexpr size_t kMaxConsoleBytes = 1 << 16, kMaxNameBytes = 256;
constexpr uint32_t kMaxTransferBytes = 1 << 26;
constexpr size_t kMaxNotes = 20;

using Arguments = std::array<uint32_t, 3>;

Arguments arguments(const GuestMemory& memory, uint32_t address, size_t count) {
  Arguments args{};
  memory.read(address, std::as_writable_bytes(std::span(args).first(count)));
  return args;
}

std::string guest_text(const GuestMemory& memory, uint32_t address, size_t limit) {
  std::string text;
  for (std::byte c{}; text.size() < limit && memory.read(address++, {&c, 1}) && c != std::byte{};)
    text += static_cast<char>(c);
  return text;
}

void to_console(SemihostingHost& host, std::string_view text) {
  host.console +=
      text.substr(0, kMaxConsoleBytes - std::min(kMaxConsoleBytes, host.console.size()));
}

/// Once, however often it happens.
void note(SemihostingHost& host, std::string text) {
  if (host.notes.size() < kMaxNotes && std::ranges::find(host.notes, text) == host.notes.end())
    host.notes.push_back(std::move(text));
}

uint32_t open(SemihostingHost& host, const GuestMemory& memory, uint32_t block) {
  const Arguments args = arguments(memory, block, 3);
  const std::string name = guest_text(memory, args[0], std::min<size_t>(args[2], kMaxNameBytes));
  if (name == "input.bin") return kInput;
  if (name == "output.bin") return kOutput;
  if (name == ":tt") return kConsole;
  note(host, fmt::format("the firmware asked for the file '{}'", name));
  return kFailed;
}

/// Returns the bytes that were not written.
uint32_t write(SemihostingHost& host, const GuestMemory& memory, uint32_t block) {
  const auto [handle, address, count] = arguments(memory, block, 3);
  if (count > kMaxTransferBytes) return count;
  std::vector<std::byte> bytes(count);
  if (!memory.read(address, bytes)) return count;
  if (handle == kOutput && host.inferences > 0) {
    host.outputs.resize(host.inferences);
    host.outputs.back().insert(host.outputs.back().end(), bytes.begin(), bytes.end());
    return 0;
  }
  if (handle != kConsole) return count;
  to_console(host, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return 0;
}

/// Returns the bytes that were not read.
uint32_t read(SemihostingHost& host, const GuestMemory& memory, uint32_t block) {
  const auto [handle, address, count] = arguments(memory, block, 3);
  if (handle != kInput) return count;
  const auto bytes = std::span(host.input)
                         .subspan(host.input_at)
                         .first(std::min<size_t>(count, host.input.size() - host.input_at));
  if (!memory.write(address, bytes)) return count;
  host.input_at += bytes.size();
  return count - static_cast<uint32_t>(bytes.size());
}

uint32_t seek(SemihostingHost& host, const GuestMemory& memory, uint32_t block) {
  const Arguments args = arguments(memory, block, 2);
  if (args[0] != kInput || args[1] > host.input.size()) return kFailed;
  host.input_at = args[1];
  return 0;
}

uint32_t exit(SemihostingHost& host, uint32_t reason, uint32_t code) {
  host.exit_code = reason == kApplicationExit ? static_cast<int>(code) : 1;
  return 0;
}

}  // namespace

uint32_t semihosting_call(SemihostingHost& host, const GuestMemory& memory, uint32_t r0,
                          uint32_t r1) {
  switch (r0) {
    case kOpen:
      return open(host, memory, r1);
    case kClose:
      return 0;
    case kWriteChar:
      to_console(host, guest_text(memory, r1, 1));
      return r0;
    case kWriteText:
      to_console(host, guest_text(memory, r1, kMaxConsoleBytes));
      return r0;
    case kWrite:
      return write(host, memory, r1);
    case kRead:
      return read(host, memory, r1);
    case kIsError:
      return 0;
    case kIsTty:
      return arguments(memory, r1, 1)[0] == kConsole;
    case kSeek:
      return seek(host, memory, r1);
    case kLength:
      return arguments(memory, r1, 1)[0] == kInput ? static_cast<uint32_t>(host.input.size()) : 0;
    case kErrno:
      return 0;
    case kExit:
      return exit(host, r1, 0);
    case kExitExtended: {
      const Arguments args = arguments(memory, r1, 2);
      return exit(host, args[0], args[1]);
    }
    default:
      note(host, fmt::format("semihosting operation 0x{:x} is not answered", r0));
      return kFailed;
  }
}

}  // namespace assay
