// A power trace: what a meter logged while the part ran, read as a stream of samples.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

struct PowerSample {
  double time_s = 0;
  double watts = 0;
  bool marked = false;  ///< the trigger is high
};

struct PowerTraceOptions {
  double voltage_v = 0;  ///< for a file of current without voltage; 0: not given
  std::string columns;   ///< "time:ms,current:uA,-,D0": what the columns are, in place of a header
  std::string trigger;   ///< "D0", "CH2>1.5": the column that marks windows
  double rate_hz = 0;    ///< for a file without time; 0: not given
};

struct PowerTraceInfo {
  std::string format;  ///< "CSV: time 'Timestamp(ms)', current 'Current(uA)' at 3 V"
  int64_t samples = 0;
  double first_s = 0, last_s = 0;
  int64_t negative = 0;            ///< samples below nothing
  double voltage_v = 0;            ///< the mean one of the file's own column; 0: it has none
  double rate_hz = 0;              ///< mean; 0 of fewer than two samples
  std::vector<std::string> notes;  ///< what the file lacked: values that are no number ...
};

/// Takes samples in the order of time, some thousands at once.
using PowerSink = std::function<void(std::span<const PowerSample>)>;

/// Fed with a file's bytes in pieces of any size. Formats: EEMBC's energy-runner (0xF1, float32
/// rate in Hz, float32 samples in mW), CSV as meters, loggers and oscilloscopes write it.
/// Errors: input (with the line), usage (the file needs an option).
class PowerReader {
 public:
  PowerReader(PowerTraceOptions options, PowerSink sink);
  ~PowerReader();
  Status feed(std::string_view bytes);
  Result<PowerTraceInfo> finish();  ///< once, after the last bytes

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A file through a reader, a piece at a time: memory does not grow with the file.
Result<PowerTraceInfo> read_power_trace(const std::filesystem::path& file,
                                        const PowerTraceOptions& options, const PowerSink& sink);

}  // namespace assay
