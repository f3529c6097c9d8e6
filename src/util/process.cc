// Child processes by posix_spawn, in a process group of their own so that all of a compiler's
// helpers end with it.
#include "util/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>

extern char** environ;

namespace assay {
namespace {

constexpr size_t kMaxOutput = 1 << 20;

Result<pid_t> spawn(const std::vector<std::string>& argv, const std::filesystem::path& work_dir,
                    int out_fd) {
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, work_dir.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
  posix_spawn_file_actions_adddup2(&actions, out_fd, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, args[0], &actions, &attributes, args.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return fail(ErrorKind::environment, "cannot run {}: {}", argv[0], std::strerror(error));
  return pid;
}

using Clock = std::chrono::steady_clock;

struct Patience {
  Clock::time_point deadline;
  const std::atomic<bool>* cancelled;
  bool is_over() const { return Clock::now() >= deadline || (cancelled && *cancelled); }
};

/// Reads until the child closes its end. False if patience is over before.
bool drain(int fd, std::string& out, const Patience& patience) {
  char chunk[16384];
  while (!patience.is_over()) {
    pollfd wait{fd, POLLIN, 0};
    if (::poll(&wait, 1, 50) <= 0) continue;
    const ssize_t got = ::read(fd, chunk, sizeof chunk);
    if (got == 0) return true;
    if (got > 0 && out.size() < kMaxOutput) out.append(chunk, static_cast<size_t>(got));
  }
  return false;
}

/// Waits until the child has ended, which may be after it closed its output. False if patience is
/// over before.
bool reap(pid_t pid, int& status, const Patience& patience) {
  auto pause = std::chrono::microseconds(100);
  while (!patience.is_over()) {
    const pid_t got = ::waitpid(pid, &status, WNOHANG);
    if (got == pid || (got < 0 && errno != EINTR)) return true;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(20'000));
  }
  return false;
}

}  // namespace

Result<ProcessResult> run_process(const std::vector<std::string>& argv,
                                  const std::filesystem::path& work_dir, double max_seconds,
                                  const std::atomic<bool>* cancelled) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(ErrorKind::environment, "cannot make a pipe: {}", std::strerror(errno));
  const Result<pid_t> pid = spawn(argv, work_dir, ends[1]);
  ::close(ends[1]);
  if (!pid) {
    ::close(ends[0]);
    return std::unexpected(pid.error());
  }
  ProcessResult result;
  const Patience patience{
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(std::min(max_seconds, 1e9))),
      cancelled};
  int status = 0;
  const bool drained = drain(ends[0], result.out, patience);
  ::close(ends[0]);
  const bool ended = drained && reap(*pid, status, patience);
  if (!ended) {
    ::kill(-*pid, SIGKILL);
    while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (!ended)
    return fail(ErrorKind::environment, "{} {}", argv[0],
                cancelled && *cancelled ? "was interrupted"
                                        : fmt::format("took longer than {} s", max_seconds));
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

std::filesystem::path find_program(const std::string& name) {
  const auto runnable = [](const std::filesystem::path& file) {
    return std::filesystem::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos)
    return runnable(name) ? std::filesystem::absolute(name) : std::filesystem::path();
  const char* path = std::getenv("PATH");
  std::stringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (!folder.empty() && runnable(std::filesystem::path(folder) / name))
      return std::filesystem::path(folder) / name;
  return {};
}

}  // namespace assay
