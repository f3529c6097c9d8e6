// Exception entry and return outside the emulation library, on its registers.
//
// Floating-point state is pushed when it is in use (CONTROL.FPCA), at once: the lazy way differs
// only in time. Privilege follows CONTROL.nPRIV of the interrupted thread. Not handled: tail
// chaining and late arrival (only their time would differ), security states of Armv8-M, stack
// limit registers, faults while stacking (an error here). Sources: Armv7-M ARM (DDI 0403E) B1.5.6
// and B1.5.8; Armv8-M ARM (DDI 0553) on EXC_RETURN.
#include "measure/exceptions.h"

#include <array>

namespace assay {
namespace {

constexpr uint32_t kUnprivileged = 1, kUsesPsp = 2, kFloatingPoint = 4;  // of CONTROL
constexpr uint32_t kAligned = 1u << 9;                                   // of the stacked xPSR
constexpr uint32_t kThumb = 1u << 24;
constexpr uint32_t kExceptionBits = 0x1ff;
constexpr uint32_t kNoFloatingPoint = 1u << 4, kToThread = 1u << 3, kToPsp = 1u << 2;  // EXC_RETURN
constexpr size_t kPlainWords = 8, kFullWords = 26, kFpBegin = 8, kFpRegisters = 16;
using Frame = std::array<uint32_t, kFullWords>;

constexpr Register kStacked[] = {Register::r0, Register::r1,  Register::r2,
                                 Register::r3, Register::r12, Register::lr};

std::span<std::byte> bytes_of(Frame& frame, bool with_fp) {
  return std::as_writable_bytes(std::span(frame).first(with_fp ? kFullWords : kPlainWords));
}

Frame make_frame(const Machine& machine, uint32_t return_pc, bool padded, bool with_fp) {
  Frame frame{};
  for (size_t i = 0; i < std::size(kStacked); ++i) frame[i] = machine.read(kStacked[i]);
  frame[6] = return_pc & ~1u;
  frame[7] = (machine.read(Register::xpsr) & ~kAligned) | kThumb | (padded ? kAligned : 0);
  if (!with_fp) return frame;
  for (size_t i = 0; i < kFpRegisters; ++i)
    frame[kFpBegin + i] = machine.read_fp(static_cast<int>(i));
  frame[kFpBegin + kFpRegisters] = machine.read(Register::fpscr);
  return frame;
}

}  // namespace

Result<ExceptionEntry> enter_exception(Machine& machine, uint32_t vector_table, int exception,
                                       uint32_t return_pc, bool armv8m) {
  const uint32_t control = machine.read(Register::control);
  const bool from_thread = machine.read(Register::ipsr) == 0;
  const bool with_fp = (control & kFloatingPoint) != 0;
  const bool on_psp = from_thread && (control & kUsesPsp);
  const uint32_t sp = machine.read(Register::sp);
  const bool padded = (sp & 4) != 0;
  Frame frame = make_frame(machine, return_pc, padded, with_fp);
  const auto bytes = bytes_of(frame, with_fp);
  const uint32_t frame_at = (sp & ~7u) - static_cast<uint32_t>(bytes.size());
  if (!machine.is_memory(frame_at, static_cast<uint32_t>(bytes.size())) ||
      !machine.write(frame_at, bytes))
    return fail(ErrorKind::input, "exception {}: its frame at 0x{:08x} is not in RAM", exception,
                frame_at);
  uint32_t handler = 0;
  if (!machine.read(vector_table + static_cast<uint32_t>(exception) * 4,
                    std::as_writable_bytes(std::span(&handler, 1))) ||
      !machine.is_memory(handler & ~1u, 2))
    return fail(ErrorKind::input, "exception {}: its vector at 0x{:08x} leads nowhere (0x{:08x})",
                exception, vector_table + static_cast<uint32_t>(exception) * 4, handler);
  machine.write(Register::sp, frame_at);
  machine.write(Register::ipsr, static_cast<uint32_t>(exception));
  machine.write(Register::control, control & kUnprivileged);
  const uint32_t base = armv8m ? 0xffffffa0 : 0xffffffe1;
  machine.write(Register::lr, base | (with_fp ? 0 : kNoFloatingPoint) |
                                  (from_thread ? kToThread : 0) | (on_psp ? kToPsp : 0));
  return ExceptionEntry{handler & ~1u, frame_at};
}

Result<ExceptionReturn> return_from_exception(Machine& machine, uint32_t exc_return) {
  const auto from = static_cast<int>(machine.read(Register::ipsr) & kExceptionBits);
  if (from == 0)
    return fail(ErrorKind::input, "a jump to 0x{:08x} outside of any exception", exc_return);
  const bool with_fp = (exc_return & kNoFloatingPoint) == 0;
  const bool to_thread = (exc_return & kToThread) != 0;
  const bool to_psp = to_thread && (exc_return & kToPsp);
  const Register stack = to_psp ? Register::psp : Register::sp;
  const uint32_t frame_at = machine.read(stack);
  Frame frame{};
  const auto bytes = bytes_of(frame, with_fp);
  if (!machine.read(frame_at, bytes))
    return fail(ErrorKind::input, "return from exception {}: no frame at 0x{:08x}", from, frame_at);
  for (size_t i = 0; i < std::size(kStacked); ++i) machine.write(kStacked[i], frame[i]);
  if (with_fp) {
    for (size_t i = 0; i < kFpRegisters; ++i)
      machine.write_fp(static_cast<int>(i), frame[kFpBegin + i]);
    machine.write(Register::fpscr, frame[kFpBegin + kFpRegisters]);
  }
  const uint32_t xpsr = frame[7];
  const uint32_t sp = (frame_at + static_cast<uint32_t>(bytes.size())) | (xpsr & kAligned ? 4 : 0);
  machine.write(stack, sp);
  // Privilege of the thread was set by whoever wrote CONTROL; handlers always have it.
  const uint32_t kept = machine.read(Register::control) & kUnprivileged;
  const uint32_t control = kept | (with_fp ? kFloatingPoint : 0) | (to_psp ? kUsesPsp : 0);
  machine.write(Register::control, control);
  machine.write(Register::xpsr, (xpsr & ~kAligned) | kThumb);
  if (to_thread) machine.write(Register::control, control);
  return ExceptionReturn{frame[6] & ~1u, frame_at, from};
}

}  // namespace assay
