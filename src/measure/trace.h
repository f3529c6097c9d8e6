// What QEMU's plugin is asked and what it answers: two JSON files between two processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/emulator.h"
#include "measure/profile.h"
#include "util/result.h"

namespace assay {

/// What a profile looks for: ProfileRequest's.
struct ProfileJob {
  std::optional<uint32_t> from = {}, to = {}, until = {}, vector_table = {};
  int64_t times = 1;
  bool lines = false;  ///< counts by line of source are wanted, and the image has DWARF
};

/// What the plugin needs to know of the run. The image is a file beside the job.
struct TraceJob {
  std::string core, target;  ///< their files' texts
  std::string elf = "image.elf";
  std::vector<std::string> layer_symbols;
  std::string invoke_symbol;
  uint32_t stack_top = 0;
  int64_t max_instructions = 0;
  double max_seconds = 0;
  bool count_twice = false;                ///< RunRequest's
  std::optional<ProfileJob> profile = {};  ///< then no inferences are counted
};

/// What the plugin saw. Outputs, console and captures are not its to know.
struct Trace {
  RunFacts facts;
  std::string stopped;  ///< "" or why the plugin ended the run
  std::string fault;    ///< "" or where the firmware was when it took an exception
  std::optional<ProfileFacts> profile = {};  ///< if the job wants one; then the rest is empty
};

std::string write_job(const TraceJob& job);
Result<TraceJob> read_job(std::string_view json);

std::string write_trace(const Trace& trace);

/// Reads a trace as a hostile file: cut short, of another version, with counts that cannot be.
/// Errors: input, with what is wrong.
Result<Trace> read_trace(std::string_view json);

}  // namespace assay
