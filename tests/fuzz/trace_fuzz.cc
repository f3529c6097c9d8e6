// Any bytes as the trace of QEMU's plugin: it is read or refused with words, and what is read is
// written again as it would be.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "measure/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const assay::Result<assay::Trace> trace = assay::read_trace(text);
  const auto fails = [](const char* what) {
    std::fprintf(stderr, "trace_fuzz: %s\n", what);
    std::abort();
  };
  if (!trace) {
    if (trace.error().what.empty()) fails("refused without words");
    return 0;
  }
  const std::string written = assay::write_trace(*trace);
  const assay::Result<assay::Trace> again = assay::read_trace(written);
  if (!again) fails("what was read cannot be written and read");
  if (assay::write_trace(*again) != written) fails("another reading gives another trace");
  return 0;
}
