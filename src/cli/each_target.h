// Work that is done once a target, on as many at a time as there are processors.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/command.h"
#include "hw/target.h"

namespace assay {

/// "about 40 s left", "about 3 min left"; "" before one in `total` is done.
inline std::string time_left(double seconds, size_t done, size_t total) {
  if (done == 0 || done >= total) return "";
  const double left = seconds / static_cast<double>(done) * static_cast<double>(total - done);
  return left < 90 ? fmt::format("about {:.0f} s left", left)
                   : fmt::format("about {:.0f} min left", left / 60);
}

/// The line on the terminal that says what each target is at, while it is; with --verbose a line
/// for each step.
class ProgressLine {
 public:
  ProgressLine(Terminal& terminal, size_t total) : terminal_(terminal), total_(total) {}

  void say(const std::string& target, std::string_view stage) {
    const std::scoped_lock lock(mutex_);
    if (terminal_.verbose) {
      terminal_.progress << fmt::format("{:7.2f} s  {}: {}\n", seconds(), target, stage);
    } else if (terminal_.interactive) {
      const std::string left = time_left(seconds(), done_, total_);
      terminal_.progress << fmt::format("\r\x1b[K{}/{} done{}{}   {}: {}", done_, total_,
                                        left.empty() ? "" : ", ", left, target, stage)
                         << std::flush;
    }
  }
  void done(const std::string& target) {
    const std::scoped_lock lock(mutex_);
    ++done_;
    if (terminal_.verbose)
      terminal_.progress << fmt::format("{:7.2f} s  {}: done\n", seconds(), target);
  }
  void clear() {
    if (terminal_.interactive && !terminal_.verbose) terminal_.progress << "\r\x1b[K" << std::flush;
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  Terminal& terminal_;
  std::mutex mutex_;
  size_t done_ = 0, total_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

using StageProgress = std::function<void(std::string_view stage)>;

/// Results in the order of the targets. `work` may run in several threads at once.
template <class T>
std::vector<Result<T>> for_each_target(
    const std::vector<Target>& targets, Terminal& terminal,
    const std::function<Result<T>(const Target&, const StageProgress&)>& work) {
  ProgressLine line(terminal, targets.size());
  std::vector<Result<T>> results;
  results.reserve(targets.size());
  for (const Target& target : targets)
    results.emplace_back(fail(ErrorKind::internal, "{} was not got to", target.name));
  std::atomic<size_t> next = 0;
  const auto turns = [&] {
    for (size_t i = next++; i < targets.size(); i = next++) {
      results[i] =
          work(targets[i], [&](std::string_view stage) { line.say(targets[i].name, stage); });
      line.done(targets[i].name);
    }
  };
  {
    std::vector<std::jthread> workers;
    const size_t processors = std::max(1u, std::thread::hardware_concurrency());
    for (size_t i = 1; i < std::min(processors, targets.size()); ++i) workers.emplace_back(turns);
    turns();
  }
  line.clear();
  return results;
}

}  // namespace assay
