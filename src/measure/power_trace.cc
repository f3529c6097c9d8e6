// Power traces as streams: EEMBC's energy-runner files, and lines of a logged CSV.
//
// The reader is fed pieces of the file and keeps one unfinished line or sample, so that the memory
// it takes does not depend on the file. Numbers go through std::from_chars where they stand.
//
// energy-runner (trace1-energy.bin): byte 0xF1, float32 sample rate in Hz, float32 samples in mW,
// little-endian. Its time is the sum of the sample intervals, added up one by one in double
// precision: with that, and a sample belonging to a window if start <= time < end, the windows of
// the runner's own results come out to the sample (docs/accuracy.md, "Energy").
//
// Not handled: sessions of Nordic's app (.ppk2), Joulescope's .jls, UTF-16, compressed files.
#include "measure/power_trace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "measure/power_columns.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kBatch = 4096;
constexpr size_t kLongestLine = 1 << 16;
constexpr size_t kLongestPreamble = 200;
constexpr size_t kPiece = 1 << 20;
constexpr double kMostWatts = 1e6, kMostSeconds = 1e13, kEpoch = 1e8;

enum class Form { unknown, energy_runner, csv };

float read_float(const char* bytes) {
  uint32_t bits;
  std::memcpy(&bits, bytes, sizeof bits);
  if constexpr (std::endian::native == std::endian::big) bits = __builtin_bswap32(bits);
  return std::bit_cast<float>(bits);
}

/// A time without unit that counts from 1970 tells its unit by its size (until the year 5138).
double epoch_scale(double value) {
  const double size = std::abs(value);
  return size > 1e17 ? 1e-9 : size > 1e14 ? 1e-6 : size > 1e11 ? 1e-3 : 1;
}

}  // namespace

struct PowerReader::State {
  PowerTraceOptions options;
  PowerSink sink;
  PowerTraceInfo info;
  Form form = Form::unknown;
  std::string rest;  // of the piece before: an unfinished line or sample
  std::vector<PowerSample> batch;
  // energy-runner
  double interval_s = 0, next_s = 0;
  // CSV
  bool columns_known = false;
  PowerColumns columns;
  std::vector<std::string> preamble;
  std::vector<std::string_view> fields;
  int64_t line = 0, unusable = 0, same_time = 0;
  double last_count = 0;  // a time as it stands there
  int64_t turns = 0;      // of a counter of 32 bits
  double volts_sum = 0;
  std::string refused;  // why the last line that might be numbers was none
  double epoch = 0;     // the first sample's time as it stands there, if it counts from 1970

  Status take(const PowerSample& sample);
  void flush();
  Status recognise(std::string_view head);
  Status feed_samples(std::string_view bytes);
  Status feed_lines(std::string_view bytes);
  Status read_line(std::string_view text, bool whole);
  Status begin_numbers(std::string_view text);
  size_t count_numbers(std::span<const PowerColumn> needed);
  double unwrapped(double value);
  Result<double> time_of(std::string_view field);
  Result<bool> value_of(const PowerColumn& column, double& value);
  Status read_sample(std::string_view text);
  const PowerColumn& value_column() const {
    return columns.power.index >= 0 ? columns.power : columns.current;
  }
  std::unexpected<Error> bad(std::string_view what) const {
    return fail(ErrorKind::input, "line {}: {}", line, what);
  }
};

void PowerReader::State::flush() {
  if (!batch.empty()) sink(batch);
  batch.clear();
}

Status PowerReader::State::take(const PowerSample& sample) {
  if (!(std::abs(sample.watts) <= kMostWatts))
    return fail(ErrorKind::input, "sample {}: a power of {:g} W is no microcontroller's",
                info.samples, sample.watts);
  if (info.samples == 0) info.first_s = sample.time_s;
  info.last_s = sample.time_s;
  ++info.samples;
  if (sample.watts < 0) ++info.negative;
  batch.push_back(sample);
  if (batch.size() >= kBatch) flush();
  return {};
}

Status PowerReader::State::recognise(std::string_view head) {
  if (static_cast<unsigned char>(head[0]) == 0xF1) {
    const double rate = head.size() < 5 ? 0 : read_float(head.data() + 1);
    if (!(rate >= 1e-3 && rate <= 1e9))
      return fail(ErrorKind::input,
                  "begins as an energy-runner trace, but its sample rate is {:g} Hz", rate);
    if (!options.columns.empty() || !options.trigger.empty())
      return fail(ErrorKind::usage, "--{}: an energy-runner trace has no columns",
                  options.trigger.empty() ? "columns" : "trigger");
    if (options.rate_hz > 0)
      info.notes.push_back(fmt::format(
          "an energy-runner trace has its own rate: --rate {:g} is not used", options.rate_hz));
    form = Form::energy_runner;
    interval_s = 1 / rate;
    info.format = fmt::format("energy-runner, power in mW at {:g} Hz", rate);
    return {};
  }
  if (head.starts_with("PK\x03\x04"))
    return fail(ErrorKind::input,
                "is a zip archive (a .ppk2 session?): export it as CSV in the Power Profiler");
  if (head.starts_with("jlsfmt") || head.starts_with("\xd3tagfmt"))
    return fail(ErrorKind::input, "is a Joulescope .jls file: export it as CSV");
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    return fail(ErrorKind::input, "is UTF-16: save it as UTF-8");
  form = Form::csv;
  return {};
}

Status PowerReader::State::feed_samples(std::string_view bytes) {
  while (bytes.size() >= 4) {
    const double watts = 1e-3 * static_cast<double>(read_float(bytes.data()));
    TRY_STATUS(take({next_s, watts, false}));
    next_s += interval_s;
    bytes.remove_prefix(4);
  }
  rest = bytes;
  return {};
}

Status PowerReader::State::feed_lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    if (end == bytes.npos) {
      rest += bytes;
      if (rest.size() <= kLongestLine) return {};
      ++line;
      return bad(fmt::format("longer than {} B: no CSV", thousands(kLongestLine)));
    }
    if (rest.empty()) {
      TRY_STATUS(read_line(bytes.substr(0, end), true));
    } else {
      rest += bytes.substr(0, end);
      TRY_STATUS(read_line(rest, true));
      rest.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Status PowerReader::State::read_line(std::string_view text, bool whole) {
  ++line;
  if (line == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (text.find_first_not_of(" \t") == text.npos) return {};
  if (columns_known && text[0] != '#') {
    const Status read = read_sample(text);
    if (read || whole) return read;
    info.notes.push_back(fmt::format("the last line ({}) is cut off and left out", line));
    return {};
  }
  if (columns_known) return {};
  if (text.find('\0') != text.npos) return bad("not text");
  return begin_numbers(text);
}

/// How many of the columns in use (of `fields`) hold a time or a number; `refused` says which first
/// does not, where the logger had any.
size_t PowerReader::State::count_numbers(std::span<const PowerColumn> needed) {
  size_t numbers = 0;
  refused.clear();
  for (const PowerColumn& column : needed) {
    const auto at = static_cast<size_t>(column.index);
    const std::string_view field = at < fields.size() ? fields[at] : std::string_view();
    double ignored;
    if (field_number(field, ignored) || field_clock(field, ignored)) {
      ++numbers;
    } else if (!refused.empty()) {
      continue;
    } else if (at >= fields.size()) {
      refused = fmt::format("line {}: {} columns, need {}", line, fields.size(), at + 1);
    } else if (!is_no_value(field)) {
      refused = fmt::format("line {}: '{}' is no number (column {}, {})", line, field.substr(0, 40),
                            column.index + 1, column.title);
    }
  }
  return numbers;
}

/// A line before the numbers, or the first of them: its columns in use are numbers or, where these
/// are not known, every field that is not empty is a number, a time or a string of bits.
Status PowerReader::State::begin_numbers(std::string_view text) {
  split_fields(text, delimiter_of(text), 256, fields);
  size_t numbers = 0;
  bool others = text[0] == '#';
  for (const std::string_view field : fields) {
    double ignored;
    if (field_number(field, ignored) || field_clock(field, ignored) ||
        (!field.empty() && is_no_value(field)))
      ++numbers;
    else if (!field.empty() && field.find_first_not_of("01X-") != field.npos)
      others = true;
  }
  // Two at least, unless the rate is given: a first line "1000" may be anything.
  const bool plain = !others && numbers >= (options.rate_hz > 0 ? 1 : 2);
  const std::vector<PowerColumn> needed = TRY(needed_columns(preamble, text, options));
  const bool known = options.columns.empty() ? plain : needed.empty();
  const size_t usable = text[0] == '#' || known ? 0 : count_numbers(needed);
  const bool begins = text[0] != '#' && (known || (usable > 0 && refused.empty()));
  // Below a header a row of which a part is numbers is a bad one, not a row of units.
  if (!begins && usable > 0 && options.columns.empty())
    return fail(ErrorKind::input, "{}", refused);
  if (!begins) {
    if (usable > 0 && info.notes.empty())
      info.notes.push_back(refused + ": left out, before the numbers");
    preamble.emplace_back(text.substr(0, kLongestLine));
    if (preamble.size() <= kLongestPreamble) return {};
    return fail(ErrorKind::input, "no line of numbers in the first {}{}{}", kLongestPreamble,
                refused.empty() ? "" : "; ", refused);
  }
  columns = TRY(find_columns(preamble, text, options));
  columns_known = true;
  info.format = columns.text;
  info.notes.insert(info.notes.end(), columns.notes.begin(), columns.notes.end());
  interval_s = columns.time.index < 0 ? 1 / options.rate_hz : 0;
  return read_sample(text);
}

/// A logger's counter of 32 bits (micros() after 71 minutes) begins anew: time goes on.
double PowerReader::State::unwrapped(double value) {
  constexpr double kTurn = 4294967296;
  if (value >= 0 && last_count < kTurn && last_count - value > 0.99 * kTurn) ++turns;
  last_count = value;
  return value + static_cast<double>(turns) * kTurn;
}

Result<double> PowerReader::State::time_of(std::string_view field) {
  double value = 0;
  if (field_number(field, value)) {
    value = unwrapped(value);
    if (info.samples == 0 && columns.time.unit_assumed) columns.time.scale = epoch_scale(value);
    if (info.samples == 0 && std::abs(value * columns.time.scale) > kEpoch) epoch = value;
    value = (value - epoch) * columns.time.scale;  // in this order: doubles are finer near zero
  } else if (!field_clock(field, value)) {
    return bad(fmt::format("'{}' is no time (column {}, {})", field.substr(0, 40),
                           columns.time.index + 1, columns.time.title));
  } else {
    if (info.samples == 0 && value > kEpoch) epoch = value;
    value -= epoch;
  }
  if (!(std::abs(value) <= kMostSeconds)) return bad("a time beyond reason");
  return value;
}

/// False: the logger had no value there ("nan", nothing).
Result<bool> PowerReader::State::value_of(const PowerColumn& column, double& value) {
  const std::string_view field = fields[static_cast<size_t>(column.index)];
  if (field_number(field, value)) {
    value *= column.scale;
    return true;
  }
  if (is_no_value(field)) return false;
  return bad(fmt::format("'{}' is no number (column {}, {})", field.substr(0, 40), column.index + 1,
                         column.title));
}

Status PowerReader::State::read_sample(std::string_view text) {
  split_fields(text, columns.delimiter, static_cast<size_t>(columns.last) + 1, fields);
  if (static_cast<int>(fields.size()) <= columns.last)
    return bad(fmt::format("{} columns, need {}", fields.size(), columns.last + 1));
  PowerSample sample;
  if (columns.time.index < 0) {
    sample.time_s = next_s;
    next_s += interval_s;
  } else {
    sample.time_s = TRY(time_of(fields[static_cast<size_t>(columns.time.index)]));
    if (info.samples > 0 && sample.time_s < info.last_s)
      return bad(
          fmt::format("time goes back from {:.9g} s to {:.9g} s", info.last_s, sample.time_s));
    if (info.samples > 0 && sample.time_s == info.last_s) ++same_time;
  }
  double volts = columns.fixed_voltage_v;
  bool usable;
  if (columns.power.index >= 0) {
    usable = TRY(value_of(columns.power, sample.watts));
  } else {
    double amperes = 0;
    usable = TRY(value_of(columns.current, amperes));
    if (columns.voltage.index >= 0) usable = TRY(value_of(columns.voltage, volts)) && usable;
    sample.watts = amperes * volts;
  }
  if (columns.trigger.index >= 0) {
    const std::string_view field = fields[static_cast<size_t>(columns.trigger.index)];
    const auto bit = static_cast<size_t>(columns.trigger_bit);
    double level = 0;
    if (columns.trigger_bit >= 0)
      sample.marked = bit < field.size() && field[bit] == '1';
    else if (field_number(field, level))
      sample.marked = level > columns.trigger_level;
  }
  if (!usable) {
    ++unusable;
    return {};
  }
  if (columns.voltage.index >= 0) volts_sum += volts;
  Status taken = take(sample);
  if (!taken) taken.error().frames.push_back(fmt::format("line {}", line));
  return taken;
}

PowerReader::PowerReader(PowerTraceOptions options, PowerSink sink)
    : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  state_->sink = std::move(sink);
  state_->batch.reserve(kBatch);
}

PowerReader::~PowerReader() = default;

Status PowerReader::feed(std::string_view bytes) {
  State& s = *state_;
  constexpr size_t kHead = 8;
  if (s.form == Form::unknown || (s.form == Form::energy_runner && !s.rest.empty())) {
    s.rest += bytes;
    if (s.form == Form::unknown) {
      if (s.rest.size() < kHead) return {};
      TRY_STATUS(s.recognise(s.rest));
      if (s.form == Form::energy_runner) s.rest.erase(0, 5);
    }
    const std::string all = std::move(s.rest);
    s.rest.clear();
    return s.form == Form::energy_runner ? s.feed_samples(all) : s.feed_lines(all);
  }
  return s.form == Form::energy_runner ? s.feed_samples(bytes) : s.feed_lines(bytes);
}

Result<PowerTraceInfo> PowerReader::finish() {
  State& s = *state_;
  if (s.form == Form::unknown && !s.rest.empty()) {
    TRY_STATUS(s.recognise(s.rest));
    if (s.form == Form::energy_runner) s.rest.erase(0, 5);
  }
  if (s.form == Form::energy_runner && !s.rest.empty())
    return fail(ErrorKind::input, "cut off in the middle of sample {}", s.info.samples);
  if (s.form == Form::csv && !s.rest.empty()) TRY_STATUS(s.read_line(s.rest, false));
  if (s.form == Form::csv && !s.columns_known && s.line > 0)
    return fail(ErrorKind::input, "no line of numbers in {} lines{}", s.line,
                s.refused.empty() ? ": no CSV of a meter" : "; " + s.refused);
  s.flush();
  PowerTraceInfo& info = s.info;
  if (info.samples == 0 && s.unusable > 0)
    return fail(ErrorKind::input, "holds no samples: {} lines without a value (column {}, {})",
                thousands(s.unusable), s.value_column().index + 1, s.value_column().title);
  if (info.samples == 0) return fail(ErrorKind::input, "holds no samples");
  if (info.samples > 1 && !(info.last_s > info.first_s))
    return fail(ErrorKind::input, "time never advances: all {} samples are at {:g} s",
                thousands(info.samples), info.first_s);
  info.voltage_v = s.volts_sum / static_cast<double>(info.samples);
  if (info.negative > 0)
    info.notes.push_back(fmt::format(
        "{} of {} samples are negative: is the probe reversed, or the meter's zero off?",
        thousands(info.negative), thousands(info.samples)));
  if (info.last_s > info.first_s)
    info.rate_hz = static_cast<double>(info.samples - 1) / (info.last_s - info.first_s);
  if (s.unusable > 0)
    info.notes.push_back(fmt::format(
        "{} samples without a value are left out; the one before each counts until the next",
        thousands(s.unusable)));
  if (s.turns > 0)
    info.notes.push_back(
        fmt::format("the counter of time passed 2^32 {} times and is read on", thousands(s.turns)));
  if (s.same_time > 0)
    info.notes.push_back(fmt::format(
        "{} samples have the time of the one before: of such a group only the last counts",
        thousands(s.same_time)));
  return std::move(info);
}

Result<PowerTraceInfo> read_power_trace(const std::filesystem::path& file,
                                        const PowerTraceOptions& options, const PowerSink& sink) {
  struct Descriptor {
    int fd;
    ~Descriptor() {
      if (fd >= 0) ::close(fd);
    }
  } const opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.fd < 0)
    return fail(errno == ENOENT ? ErrorKind::input : ErrorKind::environment, "cannot open: {}",
                std::strerror(errno));
  struct stat status {};
  if (::fstat(opened.fd, &status) == 0 && S_ISDIR(status.st_mode))
    return fail(ErrorKind::input, "is a folder");
  PowerReader reader(options, sink);
  std::vector<char> piece(kPiece);
  for (;;) {
    const ssize_t got = ::read(opened.fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::environment, "cannot read: {}", std::strerror(errno));
    if (got == 0) return reader.finish();
    TRY_STATUS(reader.feed({piece.data(), static_cast<size_t>(got)}));
  }
}

}  // namespace assay
