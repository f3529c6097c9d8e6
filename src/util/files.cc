// Files, whole. Writing goes to a new file in the same folder, which is then renamed.
#include "util/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace assay {
namespace {

/// Closes on every way out.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Status write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(ErrorKind::environment, "cannot write: {}", std::strerror(errno));
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

std::unexpected<Error> too_large(const std::filesystem::path& file, int64_t max_bytes) {
  return fail(ErrorKind::input, "{}: larger than the limit of {} bytes", file.string(), max_bytes);
}

}  // namespace

Result<std::vector<std::byte>> read_file(const std::filesystem::path& file, int64_t max_bytes) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status))
    return fail(ErrorKind::input, "{}: no such file", file.string());
  if (std::filesystem::is_directory(status))
    return fail(ErrorKind::input, "{}: is a directory", file.string());
  const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.fd < 0) return fail(ErrorKind::environment, "{}: {}", file.string(), std::strerror(errno));
  // As large as the file says, and one byte to see its end: what grows would be held twice.
  struct stat said = {};
  const bool has_size = ::fstat(in.fd, &said) == 0 && S_ISREG(said.st_mode);
  if (has_size && said.st_size > max_bytes) return too_large(file, max_bytes);
  std::vector<std::byte> bytes(has_size ? static_cast<size_t>(said.st_size) + 1 : 0);
  for (size_t used = 0;;) {
    if (used == bytes.size()) bytes.resize(used + (size_t{1} << 20));
    const ssize_t got = ::read(in.fd, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::environment, "{}: {}", file.string(), std::strerror(errno));
    used += static_cast<size_t>(got);
    if (static_cast<int64_t>(used) > max_bytes) return too_large(file, max_bytes);
    if (got == 0) {
      bytes.resize(used);
      return bytes;
    }
  }
}

Result<std::string> read_text(const std::filesystem::path& file, int64_t max_bytes) {
  const std::vector<std::byte> bytes = TRY(read_file(file, max_bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

namespace {

/// Opens a file that did not exist, beside `file`; its name is put into `temporary`. The mode is
/// an ordinary file's, which mkstemp's is not.
int open_beside(const std::filesystem::path& file, std::string& temporary) {
  static std::atomic<uint64_t> serial = 0;  // only makes names differ between threads
  for (int attempt = 0; attempt < 100; ++attempt) {
    temporary = fmt::format("{}.{}-{}.part", file.string(), ::getpid(), serial++);
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

/// A device, a pipe: nothing that a rename could replace.
Status write_special(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  const Descriptor out{::open(file.c_str(), O_WRONLY | O_CLOEXEC)};
  if (out.fd < 0)
    return fail(ErrorKind::environment, "{}: {}", file.string(), std::strerror(errno));
  return in(write_all(out.fd, bytes), "{}", file.string());
}

}  // namespace

Status write_file(const std::filesystem::path& wanted, std::span<const std::byte> bytes) {
  std::error_code error;
  const auto status = std::filesystem::status(wanted, error);
  const bool special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (special && !std::filesystem::is_directory(status)) return write_special(wanted, bytes);
  // A link stays a link: what it points at is replaced.
  const std::filesystem::path target = std::filesystem::canonical(wanted, error);
  const std::filesystem::path& file = error ? wanted : target;
  if (!error && ::access(file.c_str(), W_OK) != 0)
    return fail(ErrorKind::environment, "{}: {}", wanted.string(), std::strerror(errno));
  std::string temporary;
  Descriptor out{open_beside(file, temporary)};
  if (out.fd < 0)
    return fail(ErrorKind::environment, "{}: {}", wanted.string(), std::strerror(errno));
  Status written = write_all(out.fd, bytes);
  const int closed = ::close(std::exchange(out.fd, -1));  // a full disk may show only here
  if (written && closed != 0)
    written = fail(ErrorKind::environment, "cannot write: {}", std::strerror(errno));
  if (written && ::rename(temporary.c_str(), file.c_str()) != 0)
    written = fail(ErrorKind::environment, "cannot rename: {}", std::strerror(errno));
  if (!written) ::unlink(temporary.c_str());
  return in(std::move(written), "{}", wanted.string());
}

Status write_text(const std::filesystem::path& file, std::string_view text) {
  return write_file(file, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace assay
