// Work that is done once a target, on as many at a time as there are processors.
#pragma once

#include <fmt/format.h>

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

/// The line on the terminal that says what each target is at, while it is.
class ProgressLine {
 public:
  ProgressLine(Terminal& terminal, size_t total) : terminal_(terminal), total_(total) {}

  void say(const std::string& target, std::string_view stage) {
    const std::scoped_lock lock(mutex_);
    if (terminal_.interactive)
      terminal_.progress << fmt::format("\r\x1b[K{}/{} done   {}: {}", done_, total_, target, stage)
                         << std::flush;
  }
  void done() {
    const std::scoped_lock lock(mutex_);
    ++done_;
  }
  void clear() {
    if (terminal_.interactive) terminal_.progress << "\r\x1b[K" << std::flush;
  }

 private:
  Terminal& terminal_;
  std::mutex mutex_;
  size_t done_ = 0, total_;
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
      line.done();
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
