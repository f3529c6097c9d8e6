// Any bytes as a file of records: they are read or refused with words, and what is read can be
// written, read again and printed in every format.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "record/json.h"
#include "report/format.h"

namespace {

using namespace assay;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "record_fuzz: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto records = parse_records({reinterpret_cast<const char*>(data), size});
  if (!records) {
    const ErrorKind kind = records.error().kind;
    require(kind == ErrorKind::input || kind == ErrorKind::unsupported,
            "an error of the wrong kind");
    require(!records.error().what.empty(), "an error without words");
    return 0;
  }
  const std::string written = records_json(*records);
  const auto again = parse_records(written);
  require(again.has_value(), "what was written does not read");
  require(records_json(*again) == written, "a record changed on its way");
  for (const Format* format : all_formats()) {
    if (!format->missing().empty()) continue;
    require(!format->render(*records, {}).empty(), "a format prints nothing");
  }
  return 0;
}
