// Which line of source the code at an address comes from, by the image's DWARF.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"

namespace assay {

/// A line of source. `file` is relative to where its unit was compiled, if it stands below.
struct SourceLine {
  std::string file;
  int64_t line = 0;
  bool operator==(const SourceLine&) const = default;
};

/// A call that the compiler replaced by the body of what was called.
struct InlinedCall {
  std::string function;  ///< what was called
  SourceLine at;         ///< where
};

class SourceLines {
 public:
  /// `elf` must outlive it. Errors: unsupported (no DWARF), input (it makes no sense).
  static Result<SourceLines> read(std::span<const std::byte> elf);
  SourceLines(SourceLines&&) noexcept;
  SourceLines& operator=(SourceLines&&) noexcept;
  ~SourceLines();

  /// Of inlined code the line of the innermost function; none if the table does not say.
  std::optional<SourceLine> at(uint32_t address) const;
  /// A number for the line at the address, the same for the same line; -1: none. Cheaper than at().
  int line_number_at(uint32_t address) const;
  const SourceLine& line(int number) const;
  /// Where to read the line's file: its path as the compiler had it.
  std::string path_of(int number) const;

  /// The calls inlined one in the other at the address, innermost first. Slow: for few addresses.
  std::vector<InlinedCall> inlined_at(uint32_t address) const;

 private:
  struct State;
  explicit SourceLines(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A C++ symbol as people write it; what is none, as it is.
std::string demangled(const std::string& symbol);

}  // namespace assay
