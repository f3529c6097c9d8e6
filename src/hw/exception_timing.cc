// Reads [exceptions] of data/cores/*.toml: three figures with their source.
//
// Not handled: a late arrival, a return that is pre-empted, words that wait for another bus.
#include "hw/exception_timing.h"

#include "hw/fields.h"

namespace assay {
namespace {

constexpr int64_t kMaxCycles = 1000;

}  // namespace

Result<ExceptionTiming> read_exceptions(const Toml& file) {
  ExceptionTiming timing;
  if (!file.has("exceptions")) return timing;
  const Toml table = TRY(file.table("exceptions"));
  TRY(line_of(table, "source", true));
  timing.entry = static_cast<int>(TRY(integer_in(table, "entry", 0, kMaxCycles)));
  timing.exit = static_cast<int>(TRY(integer_in(table, "exit", 0, kMaxCycles)));
  timing.tail_chain = static_cast<int>(TRY(integer_in(table, "tail_chain", 0, kMaxCycles)));
  TRY_STATUS(table.no_other_keys());
  return timing;
}

ExceptionTiming exception_timing(const CoreTiming& core) {
  const Result<Toml> file = Toml::parse(core.file_text, core.name);
  return file ? read_exceptions(*file).value_or(ExceptionTiming{}) : ExceptionTiming{};
}

}  // namespace assay
