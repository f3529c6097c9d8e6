// A value, or the reason there is none, and where it went wrong.
//
//   Result<Graph> load(...) {
//     const Header header = TRY(read_header(bytes));                  // returns the error to the
//     caller return in(read_nodes(header), "model {}", name);                // adds where we were
//   }
//
// Printed inner frame last: "model kws.tflite: node 12 (conv_2d): stride 0 is not positive".
#pragma once

#include <fmt/core.h>

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace assay {

/// What kind of thing went wrong; decides the exit code (house.md, "Errors").
enum class ErrorKind {
  budget = 1,       ///< a budget of `assay check` was exceeded
  usage = 2,        ///< the command line
  input = 3,        ///< a file that the user gave
  unsupported = 4,  ///< understood, but not something we can do
  environment = 5,  ///< a missing tool, a full disk
  internal = 70,    ///< our own mistake
};

/// Why something could not be done, and where. Frames run from inner to outer.
struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::internal;
  std::string what;                 ///< lower case, no full stop: "stride 0 is not positive"
  std::vector<std::string> frames;  ///< "node 12 (conv_2d)", "model kws.tflite"
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

/// Makes an error: `return fail(ErrorKind::input, "stride {} is not positive", stride);`
template <class... Args>
std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
  return std::unexpected(Error{kind, fmt::format(text, std::forward<Args>(args)...), {}});
}

/// Says where we were. Does nothing on success.
template <class T, class... Args>
Result<T> in(Result<T> result, fmt::format_string<Args...> frame, Args&&... args) {
  if (!result) result.error().frames.push_back(fmt::format(frame, std::forward<Args>(args)...));
  return result;
}

/// The whole error on one line, outermost frame first.
inline std::string text(const Error& error) {
  std::string line;
  for (auto frame = error.frames.rbegin(); frame != error.frames.rend(); ++frame)
    line += *frame + ": ";
  return line + error.what;
}

inline int exit_code(const Error& error) { return static_cast<int>(error.kind); }

}  // namespace assay

/// Unwraps, or returns the error to the caller. Use only as a whole statement or as a whole
/// initialiser, never in an argument list: the order of evaluation there is the compiler's.
#define TRY(expr)                                                           \
  __extension__({                                                           \
    auto try_result = (expr);                                               \
    if (!try_result) return std::unexpected(std::move(try_result).error()); \
    *std::move(try_result);                                                 \
  })

/// TRY for a Status, whose value is nothing.
#define TRY_STATUS(expr)                                                    \
  do {                                                                      \
    auto try_status = (expr);                                               \
    if (!try_status) return std::unexpected(std::move(try_status).error()); \
  } while (false)
