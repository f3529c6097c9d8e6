// Child processes: argument vectors, never a shell.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "util/result.h"

namespace assay {

struct ProcessResult {
  int exit_code = 0;  ///< 128 + signal if it was killed
  std::string out;    ///< stdout and stderr, interleaved, up to 1 MB
};

/// Runs to the end. Error: environment, if it could not be started, timed out or was cancelled
/// (then the child's process group has been ended).
Result<ProcessResult> run_process(const std::vector<std::string>& argv,
                                  const std::filesystem::path& work_dir, double max_seconds = 120,
                                  const std::atomic<bool>* cancelled = nullptr);

/// The absolute path of a program on PATH, or empty.
std::filesystem::path find_program(const std::string& name);

}  // namespace assay
