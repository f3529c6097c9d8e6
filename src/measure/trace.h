// What QEMU's plugin is asked and what it answers: two JSON files between two processes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "measure/emulator.h"
#include "util/result.h"

namespace assay {

/// What the plugin needs to know of the run. The image is a file beside the job.
struct TraceJob {
  std::string core, target;  ///< their files' texts
  std::string elf = "image.elf";
  std::vector<std::string> layer_symbols;
  std::string invoke_symbol;
  uint32_t stack_top = 0;
  int64_t max_instructions = 0;
  double max_seconds = 0;
  bool count_twice = false;  ///< RunRequest's
};

/// What the plugin saw. Outputs, console and captures are not its to know.
struct Trace {
  RunFacts facts;
  std::string stopped;  ///< "" or why the plugin ended the run
  std::string fault;    ///< "" or where the firmware was when it took an exception
};

std::string write_job(const TraceJob& job);
Result<TraceJob> read_job(std::string_view json);

std::string write_trace(const Trace& trace);

/// Reads a trace as a hostile file: cut short, of another version, with counts that cannot be.
/// Errors: input, with what is wrong.
Result<Trace> read_trace(std::string_view json);

}  // namespace assay
