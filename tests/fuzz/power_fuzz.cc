// Any bytes as a power trace, and as the times of its windows: read or refused with words; what is
// read has finite, orderly samples, however it is cut into pieces.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "measure/power_trace.h"
#include "measure/power_windows.h"

namespace {

[[noreturn]] void fails(const char* what) {
  std::fprintf(stderr, "power_fuzz: %s\n", what);
  std::abort();
}

struct Sum {
  bool read = false;
  int64_t samples = 0;
  double watts = 0;
};

Sum read(std::string_view text, const assay::PowerTraceOptions& options, size_t piece) {
  Sum sum;
  double before = -INFINITY;
  assay::PowerReader reader(options, [&](std::span<const assay::PowerSample> samples) {
    for (const assay::PowerSample& sample : samples) {
      if (!std::isfinite(sample.watts) || !(sample.time_s >= before)) fails("a disorderly sample");
      before = sample.time_s;
      sum.watts += sample.watts;
      ++sum.samples;
    }
  });
  for (size_t at = 0; at < text.size(); at += piece)
    if (const assay::Status fed = reader.feed(text.substr(at, piece)); !fed) {
      if (fed.error().what.empty()) fails("refused without words");
      return sum;
    }
  const auto info = reader.finish();
  if (!info && info.error().what.empty()) fails("refused without words");
  if (info && info->samples != sum.samples) fails("samples got lost");
  sum.read = info.has_value();
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const assay::PowerTraceOptions given[] = {
      {},
      {.voltage_v = 3, .columns = {}, .trigger = "D0", .rate_hz = 0},
      {.voltage_v = 3, .columns = "time:ms,current:uA", .trigger = {}, .rate_hz = 100}};
  for (const assay::PowerTraceOptions& options : given) {
    const Sum whole = read(text, options, text.size() + 1), cut = read(text, options, 13);
    if (whole.read != cut.read) fails("pieces change the verdict");
    if (whole.read && (whole.samples != cut.samples || whole.watts != cut.watts))
      fails("pieces change the samples");
  }
  if (const auto times = assay::read_window_times(text); !times && times.error().what.empty())
    fails("refused without words");
  return 0;
}
